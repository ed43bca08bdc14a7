import { describe, expect, it } from 'vitest';
import { pickMoments, type SourceTimeline } from '../../src/query/moments.ts';

function timeline(sourceId: string, beginnings: Readonly<Record<number, number>>): SourceTimeline {
  const startMs = Float64Array.from(Object.keys(beginnings), (sec) => Number(sec) * 1000);
  const scores = Float64Array.from(Object.values(beginnings));
  return { sourceId, timeline: { startMs, scores }, sourceScore: 0 };
}

const minute = async (_source: string, startMs: number) => ({ startMs, endMs: startMs + 60_000 });

describe('pickMoments', () => {
  it('gives one moment for beginnings within one stretch, best first', async () => {
    const moments = await pickMoments([timeline('a', { 100: 5, 110: 4, 150: 3, 300: 2 })], 10, minute);
    expect(moments.map(({ startMs }) => startMs)).toEqual([100_000, 300_000]);
  });
  it('starts no moment just before a better one, and ends an earlier one where the better begins', async () => {
    const moments = await pickMoments([timeline('a', { 95: 4, 100: 5, 48: 3 })], 10, minute);
    expect(moments.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [100_000, 160_000],
      [48_000, 100_000],
    ]);
  });
  it('lets moments of different sources share their times', async () => {
    const moments = await pickMoments([timeline('a', { 10: 1 }), timeline('b', { 10: 2 })], 10, minute);
    expect(moments.map(({ sourceId }) => sourceId)).toEqual(['b', 'a']);
  });
  it('stops at the limit, and finds nothing in nothing', async () => {
    expect(await pickMoments([timeline('a', { 0: 3, 200: 2, 400: 1 })], 2, minute)).toHaveLength(2);
    expect(await pickMoments([], 2, minute)).toEqual([]);
  });
});
