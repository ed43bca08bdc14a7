import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { areChapters, changeWorths, slideRuns } from '../../src/events/slide-runs.ts';

const visit = (startSec: number, endSec: number, title: string): Event => ({
  place: { kind: 'time', startMs: 1000 * startSec, endMs: 1000 * endSec },
  title,
  summary: '',
  evidence: [],
  engine: 'reader',
  status: 'complete',
});
const minutes = (number: number) => number * 60_000;

describe('slideRuns', () => {
  it('takes slides of one title that follow each other as one, and a title that returns as another', () => {
    const visits = [visit(0, 30, 'Acids'), visit(30, 50, 'Acids'), visit(50, 90, 'Bases'), visit(90, 95, 'Acids')];
    expect(slideRuns(visits)).toEqual([
      { title: 'Acids', startMs: 0, endMs: 50_000 },
      { title: 'Bases', startMs: 50_000, endMs: 90_000 },
      { title: 'Acids', startMs: 90_000, endMs: 95_000 },
    ]);
  });
  it('leaves out lines of a terminal, and formulas', () => {
    expect(slideRuns([visit(0, 30, 'press q to quit'), visit(30, 60, 'X = 3 + 4 / 5')])).toEqual([]);
  });
  it('leaves out the window of a program, whose title stays while its pictures change', () => {
    const pictures = Array.from({ length: 12 }, (_, i) => visit(4 * i, 4 * i + 4, 'File Edit View'));
    expect(slideRuns([...pictures, visit(48, 60, 'Summary')]).map((run) => run.title)).toEqual(['Summary']);
  });
});

describe('runs of slides', () => {
  const runs = (number: number) => Array.from({ length: number }, (_, i) => visit(40 * i, 40 * i + 40, `Slide ${i}`));
  const whole = { startMs: 0, endMs: minutes(6) };

  it('are chapters where there are few of them for the length of the source, but not two', () => {
    expect(areChapters(slideRuns(runs(7)), whole, minutes(1))).toBe(true);
    expect(areChapters(slideRuns(runs(13)), whole, minutes(1))).toBe(false);
    expect(areChapters(slideRuns(runs(2)), whole, minutes(1))).toBe(false);
  });
  it('earn a border where they begin, and cost one where they go on', () => {
    const [at, near, within] = changeWorths([40_000, 43_000, 60_000], slideRuns(runs(3)), minutes(1), false);
    expect(at).toBeGreaterThan(near!);
    expect(near).toBeGreaterThan(0);
    expect(within).toBe(-at!);
  });
  it('say nothing of borders where a slide is up for long, where none is up, and where there are none', () => {
    const long = slideRuns([visit(0, 600, 'Whiteboard'), visit(700, 800, 'Results')]);
    expect(changeWorths([300_000, 650_000], long, minutes(2), false)).toEqual([0, 0]);
    expect(changeWorths([0, 1000], [], minutes(2), false)).toEqual([0, 0]);
  });
});
