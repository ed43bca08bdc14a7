// Phrases and single words that must, or must not, occur in a passage.
import type { IndexReader } from './index-reader.ts';
import { PositionCursor, type ShardPostings, type TermPostings } from './term-postings.ts';
import type { Token } from './tokens.ts';

/** Words at their distances: the tokens of a phrase, or of one word that falls into several. */
export type Phrase = readonly Token[];

/** Which passages hold every required phrase and none of the excluded ones. */
export class PhraseMatcher {
  readonly #required: readonly AnyPhraseFinder[];
  readonly #excluded: readonly AnyPhraseFinder[];

  /** Each phrase as the ways to read it: one for each language that stems its words otherwise. */
  constructor(index: IndexReader, required: readonly (readonly Phrase[])[], excluded: readonly (readonly Phrase[])[]) {
    this.#required = required.map((readings) => new AnyPhraseFinder(index, readings));
    this.#excluded = excluded.map((readings) => new AnyPhraseFinder(index, readings));
  }

  /** The passages of the shard with this key that hold every required phrase; undefined where nothing is required. */
  requiredIn(key: number): ReadonlySet<number> | undefined {
    let held: Set<number> | undefined;
    for (const phrase of this.#required) {
      const ordinals = phrase.ordinalsIn(key);
      held = held ? new Set([...held].filter((ordinal) => ordinals.has(ordinal))) : ordinals;
      if (held.size === 0) break;
    }
    return held;
  }

  /** For the shard with this key: tells by ordinal whether a passage holds an excluded phrase. */
  excluderIn(key: number): (ordinal: number) => boolean {
    let excluded: Set<number>[] | undefined;
    return (ordinal) => {
      // Most searches exclude nothing, and of the others most shards have no passage good enough to be asked about.
      excluded ??= this.#excluded.map((phrase) => phrase.ordinalsIn(key));
      return excluded.some((ordinals) => ordinals.has(ordinal));
    };
  }
}

/** One word of a phrase, and its postings in the shard at hand. */
interface PhraseWord {
  /** Position relative to the phrase's first word. */
  readonly offset: number;
  readonly postings: TermPostings;
  readonly byShard: ReadonlyMap<number, ShardPostings>;
  readonly positions: PositionCursor;
}

/** The passages of one shard that hold a word, and the row up to which they have been looked through. */
interface WordInShard {
  readonly ordinals: Uint32Array;
  readonly end: number;
  row: number;
}

/** Finds a phrase in any of its readings. */
class AnyPhraseFinder {
  readonly #readings: readonly PhraseFinder[];

  constructor(index: IndexReader, readings: readonly Phrase[]) {
    this.#readings = readings.map((phrase) => new PhraseFinder(index, phrase));
  }

  /** The passages of the shard with this key that hold the phrase. */
  ordinalsIn(key: number): Set<number> {
    const [first, ...others] = this.#readings.map((phrase) => phrase.ordinalsIn(key));
    return others.length === 0 ? first! : new Set([...first!, ...others.flatMap((found) => [...found])]);
  }
}

/** Finds one phrase in shard after shard. */
class PhraseFinder {
  readonly #words: readonly PhraseWord[];

  constructor(index: IndexReader, phrase: Phrase) {
    this.#words = phrase.map(({ term, position }) => {
      const postings = index.postings(term);
      return {
        offset: position,
        postings,
        byShard: new Map(postings.shards.map((shard) => [shard.key, shard])),
        positions: new PositionCursor(),
      };
    });
  }

  /** The passages of the shard with this key that hold the phrase, in order. */
  ordinalsIn(key: number): Set<number> {
    const found = new Set<number>();
    const lists: WordInShard[] = [];
    for (const { postings, byShard } of this.#words) {
      const shard = byShard.get(key);
      if (shard === undefined) return found;
      lists.push({ ordinals: postings.occurrencesIn(shard).ordinals, end: shard.to, row: shard.from });
    }
    if (lists.length > 1)
      for (const { postings, byShard, positions } of this.#words) postings.startPositions(byShard.get(key)!, positions);
    // All lists are in order of ordinal, so one pass over them finds the passages that are in every one.
    const [first, ...others] = lists as [WordInShard, ...WordInShard[]];
    for (; first.row < first.end; first.row++) {
      const ordinal = first.ordinals[first.row]!;
      if (others.every((list) => moveTo(list, ordinal)) && (lists.length === 1 || this.#isInOrder(lists)))
        found.add(ordinal);
    }
    return found;
  }

  /** Whether the words follow each other in the passage that all lists stand at. */
  #isInOrder(lists: readonly WordInShard[]): boolean {
    const [first, ...rest] = this.#words as [PhraseWord, ...PhraseWord[]];
    this.#words.forEach(({ positions }, w) => positions.moveTo(lists[w]!.row));
    for (let i = 0; i < first.positions.size; i++) {
      const start = first.positions.values[i]! - first.offset;
      if (rest.every(({ positions, offset }) => hasPosition(positions, start + offset))) return true;
    }
    return false;
  }
}

/** Moves up to a passage; false where the word doesn't occur in it. */
function moveTo(list: WordInShard, ordinal: number): boolean {
  while (list.row < list.end && list.ordinals[list.row]! < ordinal) list.row++;
  return list.row < list.end && list.ordinals[list.row] === ordinal;
}

function hasPosition({ size, values }: PositionCursor, position: number): boolean {
  for (let i = 0; i < size; i++) if (values[i] === position) return true;
  return false;
}
