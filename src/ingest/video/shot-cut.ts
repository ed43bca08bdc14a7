// Hard cuts in film: a difference between two frames that stands out from the motion around it.
// Frames are half a second apart, where even calm motion changes much, so the surroundings decide and not a fixed level.
import { NUM_CELLS, type Signature } from './signature.ts';

/** Mean difference in levels at a cut, and how often it is that of the surroundings. */
const MIN_CUT_LEVELS = 16;
const MIN_CUT_RATIO = 2.5;
/** Frames before and after a cut that are its surroundings. */
const FRAMES_BEFORE = 8;
const FRAMES_AFTER = 4;

/** The first frame of a new shot, where one began `framesAfter` frames before the last of these. */
export function findCut<T extends Signature>(frames: readonly T[]): T | undefined {
  const at = frames.length - 1 - FRAMES_AFTER;
  if (at < 2) return undefined;
  const level = difference(frames[at - 1]!, frames[at]!);
  if (level < MIN_CUT_LEVELS) return undefined;
  const around: number[] = [];
  for (let i = Math.max(1, at - FRAMES_BEFORE); i < frames.length; i++) {
    if (i !== at) around.push(difference(frames[i - 1]!, frames[i]!));
  }
  around.sort((a, b) => a - b);
  return level >= MIN_CUT_RATIO * around[around.length >> 1]! ? frames[at] : undefined;
}

function difference(a: Signature, b: Signature): number {
  let sum = 0;
  for (let cell = 0; cell < NUM_CELLS; cell++) sum += Math.abs(a.cells[cell]! - b.cells[cell]!);
  return sum / NUM_CELLS;
}
