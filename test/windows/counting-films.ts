// Videos in which each frame shows its own number, so that a picture can be asked which frame it is, and the true times of that frame
// as the container has them. Also the recorded videos of the reference, as files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { probeMedia } from '../../src/ingest/video/probe.ts';
import type { ChatPart, TimedFrame } from '../../src/model/chat/chat-model.ts';
import type { EncodedPrompt, PromptGroup } from '../../src/model/qwen3-vl/prompt.ts';
import type { RgbImage } from '../../src/model/qwen3-vl/resize.ts';
import { ptsToSec, type Span } from '../../src/time.ts';
import { clipFolder, keepTimes, makeClip } from '../ingest/video/clips.ts';
import { truePts } from '../ingest/video/odd-media.ts';
import type { ConformanceCase } from '../model/qwen3-vl/conformance.ts';

export interface Film {
  readonly path: string;
  /** Seconds of all frames, as ffprobe decodes them. */
  readonly seconds: readonly number[];
  /** The number that the frame of a second shows, before it is taken modulo 64. */
  readonly number: (second: number) => number;
}

/** `first`: the number of the frame at second `startSec`. */
async function film(path: string, { rate = 30, startSec = 0, first = 0 } = {}): Promise<Film> {
  const { video } = await probeMedia(path);
  const pts = await truePts(path, video!.index);
  const seconds = pts.map((ticks) => ptsToSec(ticks, video!.timeBase));
  return { path, seconds, number: (second) => first + Math.round((second - startSec) * rate) };
}

/** 12 s; a frame's number in two digits of base 8: greys 30 apart, the left half and the right half of the picture. */
const digit = (value: string) => `16+30*mod(${value},8)`;
const counting = (rate: string) =>
  `color=black:s=64x48:r=${rate}:d=12,format=gray,geq=lum='if(lt(X,32),${digit('floor(N/8)')},${digit('N')})'`;
const encoded = (numBFrames: number) =>
  `-pix_fmt yuv420p -c:v libx264 -preset veryfast -qp 0 -g 90 -bf ${numBFrames}`.split(' ');
const filmed = (rate: string, numBFrames = 0) =>
  makeClip('mp4', ['-f', 'lavfi', '-i', counting(rate), ...encoded(numBFrames), 'OUT']);
const moved = async (extension: string, toSec: string) =>
  makeClip(extension, ['-i', await filmed('30'), '-c', 'copy', '-output_ts_offset', toSec, 'OUT']);
const thinned = async () => {
  const kept = "select='lt(t,3)+between(t,3,7)*not(mod(n,10))+gt(t,9.5)*not(mod(n,2))'";
  return makeClip('mkv', [
    '-f',
    'lavfi',
    '-i',
    `${counting('30')},${kept}`,
    ...(await keepTimes()),
    ...encoded(0),
    'OUT',
  ]);
};

const made = {
  steady: async () => film(await filmed('30')),
  /** 29.97 frames a second. */
  broadcast: async () => film(await filmed('30000/1001'), { rate: 30000 / 1001 }),
  /** B-frames, some of which are left undecoded. */
  reordered: async () => film(await filmed('30', 3)),
  /** 30, then 3, then 15 frames a second; none from 7 s to 9.5 s. */
  variable: async () => film(await thinned()),
  /** Begins at 100.5 s, as recordings of a running clock do. */
  offset: async () => film(await moved('mkv', '100.5'), { startSec: 100.5 }),
  /** Begins at an hour, which MP4 says with an empty edit. */
  offsetEdit: async () => film(await moved('mp4', '3600'), { startSec: 3600 }),
  /** Cut at 2.3 s, which is no keyframe: an edit list hides the frames before, and time begins at the cut. */
  edited: async () =>
    film(await makeClip('mp4', ['-ss', '2.3', '-i', await filmed('30', 3), '-c', 'copy', 'OUT']), { first: 69 }),
};

export type FilmName = keyof typeof made;

const known = new Map<FilmName, Promise<Film>>();

export function openFilm(name: FilmName): Promise<Film> {
  const film = known.get(name) ?? made[name]();
  known.set(name, film);
  return film;
}

/** The number on each frame, read off the patches that the vision tower gets; the last of an odd count must stand there twice. */
export function numbersShown(content: readonly ChatPart[], { groups }: EncodedPrompt): number[] {
  const clips = groups.filter(({ kind }) => kind === 'video').values();
  return content.flatMap((part) => {
    if (part.type !== 'frames') return [];
    const { length } = part.frames;
    const numbers = Array.from({ length: Math.ceil(length / 2) }, () => pairShown(clips.next().value!)).flat();
    if (length % 2 === 1) expect(numbers.pop()).toBe(numbers.at(-1));
    return numbers;
  });
}

/** Rows are patches from the upper left corner to the lower right one, in each: channel, frame, pixels from -1 to 1. */
function pairShown(group: PromptGroup): number[] {
  const values = group.pixelValues();
  const rowLength = values.length / (group.grid[1] * group.grid[2]);
  return [0, rowLength / 6].map((frame) => {
    const [high, low] = [0, values.length - rowLength].map((row) => values[row + frame]! * 127.5 + 127.5);
    return Math.round((high! - 16) / 30) * 8 + Math.round((low! - 16) / 30);
  });
}

/** True seconds of the frames that are shown: each slot of 1/fps that begins within the span shows one, known by its number. */
export function trueTimes(
  { seconds, number }: Film,
  fps: number,
  { startMs, endMs }: Span,
  shown: readonly number[],
): number[] {
  const slots = Map.groupBy(seconds, (second) => Math.floor(second * fps + 1e-6));
  const isWithin = (second: number) => second * 1000 > startMs - 1e-6 && second * 1000 < endMs - 1e-6;
  const expected = [...slots.values()].filter(([first]) => isWithin(first!));
  expect(shown.length).toBe(expected.length);
  return expected.map((candidates, i) => {
    const time = candidates.find((second) => number(second) % 64 === shown[i]);
    return (
      time ?? expect.fail(`picture ${i} shows ${shown[i]}, none of ${candidates.map((s) => number(s) % 64).join()}`)
    );
  });
}

/** The frames of a recorded video without loss, each at the time of its frame number in the source. */
export async function filmReference(
  item: ConformanceCase,
  clip: number,
  frames: readonly TimedFrame[],
): Promise<string> {
  const [, height, width, fps] = item.videos![clip]!;
  const [first, second] = item.indices![clip]! as [number, number];
  const raw = join(clipFolder, `${item.name}-${clip}.rgb`);
  writeFileSync(raw, Buffer.concat(frames.map(({ picture }) => Buffer.from((picture as RgbImage).data))));
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', raw];
  const times = ['-vf', `setpts=(${first}+${second - first}*N)/(${fps}*TB)`, ...(await keepTimes())];
  const output = ['-c:v', 'libx264rgb', '-qp', '0', '-bf', '0', '-video_track_timescale', String(fps), 'OUT'];
  return makeClip('mp4', [...input, ...times, ...output]);
}
