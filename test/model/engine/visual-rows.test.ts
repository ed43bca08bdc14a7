// Rows of pictures: each distinct one is computed once, kept within a budget, and given to whoever asks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { VisualRows } from '../../../src/model/engine/visual-rows.ts';
import type { VisualSlice } from '../../../src/model/engine/visual-slice.ts';
import type { PixelGroup } from '../../../src/model/qwen3-vl/preprocessing.ts';
import { convert, hasConformance } from './conformance.ts';

describe.runIf(hasConformance)('visual rows', () => {
  const stack = new DisposableStack();
  let tower: VisionTower;
  let numRead = 0;

  /** A picture of 64 x 64 pixels, grey. */
  const picture = (grey: number): PixelGroup => ({
    grid: [1, 4, 4],
    numTokens: 4,
    pixelHash: `grey ${grey}`,
    pixelValues() {
      numRead++;
      return new Float32Array(16 * 1536).fill(grey);
    },
  });
  const read = async (slice: Promise<VisualSlice>) => (await slice).read();

  beforeAll(async () => {
    tower = stack.use(await VisionTower.load(stack.use(await convert('dense', 'fp32'))));
  });
  afterAll(() => stack.dispose());

  test('are computed once for each picture, however often and at once they are asked for', async () => {
    using rows = new VisualRows(tower, 1e9);
    numRead = 0;
    const [a, b, again] = await Promise.all([0.1, 0.9, 0.1].map((grey) => read(rows.rowsOf(picture(grey)))));
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(await read(rows.rowsOf(picture(0.9)))).toEqual(b);
    expect(numRead).toBe(2);
  });

  test('beyond the budget go, the longest unused first, together with what was computed in one run with them', async () => {
    const [bytes] = await Promise.all([read(new VisualRows(tower, 1e9).rowsOf(picture(0)))]);
    using rows = new VisualRows(tower, 2 * bytes.byteLength);
    for (const grey of [0.1, 0.2, 0.3]) await rows.rowsOf(picture(grey));
    numRead = 0;
    await rows.rowsOf(picture(0.3));
    await rows.rowsOf(picture(0.2));
    expect(numRead).toBe(0);
    await rows.rowsOf(picture(0.1));
    expect(numRead).toBe(1);
  });

  test('that fail are tried again, and the others of their run too', async () => {
    using rows = new VisualRows(tower, 1e9);
    const broken = { ...picture(0.4), pixelValues: () => new Float32Array(5) };
    const asked = await Promise.allSettled([rows.rowsOf(broken), rows.rowsOf(picture(0.5))]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await read(rows.rowsOf(picture(0.4)))).length).toBe((await read(rows.rowsOf(picture(0.5)))).length);
  });
});
