// One ffmpeg process from a video to raw pictures with their true pts: pixels on stdout, times on a side channel.
// The times are printed by the filter graph itself (-copyts, no frame rate conversion), so they are the source's own.
// It knows slots of time and filters; what the pictures are for is the callers' matter.
import type { Readable } from 'node:stream';
import { ptsToSec, type Rational } from '../../time.ts';
import { passthroughOptions, startFfmpeg } from '../ffmpeg.ts';
import type { VideoStream } from './probe.ts';

export type PixelFormat = 'gray' | 'rgb24';

export interface SampledFrame {
  /** The source's own time: ticks of timeBase, and in seconds. */
  readonly pts: number;
  readonly timeBase: Rational;
  readonly timeSec: number;
  /** [height, width] bytes for gray, [height, width, 3] for rgb24. */
  readonly data: Uint8Array;
}

export interface FramePass {
  readonly path: string;
  readonly video: VideoStream;
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: PixelFormat;
  /** One frame per slot of 1/slotsPerSec seconds, the first decoded in it; every frame where undefined. */
  readonly slotsPerSec?: number | undefined;
  /** Also every keyframe: encoders put one on most hard cuts, so a cut's own frame is among the frames given. */
  readonly withKeyframes?: boolean | undefined;
  /** Half-open range of times in seconds. */
  readonly fromSec?: number | undefined;
  readonly toSec?: number | undefined;
  /** Leaves out frames that no other frame refers to: about 0.6 of the work with B-frames. */
  readonly skipNonReference: boolean;
  /**
   * How long before `fromSec` decoding starts, tried in this order, at the file's start in the end. The usual 12 s are
   * enough for streams that refresh gradually and have no whole keyframes.
   */
  readonly seekMarginsSec?: readonly number[];
}

/** Slots compare with this tolerance in slots, because a time is a product of floating-point numbers on ffmpeg's side. */
const SLOT_TOLERANCE = 1e-6;

export function slotOf(timeSec: number, slotsPerSec: number): number {
  return Math.floor(timeSec * slotsPerSec + SLOT_TOLERANCE);
}

/**
 * Frames of a pass, in order of time, with back-pressure: ffmpeg waits while the caller works. Throws FfmpegError after
 * the last good frame where ffmpeg failed.
 */
export async function* readFrames(pass: FramePass, signal?: AbortSignal): AsyncGenerator<SampledFrame> {
  const startSec = pass.video.startPts === undefined ? 0 : ptsToSec(pass.video.startPts, pass.video.timeBase);
  for (const marginSec of pass.fromSec === undefined ? [] : (pass.seekMarginsSec ?? [12, 60])) {
    const seekSec = pass.fromSec! - marginSec;
    if (seekSec > startSec && (yield* readFramesFrom(pass, seekSec, signal)) === 'hit') return;
  }
  yield* readFramesFrom(pass, undefined, signal);
}

/** 'missed' where seeking (by an absent or wrong index) went past `fromSec`; no frame has been given then. */
async function* readFramesFrom(
  pass: FramePass,
  seekSec: number | undefined,
  signal?: AbortSignal,
): AsyncGenerator<SampledFrame, 'hit' | 'missed'> {
  const { timeBase } = pass.video;
  const bytesPerFrame = pass.width * pass.height * (pass.pixelFormat === 'gray' ? 1 : 3);
  const fromPts = pass.fromSec === undefined ? -Infinity : firstPts(pass.fromSec, timeBase);
  const job = {
    path: pass.path,
    inputOptions: inputOptions(pass, seekSec),
    outputOptions: [
      ...['-map', `0:${pass.video.index}`, '-an', '-sn', '-dn'],
      ...['-filter:v', filters(pass, fromPts), ...(await passthroughOptions()), '-f', 'rawvideo'],
    ],
    target: 'pipe:1',
  };
  await using child = startFfmpeg(job, signal);
  const times = new PtsLines(child.sideChannel);
  // A frame of a slot is the right one only if seeking came in before the slot; without slots any frame in range is.
  let isProven = seekSec === undefined;
  let lastPts = -Infinity;
  for await (const data of fixedChunks(child.stdout, bytesPerFrame)) {
    let pts = await times.next();
    while (pts !== undefined && pts < fromPts) {
      isProven = true;
      pts = await times.next();
    }
    if (pts === undefined) break;
    if (!isProven && pass.slotsPerSec !== undefined) return 'missed';
    isProven = true;
    // A change of resolution rebuilds the filters, which then forget what they selected last.
    if (pts <= lastPts || (!pass.withKeyframes && isSameSlot(pass, pts, lastPts))) continue;
    lastPts = pts;
    yield { pts, timeBase, timeSec: ptsToSec(pts, timeBase), data };
  }
  await child.exited;
  for (let pts = await times.next(); pts !== undefined; pts = await times.next()) isProven ||= pts < fromPts;
  return isProven ? 'hit' : 'missed';
}

function isSameSlot({ slotsPerSec, video }: FramePass, pts: number, lastPts: number): boolean {
  if (slotsPerSec === undefined) return false;
  const slot = (ticks: number) => slotOf(ptsToSec(ticks, video.timeBase), slotsPerSec);
  return slot(pts) === slot(lastPts);
}

/** The first tick at or after a time, a time within a millionth of a tick counting as that tick. */
function firstPts(timeSec: number, { num, den }: Rational): number {
  return Math.ceil((timeSec * den) / num - 1e-6);
}

function inputOptions({ skipNonReference }: FramePass, seekSec: number | undefined): string[] {
  const seek = ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', String(seekSec)];
  return ['-copyts', ...(skipNonReference ? ['-skip_frame', 'noref'] : []), ...(seekSec === undefined ? [] : seek)];
}

function filters(pass: FramePass, fromPts: number): string {
  const { video, width, height, pixelFormat, slotsPerSec, withKeyframes, toSec } = pass;
  const slot = (time: string) => `floor(${time}*${slotsPerSec}+${SLOT_TOLERANCE})`;
  const isSelected = `isnan(prev_selected_t)+gt(${slot('t')},${slot('prev_selected_t')})${withKeyframes ? '+key' : ''}`;
  const isUpscaled = width > video.width;
  return [
    toSec === undefined ? [] : `trim=end_pts=${firstPts(toSec, video.timeBase)}`,
    slotsPerSec === undefined ? [] : `select='${isSelected}'`,
    // metadata=print is silent about a frame without metadata, hence the added key; frames before the range are printed
    // too, which shows that seeking came in before it.
    `metadata=mode=add:key=lectern:value=1,metadata=mode=print:direct=1:file='pipe\\:3'`,
    fromPts === -Infinity ? [] : `select='gte(pts,${fromPts})'`,
    `scale=${width}:${height}:flags=${isUpscaled ? 'bicubic' : 'area'},format=${pixelFormat}`,
  ]
    .flat()
    .join(',');
}

/** The stream cut into arrays of `size` bytes; a shorter rest at the end is an unfinished frame and left out. */
async function* fixedChunks(stream: Readable, size: number): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(size);
  let filled = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    let offset = 0;
    while (offset < piece.length) {
      const length = Math.min(size - filled, piece.length - offset);
      chunk.set(piece.subarray(offset, offset + length), filled);
      filled += length;
      offset += length;
      if (filled === size) {
        yield chunk;
        chunk = new Uint8Array(size);
        filled = 0;
      }
    }
  }
}

/** The pts that metadata=print writes, such as `frame:12 pts:184320 pts_time:12`, as a queue. */
class PtsLines {
  readonly #queue: number[] = [];
  #rest = '';
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const pts = /\bpts:\s*(-?\d+)/.exec(line)?.[1];
        if (pts !== undefined) this.#queue.push(Number(pts));
      }
      this.#wake();
    });
    stream.on('close', () => {
      this.#isEnded = true;
      this.#wake();
    });
    stream.on('error', () => {});
  }

  async next(): Promise<number | undefined> {
    while (this.#queue.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#queue.shift();
  }
}
