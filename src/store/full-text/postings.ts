// The postings of an inverted index: for one term in one shard (the passages of one kind of one source), in which passages it
// occurs, how often, and at which positions. Pure; knows no SQL and no ranking but the one weight below.
//
// `occurrences`: a header (see ShardPostings), then for each passage in order its ordinal minus the previous ordinal, the
// frequencies, its length. `positions`: for each passage in order, each position minus the one before. All numbers are varints.
// Blobs of one term may be laid end to end and read as one.
import { PASSAGE_KINDS } from './passages.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/** What one occurrence in the title counts for, in occurrences in the text. */
export const TITLE_WEIGHT = 3;

/** Text positions start this far behind the title's last, so that no phrase runs from one into the other. */
export const FIELD_GAP = 8;

/** The frequencies are one number: the text's shifted left by two, the title's in the low bits; 3 there: a number follows. */
const TITLE_ESCAPE = 3;

/** `minLengthRatio` is stored in this fraction of a token, rounded down. */
const LENGTH_RATIO_UNIT = 1 / 16;

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

/** The header of one term's postings in one shard, and where the rest lies in buffers that hold those of many shards. */
export interface ShardPostings {
  /** Kind and source in one number. */
  readonly key: number;
  readonly kind: number;
  readonly sourceNo: number;
  readonly numPassages: number;
  /** Largest weighted frequency in one passage, and smallest passage length divided by it: they bound the score. */
  readonly maxFrequency: number;
  readonly minLengthRatio: number;
  readonly occurrencesAt: number;
  readonly positionsAt: number;
}

/** A ShardPostings in memory. */
const BYTES_PER_HEADER = 80;

/** The postings of one term in many shards. */
export class TermPostings {
  readonly shards: readonly ShardPostings[];
  readonly #occurrences: Uint8Array;
  readonly #positions: Uint8Array | undefined;

  /** Both buffers hold the same shards in the same order; `positions` may be left out where nobody asks for them. */
  constructor(occurrences: Uint8Array, positions: Uint8Array | undefined, shards = readHeaders(occurrences)) {
    this.#occurrences = occurrences;
    this.#positions = positions;
    this.shards = shards;
  }

  get hasPositions(): boolean {
    return this.#positions !== undefined;
  }

  /** Memory that it takes, about. */
  get numBytes(): number {
    return this.#occurrences.length + (this.#positions?.length ?? 0) + BYTES_PER_HEADER * this.shards.length;
  }

  /** The same with those shards alone that a test lets through. */
  withShards(isAllowed: (shard: ShardPostings) => boolean): TermPostings {
    return new TermPostings(this.#occurrences, this.#positions, this.shards.filter(isAllowed));
  }

  /** Reads the passages of a shard into `list`, where `wanted` is given those alone whose ordinal it marks. */
  readOccurrences({ occurrencesAt, numPassages }: ShardPostings, list: OccurrenceList, wanted?: Uint8Array): void {
    list.read(this.#occurrences, occurrencesAt, numPassages, wanted);
  }

  /** Sets `cursor` before the positions in the passages of a shard, whose occurrences `list` holds. */
  startPositions({ positionsAt }: ShardPostings, list: OccurrenceList, cursor: PositionCursor): void {
    cursor.start(this.#positions!, positionsAt, list);
  }
}

function readHeaders(occurrences: Uint8Array): ShardPostings[] {
  const reader = new ByteReader(occurrences);
  const shards: ShardPostings[] = [];
  let positionsAt = 0;
  while (!reader.done) {
    const kind = reader.varint();
    const sourceNo = reader.varint();
    const numPassages = reader.varint();
    const maxFrequency = reader.varint();
    const minLengthRatio = reader.varint() * LENGTH_RATIO_UNIT;
    const numOccurrenceBytes = reader.varint();
    const numPositionBytes = reader.varint();
    const occurrencesAt = reader.at;
    const key = sourceNo * PASSAGE_KINDS.length + kind;
    shards.push({ key, kind, sourceNo, numPassages, maxFrequency, minLengthRatio, occurrencesAt, positionsAt });
    reader.at += numOccurrenceBytes;
    positionsAt += numPositionBytes;
  }
  return shards;
}

/** Passages that hold a term, as columns; reused from shard to shard, since this is the inner loop of every search. */
export class OccurrenceList {
  size = 0;
  ordinals = new Uint32Array(512);
  titleCounts = new Uint32Array(512);
  textCounts = new Uint32Array(512);
  lengths = new Uint32Array(512);

  read(bytes: Uint8Array, at: number, numPassages: number, wanted?: Uint8Array): void {
    if (numPassages > this.ordinals.length) this.#reserve(numPassages);
    const { ordinals, titleCounts, textCounts, lengths } = this;
    const reader = new ByteReader(bytes, at);
    let next = at;
    let ordinal = 0;
    let size = 0;
    for (let i = 0; i < numPassages; i++) {
      // Nearly always all three numbers take a byte each; a method call for every one would cost more than reading them.
      let step = bytes[next]!;
      let frequencies = bytes[next + 1]!;
      let length = bytes[next + 2]!;
      let inTitle = frequencies & 3;
      if ((step | frequencies | length) < 0x80 && inTitle !== TITLE_ESCAPE) next += 3;
      else {
        reader.at = next;
        step = reader.varint();
        frequencies = reader.varint();
        inTitle = frequencies & 3;
        if (inTitle === TITLE_ESCAPE) inTitle += reader.varint();
        length = reader.varint();
        next = reader.at;
      }
      ordinal += step;
      if (wanted !== undefined && wanted[ordinal] !== 1) continue;
      ordinals[size] = ordinal;
      titleCounts[size] = inTitle;
      textCounts[size] = frequencies >>> 2;
      lengths[size] = length;
      size++;
    }
    this.size = size;
  }

  #reserve(numPassages: number): void {
    this.ordinals = new Uint32Array(2 * numPassages);
    this.titleCounts = new Uint32Array(2 * numPassages);
    this.textCounts = new Uint32Array(2 * numPassages);
    this.lengths = new Uint32Array(2 * numPassages);
  }
}

/** Positions of a term in passages of an OccurrenceList that holds all of a shard, read from one to a later one. */
export class PositionCursor {
  /** How many of `values` are those of the passage at hand. */
  size = 0;
  values = new Uint32Array(64);
  #list: OccurrenceList | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  /** Index in the list of the passage whose positions begin at #at. */
  #next = 0;

  start(bytes: Uint8Array, at: number, list: OccurrenceList): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#list = list;
    this.#next = 0;
  }

  /** To the list's i-th passage, which must not lie before the one at hand. */
  moveTo(i: number): void {
    const { titleCounts, textCounts } = this.#list!;
    let numSkipped = 0;
    for (let passage = this.#next; passage < i; passage++) numSkipped += titleCounts[passage]! + textCounts[passage]!;
    this.#skip(numSkipped);
    this.#next = i + 1;
    this.#read(titleCounts[i]! + textCounts[i]!);
  }

  /** A varint ends with its first byte below 0x80. */
  #skip(count: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let left = count; left > 0; at++) if (bytes[at]! < 0x80) left--;
    this.#at = at;
  }

  #read(count: number): void {
    if (count > this.values.length) this.values = new Uint32Array(2 * count);
    const reader = new ByteReader(this.#bytes, this.#at);
    let position = 0;
    for (let n = 0; n < count; n++) this.values[n] = position += reader.varint();
    this.size = count;
    this.#at = reader.at;
  }
}
