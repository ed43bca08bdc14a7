import { describe, expect, it } from 'vitest';
import { computePositions } from '../../../src/model/qwen3-vl/positions.ts';

/** [time, height, width] rows. */
function axes(numTokens: number, positions: Int32Array): number[][] {
  return [0, 1, 2].map((axis) => [...positions.subarray(axis * numTokens, (axis + 1) * numTokens)]);
}

describe('computePositions', () => {
  it('places 3 words, a picture of 2 x 3 and 2 words', () => {
    const { positions, nextPosition } = computePositions(11, [{ start: 3, rows: 2, columns: 3 }]);
    expect(axes(11, positions)).toEqual([
      [0, 1, 2, 3, 3, 3, 3, 3, 3, 6, 7],
      [0, 1, 2, 3, 3, 3, 4, 4, 4, 6, 7],
      [0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7],
    ]);
    expect(nextPosition).toBe(8);
  });
  it('gives words alone as many positions as there are', () => {
    expect(computePositions(5, []).nextPosition).toBe(5);
  });
  it('equals one pass when it continues at any text border, with pictures on both sides', () => {
    const groups = [
      { start: 2, rows: 3, columns: 1 },
      { start: 7, rows: 2, columns: 4 },
      { start: 17, rows: 1, columns: 1 },
    ];
    const whole = computePositions(20, groups);
    for (const cut of [1, 2, 5, 6, 7, 15, 16, 17, 18, 20]) {
      const head = computePositions(
        cut,
        groups.filter(({ start }) => start < cut),
      );
      const tail = computePositions(
        20 - cut,
        groups.filter(({ start }) => start >= cut).map((group) => ({ ...group, start: group.start - cut })),
        head.nextPosition,
      );
      const joined = axes(cut, head.positions).map((axis, i) => [...axis, ...axes(20 - cut, tail.positions)[i]!]);
      expect(joined, `cut at ${cut}`).toEqual(axes(20, whole.positions));
      expect(tail.nextPosition).toBe(whole.nextPosition);
    }
  });
});
