import { describe, expect, it } from 'vitest';
import { endOfStretch, startOfCue } from '../../src/query/extent.ts';

describe('endOfStretch', () => {
  it('takes half a minute of a four-minute tutorial and ten minutes of a lecture', () => {
    expect(endOfStretch(60_000, [], 240_000)).toBe(88_800);
    expect(endOfStretch(60_000, [], 6_000_000)).toBe(660_000);
  });
  it('ends where an event ends, the one nearest that length', () => {
    expect(endOfStretch(60_000, [70_000, 95_000, 130_000], 240_000)).toBe(95_000);
  });
  it('never goes beyond the end of the source', () => {
    expect(endOfStretch(230_000, [], 240_000)).toBe(240_000);
  });
});

describe('startOfCue', () => {
  const isSaying = (text: string) => /lasso|tool/.test(text);
  const cue = (startSec: number, endSec: number, text: string) => ({
    startMs: startSec * 1000,
    endMs: endSec * 1000,
    text,
  });
  it('goes back to the start of the nearest cue that says a word of the query', () => {
    const cues = [cue(10, 14, 'press escape'), cue(14, 18, 'then the lasso tool'), cue(18, 22, 'draws freely')];
    expect(startOfCue(16_000, cues, isSaying)).toBe(14_000);
    expect(startOfCue(19_500, cues, isSaying)).toBe(14_000);
  });
  it('stays where it is in a cue of half a minute, or where no cue says a word', () => {
    expect(startOfCue(25_000, [cue(10, 40, 'a long cue with a tool in it')], isSaying)).toBe(25_000);
    expect(startOfCue(25_000, [cue(24, 28, 'nothing here')], isSaying)).toBe(25_000);
  });
});
