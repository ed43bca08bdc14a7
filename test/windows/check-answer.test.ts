import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { checkAnswer } from '../../src/windows/check-answer.ts';
import { mergeEvents } from '../../src/windows/merge-events.ts';
import { readAnswer } from '../../src/windows/read-answer.ts';
import { timelineOf } from '../../src/windows/timeline.ts';

const TIMELINE = timelineOf({
  span: { startMs: 0, endMs: 3_600_000 },
  slides: [],
  slideTexts: [],
  captions: {
    origin: { kind: 'file', path: 'x' },
    lang: 'en',
    cues: [
      { startMs: 210_000, endMs: 214_000, text: 'The gradient points uphill, so we step' },
      { startMs: 214_000, endMs: 216_000, text: 'the other way.' },
    ],
  },
});

function windowOf(startSec: number, endSec: number, ownStartSec = startSec) {
  const span = { startMs: startSec * 1000, endMs: endSec * 1000 };
  return { ...span, own: { startMs: ownStartSec * 1000, endMs: endSec * 1000 }, numPictures: 0, numTokens: 0 };
}
const check = (answer: unknown, startSec = 200, endSec = 248, ownStartSec?: number) =>
  checkAnswer(
    typeof answer === 'string' ? answer : JSON.stringify(answer),
    windowOf(startSec, endSec, ownStartSec),
    TIMELINE,
    'test',
  );
const times = (events: readonly Event[]) =>
  events.map(({ place, title }) => (place.kind === 'time' ? [place.startMs / 1000, place.endMs / 1000, title] : []));

describe('reading an answer', () => {
  const one = '{"start":12.0,"end":40.0,"title":"Bubble Sort"}';

  it.each([
    ['a list', `[${one}]`],
    ['an object around it', `{"events": [${one}]}`],
    ['a fence and words', `Here are the events:\n\`\`\`json\n[${one}]\n\`\`\`\nLet me know!`],
    ['thinking before it', `<think>[{"start": 1}] maybe?</think>\n[${one}]`],
    ['clock times and other names', '[{"from":"00:00:12","to":"0:40.0","event":"Bubble Sort"}]'],
    ['times with units', '[{"start":"12 s","end":"<40.0 seconds>","title":" Bubble  Sort "}]'],
  ])('takes %s', (_, text) => {
    const { entries, problem } = readAnswer(text);
    expect(entries).toMatchObject([{ start: 12, end: 40, title: 'Bubble Sort' }]);
    expect(problem).toBeUndefined();
  });

  it.each([
    ['cut off in the second entry', `[${one},{"start":40.0,"end":51.0,"title":"Mer`, [12, 40]],
    ['cut off in the first time', `[${one},{"start":4`, [12]],
    ['cut off in an object', `{"events":[${one},{"start":40.0,"end":51.0,"title":"Merge Sort"`, [12, 40]],
    ['with one entry broken', `[${one},{"start":40.0 "end":51},{"start":51.0,"end":60.0,"title":"Heaps"}]`, [12, 51]],
    ['with a brace in a title', `[{"start":12,"end":40,"title":"f(x) = {x"},{"start":40,`, [12, 40]],
  ])('keeps what is whole of an answer %s, and says so', (_, text, starts) => {
    const { entries, problem } = readAnswer(text);
    expect(entries.map(({ start }) => start)).toEqual(starts);
    expect(problem).toMatch(/not whole JSON/);
  });

  it('finds nothing in words, and says so', () => {
    expect(readAnswer('I see a slide about sorting.')).toEqual({
      entries: [],
      problem: 'the answer is not whole JSON; 0 entries were kept',
    });
  });

  it('counts entries that are no events', () => {
    expect(readAnswer(`[${one}, 7, {"foo": 1}]`)).toMatchObject({ problem: '2 of 3 entries are no events' });
  });
});

describe('times', () => {
  it('inside the window stay as they are', () => {
    const { events, problem } = check([
      { start: 200, end: 231.5, title: 'A' },
      { start: 231.5, end: 248, title: 'B' },
    ]);
    expect(times(events)).toEqual([
      [200, 231.5, 'A'],
      [231.5, 248, 'B'],
    ]);
    expect(events.every(({ status, note }) => status === 'complete' && note === undefined)).toBe(true);
    expect(problem).toBeUndefined();
  });

  it('with one wrong digit are put right: 340.0 for 240.0', () => {
    const { events } = check([
      { start: 200, end: 340, title: 'A' },
      { start: 240, end: 248, title: 'B' },
    ]);
    expect(times(events)).toEqual([
      [200, 240, 'A'],
      [240, 248, 'B'],
    ]);
    expect(events[0]).toMatchObject({ status: 'complete', note: 'the end 340 was read as 240' });
  });

  it('with one wrong digit are put right without a neighbour where only one digit explains it', () => {
    expect(times(check([{ start: 2112, end: 130, title: 'A' }], 1100, 1148).events)).toEqual([[1112, 1130, 'A']]);
    expect(times(check([{ start: 200, end: 348, title: 'A' }]).events)).toEqual([[200, 248, 'A']]);
  });

  it('that no single digit explains are cut to the window and marked', () => {
    const { events } = check([{ start: 205, end: 977, title: 'A' }]);
    expect(times(events)).toEqual([[205, 248, 'A']]);
    expect(events[0]).toMatchObject({ status: 'partial', note: 'the end 977 lies outside the window' });
  });

  it('that several digits explain are marked rather than guessed', () => {
    const { events } = check([{ start: 20, end: 230, title: 'A' }]);
    expect(events[0]).toMatchObject({ status: 'partial', note: 'the start 20 lies outside the window' });
  });

  it('a frame behind the end of the window belong to its end', () => {
    const { events } = check([{ start: 240, end: 249, title: 'A' }]);
    expect(times(events)).toEqual([[240, 248, 'A']]);
    expect(events[0]!.note).toBeUndefined();
  });

  it('counted from the start of the window are shifted', () => {
    const { events } = check(
      [
        { start: 0, end: 120, title: 'A' },
        { start: 120, end: 580, title: 'B' },
      ],
      1200,
      1800,
    );
    expect(times(events)).toEqual([
      [1200, 1320, 'A'],
      [1320, 1780, 'B'],
    ]);
    expect(events[0]!.note).toMatch(/counted from the start of the window/);
  });

  it('missing are filled from the neighbours and marked', () => {
    const { events } = check([{ start: 200, end: 210, title: 'A' }, { title: 'B' }, { start: 230, title: 'C' }]);
    expect(times(events)).toEqual([
      [200, 210, 'A'],
      [210, 230, 'B'],
      [230, 248, 'C'],
    ]);
    expect(events.map(({ status }) => status)).toEqual(['complete', 'partial', 'partial']);
  });

  it('that run backwards end where the next event begins', () => {
    const { events } = check([
      { start: 230, end: 204, title: 'A' },
      { start: 240, end: 248, title: 'B' },
    ]);
    expect(times(events)[0]).toEqual([230, 240, 'A']);
    expect(events[0]!.note).toMatch(/lies before the start/);
  });
});

describe('events of a window', () => {
  it('are none where no slide is shown', () => {
    const { events, problem } = check([
      { start: 200, end: 230, title: '' },
      { start: 230, end: 240, title: '(none)' },
      { start: 240, end: 248, title: 'B' },
    ]);
    expect(times(events)).toEqual([[240, 248, 'B']]);
    expect(problem).toBeUndefined();
  });

  it('leave what was repeated from the window before to that one', () => {
    const { events } = check(
      [
        { start: 190, end: 199.8, title: 'Before' },
        { start: 198, end: 220, title: 'A' },
      ],
      190,
      248,
      200,
    );
    expect(times(events)).toEqual([[200, 220, 'A']]);
  });

  it('carry their quote with the times of its sentence, or a mark that it was not said', () => {
    const said = { start: 205, end: 220, title: 'A', quote: 'So we step the other way', shown: 'a slope' };
    const { events } = check([said, { start: 220, end: 240, title: 'B', quote: 'Never said at all.' }]);
    expect(events[0]).toMatchObject({
      status: 'complete',
      evidence: [
        { kind: 'quote', startMs: 210_000, endMs: 216_000, text: 'so we step the other way' },
        { kind: 'shown', text: 'a slope' },
      ],
    });
    expect(events[1]).toMatchObject({ status: 'partial', evidence: [] });
    expect(events[1]!.note).toMatch(/"Never said at all." was not found/);
  });

  it('are kept from a half-good answer, with the text and the problem', () => {
    const text = '[{"start":200.0,"end":220.0,"title":"A"},{"start":220.0,"end":231.0,"title":"Merge So';
    const answer = check(text);
    expect(times(answer.events)).toEqual([
      [200, 220, 'A'],
      [220, 231, 'Merge So…'],
    ]);
    expect(answer.text).toBe(text);
    expect(answer.problem).toMatch(/not whole JSON/);
  });
});

describe('merging windows', () => {
  const merge = (...answers: ReturnType<typeof check>[]) => times(mergeEvents(answers));

  it('joins what goes on under the same title, and a build under the same title', () => {
    const first = check([
      { start: 200, end: 220, title: 'A' },
      { start: 220, end: 235, title: 'B' },
      { start: 235, end: 248, title: 'B' },
    ]);
    const second = check(
      [
        { start: 248, end: 260, title: 'b.' },
        { start: 260, end: 290, title: 'C' },
      ],
      248,
      296,
    );
    expect(merge(second, first)).toEqual([
      [200, 220, 'A'],
      [220, 260, 'B'],
      [260, 290, 'C'],
    ]);
  });

  it('joins two readings of one title only where a window ends, and takes the one looked at longer', () => {
    const first = check([
      { start: 200, end: 221, title: 'Gradient Methods 1' },
      { start: 221, end: 246, title: 'Gradient Methods 2' },
      { start: 246, end: 248, title: 'Stochastic Grodient' },
    ]);
    const second = check([{ start: 248, end: 290, title: 'Stochastic Gradient' }], 248, 296);
    expect(merge(first, second)).toEqual([
      [200, 221, 'Gradient Methods 1'],
      [221, 246, 'Gradient Methods 2'],
      [246, 290, 'Stochastic Gradient'],
    ]);
  });

  it('keeps a slide that comes back as an event of its own', () => {
    const first = check([
      { start: 200, end: 210, title: 'A' },
      { start: 210, end: 240, title: 'B' },
      { start: 240, end: 248, title: 'A' },
    ]);
    expect(merge(first)).toHaveLength(3);
  });

  it('joins summaries and evidence without saying anything twice', () => {
    const half = { title: 'A', summary: 'She derives the rule.', shown: 'a slope' };
    const first = check([{ start: 240, end: 248, ...half }]);
    const second = check([{ start: 248, end: 260, ...half, summary: 'She derives the rule. It converges.' }], 248, 296);
    const [event] = mergeEvents([first, second]);
    expect(event).toMatchObject({
      summary: 'She derives the rule. It converges.',
      evidence: [{ kind: 'shown', text: 'a slope' }],
      status: 'complete',
    });
  });
});
