// A prompt made ready for the decoder: token ids, a position on three axes for each, and which runs of tokens stand for pixels.
// The rows of a picture are computed when prefill reaches them, so a reused prefix never runs the vision tower.
import { assert } from '../../errors.ts';
import type { VisualSlice } from './visual-slice.ts';

/** Consecutive placeholder tokens of one image or one pair of video frames. */
export interface VisualGroup {
  /** Index of the first placeholder token. */
  readonly start: number;
  readonly length: number;
  /** Hash of the preprocessed pixels and their grid: placeholders all look alike, this tells pictures apart. */
  readonly pixelHash: string;
  /** Visual rows [length, (1 + D) hidden] in the decoder's activations type; the caller lets go of them. */
  encode(signal?: AbortSignal): Promise<VisualSlice>;
}

export interface Prompt {
  readonly tokenIds: Int32Array;
  /** [3, tokens]: time, height, width. */
  readonly positions: Int32Array;
  /** Position of the first token after the prompt, equal on all axes. */
  readonly nextPosition: number;
  /** In order, without overlap. */
  readonly groups: readonly VisualGroup[];
}

/** Throws where the parts of a prompt contradict each other: an assumption of ours, not a user's mistake. */
export function checkPrompt({ tokenIds, positions, groups }: Prompt): void {
  assert(tokenIds.length > 0, 'a prompt has no tokens');
  assert(positions.length === 3 * tokenIds.length, `${positions.length} positions for ${tokenIds.length} tokens`);
  let end = 0;
  for (const { start, length } of groups) {
    assert(start >= end && length > 0, `a visual group at ${start} overlaps one that ends at ${end}`);
    end = start + length;
  }
  assert(end <= tokenIds.length, `a visual group ends at ${end}, after the prompt's ${tokenIds.length} tokens`);
}

/** Position of token `index`, which is not part of a picture, or of the one after the prompt. */
export function positionAt({ tokenIds, positions, nextPosition }: Prompt, index: number): number {
  return index < tokenIds.length ? positions[index]! : nextPosition;
}
