// A sequence of units cut into coherent segments. A segment is coherent when its words predict each other: it is scored by
// how much better a Pólya urn (background: the whole source) predicts its terms than the source's own frequencies do.
// That is the Dirichlet compound multinomial of Eisenstein and Barzilay, "Bayesian Unsupervised Topic Segmentation"
// (EMNLP 2008), with the source as prior; the best cut is found exactly by dynamic programming. Signs of a border (a pause,
// a new slide, a word that opens a thought) are earned at each cut, and odd lengths cost.
import { Breather } from './breather.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface SegmentationInput {
  readonly vocabulary: Vocabulary;
  /** [units + 1] where each unit starts, in any unit of length (milliseconds, pages); the last entry is the end. */
  readonly starts: readonly number[];
  /** [units] what a cut before each unit earns: 0 is no sign at all, 1 a clear one, 3 all but certain. */
  readonly borders: readonly number[];
  /** Length a segment should have; half and double of it cost the same. Longer than `max` is not allowed. */
  readonly ideal: number;
  readonly max: number;
  /**
   * Leave words out that name no topic, or only a moment's. How something is told changes within minutes, and that tells stretches of a
   * minute apart; over ten minutes it hides what the talk is about.
   */
  readonly topicalOnly?: boolean;
}

// Set on lectures and meetings (bench/quality-summary.ts), as a mean over ideal lengths around the one used: a border more or less in
// one of nine sources is luck. Lengths in terms are relative to the terms that a segment of ideal length has, so that the same
// values serve events of a minute and chapters of ten.
/** Background mass in the urn, in ideal segments: smaller trusts repetition sooner. */
const PRIOR_SEGMENTS = 3;
/** What a nat per term of cohesion over an ideal segment is worth, in the units of `borders`; more where every term is a topic's. */
const COHESION_WORTH = { all: 180, topical: 260 };
/** What a segment e times the ideal length costs. */
const LENGTH_COST = 20;

/** A term that comes and is gone within this share of a segment is an example's, and says nothing of where segments end. */
const MOMENT_SHARE = 0.1;

/** More than a chapter of half an hour has; as many stand in one place only where a caption holds a whole book. */
const MAX_UNITS = 1500;

/** Far from the ends of a double's range by more than one term's ratio. */
const SMALL = 1e-200;
const LARGE = 1e200;

/** First unit of each segment, in order; begins with 0. Empty for no units. */
export async function cutSegments(input: SegmentationInput): Promise<number[]> {
  const breather = new Breather();
  const { vocabulary, starts, borders, topicalOnly = false } = input;
  const numUnits = vocabulary.units.length;
  const best = new Float64Array(numUnits + 1).fill(-Infinity);
  const from = new Int32Array(numUnits + 1);
  best[0] = 0;
  const units = topicalOnly ? topicalUnits(vocabulary, starts, MOMENT_SHARE * input.ideal) : vocabulary.units;
  const numTokens = units.reduce((sum, unit) => sum + unit.length, 0);
  const tokensPerSegment = (numTokens * input.ideal) / Math.max(1e-9, starts[numUnits]! - starts[0]!);
  const urn = new Urn(vocabulary.counts, numTokens, PRIOR_SEGMENTS * tokensPerSegment);
  const cohesionWorth = COHESION_WORTH[topicalOnly ? 'topical' : 'all'] / Math.max(1, tokensPerSegment);
  for (let start = 0; start < numUnits; start++) {
    await breather.breathe();
    urn.clear();
    const base = best[start]! + (start === 0 ? 0 : borders[start]!);
    for (let end = start + 1; end <= numUnits; end++) {
      const length = starts[end]! - starts[start]!;
      // A unit longer than the maximum is a segment of its own.
      if ((length > input.max || end - start > MAX_UNITS) && end > start + 1) break;
      urn.add(units[end - 1]!);
      const oddness = Math.log(Math.max(length, 1e-9) / input.ideal) ** 2;
      const score = base + cohesionWorth * urn.gain - LENGTH_COST * oddness;
      if (score > best[end]!) {
        best[end] = score;
        from[end] = start;
      }
    }
  }
  const firsts: number[] = [];
  for (let end = numUnits; end > 0; end = from[end]!) firsts.push(from[end]!);
  return firsts.reverse();
}

/** The units without weak terms and without those whose first and last mention are less than `moment` apart. */
function topicalUnits({ units, isWeak }: Vocabulary, starts: readonly number[], moment: number): number[][] {
  const firsts = new Float64Array(isWeak.length).fill(NaN);
  const spans = new Float64Array(isWeak.length);
  for (const [i, unit] of units.entries()) {
    for (const term of unit) {
      if (Number.isNaN(firsts[term]!)) firsts[term] = starts[i]!;
      spans[term] = starts[i]! - firsts[term]!;
    }
  }
  return units.map((unit) => unit.filter((term) => isWeak[term] === 0 && spans[term]! >= moment));
}

/** Adds terms one by one and keeps the sum of log(predicted by the urn / predicted by the source). */
class Urn {
  gain = 0;
  readonly #priorTokens: number;
  /** [terms] one over the term's share of the source. */
  readonly #rarity: Float64Array;
  /** [terms] how often each was drawn; only entries in #drawn are not zero. */
  readonly #counts: Uint32Array;
  readonly #drawn: number[] = [];
  #total = 0;

  /** @param counts [terms] in the whole source */
  constructor(counts: Uint32Array, numTokens: number, priorTokens: number) {
    this.#priorTokens = Math.max(1, priorTokens);
    this.#rarity = Float64Array.from(counts, (count) => numTokens / count);
    this.#counts = new Uint32Array(counts.length);
  }

  clear(): void {
    for (const id of this.#drawn) this.#counts[id] = 0;
    this.#drawn.length = 0;
    this.#total = 0;
    this.gain = 0;
  }

  add(unit: readonly number[]): void {
    const priorTokens = this.#priorTokens;
    let total = this.#total;
    // One logarithm of a product costs a tenth of the sum of logarithms; it is taken before the product leaves a double's range.
    let product = 1;
    for (const id of unit) {
      const drawn = this.#counts[id]!++;
      if (drawn === 0) this.#drawn.push(id);
      product *= (drawn * this.#rarity[id]! + priorTokens) / (total++ + priorTokens);
      if (product < SMALL || product > LARGE) {
        this.gain += Math.log(product);
        product = 1;
      }
    }
    this.gain += Math.log(product);
    this.#total = total;
  }
}
