import { describe, expect, it } from 'vitest';
import { resizeBicubic, type RgbImage } from '../../../src/model/qwen3-vl/resize.ts';

function paint(width: number, height: number, value: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.fill(value(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, data };
}

describe('resizeBicubic', () => {
  it('hands the same picture back where nothing changes', () => {
    const image = paint(8, 8, (x) => x);
    expect(resizeBicubic(image, 8, 8)).toBe(image);
  });
  it.each([
    [100, 80, 32, 32],
    [31, 17, 64, 96],
    [64, 64, 64, 32],
  ])('keeps one colour from %d x %d to %d x %d', (w, h, toW, toH) => {
    const { data, width, height } = resizeBicubic(
      paint(w, h, () => 201),
      toW,
      toH,
    );
    expect([width, height, data.length]).toEqual([toW, toH, toW * toH * 3]);
    expect(new Set(data)).toEqual(new Set([201]));
  });
  it('averages a checkerboard of single pixels to grey when halved: it is antialiased', () => {
    const { data } = resizeBicubic(
      paint(64, 64, (x, y) => ((x + y) % 2) * 255),
      32,
      32,
    );
    for (const value of data) expect(Math.abs(value - 127.5)).toBeLessThan(4);
  });
  it('overshoots at an edge like a cubic and clamps to 0..255', () => {
    const grey = resizeBicubic(
      paint(16, 4, (x) => (x < 8 ? 100 : 200)),
      64,
      4,
    ).data;
    expect(Math.min(...grey)).toBeLessThan(100);
    expect(Math.max(...grey)).toBeGreaterThan(200);
    const hard = resizeBicubic(
      paint(16, 4, (x) => (x < 8 ? 0 : 255)),
      64,
      4,
    ).data;
    expect([Math.min(...hard), Math.max(...hard)]).toEqual([0, 255]);
  });
  it('mirrors: resizing a mirrored picture mirrors the result', () => {
    const ramp = (x: number, y: number) => (x * 37 + y * 11) % 256;
    const a = resizeBicubic(paint(50, 20, ramp), 32, 32).data;
    const b = resizeBicubic(
      paint(50, 20, (x, y) => ramp(49 - x, y)),
      32,
      32,
    ).data;
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        expect(Math.abs(a[(y * 32 + x) * 3]! - b[(y * 32 + 31 - x) * 3]!)).toBeLessThanOrEqual(1);
      }
    }
  });
});
