// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over the index, exact, with the inverse document
// frequency of Lucene, which stays positive for words that most passages hold. Statistics are those of the passages the filter
// lets through, for each kind on its own: a word that is rare in headings may be frequent in captions.
import type { IndexReader, KindTotals } from './index-reader.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { OccurrenceList, TITLE_WEIGHT, type ShardPostings, type TermPostings } from './postings.ts';

const K1 = 1.2;
const B = 0.75;

/** Bounds are higher by one part in a thousand million: none must fall below a score it equals because of rounding. */
const ROUNDING = 1 + 1e-9;

/** BM25's k1 * (1 - b + b * length / average length), as a constant and a part per token. */
interface LengthNorm {
  readonly base: number;
  readonly perToken: number;
}

/** A shard that holds at least one of the terms. */
export interface Candidate {
  readonly key: number;
  readonly kind: number;
  readonly sourceNo: number;
  /** By index in the terms; undefined where the shard doesn't hold the term. */
  readonly postings: (ShardPostings | undefined)[];
  /** No passage of the shard scores above this. */
  bound: number;
}

export class Bm25 {
  readonly #postings: readonly TermPostings[];
  /** [kind][term]: inverse document frequency. */
  readonly #idf: number[][];
  /** By kind. */
  readonly #norms: readonly LengthNorm[];
  readonly #list = new OccurrenceList();
  /** By ordinal in the shard at hand; 0 where no term occurs. */
  #scores = new Float64Array(1024);
  /** By ordinal, too: 1 for passages whose score is worth knowing; all 0 between shards. */
  #wanted = new Uint8Array(1024);

  constructor(index: IndexReader, terms: readonly string[]) {
    const totals = index.totals();
    this.#postings = terms.map((term) => index.postings(term));
    const frequency = PASSAGE_KINDS.map(() => terms.map(() => 0));
    this.#postings.forEach(({ shards }, t) => {
      for (const { kind, numPassages } of shards) frequency[kind]![t]! += numPassages;
    });
    this.#norms = PASSAGE_KINDS.map((_, kind) => lengthNorm(totals.get(kind)));
    this.#idf = frequency.map((ofKind, kind) => {
      const total = totals.get(kind)?.passages ?? 0;
      return ofKind.map((df) => Math.log(1 + (total - df + 0.5) / (df + 0.5)));
    });
  }

  /** Every shard with at least one of the terms, highest bound first. */
  candidates(): Candidate[] {
    const byShard = new Map<number, Candidate>();
    this.#postings.forEach(({ shards }, t) => {
      for (const shard of shards) {
        const { key, kind, sourceNo } = shard;
        let candidate = byShard.get(key);
        if (!candidate) {
          candidate = { key, kind, sourceNo, postings: this.#postings.map(() => undefined), bound: 0 };
          byShard.set(key, candidate);
        }
        candidate.postings[t] = shard;
        candidate.bound += this.#boundOf(shard, t);
      }
    });
    for (const candidate of byShard.values()) candidate.bound *= ROUNDING;
    return [...byShard.values()].sort((a, b) => b.bound - a.bound || a.sourceNo - b.sourceNo || a.kind - b.kind);
  }

  /**
   * Calls `visit` once for every passage of the shard that scores `least` or more.
   *
   * Terms that together can't bring a passage to `least` are looked up only in passages that the others bring near enough
   * (MaxScore: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995).
   */
  score(candidate: Candidate, least: number, visit: (ordinal: number, score: number) => void): void {
    const present = termsIn(candidate);
    const [essential, restBound] = this.#essentialTerms(candidate, present, least);
    if (present.length === 1) this.#visitList(candidate, present[0]!, least, visit);
    else if (essential.length === present.length) this.#visitSums(this.#addUp(candidate, present), least, visit);
    else {
      const near: number[] = [];
      const keep = (ordinal: number) => near.push(ordinal);
      if (essential.length === 1) this.#visitList(candidate, essential[0]!, least - restBound, keep);
      else this.#visitSums(this.#addUp(candidate, essential), least - restBound, keep);
      // From the start, in the order of the terms: sums that were added up in different orders differ in their last digits.
      this.#scoreWanted(candidate, present, near, least, visit);
    }
  }

  /** The same for passages of the shard that are known to be looked for, given in order. */
  scoreThese(candidate: Candidate, ordinals: Iterable<number>, visit: (ordinal: number, score: number) => void): void {
    this.#scoreWanted(candidate, termsIn(candidate), [...ordinals], 0, visit);
  }

  #scoreWanted(
    candidate: Candidate,
    terms: readonly number[],
    ordinals: readonly number[],
    least: number,
    visit: (ordinal: number, score: number) => void,
  ): void {
    if (ordinals.length === 0) return;
    this.#reserve(ordinals.at(-1)! + 1);
    for (const ordinal of ordinals) this.#wanted[ordinal] = 1;
    this.#addUp(candidate, terms, this.#wanted);
    for (const ordinal of ordinals) {
      const score = this.#scores[ordinal]!;
      this.#scores[ordinal] = 0;
      this.#wanted[ordinal] = 0;
      if (score !== 0 && score >= least) visit(ordinal, score);
    }
  }

  /** The terms of which a passage must hold one to score `least`, and what the others add at most. */
  #essentialTerms(candidate: Candidate, present: readonly number[], least: number): [number[], number] {
    const essential = present
      .map((t) => ({ t, bound: this.#boundOf(candidate.postings[t]!, t) }))
      .sort((a, b) => b.bound - a.bound);
    let restBound = 0;
    for (let last = essential.at(-1); last && (restBound + last.bound) * ROUNDING < least; last = essential.at(-1)) {
      restBound += last.bound;
      essential.pop();
    }
    return [essential.map(({ t }) => t), restBound * ROUNDING];
  }

  /** No passage of a shard scores more than this by the term. */
  #boundOf({ kind, maxFrequency, minLengthRatio }: ShardPostings, t: number): number {
    const { base, perToken } = this.#norms[kind]!;
    return (this.#idf[kind]![t]! * (K1 + 1)) / (1 + base / maxFrequency + perToken * minLengthRatio);
  }

  /** Adds the scores of some terms to #scores, where `wanted` is given in the passages that it marks. Returns where they end. */
  #addUp({ kind, postings }: Candidate, terms: readonly number[], wanted?: Uint8Array): number {
    const list = this.#list;
    const { base, perToken } = this.#norms[kind]!;
    let end = 0;
    for (const t of terms) {
      this.#postings[t]!.readOccurrences(postings[t]!, list, wanted);
      if (list.size === 0) continue;
      end = Math.max(end, list.ordinals[list.size - 1]! + 1);
      this.#addScores(this.#idf[kind]![t]! * (K1 + 1), base, perToken);
    }
    return end;
  }

  /** The passages that one term alone brings to `least`. */
  #visitList(
    { kind, postings }: Candidate,
    t: number,
    least: number,
    visit: (ordinal: number, score: number) => void,
  ): void {
    const { base, perToken } = this.#norms[kind]!;
    const weight = this.#idf[kind]![t]! * (K1 + 1);
    this.#postings[t]!.readOccurrences(postings[t]!, this.#list);
    const { size, ordinals, titleCounts, textCounts, lengths } = this.#list;
    for (let i = 0; i < size; i++) {
      const frequency = textCounts[i]! + TITLE_WEIGHT * titleCounts[i]!;
      const score = (weight * frequency) / (frequency + base + perToken * lengths[i]!);
      if (score >= least) visit(ordinals[i]!, score);
    }
  }

  /** Clears #scores again. */
  #visitSums(end: number, least: number, visit: (ordinal: number, score: number) => void): void {
    const scores = this.#scores;
    for (let ordinal = 0; ordinal < end; ordinal++) {
      const score = scores[ordinal]!;
      if (score !== 0 && score >= least) visit(ordinal, score);
    }
    scores.fill(0, 0, end);
  }

  #addScores(weight: number, base: number, perToken: number): void {
    const { size, ordinals, titleCounts, textCounts, lengths } = this.#list;
    this.#reserve(ordinals[size - 1]! + 1);
    const scores = this.#scores;
    for (let i = 0; i < size; i++) {
      const frequency = textCounts[i]! + TITLE_WEIGHT * titleCounts[i]!;
      scores[ordinals[i]!]! += (weight * frequency) / (frequency + base + perToken * lengths[i]!);
    }
  }

  #reserve(size: number): void {
    if (size <= this.#scores.length) return;
    const larger = new Float64Array(2 * size);
    larger.set(this.#scores);
    this.#scores = larger;
    this.#wanted = new Uint8Array(larger.length);
  }
}

/** By index in the terms: those that occur in the shard. */
function termsIn({ postings }: Candidate): number[] {
  return [...postings.keys()].filter((t) => postings[t] !== undefined);
}

function lengthNorm({ passages, tokens }: KindTotals = { passages: 0, tokens: 0 }): LengthNorm {
  return { base: K1 * (1 - B), perToken: (K1 * B * passages) / Math.max(1, tokens) };
}
