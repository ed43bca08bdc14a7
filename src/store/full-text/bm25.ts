// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over the index, exact, with the inverse document
// frequency of Lucene, which stays positive for words that most passages hold. Statistics are those of the passages the filter
// lets through, for each kind on its own: a word that is rare in headings may be frequent in captions.
import type { IndexReader } from './index-reader.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { TITLE_WEIGHT } from './postings.ts';
import type { KindTotals } from './postings-cache.ts';
import type { Occurrences, ShardPostings, TermPostings } from './term-postings.ts';

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

type Visit = (ordinal: number, score: number) => void;

export class Bm25 {
  readonly #postings: readonly TermPostings[];
  /** [kind][term]: inverse document frequency, times k1 + 1. */
  readonly #weights: number[][];
  /** By kind. */
  readonly #norms: readonly LengthNorm[];
  /** [term]: no passage of the shard at hand scores more by it. And those of the terms that it holds, highest bound first. */
  readonly #bounds: Float64Array;
  readonly #byBound: number[] = [];
  /** Passages of the shard at hand that may be good enough; and where those are put that the next term leaves. */
  #near = new NearPassages();
  #next = new NearPassages();

  /** `words`: each as its terms, one for each language; they are as rare as the word is, and a passage holds one of them. */
  constructor(index: IndexReader, words: readonly (readonly string[])[]) {
    const totals = index.totals();
    const found = words.map((terms) =>
      terms.map((term) => index.postings(term)).filter(({ shards }) => shards.length > 0),
    );
    this.#postings = found.flat();
    this.#bounds = new Float64Array(this.#postings.length);
    this.#norms = PASSAGE_KINDS.map((_, kind) => lengthNorm(totals.get(kind)));
    this.#weights = PASSAGE_KINDS.map((_, kind) => {
      const total = totals.get(kind)?.passages ?? 0;
      return found.flatMap((ofWord) => {
        const holders = ofWord.reduce((sum, { numPassages }) => sum + numPassages[kind]!, 0);
        return ofWord.map(() => inverseFrequency(Math.min(holders, total), total) * (K1 + 1));
      });
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
    return [...byShard.values()].sort((a, b) => b.bound - a.bound);
  }

  /**
   * Calls `visit` once for every passage of the shard that scores `least` or more.
   *
   * The terms are read one after the other, and after each the passages go that the terms behind it can't bring to `least`.
   * Terms that can't do so together bring in no passages, and are only looked up in those that are left (MaxScore: Turtle and
   * Flood, "Query evaluation: strategies and optimizations", 1995): few for the last, which adds least and has the longest list.
   */
  score({ kind, postings }: Candidate, least: number, visit: Visit): void {
    const enough = least / ROUNDING;
    let restBound = this.#sortByBound(postings);
    const byBound = this.#byBound;
    const isExact = this.#bounds[byBound.at(-1)!]! >= enough;
    // Where each brings in passages the order doesn't matter, and that of the terms spares adding up again.
    if (isExact) byBound.sort((a, b) => a - b);
    this.#near.clear(0);
    for (const t of byBound) {
      const bringsIn = restBound >= enough;
      if (!bringsIn && this.#near.size === 0) return;
      restBound -= this.#bounds[t]!;
      this.#add(t, postings[t]!, bringsIn, enough - restBound);
    }
    const { size, ordinals, sums } = this.#near;
    for (let i = 0; i < size; i++) {
      const score = isExact ? sums[i]! : this.#scoreOf(ordinals[i]!, kind, postings);
      if (score >= least) visit(ordinals[i]!, score);
    }
  }

  /** The same for passages of the shard that are known to be looked for. */
  scoreThese({ kind, postings }: Candidate, ordinals: Iterable<number>, least: number, visit: Visit): void {
    for (const ordinal of ordinals) {
      const score = this.#scoreOf(ordinal, kind, postings);
      if (score !== 0 && score >= least) visit(ordinal, score);
    }
  }

  /** In the order of the terms: sums that were added up in different orders differ in their last digits. */
  #scoreOf(ordinal: number, kind: number, postings: Candidate['postings']): number {
    let score = 0;
    for (let t = 0; t < postings.length; t++) {
      const shard = postings[t];
      if (shard === undefined) continue;
      const occurrences = this.#postings[t]!.occurrencesIn(shard);
      const row = occurrences.rowOf(ordinal, shard);
      if (row >= 0) score += scoreRow(occurrences, row, this.#weights[kind]![t]!, this.#norms[kind]!);
    }
    return score;
  }

  /** Sets #bounds and #byBound. Returns the bound of all terms together. */
  #sortByBound(postings: Candidate['postings']): number {
    const [bounds, byBound] = [this.#bounds, this.#byBound];
    byBound.length = 0;
    let sum = 0;
    for (let t = 0; t < postings.length; t++) {
      const shard = postings[t];
      if (shard === undefined) continue;
      const bound = this.#boundOf(shard, t);
      bounds[t] = bound;
      sum += bound;
      let i = byBound.length;
      for (; i > 0 && bounds[byBound[i - 1]!]! < bound; i--) byBound[i] = byBound[i - 1]!;
      byBound[i] = t;
    }
    return sum;
  }

  /** Adds a term to the passages in #near, new ones among them where it `bringsIn` any, and leaves those with at least so much. */
  #add(t: number, shard: ShardPostings, bringsIn: boolean, least: number): void {
    const occurrences = this.#postings[t]!.occurrencesIn(shard);
    const { ordinals: held } = occurrences;
    const weight = this.#weights[shard.kind]![t]!;
    const norm = this.#norms[shard.kind]!;
    const { size, ordinals, sums } = this.#near;
    const next = this.#next.clear(size + shard.numPassages);
    let row = shard.from;
    for (let i = 0; i < size; i++) {
      const ordinal = ordinals[i]!;
      for (; row < shard.to && held[row]! < ordinal; row++) {
        if (bringsIn) next.offer(held[row]!, scoreRow(occurrences, row, weight, norm), least);
      }
      const isHeld = row < shard.to && held[row] === ordinal;
      next.offer(ordinal, sums[i]! + (isHeld ? scoreRow(occurrences, row++, weight, norm) : 0), least);
    }
    for (; bringsIn && row < shard.to; row++) {
      next.offer(held[row]!, scoreRow(occurrences, row, weight, norm), least);
    }
    this.#next = this.#near;
    this.#near = next;
  }

  /** No passage of a shard scores more than this by the term. */
  #boundOf({ kind, maxFrequency, minLengthRatio }: ShardPostings, t: number): number {
    const { base, perToken } = this.#norms[kind]!;
    return this.#weights[kind]![t]! / (1 + base / maxFrequency + perToken * minLengthRatio);
  }
}

/** What a term adds to the passage in a row of its occurrences. */
function scoreRow(occurrences: Occurrences, row: number, weight: number, { base, perToken }: LengthNorm): number {
  const frequency = occurrences.textCounts[row]! + TITLE_WEIGHT * occurrences.titleCounts[row]!;
  return (weight * frequency) / (frequency + base + perToken * occurrences.lengths[row]!);
}

/** Passages of a shard by ordinal, ascending, and what the terms read so far add up to in each. */
class NearPassages {
  size = 0;
  ordinals = new Uint32Array(256);
  sums = new Float64Array(256);

  /** Makes room for so many. */
  clear(capacity: number): this {
    if (capacity > this.ordinals.length) {
      this.ordinals = new Uint32Array(2 * capacity);
      this.sums = new Float64Array(2 * capacity);
    }
    this.size = 0;
    return this;
  }

  offer(ordinal: number, sum: number, least: number): void {
    if (sum < least) return;
    this.ordinals[this.size] = ordinal;
    this.sums[this.size++] = sum;
  }
}

/** As Lucene has it: positive also for words that most passages hold. */
function inverseFrequency(numPassages: number, total: number): number {
  return Math.log(1 + (total - numPassages + 0.5) / (numPassages + 0.5));
}

function lengthNorm({ passages, tokens }: KindTotals = { passages: 0, tokens: 0 }): LengthNorm {
  return { base: K1 * (1 - B), perToken: (K1 * B * passages) / Math.max(1, tokens) };
}
