// Windows over a prompt: the tokens, positions and visual rows of any run of it. A window may begin or end inside a picture; its
// visual rows (embedding and DeepStack alike) are cut with it, so any chunking computes what one pass computes.
import { assert } from '../../errors.ts';
import type { FloatData } from '../ort/data-type.ts';
import type { Chunk } from './decoder.ts';
import type { Prompt, VisualGroup } from './prompt.ts';

export class PromptChunks {
  readonly #prompt: Prompt;
  readonly #width: number;
  // The picture that the last window ended in: the next one goes on with it. No other rows are held.
  #open: { group: VisualGroup; rows: FloatData } | undefined;

  /** `visualWidth` is the number of floats in a visual row. */
  constructor(prompt: Prompt, visualWidth: number) {
    this.#prompt = prompt;
    this.#width = visualWidth;
  }

  /** Tokens `first` to `end`, running the vision tower for pictures that begin among them. */
  async between(first: number, end: number, signal?: AbortSignal): Promise<Omit<Chunk, 'logitRows'>> {
    const { tokenIds, positions } = this.#prompt;
    const visual = await this.#visualBetween(first, end, signal);
    return {
      tokenIds: tokenIds.slice(first, end),
      positions: windowPositions(positions, first, end),
      ...(visual && { visual }),
    };
  }

  async #visualBetween(first: number, end: number, signal?: AbortSignal): Promise<Chunk['visual']> {
    const touched = this.#prompt.groups.filter(({ start, length }) => start < end && start + length > first);
    if (touched.length === 0) return undefined;
    // All at once, so that the vision tower can take several pictures in one run.
    const allRows = await Promise.all(touched.map((group) => this.#rowsOf(group, signal)));
    this.#open = { group: touched.at(-1)!, rows: allRows.at(-1)! };
    const index = new Int32Array(end - first);
    const pieces: FloatData[] = [];
    let count = 0;
    touched.forEach((group, g) => {
      const from = Math.max(first, group.start);
      const to = Math.min(end, group.start + group.length);
      pieces.push(allRows[g]!.subarray((from - group.start) * this.#width, (to - group.start) * this.#width));
      for (let i = from; i < to; i++) index[i - first] = ++count;
    });
    const length = (1 + count) * this.#width;
    const rows = pieces[0] instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
    let offset = this.#width;
    for (const piece of pieces) {
      rows.set(piece, offset);
      offset += piece.length;
    }
    return { rows, index };
  }

  async #rowsOf(group: VisualGroup, signal?: AbortSignal): Promise<FloatData> {
    if (this.#open?.group === group) return this.#open.rows;
    const rows = await group.encode(signal);
    const count = rows.length / this.#width;
    assert(count === group.length, `a picture of ${group.length} tokens has ${count} visual rows`);
    return rows;
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
