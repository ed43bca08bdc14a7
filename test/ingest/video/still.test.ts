import { describe, expect, it } from 'vitest';
import { probeMedia } from '../../../src/ingest/video/probe.ts';
import { grabStill } from '../../../src/ingest/video/still.ts';
import { oddMedia } from './odd-media.ts';

/** The clip's grey tells the number of the frame, counted at 30 a second. */
function frameNumber(data: Uint8Array): number {
  return Math.round((data[0]! - 16) / 3);
}

describe('grabStill', () => {
  it('gives the very frame at its time, in full size and RGB', async () => {
    const path = await oddMedia.counter();
    const still = await grabStill(path, await probeMedia(path), 1.1);
    expect(still).toMatchObject({ width: 64, height: 48 });
    expect(still!.data).toHaveLength(64 * 48 * 3);
    expect(still!.timeSec).toBeCloseTo(1.1, 6);
    expect(frameNumber(still!.data)).toBe(33);
  });

  it('between two frames gives the earlier one, which is on screen', async () => {
    const path = await oddMedia.counter();
    expect((await grabStill(path, await probeMedia(path), 0.99))!.timeSec).toBeCloseTo(29 / 30, 6);
  });

  it('in a gap of a variable-rate video gives the picture that stays up: at 9 s the one of 7 s', async () => {
    const path = await oddMedia.variableRate();
    const still = await grabStill(path, await probeMedia(path), 9);
    expect(still!.timeSec).toBeCloseTo(7, 2);
    expect(frameNumber(still!.data)).toBe((7 * 30) % 64);
  });

  it('times rounded to milliseconds find their frame', async () => {
    const path = await oddMedia.counter();
    expect((await grabStill(path, await probeMedia(path), 0.067))!.timeSec).toBeCloseTo(2 / 30, 6);
    expect((await grabStill(path, await probeMedia(path), 0.033))!.timeSec).toBeCloseTo(1 / 30, 6);
  });

  it("counts from the source's own zero: 12.4 s in a video that starts at 12.345 s", async () => {
    const path = await oddMedia.startOffset();
    const probe = await probeMedia(path);
    expect((await grabStill(path, probe, 12.4))!.timeSec).toBeCloseTo(12.385, 3);
    expect(await grabStill(path, probe, 3)).toBeUndefined();
  });

  it('finds its frame in a transport stream, which has no index', async () => {
    const path = await oddMedia.transportStream();
    const probe = await probeMedia(path);
    const start = probe.video!.startPts! / 90_000;
    expect((await grabStill(path, probe, start + 15))!.timeSec).toBeCloseTo(start + 15, 4);
  });

  it('a rotated and a wide-pixel video come as displayed', async () => {
    for (const name of ['rotated', 'wideSample'] as const) {
      const path = await oddMedia[name]();
      const { width, height, data } = (await grabStill(path, await probeMedia(path), 0.5))!;
      expect([width, height]).toEqual(name === 'rotated' ? [48, 96] : [1024, 576]);
      expect(data).toHaveLength(width * height * 3);
    }
  });

  it('sound has none', async () => {
    const path = await oddMedia.soundWithCover();
    expect(await grabStill(path, await probeMedia(path), 1)).toBeUndefined();
  });
});
