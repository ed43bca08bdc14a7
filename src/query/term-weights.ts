// How much each term of a query says. Rare words say more (inverse document frequency), and rarity has two sides: in the library it
// tells sources apart, in one source it tells places apart. The name of a product is rare in the library and on every page
// of its manual, so a place is weighed by both, and what a word says about the source alone is added to all its places.
import { RANKING } from './ranking.ts';

export interface TermWeights {
  /** By term: rarity in the library, lowered for function words. */
  readonly library: readonly number[];
  /** By term: what the term's kind of word leaves of its rarity, 0 to 1. */
  readonly factors: readonly number[];
}

export interface SourceWeights {
  /** By term: what it says about a place in this source. */
  readonly place: readonly number[];
  /** By term: what is left to say about the source as a whole. */
  readonly source: readonly number[];
}

/** Inverse document frequency as Lucene has it: positive also for words that most passages hold. */
export function rarity(frequency: number, total: number): number {
  const among = Math.min(frequency, total);
  return Math.log(1 + (total - among + 0.5) / (among + 0.5));
}

/**
 * @param frequencies places of the source that hold each term, of `total` it has
 * @param localShare of rarity within the source in a term's weight there
 */
export function weighInSource(
  { library, factors }: TermWeights,
  frequencies: readonly number[],
  total: number,
  localShare = RANKING.localRarity,
): SourceWeights {
  const place = library.map((weight, term) => {
    const factor = factors[term]!;
    const local = factor * rarity(frequencies[term]!, Math.max(total, frequencies[term]!));
    return weight ** (1 - localShare) * local ** localShare;
  });
  const source = library.map((weight, term) => (frequencies[term]! > 0 ? Math.max(0, weight - place[term]!) : 0));
  return { place, source };
}
