import { describe, expect, it } from 'vitest';
import { BestFirst } from '../../src/events/best-first.ts';

describe('units by score', () => {
  it('come out best first, and of equal ones the last added first, as from a list sorted each time', () => {
    const queue = new BestFirst(500);
    const list: { unit: number; score: number }[] = [];
    const takeOfList = () => {
      const best = list.findLastIndex(({ score }) => score === Math.max(...list.map((one) => one.score)));
      return list.splice(best, 1)[0]?.unit;
    };
    for (let unit = 0; unit < 500; unit++) {
      const score = (unit * 7919) % 23;
      queue.add(unit, score);
      list.push({ unit, score });
      if (unit % 3 === 0) expect(queue.take()).toBe(takeOfList());
    }
    while (list.length > 0) {
      expect(queue.bestScore).toBe(Math.max(...list.map(({ score }) => score)));
      expect(queue.take()).toBe(takeOfList());
    }
    expect([queue.take(), queue.bestScore]).toEqual([undefined, -Infinity]);
  });
});
