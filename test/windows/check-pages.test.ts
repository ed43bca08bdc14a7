import { describe, expect, it } from 'vitest';
import { checkPages } from '../../src/windows/check-pages.ts';
import { joinDocument } from '../../src/windows/join-document.ts';
import { mergeEvents } from '../../src/windows/merge-events.ts';
import { pagesWithin } from '../../src/windows/plan-pages.ts';
import { shown } from './pages.ts';

const PAGES = shown(
  '# Start\nTurn the key to start the pump. Wait until the lamp is green.',
  '# Stop\nThe red button stops the pump at once. Nothing else does,',
  'and no other button may be used for it.\n# Care\nClean the filter with cold water every thirty days of use.',
  '',
).map((page, i) => ({ ...page, pageIndex: 20 + i, label: ['xx', 'xxi', 'xxii', 'xxiii'][i]! }));
const WINDOW = { pageIndex: 20, endPageIndex: 24, pictures: [23], maxEvents: 9, numTokens: 0 };
const entry = { page: 21, lastPage: 21, title: 'Start', summary: 'S.', quote: 'Turn the key to start the pump.' };
const check = (...events: object[]) => checkPages(JSON.stringify({ events }), WINDOW, PAGES, 'model');

describe('checkPages', () => {
  it('gives an event its pages and the quote as it stands there', () => {
    const { events, problem } = check({ ...entry, quote: 'turn the  key to start the pump' });
    expect(problem).toBeUndefined();
    expect(events).toEqual([
      {
        place: { kind: 'pages', pageIndex: 20, endPageIndex: 21 },
        title: 'Start',
        summary: 'S.',
        evidence: [{ kind: 'page', pageIndex: 20, text: 'Turn the key to start the pump' }],
        engine: 'model',
        status: 'complete',
      },
    ]);
  });

  it('splits a quote that runs over a page’s end between the two pages', () => {
    const quote = 'Nothing else does, and no other button may be used for it.';
    const [event] = check({ ...entry, page: 22, lastPage: 23, quote }).events;
    expect(event!.evidence).toEqual([
      { kind: 'page', pageIndex: 21, text: 'Nothing else does,' },
      { kind: 'page', pageIndex: 22, text: 'and no other button may be used for it.' },
    ]);
  });

  it.each([
    ['outside the window, where its quote stands', 99, /page 99 lies outside the window; the quote stands on page 21/],
    ['as the label printed on it', 'xxi', /page xxi was read as page 22 of the file/],
  ])('puts right a page that is named %s', (_, page, note) => {
    const quote = page === 99 ? entry.quote : 'The red button stops the pump at once.';
    const [event] = check({ ...entry, page, lastPage: page, quote }).events;
    expect(event).toMatchObject({ status: 'complete', note: expect.stringMatching(note) as string });
    expect(event!.place).toMatchObject({ pageIndex: page === 99 ? 20 : 21 });
  });

  it('reads pages that are counted from the window’s first one', () => {
    const { events } = check({ ...entry, page: 1, lastPage: 1 }, { ...entry, page: 3, lastPage: 3, quote: '' });
    expect(events.map(({ place }) => place)).toMatchObject([{ pageIndex: 20 }, { pageIndex: 22 }]);
  });

  it('moves an event to the page on which its quote stands, and says so', () => {
    const [event] = check({ ...entry, page: 24, lastPage: 24 }).events;
    expect(event).toMatchObject({ place: { pageIndex: 20, endPageIndex: 21 }, status: 'complete' });
    expect(event!.note).toBe('the quote stands on page 21');
  });

  it('keeps an event whose page is outside and whose quote is nowhere, between its neighbours and marked', () => {
    const { events } = check(entry, { ...entry, page: 80, lastPage: 90, quote: 'Pumps like warm water.' });
    expect(events[1]).toMatchObject({
      place: { pageIndex: 20, endPageIndex: 21 },
      evidence: [],
      status: 'partial',
      note: 'page 80 lies outside the window; the quote "Pumps like warm water." was not found on these pages',
    });
  });

  it('puts the page’s own sentence in place of one that was copied with a mistake', () => {
    const [event] = check({ ...entry, quote: 'Clean the filter with cold water every thirty days.' }).events;
    expect(event!.evidence).toEqual([
      { kind: 'page', pageIndex: 22, text: 'Clean the filter with cold water every thirty days' },
    ]);
    const [other] = check({
      ...entry,
      page: 23,
      quote: 'Clean a filter with cold water each thirty days of use',
    }).events;
    expect(other!.evidence).toEqual([
      { kind: 'page', pageIndex: 22, text: 'Clean the filter with cold water every thirty days of use.' },
    ]);
    expect(other!.note).toContain('was put right by the page');
  });

  it('keeps words of a picture as what is shown: they can’t be looked up', () => {
    const [event] = check({ ...entry, page: 24, lastPage: 24, quote: 'Spare parts on request' }).events;
    expect(event).toMatchObject({ status: 'partial', evidence: [{ kind: 'shown', text: 'Spare parts on request' }] });
    expect(event!.note).toContain('page 24 has no text');
  });

  it('keeps what there is of an answer that was cut off, and says so', () => {
    const whole = JSON.stringify({ events: [entry, { ...entry, page: 22 }] });
    const { events, problem } = checkPages(whole.slice(0, -60), WINDOW, PAGES, 'model');
    expect(events).toHaveLength(2);
    expect(problem).toBe('the answer is not whole JSON; 2 entries were kept');
  });

  it('cuts the title and the summary of a model that says the same over and over', () => {
    const [event] = check({ ...entry, title: 'pump '.repeat(500), summary: 'It pumps. '.repeat(500) }).events;
    expect(event!.title).toHaveLength(160);
    expect(event!.summary.length).toBeLessThanOrEqual(1001);
  });

  it('says where the model described nothing', () => {
    expect(checkPages('{"events": []}', WINDOW, PAGES, 'model').problem).toContain('described nothing');
    expect(checkPages('I see a manual.', WINDOW, PAGES, 'model').events).toEqual([]);
  });
});

describe('the events of a document', () => {
  it('are one where a section goes on in the next window, and two where sections share a name', () => {
    const seam = { ...WINDOW, endPageIndex: 22 };
    const rest = { ...WINDOW, pageIndex: 22 };
    const of = (window: typeof WINDOW, ...pages: number[]) =>
      checkPages(
        JSON.stringify({
          events: pages.map((page) => ({ ...entry, page, lastPage: page, title: 'Examples', quote: '' })),
        }),
        window,
        pagesWithin(PAGES, window),
        'model',
      );
    const events = mergeEvents([of(seam, 21, 22), of(rest, 23, 24)]);
    expect(events.map(({ place }) => place)).toEqual([
      { kind: 'pages', pageIndex: 20, endPageIndex: 21 },
      { kind: 'pages', pageIndex: 21, endPageIndex: 23 },
      { kind: 'pages', pageIndex: 23, endPageIndex: 24 },
    ]);
  });

  it('bear the document’s own headings, keep the reader’s of pages that were passed over, and divide where nothing else does', () => {
    const { events } = check({ ...entry, title: 'Strat' }, { ...entry, page: 23, title: 'Care', quote: '' });
    const reader = [21, 22].map((pageIndex) => ({
      ...events[0]!,
      place: { kind: 'pages' as const, pageIndex, endPageIndex: pageIndex + 1 },
      engine: 'reader',
    }));
    const joined = joinDocument(events, { events: reader, chapters: [] }, PAGES, () => 'the model was cut off');
    expect(joined.events.map(({ title, engine, status }) => [title, engine, status])).toEqual([
      ['Strat', 'model', 'complete'],
      ['Strat', 'reader', 'partial'],
      ['Care', 'model', 'complete'],
    ]);
    expect(joined.chapters.map(({ place }) => place)).toMatchObject([
      { pageIndex: 20, endPageIndex: 21 },
      { pageIndex: 21, endPageIndex: 22 },
      { pageIndex: 22, endPageIndex: 23 },
    ]);
    const [named] = joinDocument(
      check({ ...entry, title: 'Start.' }).events,
      { events: [], chapters: [] },
      PAGES,
      () => undefined,
    ).events;
    expect(named!.title).toBe('Start');
  });
});
