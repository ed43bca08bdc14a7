// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over the index, exact, with the inverse document
// frequency of Lucene, which stays positive for words that most passages hold. Statistics are those of the passages the filter
// lets through, for each kind on its own: a word that is rare in headings may be frequent in captions.
import type { IndexReader, KindTotals } from './index-reader.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { OccurrenceList, TITLE_WEIGHT, type ShardPostings, type TermPostings } from './postings.ts';

const K1 = 1.2;
const B = 0.75;

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
  readonly #totals: Map<number, KindTotals>;
  readonly #postings: readonly TermPostings[];
  /** [kind][term]: inverse document frequency. */
  readonly #idf: number[][];
  readonly #list = new OccurrenceList();
  /** By ordinal in the shard at hand; 0 where no term occurs. */
  #scores = new Float64Array(1024);

  constructor(index: IndexReader, terms: readonly string[]) {
    this.#totals = index.totals();
    this.#postings = terms.map((term) => index.postings(term));
    const frequency = PASSAGE_KINDS.map(() => terms.map(() => 0));
    this.#postings.forEach(({ shards }, t) => {
      for (const { kind, numPassages } of shards) frequency[kind]![t]! += numPassages;
    });
    this.#idf = frequency.map((ofKind, kind) => {
      const total = this.#totals.get(kind)?.passages ?? 0;
      return ofKind.map((df) => Math.log(1 + (total - df + 0.5) / (df + 0.5)));
    });
  }

  /** Every shard with at least one of the terms, highest bound first. */
  candidates(): Candidate[] {
    const byShard = new Map<number, Candidate>();
    const norms = PASSAGE_KINDS.map((_, kind) => this.#norm(kind));
    this.#postings.forEach(({ shards }, t) => {
      for (const shard of shards) {
        const { key, kind, sourceNo, maxFrequency, minLengthRatio } = shard;
        let candidate = byShard.get(key);
        if (!candidate) {
          candidate = { key, kind, sourceNo, postings: this.#postings.map(() => undefined), bound: 0 };
          byShard.set(key, candidate);
        }
        const { base, perToken } = norms[kind]!;
        candidate.postings[t] = shard;
        candidate.bound += (this.#idf[kind]![t]! * (K1 + 1)) / (1 + base / maxFrequency + perToken * minLengthRatio);
      }
    });
    // Higher by one part in a thousand million: a bound must not fall below a score it equals because of rounding.
    for (const candidate of byShard.values()) candidate.bound *= 1 + 1e-9;
    return [...byShard.values()].sort((a, b) => b.bound - a.bound || a.sourceNo - b.sourceNo || a.kind - b.kind);
  }

  /** Calls `visit` once for every passage of the shard that scores `least` or more. */
  score({ kind, postings }: Candidate, least: number, visit: (ordinal: number, score: number) => void): void {
    const { base, perToken } = this.#norm(kind);
    let end = 0;
    for (let t = 0; t < postings.length; t++) {
      const shard = postings[t];
      if (shard === undefined) continue;
      this.#postings[t]!.readOccurrences(shard, this.#list);
      end = Math.max(end, this.#list.ordinals[this.#list.size - 1]! + 1);
      this.#addScores(this.#idf[kind]![t]! * (K1 + 1), base, perToken);
    }
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

  /** BM25's k1 * (1 - b + b * length / average length), as a constant and a part per token. */
  #norm(kind: number): { base: number; perToken: number } {
    const { passages = 0, tokens = 0 } = this.#totals.get(kind) ?? {};
    return { base: K1 * (1 - B), perToken: (K1 * B * passages) / Math.max(1, tokens) };
  }

  #reserve(size: number): void {
    if (size <= this.#scores.length) return;
    const larger = new Float64Array(2 * size);
    larger.set(this.#scores);
    this.#scores = larger;
  }
}
