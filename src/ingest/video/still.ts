// Single pictures in full resolution, as displayed, for reading the text on them. One is in memory at a time.
import { readFrames, type FramePass, type SampledFrame } from './frame-pass.ts';
import type { MediaProbe } from './probe.ts';

export interface Still extends SampledFrame {
  readonly width: number;
  readonly height: number;
}

/** Half a millisecond and a little: times are often rounded to milliseconds on their way here. */
const ROUNDING_SEC = 0.0006;

/**
 * The picture on screen at a time, RGB [height, width, 3]; undefined where there is no picture track, or nothing could be
 * decoded at or before that time.
 */
export async function grabStill(
  path: string,
  { video }: MediaProbe,
  timeSec: number,
  signal?: AbortSignal,
): Promise<Still | undefined> {
  if (!video) return undefined;
  const { width, height } = video;
  const pass: FramePass = {
    ...{ path, video, width, height, pixelFormat: 'rgb24' },
    fromSec: timeSec - ROUNDING_SEC,
    toSec: timeSec + ROUNDING_SEC,
    skipNonReference: false,
    seekMarginsSec: [0, 12, 60],
  };
  const frame = (await lastFrame(pass, signal)) ?? (await frameBefore(pass, signal));
  return frame && { ...frame, width, height };
}

async function lastFrame(pass: FramePass, signal?: AbortSignal): Promise<SampledFrame | undefined> {
  let last: SampledFrame | undefined;
  for await (const frame of readFrames(pass, signal)) last = frame;
  return last;
}

/** Between two frames: the earlier one stays on screen. Its time is found in thumbnails, so that few bytes travel. */
async function frameBefore(pass: FramePass, signal?: AbortSignal): Promise<SampledFrame | undefined> {
  for (const lookBackSec of [1, 30, Infinity]) {
    const fromSec = pass.fromSec! - lookBackSec;
    const thumbnails: FramePass = {
      ...pass,
      width: 8,
      height: 8,
      fromSec: fromSec === -Infinity ? undefined : fromSec,
    };
    const shown = await lastFrame(thumbnails, signal);
    if (shown) {
      return lastFrame({ ...pass, fromSec: shown.timeSec - ROUNDING_SEC, toSec: shown.timeSec + ROUNDING_SEC }, signal);
    }
  }
  return undefined;
}
