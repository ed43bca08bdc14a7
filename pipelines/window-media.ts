// The pictures of windows, window after window: frames from one decode pass that runs no further than the window at hand, or one
// still for each state of a slide. An hour of video never lies in memory.
import os from 'node:os';
import PQueue from 'p-queue';
import { FfmpegError } from '../src/ingest/ffmpeg.ts';
import type { SampledFrame } from '../src/ingest/video/frame-pass.ts';
import type { MediaProbe } from '../src/ingest/video/probe.ts';
import { sampleFrames } from '../src/ingest/video/sampled-frames.ts';
import { grabStill } from '../src/ingest/video/still.ts';
import type { Picture, TimedFrame } from '../src/model/chat/chat-model.ts';
import { resizeAside } from '../src/model/qwen3-vl/resize-threads.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import type { Span } from '../src/time.ts';
import type { WindowMedia, WindowPicture } from '../src/windows/window-messages.ts';
import type { StillShelf } from './still-shelf.ts';

export interface Clip {
  readonly path: string;
  readonly probe: MediaProbe;
  /** Where some stills may be had that were decoded for something else. */
  readonly stills?: StillShelf;
}

export interface FrameTaste extends Size {
  readonly fps: number;
}

/** Frames of windows that are asked for in order of start. */
export class WindowFrames implements AsyncDisposable {
  readonly #clip: Clip;
  readonly #taste: FrameTaste;
  readonly #signal: AbortSignal;
  #pass: AsyncGenerator<SampledFrame> | undefined;
  /** From the start of the window asked for last. */
  #held: TimedFrame[] = [];
  #isOver = false;

  constructor(clip: Clip, taste: FrameTaste, signal: AbortSignal) {
    this.#clip = clip;
    this.#taste = taste;
    this.#signal = signal;
  }

  /** Frames with startMs <= time < endMs; none from where the file is damaged on. */
  async take({ startMs, endMs }: Span): Promise<TimedFrame[]> {
    this.#held = this.#held.filter(({ timeSec }) => timeSec * 1000 >= startMs);
    this.#pass ??= this.#open(startMs / 1000);
    while (!this.#isOver && (this.#held.at(-1)?.timeSec ?? -Infinity) * 1000 < endMs) {
      const frame = await this.#next();
      if (frame === undefined) this.#isOver = true;
      else if (frame.timeSec * 1000 >= startMs) this.#held.push(frame);
    }
    return this.#held.filter(({ timeSec }) => timeSec * 1000 < endMs);
  }

  #open(fromSec: number): AsyncGenerator<SampledFrame> {
    const { path, probe } = this.#clip;
    return sampleFrames(path, probe, { ...this.#taste, pixelFormat: 'rgb24', fromSec, signal: this.#signal });
  }

  async #next(): Promise<TimedFrame | undefined> {
    const { width, height } = this.#taste;
    try {
      const next = await this.#pass!.next();
      return next.done ? undefined : { timeSec: next.value.timeSec, picture: { width, height, data: next.value.data } };
    } catch (error) {
      // The slides' pass has told of the damage.
      if (error instanceof FfmpegError && !this.#signal.aborted) return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pass?.return(undefined);
  }
}

/** Each is one ffmpeg process that decodes a few frames. */
const STILLS_AT_ONCE = Math.min(4, os.availableParallelism());

/** The stills of one window, each decoded once. */
export async function windowStills(
  { path, probe, stills: shelf }: Clip,
  pictures: readonly WindowPicture[],
  size: Size,
  signal: AbortSignal,
): Promise<WindowMedia> {
  const stills = new Map<number, Picture>();
  const queue = new PQueue({ concurrency: STILLS_AT_ONCE });
  const grab = async (stillMs: number) => {
    signal.throwIfAborted();
    const kept = await shelf?.take(stillMs, size);
    const still = kept ? undefined : await grabStill(path, probe, stillMs / 1000, signal);
    const picture = kept ?? (still && (await resizeAside(still, size.width, size.height)));
    if (picture) stills.set(stillMs, picture);
  };
  const times = new Set(pictures.map(({ stillMs }) => stillMs));
  await queue.addAll([...times].map((stillMs) => () => grab(stillMs)));
  return { still: ({ stillMs }) => stills.get(stillMs) };
}
