// A video to one picture a second (or half second) with its true pts, in one decode pass and bounded memory.
// Time is cut into slots of 1/fps counted from zero of the source's own time; each slot gives its first decodable frame.
// What a slot gives doesn't depend on where reading began, so an interrupted run goes on with the frames it would have had.
import { FfmpegError } from '../ffmpeg.ts';
import { readFrames, slotOf, type FramePass, type PixelFormat, type SampledFrame } from './frame-pass.ts';
import type { MediaProbe } from './probe.ts';

export interface SampleOptions {
  /** Frames per second of source time, 1 to 2 usually. A slot in which the source shows no new frame gives none. */
  readonly fps: number;
  readonly width: number;
  /** Keeps the displayed aspect ratio where left out. */
  readonly height?: number | undefined;
  readonly pixelFormat: PixelFormat;
  /** Only frames with fromSec <= timeSec < toSec; what they are doesn't change by it. */
  readonly fromSec?: number | undefined;
  readonly toSec?: number | undefined;
  /** Also every keyframe, so that a hard cut's own frame is usually among them. */
  readonly withKeyframes?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Slots behind a gap that are held back until the gap is filled, so that frames come in order: bounds memory and reruns. */
const MAX_HELD_FRAMES = 32;

/** Sampled frames in order of time; none where the file has no picture track. Throws FfmpegError after the last good one. */
export async function* sampleFrames(
  path: string,
  { video, startSec, endSec }: MediaProbe,
  { fps, width, height, pixelFormat, fromSec, toSec = Infinity, withKeyframes, signal }: SampleOptions,
): AsyncGenerator<SampledFrame> {
  if (!video) return;
  const pass: FramePass = {
    path,
    video,
    width,
    height: height ?? Math.max(1, Math.round((width * video.height) / video.width)),
    pixelFormat,
    slotsPerSec: fps,
    withKeyframes,
    fromSec,
    toSec: toSec === Infinity ? undefined : toSec,
    skipNonReference: canSkipFrames(video.fps, fps),
  };
  if (!pass.skipNonReference) {
    yield* readFrames(pass, signal);
    return;
  }
  const fill = (first: number, end: number) =>
    readFrames({ ...pass, skipNonReference: false, fromSec: first / fps, toSec: Math.min(end / fps, toSec) }, signal);
  const firstSlot = fromSec === undefined ? slotOf(startSec, fps) : slotEdge(fromSec, fps);
  yield* fillMissingSlots(readFrames(pass, signal), fill, fps, firstSlot, slotEdge(Math.min(endSec, toSec), fps));
}

/** The first slot that begins at or after a time. */
function slotEdge(timeSec: number, fps: number): number {
  return slotOf(timeSec, fps) + (Number.isInteger(timeSec * fps) ? 0 : 1);
}

/**
 * Frames that no other refers to can be left undecoded where plenty remain. At low rates each frame counts; how many
 * of them are referred to is the encoder's business, so sparse stretches of a fast video are filled in afterwards.
 */
function canSkipFrames(videoFps: number | undefined, fps: number): boolean {
  return videoFps !== undefined && videoFps >= 5 * fps;
}

/** The frames of `fast`, with those of `fill` in the slots that it left empty. */
async function* fillMissingSlots(
  fast: AsyncIterable<SampledFrame>,
  fill: (firstSlot: number, endSlot: number) => AsyncIterable<SampledFrame>,
  fps: number,
  firstSlot: number,
  endSlot: number,
): AsyncGenerator<SampledFrame> {
  let nextSlot = firstSlot;
  let held: SampledFrame[] = [];
  for await (const frame of fast) {
    const slot = slotOf(frame.timeSec, fps);
    if (held.length === 0 && slot <= nextSlot) {
      yield frame;
      nextSlot = slot + 1;
      continue;
    }
    held.push(frame);
    if (held.length < MAX_HELD_FRAMES) continue;
    yield* merge(held, fill(nextSlot, slot + 1), fps);
    nextSlot = slot + 1;
    held = [];
  }
  if (nextSlot < endSlot || held.length > 0) yield* merge(held, fill(nextSlot, endSlot), fps);
}

async function* merge(
  held: readonly SampledFrame[],
  filled: AsyncIterable<SampledFrame>,
  fps: number,
): AsyncGenerator<SampledFrame> {
  const heldSlots = new Set(held.map((frame) => slotOf(frame.timeSec, fps)));
  let next = 0;
  try {
    for await (const frame of filled) {
      while (next < held.length && held[next]!.timeSec < frame.timeSec) yield held[next++]!;
      if (!heldSlots.has(slotOf(frame.timeSec, fps))) yield frame;
    }
  } catch (error) {
    // Filling is an addition: where a damaged stretch makes it fail, what was held is still good.
    if (!(error instanceof FfmpegError)) throw error;
  }
  yield* held.slice(next);
}
