// One answer as it grows: which token comes next, and whether it was the last. Knows logits and limits, not where they come from.
import { BrokenLogitsError, Sampler, type SamplingOptions } from './sampling.ts';
import type { StepResult } from './token-step.ts';

/** Narrows what may come next, as a grammar does. */
export interface TokenConstraint {
  /** Sets the logits of tokens that may not come to -Infinity. */
  restrict(logits: Float32Array): void;
  /**
   * The most likely of the tokens that may come, the first of equals; -1 where none has a finite logit. Changes nothing. For
   * constraints that find it sooner than they restrict.
   */
  best?(logits: Float32Array): number;
  /** Notes the token that was chosen. */
  accept(tokenId: number): void;
}

export interface CompletionOptions extends SamplingOptions {
  readonly maxTokens: number;
  /** Tokens that end the answer; they are not given out. Empty runs to maxTokens. */
  readonly stopTokenIds: readonly number[];
  readonly constraint?: TokenConstraint | undefined;
}

export type Finish = 'stop' | 'length';

export class Completion {
  readonly tokenIds: number[] = [];
  readonly #options: CompletionOptions;
  readonly #stops: ReadonlySet<number>;
  readonly #sampler: Sampler;
  #finish: Finish | undefined;

  constructor(options: CompletionOptions, promptTokenIds: Iterable<number>) {
    this.#options = options;
    this.#stops = new Set(options.stopTokenIds);
    this.#sampler = new Sampler(options, promptTokenIds);
    if (options.maxTokens === 0) this.#finish = 'length';
  }

  /** Why the answer has ended; undefined while it goes on. */
  get finish(): Finish | undefined {
    return this.#finish;
  }

  /** False where the most likely token is the next one, whatever the others are. */
  get needsLogits(): boolean {
    return this.#options.constraint !== undefined || !this.#sampler.isGreedy;
  }

  /** Chooses the next token from the logits after the last one; undefined when that ends the answer. Throws BrokenLogitsError. */
  take(logits: Float32Array): number | undefined {
    const { constraint } = this.#options;
    if (constraint?.best && this.#sampler.isGreedy) {
      const tokenId = constraint.best(logits);
      if (tokenId < 0) throw new BrokenLogitsError();
      return this.#accept(tokenId);
    }
    constraint?.restrict(logits);
    return this.#accept(this.#sampler.next(logits));
  }

  /** The same after a step, whose row holds logits where they are needed. */
  takeFrom(result: StepResult, row: number): number | undefined {
    return this.needsLogits ? this.take(result.logits(row)) : this.#accept(result.best(row));
  }

  #accept(tokenId: number): number | undefined {
    const { constraint, maxTokens } = this.#options;
    if (this.#stops.has(tokenId)) {
      this.#finish = 'stop';
      return undefined;
    }
    constraint?.accept(tokenId);
    this.tokenIds.push(tokenId);
    if (this.tokenIds.length === maxTokens) this.#finish = 'length';
    return tokenId;
  }
}
