// Resizing in threads gives the bytes that resizing here gives, and leaves its input alone.
import { expect, it } from 'vitest';
import { resizeBicubic, type RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { resizeAside } from '../../../src/model/qwen3-vl/resize-threads.ts';

const noise = (width: number, height: number, seed: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * seed * 2654435761) >>> 24),
});

it('gives each of many pictures the pixels of resizing it here', async () => {
  const images = [3, 5, 7, 11, 13].map((seed) => noise(97, 61 + seed, seed));
  const before = images.map(({ data }) => data.slice());
  const resized = await Promise.all(images.map((image, i) => resizeAside(image, 64, 32 + 32 * (i % 2))));
  images.forEach((image, i) => expect(resized[i]).toEqual(resizeBicubic(image, 64, 32 + 32 * (i % 2))));
  expect(images.map(({ data }) => data)).toEqual(before);
});

it('gives back a picture that has the size already', async () => {
  const image = noise(64, 32, 3);
  expect(await resizeAside(image, 64, 32)).toBe(image);
});
