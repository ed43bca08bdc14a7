import { describe, expect, it } from 'vitest';
import { groupTokens, preprocessImage, type PixelGroup } from '../../../src/model/qwen3-vl/preprocessing.ts';
import { readProcessorConfig, type ProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { clipGroups } from './clip-groups.ts';
import {
  FOLDERS,
  hasShared,
  numbersOf,
  readCases,
  readReference,
  referenceImages,
  referenceVideos,
} from './conformance.ts';

const layout = {
  patchSize: 16,
  temporalPatchSize: 2,
  mergeSize: 2,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
} as const;
const config: ProcessorConfig = {
  layout,
  imageBudget: { minPixels: 1024, maxPixels: 1_000_000 },
  videoBudget: { kind: 'volume', minPixels: 1024, maxPixels: 1_000_000, capPixelsPerFrame: true },
  videoFps: 2,
  minFrames: 4,
  maxFrames: 768,
};

function plain(width: number, height: number, value: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

/** Share of values further than 2/255 from the reference, and the largest distance. */
function compare(groups: readonly PixelGroup[], reference: Float32Array): { far: number; count: number } {
  let at = 0;
  let far = 0;
  for (const group of groups) {
    for (const value of group.pixelValues()) if (Math.abs(value - reference[at++]!) > 2 / 255) far++;
  }
  return { far, count: at };
}

describe.skipIf(!hasShared)('pixels of the conformance cases', () => {
  const cases = hasShared
    ? FOLDERS.flatMap((entry) => readCases(entry.model).cases.map(({ name }) => ({ ...entry, name })))
    : [];
  it.each(cases)(
    '$name of $model/$layout: grids equal, 99.9 % of values within 2/255',
    async ({ model, name, folder }) => {
      const processor = await readProcessorConfig(folder);
      const reference = await readReference(model, name);
      const images = referenceImages(reference).map((image) => preprocessImage(image, processor));
      const videos = await Promise.all(referenceVideos(reference).map((frames) => clipGroups(frames, processor)));
      const imageGrids = images.flatMap((group) => [...group.grid]);
      const videoGrids = videos.flatMap((groups) => [groups.length, ...groups[0]!.grid.slice(1)]);
      expect(imageGrids).toEqual(numbersOf(reference, 'image_grid_thw') ?? []);
      expect(videoGrids).toEqual(numbersOf(reference, 'video_grid_thw') ?? []);
      for (const [groups, key] of [
        [images, 'pixel_values'],
        [videos.flat(), 'pixel_values_videos'],
      ] as const) {
        const values = reference.get(key)?.data as Float32Array | undefined;
        const { far, count } = compare(groups, values ?? new Float32Array());
        expect(count).toBe(values?.length ?? 0);
        expect(far).toBeLessThanOrEqual(count * 0.001);
      }
    },
  );
});

describe('pictures and clips', () => {
  it('gives every group of an odd count its pixels: 5 frames make 3 groups, the last of one frame twice', async () => {
    const frames = [10, 20, 30, 40, 50].map((value) => plain(64, 32, value));
    const groups = await clipGroups(frames, {
      ...config,
      videoBudget: { ...config.videoBudget, minPixels: 1 },
    });
    expect(groups.map((group) => group.grid)).toEqual([
      [1, 2, 4],
      [1, 2, 4],
      [1, 2, 4],
    ]);
    const last = groups[2]!.pixelValues();
    expect(new Set(last).size).toBe(1);
    expect(last[0]).toBeCloseTo((50 - 127.5) / 127.5, 6);
    expect(new Set(groups[1]!.pixelValues()).size).toBe(2);
  });

  it('orders rows by 2x2 merge block and columns by channel, frame, y, x', () => {
    const image = plain(64, 32, 0);
    // One red pixel at (x 17, y 18): block column 0, row 1 and column 1 in the block, pixel (1, 2) of its patch.
    (image.data as Uint8Array)[(18 * 64 + 17) * 3] = 255;
    const values = preprocessImage(image, config).pixelValues();
    const lit = [...values.keys()].filter((i) => values[i]! > 0);
    expect(lit).toEqual([3 * 1536 + 2 * 16 + 1, 3 * 1536 + 256 + 2 * 16 + 1]);
  });

  it('hashes equal pixels equally and one changed pixel differently', () => {
    const image = plain(64, 64, 7);
    const changed = { ...image, data: image.data.slice() };
    changed.data[100] = 9;
    const hashes = [image, { ...image, data: image.data.slice() }, changed].map(
      (picture) => preprocessImage(picture, config).pixelHash,
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
    const other = { ...config, layout: { ...layout, mean: [0.4, 0.5, 0.5] as const } };
    expect(preprocessImage(image, other).pixelHash).not.toBe(hashes[0]);
  });

  it('counts 640 x 352 as 220 tokens', () => {
    expect(groupTokens({ width: 640, height: 352 }, config)).toBe(220);
    expect(preprocessImage(plain(640, 352, 0), config).numTokens).toBe(220);
  });

  it('refuses a strip 201 times as long as wide', () => {
    expect(() => preprocessImage(plain(2010, 10, 0), config)).toThrow(
      expect.objectContaining({ code: 'ASPECT_RATIO' }),
    );
  });

  it('takes other patch sizes and temporal sizes: 5 frames of 32 x 32 in threes are 2 groups of 2 x 2 patches', async () => {
    const threes: ProcessorConfig = {
      ...config,
      layout: { ...layout, temporalPatchSize: 3 },
      videoBudget: { kind: 'volume', minPixels: 1024, maxPixels: 5120, capPixelsPerFrame: false },
    };
    const groups = await clipGroups(
      Array.from({ length: 5 }, (_, i) => plain(32, 32, i)),
      threes,
    );
    expect(groups.map((group) => group.grid)).toEqual([
      [1, 2, 2],
      [1, 2, 2],
    ]);
    expect(groups.reduce((sum, group) => sum + group.pixelValues().length, 0)).toBe(8 * 2304);
  });

  it('makes 224 x 224 white pixels into 256 patches of 14 whose mean is the CLIP-normalised white', () => {
    const clip: ProcessorConfig = {
      ...config,
      layout: {
        patchSize: 14,
        temporalPatchSize: 2,
        mergeSize: 2,
        mean: [0.48145466, 0.4578275, 0.40821073],
        std: [0.26862954, 0.26130258, 0.27577711],
      },
      imageBudget: { minPixels: 3136, maxPixels: 1_003_520 },
    };
    const group = preprocessImage(plain(224, 224, 255), clip);
    const values = group.pixelValues();
    expect(group.grid).toEqual([1, 16, 16]);
    expect(values.length).toBe(256 * 1176);
    expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(2.050372362136841, 5);
  });
});
