// Videos that are odd in one way each, made with ffmpeg's own test sources, and their true times as ffprobe reads them.
import { z } from 'zod';
import { ffmpegVersion, runFfprobe } from '../../../src/ingest/ffmpeg.ts';
import { h264, keepTimes, makeClip } from './clips.ts';

/** 12 s at 30 fps; the whole picture is a grey that tells the frame's number: 16 + 3 * (n mod 64). */
const counter = "color=black:s=64x48:r=30:d=12,format=gray,geq=lum='16+3*mod(N,64)',format=yuv420p";
const lossless = ['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '0', '-g', '90', '-bf', '3'];
const test = (size: string, rate: number, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=s=${size}:r=${rate}:d=${seconds}`,
];

export const oddMedia = {
  counter: () => makeClip('mp4', ['-f', 'lavfi', '-i', counter, ...lossless, 'OUT']),
  /** 30, then 3, then 15 frames a second; none at all from 7 s to 9.5 s. */
  variableRate: async () =>
    makeClip('mkv', [
      ...['-f', 'lavfi', '-i', counter, '-vf'],
      "select='lt(t,3)+between(t,3,7)*not(mod(n,10))+gt(t,9.5)*not(mod(n,2))'",
      ...[...(await keepTimes()), ...lossless, 'OUT'],
    ]),
  startOffset: () => makeClip('mkv', [...test('64x48', 25, 6), '-output_ts_offset', '12.345', ...h264, 'OUT']),
  startOffsetMp4: () => makeClip('mp4', [...test('64x48', 25, 6), '-output_ts_offset', '3600', ...h264, 'OUT']),
  transportStream: () => makeClip('ts', [...test('64x48', 25, 20), '-g', '50', ...h264, 'OUT']),
  /** Cut without re-encoding at a frame that is no keyframe: an edit list hides what comes before. */
  edited: async () => makeClip('mp4', ['-ss', '2.3', '-i', await oddMedia.counter(), '-c', 'copy', 'OUT']),
  flat: () => makeClip('mp4', [...test('96x48', 10, 3), ...h264, 'OUT']),
  /** `flat` with the order to turn it by 270 degrees clockwise when shown. */
  rotated: async () => {
    const flat = await oddMedia.flat();
    const { major } = await ffmpegVersion();
    // Since FFmpeg 6 the display matrix has an option of its own; the tag stopped working in 7.
    const turn = major >= 6 ? ['-display_rotation', '90', '-i', flat] : ['-i', flat, '-metadata:s:v', 'rotate=90'];
    return makeClip('mp4', [...turn, '-c', 'copy', 'OUT']);
  },
  /** PAL widescreen: 720 x 576 pixels shown as 1024 x 576 (pixel aspect 64:45). */
  wideSample: () => makeClip('mp4', [...test('720x576', 5, 2), '-vf', 'setsar=64/45', ...h264, 'OUT']),
  tenBit: () =>
    makeClip('mkv', [
      ...test('64x48', 10, 4),
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-pix_fmt',
      'yuv420p10le',
      'OUT',
    ]),
  oddSize: () => makeClip('mkv', [...test('97x61', 10, 4), '-c:v', 'ffv1', '-pix_fmt', 'yuv444p', 'OUT']),
  /** No keyframe but the first; a stripe of each frame is refreshed instead. */
  gradualRefresh: () =>
    makeClip('mp4', [...test('64x48', 25, 40), ...h264, '-x264-params', 'intra-refresh=1:keyint=50', 'OUT']),
  /** A stream taken up in the middle: its first frames refer to ones that are gone. */
  missingKeyframe: async () => {
    const whole = await makeClip('ts', [...test('64x48', 25, 8), ...h264, '-g', '100', '-sc_threshold', '0', 'OUT']);
    return makeClip('ts', [
      '-i',
      whole,
      '-map',
      '0:v',
      '-c',
      'copy',
      '-bsf:v',
      "noise=drop='lt(n,30)'",
      '-copyts',
      'OUT',
    ]);
  },
  /** Two frames a second, most of which no other frame refers to. */
  slowWithBFrames: () => makeClip('mp4', [...test('64x48', 2, 40), ...h264, '-bf', '8', '-b_strategy', '0', 'OUT']),
  /** 30 frames a second on average; from 10 s to 40 s one a second, most of which no other frame refers to. */
  sparseStretch: async () =>
    makeClip('mkv', [
      ...['-f', 'lavfi', '-i', "testsrc=s=64x48:r=30:d=50,select='not(between(t,10,40))+not(mod(n,30))'"],
      ...[...(await keepTimes()), ...h264, '-bf', '8', '-b_strategy', '0', 'OUT'],
    ]),
  /** A small first track, a larger default one, two sound tracks, subtitles left out. */
  severalStreams: () =>
    makeClip('mkv', [
      ...[...test('160x120', 10, 3), ...test('64x48', 25, 3)],
      ...['-f', 'lavfi', '-i', 'sine=d=3', '-f', 'lavfi', '-i', 'sine=440:d=3'],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', ...h264, '-c:a', 'flac'],
      ...['-disposition:v:0', '0', '-disposition:v:1', 'default'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', '-metadata', 'title=Two angles', 'OUT'],
    ]),
  soundWithCover: async () => {
    const cover = await makeClip('png', [...test('64x64', 1, 1), '-frames:v', '1', 'OUT']);
    return makeClip('flac', [
      ...['-f', 'lavfi', '-i', 'sine=d=4', '-i', cover, '-map', '0', '-map', '1'],
      ...['-c:a', 'flac', '-c:v', 'png', '-disposition:v', 'attached_pic', 'OUT'],
    ]);
  },
};

const Frames = z.object({ frames: z.array(z.object({ pts: z.number() })) });

/** pts of all frames of a stream, in order, from a full decode by ffprobe. */
export async function truePts(path: string, streamIndex: number): Promise<number[]> {
  const output = await runFfprobe(path, ['-select_streams', String(streamIndex), '-show_entries', 'frame=pts']);
  return Frames.parse(output).frames.map(({ pts }) => pts);
}
