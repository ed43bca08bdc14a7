import { describe, expect, it } from 'vitest';
import { formatClock, formatTimestamp, overlapMs, parseRational, ptsToSec } from '../src/time.ts';

describe('time', () => {
  it('turns 184320 ticks of 1/15360 into 12 seconds', () => {
    expect(ptsToSec(184_320, parseRational('1/15360')!)).toBe(12);
  });
  it('knows no rational for 0/0', () => {
    expect(parseRational('0/0')).toBeUndefined();
  });
  it('keeps the hour after 60 minutes, in the clock and in the timestamp', () => {
    expect(formatClock(3_725_000)).toBe('1:02:05');
    expect(formatClock(65_999)).toBe('1:05');
    expect(formatTimestamp(3_725_250)).toBe('01:02:05.250');
    expect(formatTimestamp(3_725_250, ',')).toBe('01:02:05,250');
  });
  it('gives touching spans no overlap, because intervals are half-open', () => {
    expect(overlapMs({ startMs: 0, endMs: 10 }, { startMs: 10, endMs: 20 })).toBe(0);
  });
});
