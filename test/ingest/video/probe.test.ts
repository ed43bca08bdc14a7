import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { ptsToSec } from '../../../src/time.ts';
import { probeMedia, UnreadableMediaError } from '../../../src/ingest/video/probe.ts';
import { h264, makeClip } from './clips.ts';
import { oddMedia } from './odd-media.ts';

const folder = mkdtempSync(join(tmpdir(), 'lectern-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writeInput(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function refusal(path: string): Promise<UnreadableMediaError> {
  const error: unknown = await probeMedia(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnreadableMediaError);
  expect(error).toBeInstanceOf(InputError);
  return error as UnreadableMediaError;
}

describe('what a file holds', () => {
  it('a plain video: size, rate, times', async () => {
    const probe = await probeMedia(await oddMedia.counter());
    expect(probe).toMatchObject({ container: 'mov,mp4,m4a,3gp,3g2,mj2', startSec: 0, durationSec: 12, audio: [] });
    expect(probe.video).toMatchObject({ index: 0, codec: 'h264', width: 64, height: 48, rotation: 0, fps: 30 });
  });

  it('a start offset stays in startSec and startPts', async () => {
    const { startSec, endSec, durationSec, video } = await probeMedia(await oddMedia.startOffset());
    expect(startSec).toBeCloseTo(12.345, 3);
    expect(endSec - startSec).toBeCloseTo(durationSec, 6);
    expect(ptsToSec(video!.startPts!, video!.timeBase)).toBeCloseTo(12.345, 3);
  });

  it('six seconds of MP4 that begin after an hour are six seconds', async () => {
    const { startSec, durationSec } = await probeMedia(await oddMedia.startOffsetMp4());
    expect(startSec).toBeCloseTo(3600, 3);
    expect(durationSec).toBeCloseTo(6, 1);
  });

  it('a video turned by 270 degrees is as high as it was wide', async () => {
    const { video } = await probeMedia(await oddMedia.rotated());
    expect(video).toMatchObject({ width: 48, height: 96, rotation: 270 });
  });

  it('720 x 576 with pixels of 64:45 is shown as 1024 x 576', async () => {
    const { video } = await probeMedia(await oddMedia.wideSample());
    expect(video).toMatchObject({ width: 1024, height: 576 });
  });

  it('10-bit and odd sizes are named as they are', async () => {
    expect((await probeMedia(await oddMedia.tenBit())).video).toMatchObject({ pixelFormat: 'yuv420p10le' });
    expect((await probeMedia(await oddMedia.oddSize())).video).toMatchObject({ width: 97, height: 61, codec: 'ffv1' });
  });

  it('of several streams the default picture is taken, and all sound is listed', async () => {
    const { video, audio, title } = await probeMedia(await oddMedia.severalStreams());
    expect(video).toMatchObject({ index: 1, width: 64 });
    expect(audio.map(({ index, lang }) => [index, lang])).toEqual([
      [2, 'eng'],
      [3, 'deu'],
    ]);
    expect(title).toBe('Two angles');
  });

  it('sound with cover art has no video', async () => {
    const { video, audio, durationSec } = await probeMedia(await oddMedia.soundWithCover());
    expect(video).toBeUndefined();
    expect(audio).toHaveLength(1);
    expect(durationSec).toBeCloseTo(4, 1);
  });

  it('chapters and subtitle streams, text apart from pictures', async () => {
    const srt = writeInput('s.srt', '1\n00:00:01,000 --> 00:00:02,000\nHello\n');
    const meta = writeInput(
      'm.txt',
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Opening\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\n',
    );
    const inputs = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=3', '-i', srt, '-i', srt, '-i', meta];
    const maps = ['-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3', '-map_chapters', '3'];
    // The key keeps the clip from being shared: its inputs lie in a folder of this run.
    const clip = await makeClip('mkv', [
      ...[...inputs, ...maps, ...h264, '-c:s:0', 'srt', '-c:s:1', 'dvdsub', '-s:s:1', '64x48'],
      ...['-metadata:s:s:0', 'language=eng', '-metadata:s:s:0', 'title=Full', 'OUT'],
    ]).catch(() => undefined);
    const textOnly = await makeClip('mkv', [
      ...[...inputs, '-map', '0', '-map', '1', '-map_metadata', '3', '-map_chapters', '3', ...h264, '-c:s', 'srt'],
      ...['-metadata:s:s:0', 'language=eng', '-metadata:s:s:0', 'title=Full', 'OUT'],
    ]);
    const probe = await probeMedia(clip ?? textOnly);
    expect(probe.chapters).toEqual([
      { startMs: 0, endMs: 1500, title: 'Opening' },
      { startMs: 1500, endMs: 3000, title: 'Chapter 2' },
    ]);
    expect(probe.subtitles[0]).toMatchObject({ kind: 'text', lang: 'eng', title: 'Full' });
  });

  it('a WebM without a duration is measured by its packets', async () => {
    const clip = await makeClip('webm', [
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=3', '-c:v', 'libvpx', '-f', 'webm', '-live', '1', 'OUT'],
    ]);
    expect((await probeMedia(clip)).durationSec).toBeCloseTo(3, 1);
  });
});

describe('what is refused, in one sentence with a remedy', () => {
  it('an empty file', async () => {
    expect((await refusal(writeInput('empty.mp4', ''))).message).toMatch(/is empty \(0 bytes\)$/);
  });

  it('an MP4 cut off before its index', async () => {
    const whole = readFileSync(await oddMedia.counter());
    const error = await refusal(writeInput('cut.mp4', whole.subarray(0, whole.length / 2)));
    expect(error.message).toMatch(/cut off.*moov/);
  });

  it('text renamed to .mp4', async () => {
    const error = await refusal(writeInput('notes.mp4', 'These are my notes of the lecture.\n'.repeat(100)));
    expect(error.message).toContain("can't be read as a video or sound");
    expect(error.remedy).not.toBe('');
  });

  it('an image renamed to .mp4', async () => {
    const png = await makeClip('png', ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', '-frames:v', '1', 'OUT']);
    expect((await refusal(writeInput('picture.mp4', readFileSync(png)))).message).toMatch(/is an image \(png\)/);
  });

  it('random bytes', async () => {
    const bytes = Uint8Array.from({ length: 65536 }, (_, i) => (i * 2654435761) >>> 13);
    await refusal(writeInput('noise.mkv', bytes));
  });

  it('subtitles without picture and sound', async () => {
    expect((await refusal(writeInput('s.mkv', '1\n00:00:01,000 --> 00:00:02,000\nHello\n'))).message).toMatch(
      /neither a picture track nor sound|can't be read/,
    );
  });
});
