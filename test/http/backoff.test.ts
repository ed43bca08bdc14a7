import { describe, expect, it } from 'vitest';
import { backoffMs, DEFAULT_RETRY, parseRetryAfter } from '../../src/http/backoff.ts';

describe('waiting before the next attempt', () => {
  it('doubles up to the limit; half of it is drawn', () => {
    const at = (attempt: number, random: number) => backoffMs(attempt, DEFAULT_RETRY, random);
    expect([2, 3, 4, 5, 6].map((attempt) => at(attempt, 0))).toEqual([250, 500, 1000, 2000, 4000]);
    expect(at(4, 0.5)).toBe(1500);
    expect(at(40, 0)).toBe(15_000);
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    expect(parseRetryAfter('7', now)).toBe(7000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 12:01:30 GMT', now)).toBe(90_000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 11:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});
