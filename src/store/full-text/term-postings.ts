// The postings of one term in many shards, as a search reads them; postings.ts says how they are written. Pure; knows no SQL.
//
// What is decoded stays decoded: a search comes back to the same shards for every term and every passage that is near enough,
// and the next search for the same term finds them ready (see postings-cache.ts).
import { UnexpectedColumnError } from '../errors.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { LENGTH_RATIO_UNIT, TITLE_ESCAPE } from './postings.ts';
import { ByteReader } from './varint.ts';

/** The header of one term's postings in one shard, and where the rest lies in buffers that hold those of many shards. */
export interface ShardPostings {
  /** See shardKey. */
  readonly key: number;
  readonly kind: number;
  readonly sourceNo: number;
  readonly numPassages: number;
  /** Largest weighted frequency in one passage, and smallest passage length divided by it: they bound the score. */
  readonly maxFrequency: number;
  readonly minLengthRatio: number;
  readonly occurrencesAt: number;
  readonly positionsAt: number;
  /** Half-open span of the shard's rows in Occurrences. */
  readonly from: number;
  readonly to: number;
}

/** Passages that hold a term, shard by shard, as columns; in a shard by ascending ordinal. */
export class Occurrences {
  readonly ordinals: Uint32Array;
  readonly titleCounts: Uint8Array | Uint32Array;
  readonly textCounts: Uint8Array | Uint32Array;
  /** In tokens. */
  readonly lengths: Uint32Array;

  constructor(shards: readonly ShardPostings[]) {
    const size = shards.at(-1)?.to ?? 0;
    // A search waits for memory more than for anything else, and hardly any passage holds a word that often.
    const Counts = shards.some(({ maxFrequency }) => maxFrequency > 255) ? Uint32Array : Uint8Array;
    this.ordinals = new Uint32Array(size);
    this.titleCounts = new Counts(size);
    this.textCounts = new Counts(size);
    this.lengths = new Uint32Array(size);
  }

  /** No passage that holds a term is empty. */
  isDecoded({ from }: ShardPostings): boolean {
    return this.lengths[from] !== 0;
  }

  decode(bytes: Uint8Array, { occurrencesAt, from, to }: ShardPostings): void {
    const { ordinals, titleCounts, textCounts, lengths } = this;
    const reader = new ByteReader(bytes, occurrencesAt);
    let next = occurrencesAt;
    let ordinal = 0;
    for (let i = from; i < to; i++) {
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
      ordinals[i] = ordinal;
      titleCounts[i] = inTitle;
      textCounts[i] = frequencies >>> 2;
      lengths[i] = length;
    }
  }

  /** The row of a passage in a shard; -1 where it has none. */
  rowOf(ordinal: number, { from, to }: ShardPostings): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ordinals[middle]! < ordinal) low = middle + 1;
      else high = middle;
    }
    return low < to && this.ordinals[low] === ordinal ? low : -1;
  }
}

/** A ShardPostings in memory, and a row of Occurrences. */
const BYTES_PER_HEADER = 96;
const BYTES_PER_ROW = 10;

/** The postings of one term in many shards. */
export class TermPostings {
  readonly shards: readonly ShardPostings[];
  /** By kind: how many passages of these shards hold the term. */
  readonly numPassages: readonly number[];
  readonly #bytes: Uint8Array;
  readonly #positions: Uint8Array | undefined;
  readonly #occurrences: Occurrences;

  /** Both buffers hold the same shards in the same order; `positions` may be left out where nobody asks for them. */
  constructor(
    bytes: Uint8Array,
    positions: Uint8Array | undefined,
    shards = readHeaders(bytes),
    occurrences = new Occurrences(shards),
  ) {
    this.#bytes = bytes;
    this.#positions = positions;
    this.#occurrences = occurrences;
    this.shards = shards;
    const numPassages = PASSAGE_KINDS.map(() => 0);
    for (const shard of shards) numPassages[shard.kind]! += shard.numPassages;
    this.numPassages = numPassages;
  }

  get hasPositions(): boolean {
    return this.#positions !== undefined;
  }

  /** Memory that it takes, about. */
  get numBytes(): number {
    const numRows = this.#occurrences.lengths.length;
    const numBytes = this.#bytes.length + (this.#positions?.length ?? 0);
    return numBytes + BYTES_PER_HEADER * this.shards.length + BYTES_PER_ROW * numRows;
  }

  /** The same with those shards alone that a test lets through. */
  withShards(isAllowed: (shard: ShardPostings) => boolean): TermPostings {
    return new TermPostings(this.#bytes, this.#positions, this.shards.filter(isAllowed), this.#occurrences);
  }

  /** The passages of a shard that hold the term: the rows from `shard.from` to `shard.to`. */
  occurrencesIn(shard: ShardPostings): Occurrences {
    const occurrences = this.#occurrences;
    if (!occurrences.isDecoded(shard)) occurrences.decode(this.#bytes, shard);
    return occurrences;
  }

  /** Sets `cursor` before the positions in the passages of a shard. */
  startPositions(shard: ShardPostings, cursor: PositionCursor): void {
    cursor.start(this.#positions!, shard, this.occurrencesIn(shard));
  }
}

/** Kind and source in one number. */
export function shardKey(kind: number, sourceNo: number): number {
  return sourceNo * PASSAGE_KINDS.length + kind;
}

function readHeaders(bytes: Uint8Array): ShardPostings[] {
  const reader = new ByteReader(bytes);
  const shards: ShardPostings[] = [];
  let positionsAt = 0;
  let from = 0;
  while (!reader.done) {
    const kind = reader.varint();
    const sourceNo = reader.varint();
    const numPassages = reader.varint();
    const maxFrequency = reader.varint();
    const minLengthRatio = reader.varint() * LENGTH_RATIO_UNIT;
    const numOccurrenceBytes = reader.varint();
    const numPositionBytes = reader.varint();
    const occurrencesAt = reader.at;
    // Nothing is set aside, and nothing looked up, by the numbers of a damaged file: a passage takes three bytes at least.
    const isWhole = numPassages > 0 && 3 * numPassages <= numOccurrenceBytes;
    const fits = occurrencesAt + numOccurrenceBytes <= bytes.length && numPositionBytes >= 0;
    if (!isWhole || !fits || kind >= PASSAGE_KINDS.length)
      throw new UnexpectedColumnError('column postings.occurrences holds no postings');
    const key = shardKey(kind, sourceNo);
    const to = from + numPassages;
    shards.push({
      key,
      kind,
      sourceNo,
      numPassages,
      maxFrequency,
      minLengthRatio,
      occurrencesAt,
      positionsAt,
      from,
      to,
    });
    reader.at += numOccurrenceBytes;
    positionsAt += numPositionBytes;
    from = to;
  }
  return shards;
}

/** Positions of a term in the passages of a shard, read from one to a later one. */
export class PositionCursor {
  /** How many of `values` are those of the passage at hand. */
  size = 0;
  values = new Uint32Array(64);
  #occurrences: Occurrences | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  /** Row of the passage whose positions begin at #at. */
  #next = 0;

  start(bytes: Uint8Array, { positionsAt, from }: ShardPostings, occurrences: Occurrences): void {
    this.#bytes = bytes;
    this.#at = positionsAt;
    this.#occurrences = occurrences;
    this.#next = from;
  }

  /** To the passage of a row, which must not lie before the one at hand. */
  moveTo(row: number): void {
    const { titleCounts, textCounts } = this.#occurrences!;
    let numSkipped = 0;
    for (let i = this.#next; i < row; i++) numSkipped += titleCounts[i]! + textCounts[i]!;
    this.#skip(numSkipped);
    this.#next = row + 1;
    this.#read(titleCounts[row]! + textCounts[row]!);
  }

  /** A varint ends with its first byte below 0x80. */
  #skip(count: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let left = count; left > 0 && at < bytes.length; at++) if (bytes[at]! < 0x80) left--;
    this.#at = at;
  }

  #read(count: number): void {
    if (count > this.#bytes.length - this.#at)
      throw new UnexpectedColumnError('column postings.positions ends too early');
    if (count > this.values.length) this.values = new Uint32Array(2 * count);
    const reader = new ByteReader(this.#bytes, this.#at);
    let position = 0;
    for (let n = 0; n < count; n++) this.values[n] = position += reader.varint();
    this.size = count;
    this.#at = reader.at;
  }
}
