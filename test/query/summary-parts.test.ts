import { expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { partsOf } from '../../src/query/summary-parts.ts';
import { numberedLine } from '../../src/query/summary-request.ts';

const events = Array.from({ length: 100 }, (_, i): Event => ({
  place: { kind: 'pages', pageIndex: i, endPageIndex: i + 1 },
  title: `Page ${i}`,
  summary: '',
  evidence: [],
  engine: 'reader',
  status: 'complete',
}));
const lines = events.map(numberedLine);
const chapter = (from: number, to: number) => ({
  place: { kind: 'pages' as const, pageIndex: from, endPageIndex: to },
  title: '',
  summary: '',
});
const sizes = (parts: ReturnType<ReturnType<typeof partsOf>>) => parts.map((part) => part.length);

it('cuts where a chapter begins nearby, and in equal parts where none does', () => {
  expect(sizes(partsOf(events, [chapter(0, 28), chapter(28, 100)])(lines, 4))).toEqual([28, 25, 25, 22]);
  expect(sizes(partsOf(events, [])(lines, 4))).toEqual([25, 25, 25, 25]);
});

it('never gives an empty part, and all lines once', () => {
  for (const numParts of [1, 3, 7, 99, 100, 400]) {
    const parts = partsOf(events, [chapter(0, 50), chapter(50, 100)])(lines, numParts);
    expect(Math.min(...sizes(parts))).toBeGreaterThan(0);
    expect(parts.flat()).toEqual(lines);
  }
});
