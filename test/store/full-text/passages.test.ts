import { describe, expect, test } from 'vitest';
import type { Cue } from '../../../src/ingest/captions/cue.ts';
import type { Page } from '../../../src/ingest/document/page.ts';
import { derivePassages } from '../../../src/store/full-text/passages.ts';
import { contentOf, eventOf } from '../fixture.ts';

function captionSpans(cues: readonly Cue[]): [number, number][] {
  const content = contentOf({ captions: { origin: { kind: 'stream', streamIndex: 2 }, lang: 'en', cues } });
  return derivePassages(content).map(({ startMs, endMs }) => [startMs!, endMs!]);
}

/** Cues of `seconds` each, one after the other. */
function cuesOf(seconds: number, texts: readonly string[]): Cue[] {
  return texts.map((text, i) => ({ startMs: i * seconds * 1000, endMs: (i + 1) * seconds * 1000, text }));
}

describe('cues', () => {
  test('without punctuation are joined up to 20 seconds, from the start of a cue to the end of one', () => {
    const cues = cuesOf(
      3,
      Array.from({ length: 14 }, () => 'and so on'),
    );
    expect(captionSpans(cues)).toEqual([
      [0, 18_000],
      [18_000, 36_000],
      [36_000, 42_000],
    ]);
  });

  test('are parted at the first end of a sentence after 10 seconds', () => {
    const cues = cuesOf(4, ['One.', 'Two.', 'Three', 'ends here.', 'Four', 'five.']);
    expect(captionSpans(cues)).toEqual([
      [0, 16_000],
      [16_000, 24_000],
    ]);
  });

  test('are parted at a pause and at a new speaker after 10 seconds', () => {
    const pause = [
      { startMs: 0, endMs: 11_000, text: 'a' },
      { startMs: 13_000, endMs: 15_000, text: 'b' },
    ];
    expect(captionSpans(pause)).toHaveLength(2);
    const speakers = [
      { startMs: 0, endMs: 11_000, text: 'a', speaker: 'Ada' },
      { startMs: 11_000, endMs: 13_000, text: 'b', speaker: 'Ben' },
    ];
    expect(captionSpans(speakers)).toHaveLength(2);
    expect(captionSpans(speakers.map((cue) => ({ ...cue, speaker: 'Ada' })))).toHaveLength(1);
  });

  test('longer than 20 seconds stay whole', () => {
    expect(captionSpans(cuesOf(35, ['long', 'longer']))).toEqual([
      [0, 35_000],
      [35_000, 70_000],
    ]);
  });

  test('keep the latest end of those that overlap', () => {
    const cues = [
      { startMs: 0, endMs: 9000, text: 'a' },
      { startMs: 1000, endMs: 2000, text: 'b' },
    ];
    expect(captionSpans(cues)).toEqual([[0, 9000]]);
  });
});

test('a slide state is a passage for each time it was shown, and none where nothing was read', () => {
  const content = contentOf({
    slides: [
      {
        slideIndex: 0,
        stateIndex: 0,
        spans: [
          { startMs: 0, endMs: 1000 },
          { startMs: 9000, endMs: 9500 },
        ],
        stillMs: 500,
      },
      { slideIndex: 1, stateIndex: 0, spans: [{ startMs: 1000, endMs: 9000 }], stillMs: 2000 },
      { slideIndex: 2, stateIndex: 0, spans: [{ startMs: 9500, endMs: 9900 }], stillMs: 9600 },
    ],
    slideTexts: [
      { slideIndex: 0, stateIndex: 0, title: 'Plan', text: 'Plan\n1. Start', confidence: 90 },
      { slideIndex: 1, stateIndex: 0, title: '', text: 'x', confidence: 40 },
      { slideIndex: 2, stateIndex: 0, title: '', text: '', confidence: 0 },
    ],
  });
  expect(derivePassages(content).map(({ startMs, endMs, title }) => [startMs, endMs, title])).toEqual([
    [0, 1000, 'Plan'],
    [1000, 9000, ''],
    [9000, 9500, 'Plan'],
  ]);
});

test('a page carries its outline titles and headings as its title, and each is a heading passage once', () => {
  const page = (pageIndex: number, text: string, headings: string[]): Page => ({
    pageIndex,
    label: null,
    text,
    headings: headings.map((heading) => ({ text: heading, level: 1, offset: 0 })),
    links: [],
    textSource: 'text',
  });
  const content = contentOf({
    pages: [page(0, 'Dear customer', ['Safety', 'Plugs']), page(1, '', []), page(2, 'Call us', [])],
    document: {
      numPages: 3,
      title: null,
      outline: [
        { title: 'SAFETY ', level: 1, pageIndex: 0 },
        { title: 'Help', level: 1, pageIndex: 2 },
        { title: 'Gone', level: 1, pageIndex: null },
      ],
      outlineSource: 'file',
    },
    chapters: [
      { place: { kind: 'pages', pageIndex: 2, endPageIndex: 3 }, title: 'Help', summary: '' },
      { place: { kind: 'pages', pageIndex: 0, endPageIndex: 2 }, title: 'Before use', summary: '' },
    ],
  });
  expect(derivePassages(content).map(({ kind, pageIndex, title, text }) => [kind, pageIndex, title, text])).toEqual([
    ['page', 0, 'SAFETY  · Plugs', 'Dear customer'],
    ['page', 2, 'Help', 'Call us'],
    ['heading', 0, 'SAFETY ', ''],
    ['heading', 0, 'Plugs', ''],
    ['heading', 0, 'Before use', ''],
    ['heading', 2, 'Help', ''],
  ]);
});

test('events and timed chapters keep their places', () => {
  const content = contentOf({
    events: [
      eventOf(2, 'Rule', 'She derives it.'),
      { ...eventOf(0, 'Page', 'text'), place: { kind: 'pages', pageIndex: 4, endPageIndex: 6 } },
    ],
    chapters: [{ place: { kind: 'time', startMs: 0, endMs: 60_000 }, title: 'Learning', summary: 'ignored' }],
  });
  expect(derivePassages(content)).toEqual([
    { kind: 'event', startMs: 20_000, endMs: 30_000, pageIndex: null, title: 'Rule', text: 'She derives it.' },
    { kind: 'event', startMs: null, endMs: null, pageIndex: 4, title: 'Page', text: 'text' },
    { kind: 'heading', startMs: 0, endMs: 60_000, pageIndex: null, title: 'Learning', text: '' },
  ]);
});
