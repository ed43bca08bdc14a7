import { describe, expect, it } from 'vitest';
import { describeSource } from '../../src/events/describe-source.ts';
import { sectionsOf } from '../../src/events/sections.ts';
import type { DocumentInfo, OutlineEntry, Page } from '../../src/ingest/document/page.ts';

const page = (pageIndex: number, text: string, headings: string[] = []): Page => ({
  pageIndex,
  label: null,
  text,
  headings: headings.map((heading) => ({ text: heading, level: 1, offset: text.indexOf(heading) })),
  links: [],
  textSource: 'text',
});
const info = (numPages: number, outline: OutlineEntry[]): DocumentInfo => ({
  numPages,
  title: null,
  outline,
  outlineSource: 'file',
});
const describeDocument = (pages: Page[], document: DocumentInfo | null) =>
  describeSource({ kind: 'document', durationMs: null, captions: null, slides: [], slideTexts: [], pages, document });

const pages = [
  page(0, 'Setting up\n\nThe printer is connected with a cable to the computer. Paper goes into the lower tray.'),
  page(
    1,
    'The tray holds two hundred sheets of plain paper.\n\nCleaning\n\nThe print heads are cleaned once every month with the wizard.',
  ),
  page(
    2,
    'The wizard uses a little ink.\n\nRepair\n\nA jammed sheet is pulled out slowly from the back of the printer.',
  ),
];
const outline = [
  { title: 'Setting up', level: 1, pageIndex: 0 },
  { title: 'Cleaning', level: 1, pageIndex: 1 },
  { title: 'Repair', level: 1, pageIndex: 2 },
];

describe('sections', () => {
  it('run from their heading to the next one, across pages', () => {
    const rows = sectionsOf(pages, info(3, outline)).map((one) => [one.title, one.pageIndex, one.endPageIndex]);
    expect(rows).toEqual([
      ['Setting up', 0, 2],
      ['Cleaning', 1, 3],
      ['Repair', 2, 3],
    ]);
  });
  it('come from headings where there is no outline, and from pages where there are none', () => {
    const withHeadings = [page(0, 'One\n\nText.', ['One']), page(1, 'Two\n\nText.', ['Two'])];
    expect(sectionsOf(withHeadings, null).map((one) => one.title)).toEqual(['One', 'Two']);
    expect(sectionsOf([page(0, 'Text.'), page(1, 'Text.')], null)).toHaveLength(2);
  });
});

describe('a document', () => {
  it('has a title and a summary of its own words for a page of figures', async () => {
    const names = [
      'Sales',
      'Costs',
      'Taxes',
      'Rents',
      'Wages',
      'Goods',
      'Loans',
      'Fees',
      'Fuel',
      'Ships',
      'Gifts',
      'Bonds',
    ];
    const figures = names.map((name, i) => `${name}     ${(7919 * i) % 1000}`).join('\n');
    const { events } = await describeDocument([page(0, `Figures\n\n${figures}`), ...pages.slice(1)], null);
    expect(events[0]!.title).not.toBe('');
    expect(events[0]!.evidence.length).toBeGreaterThan(0);
  });
  it('names its contents for what they list, and has no chapter of them', async () => {
    const names = ['Setting up', 'Cleaning', 'Repair', 'Paper', 'Ink', 'Trays', 'Cables', 'Heads', 'Wizard', 'Index'];
    const contents = names.map((name, i) => `${name}     ${2 + i}`).join('\n');
    const shifted = pages.map((one) => ({ ...one, pageIndex: one.pageIndex + 2 }));
    const all = [page(0, 'A printer that lasts.\n\nMade for you by its makers.'), page(1, contents), ...shifted];
    const later = outline.map((entry) => ({ ...entry, pageIndex: entry.pageIndex + 2 }));
    const { events, chapters } = await describeDocument(all, info(5, later));
    expect(events[1]).toMatchObject({
      title: 'Contents',
      summary: 'Setting up; Cleaning; Repair',
      place: { pageIndex: 1, endPageIndex: 2 },
    });
    expect(chapters.map(({ title }) => title)).toEqual(['Setting up', 'Cleaning', 'Repair']);
  });
  it('makes no event of a date above the title', async () => {
    const dated = page(0, `March 9, 2023\n\n${pages[0]!.text}`, ['Setting up']);
    const { events } = await describeDocument([dated, page(1, pages[1]!.text, ['Cleaning'])], null);
    expect(events.map(({ title }) => title)).toEqual(['Setting up', 'Cleaning']);
  });
  it('gives an event a section, with its own sentences as summary and their pages as evidence', async () => {
    const { events } = await describeDocument(pages, info(3, outline));
    expect(events.map(({ title, place }) => [title, place])).toEqual([
      ['Setting up', { kind: 'pages', pageIndex: 0, endPageIndex: 2 }],
      ['Cleaning', { kind: 'pages', pageIndex: 1, endPageIndex: 3 }],
      ['Repair', { kind: 'pages', pageIndex: 2, endPageIndex: 3 }],
    ]);
    const all = pages.map((one) => one.text).join(' ');
    for (const { summary, evidence } of events) {
      expect(evidence.length).toBeGreaterThan(0);
      for (const one of evidence) {
        if (one.kind !== 'page') throw new Error('a document has page evidence');
        expect(pages[one.pageIndex]!.text).toContain(one.text);
        expect(summary).toContain(one.text);
        expect(all).toContain(one.text);
      }
    }
  });
  it('has the outline for chapters, each with a summary from inside it', async () => {
    const { chapters } = await describeDocument(pages, info(3, outline));
    expect(chapters.map((chapter) => chapter.title)).toEqual(['Setting up', 'Cleaning', 'Repair']);
    expect(chapters[1]!.summary).toContain('print heads');
  });
  it('takes neighbours together where an outline has a hundred entries on one level', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      page(
        i,
        `Part ${i}\n\nThe ${i < 50 ? 'printer and its paper tray' : 'scanner and its glass lid'} are described here.`,
      ),
    );
    const flat = many.map((_, i) => ({ title: `Part ${i}`, level: 1, pageIndex: i }));
    const { events, chapters } = await describeDocument(many, info(100, flat));
    expect(events).toHaveLength(100);
    expect(chapters.length).toBeLessThan(20);
    expect(chapters.map(({ place }) => place)).toContainEqual(expect.objectContaining({ pageIndex: 50 }));
  });
  it('finds chapters by their words where there are no headings', async () => {
    const plain = Array.from({ length: 30 }, (_, i) =>
      page(
        i,
        `The ${i < 14 ? 'violin plays with the orchestra in the concert hall' : 'glacier moves through the mountain valley'}.`,
      ),
    );
    const { chapters } = await describeDocument(plain, null);
    expect(chapters.map(({ place }) => place)).toContainEqual(expect.objectContaining({ pageIndex: 14 }));
    for (const { title } of chapters) expect(title).not.toBe('');
  });
});

describe('a deck of slides', () => {
  const topics = [
    ['desk', 'booking', 'lockers', 'rooms'],
    ['travel', 'abroad', 'taxes', 'countries'],
    ['health', 'overtime', 'rest', 'weekend'],
    ['password', 'network', 'phishing', 'backup'],
  ];
  /** Six slides on each topic: a title, two lines and a footer. */
  const slides = topics.flatMap((words, t) =>
    Array.from({ length: 6 }, (_, i) => {
      const title = `Slide ${t + 1}.${i + 1}: ${words[i % 4]!}`;
      return {
        title,
        lines: [`${words[(i + 1) % 4]!} and ${words[(i + 2) % 4]!}`, `${words[(i + 3) % 4]!} for all staff`],
      };
    }),
  );
  const pagesOf = (deck: readonly { title: string; lines: readonly string[] }[]) =>
    deck.map(({ title, lines }, i) => page(i, [title, ...lines, 'HR team, confidential'].join('\n\n'), [title]));
  const firstPages = async (deck: typeof slides) => {
    const { chapters } = await describeDocument(pagesOf(deck), null);
    return chapters.map(({ place }) => (place.kind === 'pages' ? place.pageIndex : -1));
  };

  it('has a chapter for the slides of one subject, under the title of the first, and an event for each', async () => {
    const { events, chapters } = await describeDocument(pagesOf(slides), null);
    expect(events).toHaveLength(24);
    expect(chapters.map(({ place, title }) => [place, title])).toEqual(
      [0, 6, 12, 18].map((first) => [
        { kind: 'pages', pageIndex: first, endPageIndex: first + 6 },
        slides[first]!.title,
      ]),
    );
  });
  it('begins a chapter with a slide that holds its title alone', async () => {
    const same = slides.map((_, i) => ({ title: `Point ${i}`, lines: ['Valid for all sites', 'Ask your manager'] }));
    expect(await firstPages(same.map((slide, i) => (i === 7 ? { title: 'Second part', lines: [] } : slide)))).toContain(
      7,
    );
    expect(await firstPages(same)).not.toContain(7);
  });
  it('begins no chapter with a slide that goes on under the title of the one before', async () => {
    const deck = slides.map((slide, i) => (i === 6 ? { ...slide, title: slides[5]!.title } : slide));
    expect(await firstPages(deck)).not.toContain(6);
  });
  it('has a chapter for each slide where these are few', async () => {
    expect(await firstPages(slides.slice(0, 8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
