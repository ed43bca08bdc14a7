import { describe, expect, it } from 'vitest';
import { StillShelf } from '../../pipelines/still-shelf.ts';
import { resizeAside } from '../../src/model/qwen3-vl/resize-threads.ts';

const SIZE = { width: 32, height: 32 };

function still(level: number) {
  const [width, height] = [64, 64];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (level + i) % 256);
  return { width, height, data, pts: 0, timeBase: { num: 1, den: 1000 }, timeSec: 0 };
}

describe('stills kept for a model', () => {
  it('come as the model would get them, to every window that shows them', async () => {
    const shelf = new StillShelf();
    shelf.want(SIZE);
    shelf.put(500, still(7));
    const expected = await resizeAside(still(7), 32, 32);
    expect(await shelf.take(500, SIZE)).toEqual(expected);
    expect(await shelf.take(500, SIZE)).toEqual(expected);
    expect(shelf.take(900, SIZE)).toBeUndefined();
  });

  it('are none before somebody wants them, and in no other size', () => {
    const shelf = new StillShelf();
    shelf.put(500, still(7));
    shelf.want(SIZE);
    expect(shelf.take(500, SIZE)).toBeUndefined();
    shelf.put(600, still(7));
    expect(shelf.take(600, { width: 64, height: 32 })).toBeUndefined();
    expect(shelf.take(600, SIZE)).toBeDefined();
  });

  it('take 256 MB at most; those that were shown make room, and others stay', () => {
    const shelf = new StillShelf();
    const large = { width: 4096, height: 4096 };
    const picture = { ...still(1), ...large, data: new Uint8Array(3 * 4096 * 4096) };
    shelf.want(large);
    const keeps = () => [0, 1, 2, 3, 4, 5, 6].filter((ms) => shelf.take(ms, large) !== undefined);
    for (let ms = 0; ms < 6; ms++) shelf.put(ms, picture);
    expect(keeps()).toEqual([0, 1, 2, 3, 4]);
    shelf.put(6, picture);
    expect(keeps()).toEqual([1, 2, 3, 4, 6]);
  });
});
