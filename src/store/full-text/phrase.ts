// Phrases and single words that must, or must not, occur in a passage.
import type { IndexReader } from './index-reader.ts';
import { OccurrenceList, PositionList, type ShardPostings, type TermPostings } from './postings.ts';
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

  /** For the shard with this key: tells by ordinal whether a passage is let through; undefined where none is. */
  acceptor(key: number): ((ordinal: number) => boolean) | undefined {
    const required: Set<number>[] = [];
    for (const phrase of this.#required) {
      const ordinals = phrase.ordinalsIn(key);
      if (ordinals.size === 0) return undefined;
      required.push(ordinals);
    }
    let excluded: Set<number>[] | undefined;
    return (ordinal) => {
      if (!required.every((ordinals) => ordinals.has(ordinal))) return false;
      // Most searches exclude nothing, and of the others most shards have no passage good enough to be asked about.
      excluded ??= this.#excluded.map((phrase) => phrase.ordinalsIn(key));
      return !excluded.some((ordinals) => ordinals.has(ordinal));
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
  readonly positions: PositionList;
}

/** A passage that holds all words of a phrase: its index in the list of each. */
type Meeting = readonly number[];

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
        positions: new PositionList(),
      };
    });
  }

  /** The passages of the shard with this key that hold the phrase. */
  ordinalsIn(key: number): Set<number> {
    const shards = this.#words.flatMap(({ byShard }) => byShard.get(key) ?? []);
    if (shards.length < this.#words.length) return new Set();
    this.#words.forEach(({ postings, list }, w) => postings.readOccurrences(shards[w]!, list));
    let meetings = this.#meetings();
    if (this.#words.length > 1 && meetings.length > 0) {
      this.#words.forEach(({ postings, list, positions }, w) => postings.readPositions(shards[w]!, list, positions));
      meetings = meetings.filter((meeting) => this.#isInOrder(meeting));
    }
    const { ordinals } = this.#words[0]!.list;
    return new Set(meetings.map(([first]) => ordinals[first!]!));
  }

  /** All lists are in order of ordinal, so one pass over them finds the passages that are in every one. */
  #meetings(): Meeting[] {
    const found: Meeting[] = [];
    const at = this.#words.map(() => 0);
    const first = this.#words[0]!.list;
    for (let i = 0; i < first.size; i++) {
      at[0] = i;
      const ordinal = first.ordinals[i]!;
      let inAll = true;
      for (let w = 1; w < at.length && inAll; w++) {
        const { ordinals, size } = this.#words[w]!.list;
        while (at[w]! < size && ordinals[at[w]!]! < ordinal) at[w]!++;
        inAll = at[w]! < size && ordinals[at[w]!] === ordinal;
      }
      if (inAll) found.push([...at]);
    }
    return found;
  }

  /** Whether the words follow each other in the passage. */
  #isInOrder(meeting: Meeting): boolean {
    const [first, ...rest] = this.#words as [PhraseWord, ...PhraseWord[]];
    const { starts, values } = first.positions;
    const passage = meeting[0]!;
    for (let i = starts[passage]!; i < starts[passage + 1]!; i++) {
      const start = values[i]! - first.offset;
      if (rest.every(({ positions, offset }, w) => hasPosition(positions, meeting[w + 1]!, start + offset)))
        return true;
    }
    return false;
  }
}

function hasPosition({ starts, values }: PositionList, passage: number, position: number): boolean {
  for (let i = starts[passage]!; i < starts[passage + 1]!; i++) if (values[i] === position) return true;
  return false;
}
