import { describe, expect, it } from 'vitest';
import { ptsToSec } from '../../../src/time.ts';
import { probeMedia } from '../../../src/ingest/video/probe.ts';
import { slotOf, type SampledFrame } from '../../../src/ingest/video/frame-pass.ts';
import { sampleFrames, type SampleOptions } from '../../../src/ingest/video/sampled-frames.ts';
import { oddMedia, truePts } from './odd-media.ts';

const small = { fps: 1, width: 32, pixelFormat: 'gray' } as const;

async function sample(path: string, options: Partial<SampleOptions> = {}): Promise<SampledFrame[]> {
  return collect(sampleFrames(path, await probeMedia(path), { ...small, ...options }));
}

async function collect(frames: AsyncIterable<SampledFrame>): Promise<SampledFrame[]> {
  const collected: SampledFrame[] = [];
  for await (const frame of frames) collected.push(frame);
  return collected;
}

function slots(frames: readonly { timeSec: number }[], fps: number): number[] {
  return [...new Set(frames.map(({ timeSec }) => slotOf(timeSec, fps)))];
}

describe('times', () => {
  it.each([
    ['variableRate', 1],
    ['variableRate', 2],
    ['startOffset', 1],
    ['transportStream', 2],
    ['edited', 1],
    ['rotated', 1],
    ['wideSample', 2],
    ['tenBit', 1],
    ['oddSize', 1],
    ['gradualRefresh', 1],
    ['missingKeyframe', 1],
    ['slowWithBFrames', 1],
    ['sparseStretch', 1],
    ['severalStreams', 1],
  ] as const)("%s at %d fps: each second with a frame gives one, at the source's own pts", async (name, fps) => {
    const path = await oddMedia[name]();
    const { video } = await probeMedia(path);
    const pts = await truePts(path, video!.index);
    const frames = await sample(path, { fps });
    const known = new Set(pts);
    expect(frames.filter((frame) => !known.has(frame.pts))).toEqual([]);
    expect(frames.map(({ timeSec }) => slotOf(timeSec, fps))).toEqual(
      slots(
        pts.map((ticks) => ({ timeSec: ptsToSec(ticks, video!.timeBase) })),
        fps,
      ),
    );
    expect(frames.every(({ pts, timeBase, timeSec }) => timeSec === ptsToSec(pts, timeBase))).toBe(true);
  });

  it('a second gives its first frame, or one within 0.15 s where frames are left undecoded', async () => {
    const frames = await sample(await oddMedia.counter());
    expect(frames).toHaveLength(12);
    frames.forEach(({ timeSec }, second) => expect(timeSec - second).toBeLessThan(0.15));
  });

  it('the picture belongs to the time: a grey that counts frames agrees at each pts', async () => {
    for (const name of ['counter', 'variableRate'] as const) {
      const frames = await sample(await oddMedia[name](), { fps: 2 });
      for (const { timeSec, data } of frames) {
        const frameNumber = Math.round(timeSec * 30);
        const expected = 16 + 3 * (frameNumber % 64);
        expect(Math.abs(data[0]! - expected)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('with keyframes, each of them is there as well', async () => {
    const path = await oddMedia.transportStream();
    const frames = await sample(path, { withKeyframes: true });
    const start = frames[0]!.timeSec;
    for (let second = 0; second < 20; second += 2) {
      expect(frames.some(({ timeSec }) => Math.abs(timeSec - start - second) < 1e-6)).toBe(true);
    }
    expect(frames.map(({ pts }) => pts)).toEqual([...frames.map(({ pts }) => pts)].sort((a, b) => a - b));
  });
});

describe('resuming', () => {
  it.each(['counter', 'variableRate', 'transportStream', 'startOffset', 'gradualRefresh', 'sparseStretch'] as const)(
    '%s: from any time on, the frames are those of an undisturbed run, byte for byte',
    async (name) => {
      const path = await oddMedia[name]();
      const { startSec, endSec } = await probeMedia(path);
      const options = { fps: 2, withKeyframes: true };
      const all = await sample(path, options);
      for (const share of [0.2, 0.55, 0.97]) {
        const fromSec = startSec + share * (endSec - startSec);
        const rest = await sample(path, { ...options, fromSec });
        const expected = all.filter(({ timeSec }) => timeSec >= fromSec);
        expect(rest.map(({ pts }) => pts)).toEqual(expected.map(({ pts }) => pts));
        expect(rest.every(({ data }, i) => Buffer.compare(data, expected[i]!.data) === 0)).toBe(true);
      }
    },
  );

  it('a part from 3.4 s to 8 s has exactly the frames in between', async () => {
    const path = await oddMedia.counter();
    const part = await sample(path, { fps: 2, fromSec: 3.4, toSec: 8 });
    expect(slots(part, 2)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(part.every(({ timeSec }) => timeSec >= 3.4 && timeSec < 8)).toBe(true);
  });
});

describe('pictures', () => {
  it('RGB keeps the displayed aspect ratio where no height is given', async () => {
    const [frame] = await sample(await oddMedia.wideSample(), { width: 256, pixelFormat: 'rgb24' });
    expect(frame!.data).toHaveLength(256 * 144 * 3);
  });

  it('a video to be turned by 270 degrees comes turned: the right column is the top row', async () => {
    const [flat] = await sample(await oddMedia.flat(), { width: 96, height: 48 });
    const [turned] = await sample(await oddMedia.rotated(), { width: 48, height: 96 });
    const pairs = Array.from({ length: 96 * 48 }, (_, i) => {
      const [x, y] = [i % 48, Math.floor(i / 48)];
      return [turned!.data[i]!, flat!.data[x * 96 + 95 - y]!] as const;
    });
    expect(pairs.reduce((sum, [a, b]) => sum + Math.abs(a - b), 0) / pairs.length).toBeLessThan(2);
  });

  it('sound gives no frames', async () => {
    expect(await sample(await oddMedia.soundWithCover())).toEqual([]);
  });
});

describe('stopping', () => {
  it('a caller that stops early gets control back, and an abort rejects with its reason', async () => {
    const path = await oddMedia.counter();
    for await (const frame of sampleFrames(path, await probeMedia(path), {
      ...small,
      width: 640,
      pixelFormat: 'rgb24',
    })) {
      expect(frame.pts).toBe(0);
      break;
    }
    const controller = new AbortController();
    const frames = sampleFrames(path, await probeMedia(path), { ...small, signal: controller.signal });
    await frames.next();
    controller.abort(new Error('stop'));
    await expect(collect(frames)).rejects.toThrow('stop');
  });
});
