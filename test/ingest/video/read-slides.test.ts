import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probeMedia } from '../../../src/ingest/video/probe.ts';
import { readSlides } from '../../../src/ingest/video/read-slides.ts';
import { drawSlide, filmScenes, makeClip } from './clips.ts';
import { oddMedia } from './odd-media.ts';

const folder = mkdtempSync(join(tmpdir(), 'lectern-slides-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Eleven minutes of eleven slides at 2 frames a second, so that two checkpoints fall due. */
async function longLecture(): Promise<string> {
  const words = 'matrix vector kernel buffer packet lattice cache quorum shard token filter'.split(' ');
  const scenes = words.map((title, i) => ({
    svg: drawSlide({ title, lines: words.slice(i % 5, (i % 5) + 4).map((word) => `${title} and ${word}`) }),
    seconds: 60,
  }));
  return filmScenes(scenes, { fps: 2, width: 320, height: 180 });
}

describe('readSlides', () => {
  it('finds every slide, counts frames at the rate asked, and tells how far it is', async () => {
    const path = await longLecture();
    const probe = await probeMedia(path);
    const progress: number[] = [];
    const { states, numFrames, damagedFromSec } = await readSlides(path, probe, {
      fps: 1,
      onProgress: (doneSec, totalSec) => progress.push(doneSec / totalSec),
    });
    expect(states.map(({ spans }) => spans[0]!.startMs)).toEqual(words11.map((_, i) => i * 60_000));
    expect(numFrames).toBe(660);
    expect(damagedFromSec).toBeUndefined();
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBeGreaterThan(0.99);
  });

  it('goes on from a checkpoint, whole or cut off, to the result of an undisturbed run', async () => {
    const path = await longLecture();
    const probe = await probeMedia(path);
    const saved: Uint8Array[] = [];
    const undisturbed = await readSlides(path, probe, {
      fps: 1,
      checkpoint: { load: async () => undefined, save: async (bytes) => void saved.push(Uint8Array.from(bytes)) },
    });
    expect(saved).toHaveLength(2);
    const cutOff = saved[1]!.subarray(0, saved[1]!.length - 100);
    for (const bytes of [...saved, cutOff, new Uint8Array([1, 2, 3])]) {
      let firstDoneSec: number | undefined;
      const resumed = await readSlides(path, probe, {
        fps: 1,
        checkpoint: { load: async () => bytes, save: async () => {} },
        onProgress: (doneSec) => (firstDoneSec ??= doneSec),
      });
      expect(resumed).toEqual(undisturbed);
      if (bytes === saved[1]) expect(firstDoneSec).toBeGreaterThan(600);
    }
  });

  it('refuses a file that ends before its first picture, and says so', async () => {
    const whole = await makeClip('mkv', ['-i', await longLecture(), '-c', 'copy', 'OUT']);
    const path = join(folder, 'header-alone.mkv');
    writeFileSync(path, readFileSync(whole).subarray(0, 1200));
    const reading = readSlides(path, await probeMedia(path), { fps: 1 });
    await expect(reading).rejects.toThrow(/not one picture of it can be decoded/);
  });

  it('a file cut off in the middle gives the slides before the cut and says where it ends', async () => {
    const whole = await makeClip('mp4', ['-i', await longLecture(), '-c', 'copy', '-movflags', '+faststart', 'OUT']);
    const bytes = readFileSync(whole);
    const path = join(folder, 'cut.mp4');
    writeFileSync(path, bytes.subarray(0, Math.round(bytes.length * 0.6)));
    const { states, damagedFromSec } = await readSlides(path, await probeMedia(path), { fps: 1 });
    expect(states.length).toBeGreaterThanOrEqual(3);
    expect(states.length).toBeLessThan(11);
    expect(damagedFromSec).toBeGreaterThan(120);
    expect(Math.max(...states.flatMap(({ spans }) => spans.map(({ endMs }) => endMs)))).toBeLessThanOrEqual(
      damagedFromSec! * 1000 + 1,
    );
  });

  it('sound has no slides', async () => {
    const path = await oddMedia.soundWithCover();
    expect(await readSlides(path, await probeMedia(path), { fps: 1 })).toEqual({ states: [], numFrames: 0 });
  });

  it('an abort stops it with its reason', async () => {
    const path = await longLecture();
    const probe = await probeMedia(path);
    const controller = new AbortController();
    const run = readSlides(path, probe, {
      fps: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('interrupted')),
    });
    await expect(run).rejects.toThrow('interrupted');
  });
});

const words11 = Array.from({ length: 11 });

const given = resolve('../shared/data/videos');
const Expected = z.record(
  z.string(),
  z.object({
    duration: z.coerce.number(),
    streams: z.array(z.object({ codec_type: z.string(), codec_name: z.string(), width: z.number().optional() })),
    first_pts: z.number().optional(),
    last_pts: z.number().optional(),
  }),
);

/** Real clips and the most slides or shots that a viewer could count in them. */
const mostSlides: Record<string, number> = {
  'car-detection.mp4': 2,
  'one-by-one-person-detection.mp4': 8,
  'v_rBMQFpHspmo.mp4': 18,
  'echo-hereweare.webm': 12,
};

describe.skipIf(!existsSync(given))('given videos (skipped where ../shared is absent)', () => {
  const expected = existsSync(given)
    ? Expected.parse(JSON.parse(readFileSync(join(given, 'expected.json'), 'utf8')))
    : {};
  it.each(Object.entries(expected))(
    '%s: probed as expected, frames within its times, few slides',
    async (name, truth) => {
      const path = join(given, 'files', name);
      const probe = await probeMedia(path);
      expect(probe.durationSec).toBeCloseTo(truth.duration, 2);
      const video = truth.streams.find(({ codec_type: type }) => type === 'video');
      expect(probe.video?.codec).toBe(video?.codec_name);
      expect(probe.video?.width).toBe(video?.width);
      expect(probe.audio).toHaveLength(truth.streams.filter(({ codec_type: type }) => type === 'audio').length);
      const { states, numFrames, damagedFromSec } = await readSlides(path, probe, { fps: 1 });
      expect(damagedFromSec).toBeUndefined();
      if (!video) {
        expect(states).toEqual([]);
        return;
      }
      const numSeconds = Math.floor(truth.last_pts!) - Math.floor(truth.first_pts!) + 1;
      expect(numFrames).toBe(numSeconds);
      expect(states.length).toBeGreaterThanOrEqual(1);
      expect(states.length).toBeLessThanOrEqual(mostSlides[name] ?? 2);
      expect(states[0]!.spans[0]!.startMs).toBeGreaterThanOrEqual(Math.floor(truth.first_pts! * 1000));
    },
  );
});
