// A video file to the clip that a model is shown: frames at the model's rate, with their true times, each brought to the size at
// which the model will see it as soon as it is decoded, so that an hour of video is a few megabytes.
import { InputError } from '../src/errors.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import { sampleFrames } from '../src/ingest/video/sampled-frames.ts';
import type { TimedFrame } from '../src/model/chat/chat-model.ts';
import { resizeBicubic } from '../src/model/qwen3-vl/resize.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { ptsToSec } from '../src/time.ts';

/** How a model wants its clips. */
export interface ClipTaste {
  /** Frames a second, unless that makes fewer than `minFrames` or more than `maxFrames`. */
  readonly videoFps: number;
  readonly minFrames: number;
  readonly maxFrames: number;
  /** The size at which frames of a clip of so many frames are shown. */
  frameSize(source: Size, numFrames: number): Size;
}

/** Throws UnreadableMediaError, FfmpegError, InputError for a file without pictures, or the signal's reason. */
export async function sampleClip(path: string, taste: ClipTaste, signal?: AbortSignal): Promise<TimedFrame[]> {
  const probe = await probeMedia(path, signal);
  if (!probe.video) {
    throw new InputError(`${path} has no picture track`, {
      code: 'NO_PICTURES',
      remedy: 'Give a video, or its sound as a transcript in the prompt.',
    });
  }
  const { width, height, startPts, timeBase } = probe.video;
  const startSec = startPts === undefined ? probe.startSec : ptsToSec(startPts, timeBase);
  const duration = Math.max(probe.endSec - startSec, 1e-3);
  const fps = Math.min(Math.max(taste.videoFps, taste.minFrames / duration), taste.maxFrames / duration);
  // Slots of 1/fps are counted from second zero: as many as the clip touches.
  const slots = Math.ceil(probe.endSec * fps) - Math.floor(startSec * fps);
  const expected = Math.min(Math.max(1, slots), taste.maxFrames);
  const size = taste.frameSize({ width, height }, expected);
  const frames: TimedFrame[] = [];
  for await (const { data, timeSec } of sampleFrames(path, probe, {
    fps,
    width,
    height,
    pixelFormat: 'rgb24',
    signal,
  })) {
    if (frames.length === taste.maxFrames) break;
    frames.push({ timeSec, picture: resizeBicubic({ width, height, data }, size.width, size.height) });
  }
  if (frames.length > 0) return frames;
  throw new InputError(`${path} has no frame that can be decoded`, {
    code: 'NO_PICTURES',
    remedy: 'Play the file in another program; convert it with ffmpeg if it plays there.',
  });
}
