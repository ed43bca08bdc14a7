import { describe, expect, it } from 'vitest';
import { roundHalfEven } from '../../../src/model/qwen3-vl/half-even.ts';
import { fitImage, fitVideo } from '../../../src/model/qwen3-vl/smart-resize.ts';

const released = { minPixels: 65_536, maxPixels: 16_777_216 };
const size = (height: number, width: number) => ({ height, width });

describe('roundHalfEven', () => {
  it('rounds 2.5 to 2, 3.5 to 4, 2.51 to 3 and -0.5 to 0', () => {
    expect([2.5, 3.5, 2.51, 2.49, 0.5, 1.5].map(roundHalfEven)).toEqual([2, 4, 3, 2, 0, 2]);
    expect(roundHalfEven(-0.5) === 0).toBe(true);
    expect(roundHalfEven(-1.5)).toBe(-2);
  });
});

describe('fitImage', () => {
  it('enlarges 80 x 80 to 256 x 256, the least the released budget allows', () => {
    expect(fitImage(size(80, 80), 32, released)).toEqual(size(256, 256));
  });
  it('takes 720 to 704 rows, because 22.5 blocks round to 22', () => {
    expect(fitImage(size(720, 1280), 32, released)).toEqual(size(704, 1280));
  });
  it('fits 561 x 278 with factor 28 into 560 x 280, and 1024 x 1024 into 70 x 70 patches of 14', () => {
    expect(fitImage(size(561, 278), 28, { minPixels: 3136, maxPixels: 1_003_520 })).toEqual(size(560, 280));
    expect(fitImage(size(1024, 1024), 28, { minPixels: 3136, maxPixels: 1_003_520 })).toEqual(size(980, 980));
  });
  it('keeps a 10-pixel strip one block high', () => {
    expect(fitImage(size(10, 2000), 32, { minPixels: 0, maxPixels: 1e9 })).toEqual(size(32, 1984));
  });
  it('never exceeds the budget by shrinking, at any of 400 shapes', () => {
    const budget = { minPixels: 4096, maxPixels: 24_576 };
    for (let height = 100; height < 2100; height += 100) {
      for (let width = 100; width < 2100; width += 100) {
        const { height: h, width: w } = fitImage(size(height, width), 32, budget);
        expect(h % 32 === 0 && w % 32 === 0 && h * w <= 24_576 && h * w >= 4096, `${height} x ${width}`).toBe(true);
      }
    }
  });
});

describe('fitVideo', () => {
  const volume = { kind: 'volume', minPixels: 4096, maxPixels: 25_165_824 } as const;

  it('keeps a short 1080p clip at 1088 x 1920 without the cap, and holds each frame to 768 blocks with it', () => {
    expect(fitVideo(size(1080, 1920), 8, 32, 2, { ...volume, capPixelsPerFrame: false })).toEqual(size(1088, 1920));
    const capped = fitVideo(size(1080, 1920), 8, 32, 2, { ...volume, capPixelsPerFrame: true });
    expect(capped).toEqual(size(640, 1152));
    expect(capped.height * capped.width).toBeLessThanOrEqual(768 * 1024);
  });
  it('spends the whole volume on 768 frames either way', () => {
    const both = [true, false].map((capPixelsPerFrame) =>
      fitVideo(size(1080, 1920), 768, 32, 2, { ...volume, capPixelsPerFrame }),
    );
    expect(both[0]).toEqual(both[1]);
    expect(768 * both[0]!.height * both[0]!.width).toBeLessThanOrEqual(25_165_824);
  });
  it('counts 5 frames as 4 when it compares with the budget (half to even)', () => {
    const budget = { kind: 'volume', minPixels: 1, maxPixels: 4 * 64 * 64, capPixelsPerFrame: false } as const;
    expect(fitVideo(size(64, 64), 5, 32, 2, budget)).toEqual(size(64, 64));
    expect(fitVideo(size(64, 64), 7, 32, 2, budget)).toEqual(size(32, 32));
  });
  it('enlarges frames thinner than a block first, truncating: 20 x 50 becomes 32 x 80, then 32 x 64', () => {
    expect(fitVideo(size(20, 50), 2, 32, 2, { ...volume, minPixels: 1, capPixelsPerFrame: false })).toEqual(
      size(32, 64),
    );
  });
  it('budgets each frame by itself with the rule of qwen-vl-utils, less for each the more there are', () => {
    const budget = { kind: 'frame', minPixels: 128 * 1024, totalPixels: 20_480 * 1024 } as const;
    const few = fitVideo(size(1080, 1920), 8, 32, 2, budget);
    const many = fitVideo(size(1080, 1920), 256, 32, 2, budget);
    expect(few.height * few.width).toBeLessThanOrEqual(768 * 1024);
    expect(many.height * many.width).toBeLessThanOrEqual(160 * 1024);
    expect(fitVideo(size(1080, 1920), 8, 32, 2, { ...budget, maxPixels: 200 * 1024 })).toEqual(size(320, 576));
  });
});
