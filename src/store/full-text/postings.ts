// The postings of an inverted index as they are written: for one term in one shard (the passages of one kind of one source), in
// which passages it occurs, how often, and at which positions. Pure; knows no SQL and no ranking but the one weight below.
// term-postings.ts reads them.
//
// `occurrences`: a header (see ShardPostings), then for each passage in order its ordinal minus the previous ordinal, the
// frequencies, its length. `positions`: for each passage in order, each position minus the one before. All numbers are varints.
// Blobs of one term may be laid end to end and read as one.
import { ByteWriter } from './varint.ts';

/** What one occurrence in the title counts for, in occurrences in the text. */
export const TITLE_WEIGHT = 3;

/** Text positions start this far behind the title's last, so that no phrase runs from one into the other. */
export const FIELD_GAP = 8;

/** The frequencies are one number: the text's shifted left by two, the title's in the low bits; 3 there: a number follows. */
export const TITLE_ESCAPE = 3;

/** `minLengthRatio` is stored in this fraction of a token, rounded down. */
export const LENGTH_RATIO_UNIT = 1 / 16;

/** Collects the postings of one term in one shard: passages in order, positions in order. */
export class PostingsCollector {
  numPassages = 0;
  #maxFrequency = 0;
  #minLengthRatio = Infinity;
  /**
   * For each passage its ordinal, title frequency, text frequency and length, then its positions. Flat, because a shard has
   * thousands of terms and most of them occur once or twice.
   */
  readonly #flat: number[] = [];
  #lastOrdinal = -1;
  /** Where the passage at hand begins in #flat. */
  #record = 0;

  add(ordinal: number, length: number, position: number, inTitle: boolean): void {
    const flat = this.#flat;
    if (ordinal !== this.#lastOrdinal) {
      this.#lastOrdinal = ordinal;
      this.#record = flat.length;
      flat.push(ordinal, 0, 0, length);
      this.numPassages++;
    }
    flat[this.#record + (inTitle ? 1 : 2)]!++;
    flat.push(position);
    const frequency = TITLE_WEIGHT * flat[this.#record + 1]! + flat[this.#record + 2]!;
    if (frequency > this.#maxFrequency) this.#maxFrequency = frequency;
    if (length / frequency < this.#minLengthRatio) this.#minLengthRatio = length / frequency;
  }

  /** The two blobs, as views of `scratch` that are valid until its next use. */
  toBlobs(kind: number, sourceNo: number, scratch: Scratch): { occurrences: Uint8Array; positions: Uint8Array } {
    const { occurrences, list, positions } = scratch;
    for (const writer of [occurrences, list, positions]) writer.clear();
    this.#write(list, positions);
    const lengthRatio = Math.floor(this.#minLengthRatio / LENGTH_RATIO_UNIT);
    const numBytes = [list.length, positions.length];
    for (const value of [kind, sourceNo, this.numPassages, this.#maxFrequency, lengthRatio, ...numBytes]) {
      occurrences.varint(value);
    }
    occurrences.append(list.bytes());
    return { occurrences: occurrences.bytes(), positions: positions.bytes() };
  }

  #write(occurrences: ByteWriter, positions: ByteWriter): void {
    const flat = this.#flat;
    let lastOrdinal = 0;
    let at = 0;
    while (at < flat.length) {
      const ordinal = flat[at++]!;
      const inTitle = flat[at++]!;
      const inText = flat[at++]!;
      const length = flat[at++]!;
      occurrences.varint(ordinal - lastOrdinal);
      lastOrdinal = ordinal;
      occurrences.varint(inText * 4 + Math.min(inTitle, TITLE_ESCAPE));
      if (inTitle >= TITLE_ESCAPE) occurrences.varint(inTitle - TITLE_ESCAPE);
      occurrences.varint(length);
      let previous = 0;
      for (const end = at + inTitle + inText; at < end; at++) {
        positions.varint(flat[at]! - previous);
        previous = flat[at]!;
      }
    }
  }
}

/** Buffers that the terms of a shard are written with, one after the other. */
export class Scratch {
  readonly occurrences = new ByteWriter();
  readonly list = new ByteWriter();
  readonly positions = new ByteWriter();
}
