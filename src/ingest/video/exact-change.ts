// The very frame at which one picture gives way to another: all frames of a short stretch are decoded and compared with its first
// and its last one. Slides are found on frames half a second apart; this is the second look, for a time that somebody asks about.
import { readFrames, type SampledFrame } from './frame-pass.ts';
import type { MediaProbe } from './probe.ts';
import { GRID_HEIGHT, GRID_WIDTH, NUM_CELLS } from './signature.ts';

/** A frame by its source's own time. */
export type FrameTime = Pick<SampledFrame, 'pts' | 'timeBase' | 'timeSec'>;

/** Levels that a cell must gain or lose: coding noise stays below. */
const CHANGED_LEVELS = 8;
/** Cells of a short word: 4 by 2. */
const MIN_CELLS = 8;

/**
 * The first frame at which most of what changes is nearer to what is shown `reachSec` after a time than to what is shown as long
 * before it; undefined where both look alike, or nothing can be decoded. Of a fade it is the middle. Throws FfmpegError.
 */
export async function findExactChange(
  path: string,
  { video }: MediaProbe,
  { nearSec, reachSec }: { readonly nearSec: number; readonly reachSec: number },
  signal?: AbortSignal,
): Promise<FrameTime | undefined> {
  if (!video) return undefined;
  const frames: SampledFrame[] = [];
  const pass = { path, video, width: GRID_WIDTH, height: GRID_HEIGHT, pixelFormat: 'gray' as const };
  const span = { fromSec: nearSec - reachSec, toSec: nearSec + reachSec };
  for await (const frame of readFrames({ ...pass, ...span, skipNonReference: false }, signal)) frames.push(frame);
  const [before, after] = [frames[0], frames.at(-1)];
  if (!before || !after) return undefined;
  const turns = turnsOfCells(frames.map(({ data }) => data)).sort((a, b) => a - b);
  return turns.length < MIN_CELLS ? undefined : frames[turns[turns.length >> 1]!];
}

/**
 * For each cell that gives way for good, the first frame at which it is nearer to its last level than to its first. A cell that
 * goes back and forth shows a speaker, a clip or a pointer, and says nothing about the slide.
 */
function turnsOfCells(frames: readonly Uint8Array[]): number[] {
  const [before, after] = [frames[0]!, frames.at(-1)!];
  const turns: number[] = [];
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    const [from, to] = [before[cell]!, after[cell]!];
    if (Math.abs(from - to) <= CHANGED_LEVELS) continue;
    const isNew = (levels: Uint8Array) => Math.abs(levels[cell]! - to) < Math.abs(levels[cell]! - from);
    const turn = frames.findIndex(isNew);
    if (frames.every((levels, i) => isNew(levels) === i >= turn)) turns.push(turn);
  }
  return turns;
}
