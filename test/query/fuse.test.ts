// Two rankings into one by the ranks in each.
import { describe, expect, it } from 'vitest';
import { fusePlaces, type RankedPlace } from '../../src/query/fuse.ts';
import type { NearPlace } from '../../src/store/library.ts';

const moment = (startSec: number, endSec: number, score = 1): RankedPlace => ({
  ...{ sourceId: 'talk', startMs: startSec * 1000, endMs: endSec * 1000, score },
});
const page = (pageIndex: number): RankedPlace => ({ sourceId: 'manual', pageIndex, score: 1, heading: 'Axes' });
const nearMoment = (startSec: number, endSec: number): NearPlace => ({
  ...{ sourceId: 'talk', startMs: startSec * 1000, endMs: endSec * 1000, pageIndex: null, similarity: 0.6 },
});
const nearPage = (pageIndex: number): NearPlace => ({
  ...{ sourceId: 'manual', startMs: null, endMs: null, pageIndex, similarity: 0.6 },
});

const named = (places: readonly RankedPlace[]) =>
  places.map((place) => ('startMs' in place ? place.startMs / 1000 : `p${place.pageIndex}`));

describe('fusePlaces', () => {
  it('puts what both rankings found first, with the bounds and heading that its words gave it', () => {
    const fused = fusePlaces([moment(10, 40), page(3)], [nearPage(3), nearPage(9), nearMoment(90, 120)]);
    expect(named(fused)).toEqual(['p3', 10, 'p9', 90]);
    expect(fused[0]).toMatchObject({ heading: 'Axes', score: 1 / 61 + 1 / 62 });
    expect(fused.map(({ isWordless }) => isWordless ?? false)).toEqual([false, false, true, true]);
  });

  it('takes an event and a moment for the same place where they share half of the shorter one', () => {
    expect(named(fusePlaces([moment(12, 60)], [nearMoment(0, 30)]))).toEqual([12]);
    expect(named(fusePlaces([moment(22, 60)], [nearMoment(0, 30)]))).toEqual([22, 0]);
  });

  it('counts the nearest of several events within one moment, and no other', () => {
    const [only] = fusePlaces([moment(0, 100)], [nearMoment(0, 30), nearMoment(30, 60), nearMoment(60, 90)]);
    expect(only).toMatchObject({ score: 2 / 61 });
  });

  it('leaves a ranking alone as it is', () => {
    expect(named(fusePlaces([moment(5, 9), page(1)], []))).toEqual([5, 'p1']);
    expect(named(fusePlaces([], [nearPage(1), nearMoment(5, 9)]))).toEqual(['p1', 5]);
  });
});
