// Phrases and single words that must, or must not, occur in a passage.
import type { IndexReader } from './index-reader.ts';
import { OccurrenceList, PositionCursor, type ShardPostings, type TermPostings } from './postings.ts';
import type { Token } from './tokens.ts';

/** Words at their distances: the tokens of a phrase, or of one word that falls into several. */
export type Phrase = readonly Token[];

/** Which passages hold every required phrase and none of the excluded ones. */
export class PhraseMatcher {
  readonly #required: readonly PhraseFinder[];
  readonly #excluded: readonly PhraseFinder[];

  constructor(index: IndexReader, required: readonly Phrase[], excluded: readonly Phrase[]) {
    this.#required = required.map((phrase) => new PhraseFinder(index, phrase));
    this.#excluded = excluded.map((phrase) => new PhraseFinder(index, phrase));
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
  readonly list: OccurrenceList;
  readonly positions: PositionCursor;
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
        list: new OccurrenceList(),
        positions: new PositionCursor(),
      };
    });
  }

  /** The passages of the shard with this key that hold the phrase, in order. */
  ordinalsIn(key: number): Set<number> {
    const found = new Set<number>();
    for (const { byShard } of this.#words) if (!byShard.has(key)) return found;
    for (const { postings, byShard, list, positions } of this.#words) {
      const shard = byShard.get(key)!;
      postings.readOccurrences(shard, list);
      if (this.#words.length > 1) postings.startPositions(shard, list, positions);
    }
    // All lists are in order of ordinal, so one pass over them finds the passages that are in every one.
    const at = this.#words.map(() => 0);
    const { ordinals, size } = this.#words[0]!.list;
    for (let i = 0; i < size; i++) {
      at[0] = i;
      if (this.#meetAt(ordinals[i]!, at) && (at.length === 1 || this.#isInOrder(at))) found.add(ordinals[i]!);
    }
    return found;
  }

  /** Whether every word occurs in the passage; `at` are indices in their lists, moved up to it. */
  #meetAt(ordinal: number, at: number[]): boolean {
    for (let w = 1; w < at.length; w++) {
      const { ordinals, size } = this.#words[w]!.list;
      let i = at[w]!;
      while (i < size && ordinals[i]! < ordinal) i++;
      at[w] = i;
      if (i === size || ordinals[i] !== ordinal) return false;
    }
    return true;
  }

  /** Whether the words follow each other in the passage with these indices in their lists. */
  #isInOrder(at: readonly number[]): boolean {
    const [first, ...rest] = this.#words as [PhraseWord, ...PhraseWord[]];
    this.#words.forEach(({ positions }, w) => positions.moveTo(at[w]!));
    for (let i = 0; i < first.positions.size; i++) {
      const start = first.positions.values[i]! - first.offset;
      if (rest.every(({ positions, offset }) => hasPosition(positions, start + offset))) return true;
    }
    return false;
  }
}

function hasPosition({ size, values }: PositionCursor, position: number): boolean {
  for (let i = 0; i < size; i++) if (values[i] === position) return true;
  return false;
}
