// Windows over a prompt: the tokens, positions and visual rows of any run of it. A window may begin or end inside a picture; its
// visual rows (embedding and DeepStack alike) are cut with it, so any chunking computes what one pass computes.
import { assert } from '../../errors.ts';
import type { Chunk } from './decoder.ts';
import type { Prompt, VisualGroup } from './prompt.ts';
import { VisualInput, type VisualSlice } from './visual-slice.ts';

export class PromptChunks implements Disposable {
  readonly #prompt: Prompt;
  readonly #width: number;
  // The picture that the last window ended in: the next one goes on with it. No other rows are held.
  #open: { group: VisualGroup; slice: VisualSlice } | undefined;

  /** `visualWidth` is the number of floats in a visual row. */
  constructor(prompt: Prompt, visualWidth: number) {
    this.#prompt = prompt;
    this.#width = visualWidth;
  }

  /** Tokens `first` to `end`, running the vision tower for pictures that begin among them. The caller lets go of `visual`. */
  async between(first: number, end: number, signal?: AbortSignal): Promise<Omit<Chunk, 'logitRows'>> {
    const { tokenIds, positions } = this.#prompt;
    const visual = await this.#visualBetween(first, end, signal);
    return {
      tokenIds: tokenIds.slice(first, end),
      positions: windowPositions(positions, first, end),
      ...(visual && { visual }),
    };
  }

  async #visualBetween(first: number, end: number, signal?: AbortSignal): Promise<VisualInput | undefined> {
    const touched = this.#prompt.groups.filter(({ start, length }) => start < end && start + length > first);
    if (touched.length === 0) return undefined;
    // All at once, so that the vision tower can take several pictures in one run.
    const encoded = await Promise.allSettled(touched.map((group) => this.#sliceOf(group, signal)));
    const visual = new VisualInput(end - first, this.#width);
    encoded.forEach((one, g) => {
      if (one.status === 'rejected') return;
      const { start, length } = touched[g]!;
      const from = Math.max(first, start);
      visual.add(one.value, from - start, Math.min(end, start + length) - start, from - first);
    });
    const failed = encoded.find((one) => one.status === 'rejected');
    if (failed) {
      visual[Symbol.dispose]();
      throw failed.reason;
    }
    const last = encoded.at(-1) as PromiseFulfilledResult<VisualSlice>;
    this.#open?.slice[Symbol.dispose]();
    this.#open = { group: touched.at(-1)!, slice: last.value.hold() };
    return visual;
  }

  async #sliceOf(group: VisualGroup, signal?: AbortSignal): Promise<VisualSlice> {
    if (this.#open?.group === group) return this.#open.slice.hold();
    const slice = await group.encode(signal);
    const count = slice.length / this.#width;
    assert(count === group.length, `a picture of ${group.length} tokens has ${count} visual rows`);
    return slice;
  }

  [Symbol.dispose](): void {
    this.#open?.slice[Symbol.dispose]();
    this.#open = undefined;
  }
}

/** Positions [3, end - first] out of [3, numTokens]. */
function windowPositions(positions: Int32Array, first: number, end: number): Int32Array {
  const numTokens = positions.length / 3;
  const window = new Int32Array(3 * (end - first));
  for (let axis = 0; axis < 3; axis++) {
    window.set(positions.subarray(axis * numTokens + first, axis * numTokens + end), axis * (end - first));
  }
  return window;
}
