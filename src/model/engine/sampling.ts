// Chooses the next token from logits: greedy, or drawn after penalties, temperature, top-k and top-p, in the order of the
// reference (transformers' logits processors; presence penalty as in vLLM: once for every token already generated).
import { LecternError } from '../../errors.ts';

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature?: number;
  /** Keeps the k most likely tokens; 0 keeps all. */
  readonly topK?: number | undefined;
  /** Keeps the smallest set of most likely tokens whose probability reaches this; 1 keeps all. */
  readonly topP?: number | undefined;
  /** Divides positive logits of tokens seen in prompt or answer, multiplies negative ones; 1 does nothing. */
  readonly repetitionPenalty?: number | undefined;
  /** Subtracted once from the logit of every token already generated. */
  readonly presencePenalty?: number | undefined;
  /** Whole number; the same seed draws the same tokens from the same logits. */
  readonly seed?: number | undefined;
}

/** The model gave no usable numbers. */
export class BrokenLogitsError extends LecternError {
  constructor() {
    super('The model computed no finite score for any token (NaN in its weights or activations)', {
      code: 'MODEL_OUTPUT_BROKEN',
      remedy: 'Add the model again from an intact checkpoint; if it was converted to fp16, try --weights fp32.',
    });
  }
}

export class Sampler {
  readonly #temperature: number;
  readonly #topK: number;
  readonly #topP: number;
  readonly #repetitionPenalty: number;
  readonly #presencePenalty: number;
  readonly #random: () => number;
  readonly #seen: Set<number>;
  readonly #generated = new Set<number>();

  /** `promptTokenIds` count for the repetition penalty only. */
  constructor(options: SamplingOptions = {}, promptTokenIds: Iterable<number> = []) {
    this.#temperature = options.temperature ?? 0;
    this.#topK = options.topK ?? 0;
    this.#topP = options.topP ?? 1;
    this.#repetitionPenalty = options.repetitionPenalty ?? 1;
    this.#presencePenalty = options.presencePenalty ?? 0;
    this.#random = randomFrom(options.seed ?? 0);
    this.#seen = this.#repetitionPenalty === 1 ? new Set() : new Set(promptTokenIds);
  }

  /** Always the largest logit as it is. */
  get isGreedy(): boolean {
    return this.#temperature === 0 && this.#repetitionPenalty === 1 && this.#presencePenalty === 0;
  }

  /** Picks a token and counts it as generated. Changes `logits` in place. Throws BrokenLogitsError. */
  next(logits: Float32Array): number {
    this.#penalise(logits);
    const tokenId = this.#temperature === 0 ? argmax(logits) : this.#draw(logits);
    this.#generated.add(tokenId);
    if (this.#repetitionPenalty !== 1) this.#seen.add(tokenId);
    return tokenId;
  }

  #penalise(logits: Float32Array): void {
    for (const tokenId of this.#seen) {
      const logit = logits[tokenId]!;
      logits[tokenId] = logit > 0 ? logit / this.#repetitionPenalty : logit * this.#repetitionPenalty;
    }
    if (this.#presencePenalty === 0) return;
    for (const tokenId of this.#generated) logits[tokenId]! -= this.#presencePenalty;
  }

  #draw(logits: Float32Array): number {
    const candidates = mostLikely(logits, this.#topK, this.#temperature);
    const best = logits[candidates[0]!]!;
    const weights = candidates.map((tokenId) => Math.exp((logits[tokenId]! - best) / this.#temperature));
    let total = weights.reduce((sum, weight) => sum + weight, 0);
    // The nucleus: candidates are sorted, so it is a prefix; the token that reaches topP is still in.
    let count = candidates.length;
    if (this.#topP < 1) {
      const target = this.#topP * total;
      let sum = 0;
      count = 0;
      while (count < candidates.length && sum < target) sum += weights[count++]!;
      count = Math.max(1, count);
      total = count === candidates.length ? total : sum;
    }
    let threshold = this.#random() * total;
    for (let i = 0; i < count; i++) {
      threshold -= weights[i]!;
      if (threshold < 0) return candidates[i]!;
    }
    return candidates[count - 1]!;
  }
}

/** The first of the largest logits. Throws BrokenLogitsError where none is finite. */
export function argmax(logits: Float32Array): number {
  let best = -1;
  let bestLogit = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!;
    if (logit > bestLogit && logit < Infinity) {
      best = i;
      bestLogit = logit;
    }
  }
  if (best < 0) throw new BrokenLogitsError();
  return best;
}

// A token this many temperatures below the best has e^-30 of its weight: a whole vocabulary of them is under 1e-7.
const NEGLIGIBLE = 30;

/** Token ids by falling logit, at most `count` of them (0: all), without those too unlikely to be drawn. */
function mostLikely(logits: Float32Array, count: number, temperature: number): number[] {
  const best = logits[argmax(logits)]!;
  const cut = count > 0 && count < logits.length ? kthLargest(logits, count) : -Infinity;
  const floor = Math.max(cut, best - NEGLIGIBLE * temperature);
  const ids: number[] = [];
  for (let i = 0; i < logits.length; i++) if (logits[i]! >= floor && logits[i]! < Infinity) ids.push(i);
  ids.sort((a, b) => logits[b]! - logits[a]! || a - b);
  return count > 0 ? ids.slice(0, count) : ids;
}

/** The k-th largest finite value: a sorted list of the best k so far, which few values of a long array still enter. */
function kthLargest(values: Float32Array, k: number): number {
  const best = new Float64Array(k).fill(-Infinity); // rising
  for (const value of values) {
    if (!(value > best[0]!) || value === Infinity) continue;
    let at = 0;
    while (at + 1 < k && best[at + 1]! < value) {
      best[at] = best[at + 1]!;
      at++;
    }
    best[at] = value;
  }
  return best[0]!;
}

/** Numbers in [0, 1) from a 32-bit state: the mulberry32 generator. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
