import { describe, expect, test } from 'vitest';
import { ArrayCopier } from '../../../src/model/engine/array-copier.ts';
import { GraphCopier } from '../../../src/model/engine/graph-copier.ts';
import type { CacheCopier } from '../../../src/model/engine/slot-runs.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { identityGraph } from '../ort/graphs.ts';

// The graphs are what a GPU uses; on the CPU they must do just what the array copies do.
const copiers: [string, (session: Session) => Promise<CacheCopier>][] = [
  ['arrays', async () => new ArrayCopier()],
  ['graphs', (session) => GraphCopier.make('cpu', 'float32', session)],
];

describe.each(copiers)('cache slots moved by %s', (_, make) => {
  test('move keeps the first slots of each head in a roomier tensor; take gives slots out of the middle', async () => {
    using session = await Session.fromBytes(identityGraph('float32', [1]));
    using copier = await make(session);
    // [1, 2 heads, 4 slots, 3 values]: head * 100 + slot * 10 + value
    const values = Float32Array.from(
      { length: 24 },
      (_v, i) => Math.floor(i / 12) * 100 + (Math.floor(i / 3) % 4) * 10 + (i % 3),
    );
    using from = Tensor.over('float32', [1, 2, 4, 3], values);
    using to = Tensor.zeros('float32', [1, 2, 6, 3]);
    await copier.move(from, to, 2);
    const moved = to.data as Float32Array;
    expect([...moved.subarray(0, 6)]).toEqual([0, 1, 2, 10, 11, 12]);
    expect([...moved.subarray(18, 24)]).toEqual([100, 101, 102, 110, 111, 112]);

    using taken = await copier.take(from, 1, 2);
    expect(taken.shape).toEqual([1, 2, 2, 3]);
    expect([...(taken.data as Float32Array)]).toEqual([10, 11, 12, 20, 21, 22, 110, 111, 112, 120, 121, 122]);
  });

  test('all slots move into a tensor of the same size', async () => {
    using session = await Session.fromBytes(identityGraph('float32', [1]));
    using copier = await make(session);
    using from = Tensor.over('float32', [1, 1, 2, 2], Float32Array.of(1, 2, 3, 4));
    using to = Tensor.zeros('float32', [1, 1, 2, 2]);
    await copier.move(from, to, 2);
    expect([...(to.data as Float32Array)]).toEqual([1, 2, 3, 4]);
  });

  test('show lends the slots of each head in turn, fill takes what is written there; what lies behind is let be', async () => {
    using session = await Session.fromBytes(identityGraph('float32', [1]));
    using copier = await make(session);
    using from = Tensor.over(
      'float32',
      [1, 2, 3, 2],
      Float32Array.from({ length: 12 }, (_v, i) => i),
    );
    const shown: [number, number[]][] = [];
    await copier.show(from, 2, async (slots, row) => {
      shown.push([row, [...(slots as Float32Array)]]);
      await Promise.resolve();
    });
    expect(shown).toEqual([
      [0, [0, 1, 2, 3]],
      [2, [6, 7, 8, 9]],
    ]);
    using to = Tensor.zeros('float32', [1, 2, 4, 2]);
    await copier.fill(to, 2, async (slots, row) => {
      (slots as Float32Array).set(shown.find(([first]) => first === row)![1]);
      await Promise.resolve();
    });
    const filled = to.data as Float32Array;
    expect([...filled.subarray(0, 4), ...filled.subarray(8, 12)]).toEqual([0, 1, 2, 3, 6, 7, 8, 9]);
  });

  test('rounded slots come back within half a code of each row’s largest, rows of zeros as zeros', async () => {
    using session = await Session.fromBytes(identityGraph('float32', [1]));
    using copier = await make(session);
    const values = Float32Array.of(1, -0.4, 0.251, 0, 0, 0, -1e-3, 3e-4, 2e-5, 9, 9, 9);
    using from = Tensor.over('float32', [1, 2, 2, 3], values);
    const shown = new Map<number, { codes: Int8Array; scales: Float32Array }>();
    await copier.showRounded(from, 2, async (rounded, row) => {
      shown.set(row, { codes: rounded.codes.slice(), scales: rounded.scales.slice() });
      await Promise.resolve();
    });
    expect([...shown.get(0)!.codes]).toEqual([127, -51, 32, 0, 0, 0]);
    using to = Tensor.zeros('float32', [1, 2, 2, 3]);
    await copier.fillRounded(to, 2, async (rounded, row) => {
      rounded.codes.set(shown.get(row)!.codes);
      rounded.scales.set(shown.get(row)!.scales);
      await Promise.resolve();
    });
    const filled = to.data as Float32Array;
    for (const [i, value] of values.entries()) {
      const row = values.subarray(3 * Math.floor(i / 3), 3 * Math.floor(i / 3) + 3);
      const largest = Math.max(...row.map(Math.abs));
      expect(Math.abs(filled[i]! - value)).toBeLessThanOrEqual((largest / 127) * 0.501);
    }
  });
});
