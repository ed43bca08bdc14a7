// Steps of decoding that are computed before they are asked for: which tokens came, which step may take the next one, and what happens
// when another step is asked for.
import type { Tensor } from '../ort/tensor.ts';
import type { StepRow } from './step-room.ts';

/** Steps of one sequence on their way: tokens in their order, each taken by the step that would have computed it. */
export class StepsAhead {
  readonly #tensors: readonly Tensor[];
  readonly #first: StepRow;
  readonly #dropped: AbortController;
  readonly #tokens: PromiseWithResolvers<number>[];
  readonly #settled = Promise.withResolvers<void>();
  #numArrived = 0;
  #numTaken = 0;
  /** The token that the next step must append. */
  #expected: number;

  constructor(tensors: readonly Tensor[], first: StepRow, steps: number, dropped: AbortController) {
    this.#tensors = tensors;
    this.#first = first;
    this.#expected = first.tokenId;
    this.#dropped = dropped;
    this.#tokens = Array.from({ length: steps }, () => Promise.withResolvers<number>());
    // Nobody may ask for the last ones.
    for (const { promise } of this.#tokens) promise.catch(() => undefined);
  }

  continuesWith(tensors: readonly Tensor[], { tokenId, position, length }: StepRow): boolean {
    const taken = this.#numTaken;
    return (
      taken < this.#tokens.length &&
      tensors === this.#tensors &&
      tokenId === this.#expected &&
      position === this.#first.position + taken &&
      length === this.#first.length + taken
    );
  }

  async take(): Promise<number> {
    const tokenId = await this.#tokens[this.#numTaken++]!.promise;
    this.#expected = tokenId;
    return tokenId;
  }

  arrive(tokenId: number): void {
    this.#tokens[this.#numArrived++]!.resolve(tokenId);
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#tokens.slice(this.#numArrived)) reject(error);
  }

  /** Resolves when no step is under way any more. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Follows the run of all steps to its end, which comes early behind a token that ends the answer. */
  follow(run: Promise<void>): void {
    run
      .then(
        () => this.#fail(new Error('no step follows the end of an answer')),
        (error: unknown) => this.#fail(error),
      )
      .finally(() => {
        this.#tokens.length = this.#numArrived;
        this.#settled.resolve();
      });
  }

  drop(): void {
    this.#dropped.abort();
  }
}
