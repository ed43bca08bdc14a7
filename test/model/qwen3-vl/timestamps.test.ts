import { describe, expect, it } from 'vitest';
import { formatTenths, formatTimestamp, groupTimes } from '../../../src/model/qwen3-vl/timestamps.ts';

describe('formatTenths', () => {
  it('prints ties to the even digit, where toFixed(1) prints 0.3, 1.3, 2.3', () => {
    expect([0.25, 1.25, 2.25, 0.75, 1.75].map(formatTenths)).toEqual(['0.2', '1.2', '2.2', '0.8', '1.8']);
    expect((0.25).toFixed(1)).toBe('0.3');
  });
  it('decides by the exact double: 0.15 is below its tie, 0.35 below, 0.45 above', () => {
    expect([0.15, 0.35, 0.45, 1234.05].map(formatTenths)).toEqual(['0.1', '0.3', '0.5', '1234.0']);
  });
  it('prints whole seconds with a zero, and -0.25 as -0.2', () => {
    expect([0, 12, -0.25].map(formatTenths)).toEqual(['0.0', '12.0', '-0.2']);
  });
});

describe('groupTimes', () => {
  it('turns frames 0, 15, 30, 45 at 30 fps into <0.2 seconds> and <1.2 seconds>', () => {
    const times = [0, 15, 30, 45].map((index) => index / 30);
    expect(groupTimes(times, 2)).toEqual([0.25, 1.25]);
    expect(groupTimes(times, 2).map(formatTimestamp)).toEqual(['<0.2 seconds>', '<1.2 seconds>']);
  });
  it("gives the last group of an odd count the last frame's own time", () => {
    expect(groupTimes([233, 234, 240.5], 2)).toEqual([233.5, 240.5]);
    expect(groupTimes([7], 2)).toEqual([7]);
  });
  it('uses the true times of unevenly spaced frames', () => {
    expect(groupTimes([0.04, 1.96, 30, 3600], 2)).toEqual([1, 1815]);
  });
});
