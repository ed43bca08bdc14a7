import { describe, expect, test } from 'vitest';
import type { SourceContent } from '../../src/store/library.ts';
import { contentOf, eventOf, eventsOf, sourceOf, temporaryLibrary } from './fixture.ts';

const LECTURE: SourceContent = {
  captions: {
    origin: { kind: 'file', path: '/lectures/a.vtt' },
    lang: 'en',
    cues: [
      { startMs: 0, endMs: 4000, text: 'Welcome back.', speaker: 'Ada', wordStarts: [0, 1720] },
      { startMs: 4000, endMs: 9000, text: 'Today we derive the update rule.' },
    ],
  },
  slides: [
    { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 0, endMs: 5000 }], stillMs: 4000 },
    {
      slideIndex: 1,
      stateIndex: 0,
      spans: [
        { startMs: 5000, endMs: 9000 },
        { startMs: 20_000, endMs: 30_000 },
      ],
      stillMs: 6000,
    },
  ],
  slideTexts: [
    { slideIndex: 1, stateIndex: 0, title: 'Update rule', text: 'Update rule\nw ← w − η∇L', confidence: 91.5 },
  ],
  pages: [],
  document: null,
  events: [
    {
      place: { kind: 'time', startMs: 0, endMs: 5000 },
      title: 'Welcome',
      summary: 'She greets the class.',
      evidence: [
        { kind: 'quote', startMs: 0, endMs: 4000, text: 'Welcome back.' },
        { kind: 'slide', slideIndex: 0, stateIndex: 0, text: 'Lecture 7' },
      ],
      engine: 'reader',
      status: 'complete',
    },
    {
      place: { kind: 'time', startMs: 5000, endMs: 9000 },
      title: 'The rule',
      summary: 'She derives it.',
      evidence: [{ kind: 'shown', text: 'a board' }],
      engine: 'qwen3-vl',
      status: 'partial',
      note: 'no end time given',
    },
  ],
  chapters: [{ place: { kind: 'time', startMs: 0, endMs: 30_000 }, title: 'Learning', summary: 'How it learns.' }],
  summary: {
    overview: 'A lecture on learning.',
    keyPoints: [{ text: 'The rule follows the gradient.', place: { kind: 'time', startMs: 5000, endMs: 9000 } }],
    engine: 'reader',
    lang: 'en',
  },
};

const MANUAL: SourceContent = contentOf({
  pages: [
    {
      pageIndex: 0,
      label: 'i',
      text: 'Safety first.',
      headings: [{ text: 'Safety', level: 1, offset: 0 }],
      links: [
        { text: 'home', target: { kind: 'url', url: 'https://example.org' } },
        { text: 'next', target: { kind: 'page', pageIndex: 1 } },
      ],
      textSource: 'text',
    },
    { pageIndex: 1, label: null, text: '', headings: [], links: [], textSource: 'none' },
    { pageIndex: 2, label: '1', text: 'Hold the button for five seconds.', headings: [], links: [], textSource: 'ocr' },
  ],
  document: {
    numPages: 3,
    title: 'Manual',
    outline: [
      { title: 'Reset', level: 1, pageIndex: 2 },
      { title: 'Elsewhere', level: 1, pageIndex: null },
    ],
    outlineSource: 'file',
  },
  events: [
    {
      place: { kind: 'pages', pageIndex: 0, endPageIndex: 2 },
      title: 'Safety',
      summary: 'What not to do.',
      evidence: [{ kind: 'page', pageIndex: 0, text: 'Safety first.' }],
      engine: 'reader',
      status: 'complete',
    },
  ],
});

describe('a saved source', () => {
  test('comes back with every field of its record', async () => {
    await using it = await temporaryLibrary();
    const good = sourceOf('talk', { video: { width: 1280, height: 720, fps: 29.97, frames: 60, slides: 2 } });
    const bad = sourceOf('broken', {
      status: 'failed',
      error: { code: 'X', message: 'cut off', remedy: 'Fetch it again.' },
      durationMs: null,
      lang: null,
    });
    await it.library.saveSource(good, contentOf());
    await it.library.saveSource(bad, contentOf());
    expect(await it.library.listSources()).toEqual([bad, good]);
  });

  test('comes back with every row of a lecture', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    await it.library.saveSource(source, LECTURE);
    expect(await it.library.readCaptions(source.id)).toEqual(LECTURE.captions);
    expect(await it.library.readSlides(source.id)).toEqual({ states: LECTURE.slides, texts: LECTURE.slideTexts });
    expect(await it.library.readEvents(source.id)).toEqual(LECTURE.events);
    expect(await it.library.readChapters(source.id)).toEqual(LECTURE.chapters);
    expect(await it.library.readSummary(source.id)).toEqual(LECTURE.summary);
    expect(await it.library.readDocument(source.id)).toBeUndefined();
  });

  test('comes back with every row of a manual', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('manual', { kind: 'document', durationMs: null, numPages: 3 });
    await it.library.saveSource(source, MANUAL);
    expect(await it.library.readPages(source.id)).toEqual(MANUAL.pages);
    expect(await it.library.readPages(source.id, { fromPageIndex: 1, toPageIndex: 2 })).toEqual([MANUAL.pages[1]]);
    expect(await it.library.readDocument(source.id)).toEqual(MANUAL.document);
    expect(await it.library.readEvents(source.id)).toEqual(MANUAL.events);
    expect(await it.library.readEvents(source.id, {})).toEqual(MANUAL.events);
    expect(await it.library.readCaptions(source.id)).toBeUndefined();
    expect(await it.library.readSummary(source.id)).toBeUndefined();
  });

  test('gives the events and cues that overlap a span, and none that only touch it', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    await it.library.saveSource(source, LECTURE);
    expect(await it.library.readEvents(source.id, { fromMs: 5000 })).toEqual([LECTURE.events[1]]);
    expect(await it.library.readEvents(source.id, { fromMs: 0, toMs: 5000 })).toEqual([LECTURE.events[0]]);
    expect(await it.library.readEvents(source.id, { fromMs: 4999, toMs: 5001 })).toHaveLength(2);
    expect((await it.library.readCaptions(source.id, { toMs: 4000 }))!.cues).toEqual([LECTURE.captions!.cues[0]]);
  });

  test('gives a cue that began long before a span and still lasts', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    const cues = [
      { startMs: 0, endMs: 90_000, text: 'music' },
      { startMs: 10_000, endMs: 12_000, text: 'first words' },
      { startMs: 80_000, endMs: 81_000, text: 'last words' },
    ];
    await it.library.saveSource(source, { ...LECTURE, captions: { ...LECTURE.captions!, cues } });
    const near = await it.library.readCaptions(source.id, { fromMs: 80_500, toMs: 80_600 });
    expect(near!.cues.map(({ text }) => text)).toEqual(['music', 'last words']);
    const later = await it.library.readCaptions(source.id, { fromMs: 90_000 });
    expect(later!.cues).toEqual([]);
  });

  test('knows the event under way at a time, of several the one that began last, and when all end', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    const spans = [
      [0, 60_000],
      [10_000, 20_000],
      [10_000, 15_000],
      [70_000, 80_000],
    ] as const;
    const events = spans.map(([startMs, endMs], i) => ({
      ...LECTURE.events[0]!,
      place: { kind: 'time' as const, startMs, endMs },
      title: `event ${i}`,
    }));
    await it.library.saveSource(source, { ...LECTURE, events });
    const titles = [0, 10_000, 14_999.5, 15_000, 20_000, 60_000, 79_999, 80_000].map(
      async (atMs) => (await it.library.readEventAt(source.id, atMs))?.title,
    );
    const none = undefined;
    const expected = ['event 0', 'event 2', 'event 2', 'event 1', 'event 0', none, 'event 3', none];
    expect(await Promise.all(titles)).toEqual(expected);
    expect(await it.library.readEventEnds(source.id)).toEqual([15_000, 20_000, 60_000, 80_000]);
  });

  test('is replaced as a whole when it is saved again', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    await it.library.saveSource(source, LECTURE);
    await it.library.saveSource({ ...source, title: 'New' }, eventsOf('Only this is left.'));
    expect((await it.library.listSources()).map(({ title }) => title)).toEqual(['New']);
    expect(await it.library.readEvents(source.id)).toHaveLength(1);
    expect(await it.library.readCaptions(source.id)).toBeUndefined();
    expect(await it.library.searchPassages({ anyOf: ['welcome', 'rule'], limit: 10 })).toEqual([]);
    expect(await it.library.searchPassages({ anyOf: ['left'], limit: 10 })).toHaveLength(1);
  });

  test('leaves nothing behind when it is removed', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('lecture');
    const other = sourceOf('other');
    await it.library.saveSource(source, LECTURE);
    await it.library.saveSource(other, eventsOf('The update rule, elsewhere.'));
    await it.library.rememberPath(source.path, source.contentHash, 1, 2);
    await it.library.removeSource(source.id);
    expect(await it.library.listSources()).toEqual([other]);
    expect(await it.library.readEvents(source.id)).toEqual([]);
    expect(await it.library.lookUpPath(source.path)).toBeUndefined();
    expect((await it.library.searchPassages({ anyOf: ['rule'], limit: 10 })).map((hit) => hit.sourceId)).toEqual([
      other.id,
    ]);
    await it.library.removeSource(source.id);
  });
});

describe('a source is found', () => {
  test('by id, by a prefix of at least 4 digits in either case, and by any path that holds it', async () => {
    await using it = await temporaryLibrary();
    const source = sourceOf('talk');
    await it.library.saveSource(source, contentOf());
    await it.library.rememberPath('/copy/of/talk.mp4', source.contentHash, 1, 2);
    const finds = [source.id, source.id.slice(0, 4), source.id.slice(0, 9).toUpperCase(), source.path];
    for (const idOrPath of [...finds, '/copy/of/talk.mp4']) {
      expect(await it.library.findSource(idOrPath)).toEqual(source);
    }
    for (const idOrPath of [source.id.slice(0, 3), 'ffffffff', '/nowhere.mp4', '', "'; DROP TABLE sources"]) {
      expect(await it.library.findSource(idOrPath)).toBeUndefined();
    }
  });

  test('not by a prefix that fits two, which is an error naming both', async () => {
    await using it = await temporaryLibrary();
    const ids = ['abcd000000000001', 'abcd000000000002'];
    for (const id of ids) {
      await it.library.saveSource(sourceOf('x', { id, contentHash: id.padEnd(64, '0'), path: `/${id}` }), contentOf());
    }
    await expect(it.library.findSource('abcd')).rejects.toMatchObject({ code: 'SOURCE_AMBIGUOUS', candidates: ids });
  });
});

describe('a path whose content changes', () => {
  test('gives up its old source', async () => {
    await using it = await temporaryLibrary();
    const before = sourceOf('before', { path: '/talk.mp4' });
    const after = sourceOf('after', { path: '/talk.mp4' });
    await it.library.saveSource(before, eventsOf('old words'));
    await it.library.rememberPath('/talk.mp4', before.contentHash, 1, 2);
    await it.library.rememberPath('/talk.mp4', after.contentHash, 3, 4);
    expect(await it.library.listSources()).toEqual([before]);
    await it.library.saveSource(after, eventsOf('new words'));
    expect(await it.library.listSources()).toEqual([after]);
    expect(await it.library.searchPassages({ anyOf: ['old'], limit: 10 })).toEqual([]);
  });

  test('leaves its old source to another path that holds the same content', async () => {
    await using it = await temporaryLibrary();
    const before = sourceOf('before', { path: '/a.mp4' });
    await it.library.saveSource(before, eventsOf('old words'));
    await it.library.rememberPath('/a.mp4', before.contentHash, 1, 2);
    await it.library.rememberPath('/b.mp4', before.contentHash, 1, 2);
    const after = sourceOf('after', { path: '/a.mp4' });
    await it.library.saveSource(after, contentOf());
    expect(await it.library.listSources()).toEqual([after, { ...before, path: '/b.mp4' }]);
  });

  test('gives up its old source also when the new content was indexed elsewhere before', async () => {
    await using it = await temporaryLibrary();
    const old = sourceOf('old', { path: '/a.mp4' });
    const known = sourceOf('known', { path: '/b.mp4' });
    await it.library.saveSource(old, contentOf());
    await it.library.saveSource(known, contentOf());
    await it.library.rememberPath('/a.mp4', known.contentHash, 1, 2);
    expect(await it.library.listSources()).toEqual([known]);
  });
});

test('size and modification time of a path come back as they were', async () => {
  await using it = await temporaryLibrary();
  await it.library.rememberPath('/x', 'hash', 12_345_678_901, 1_699_999_999_123.456);
  expect(await it.library.lookUpPath('/x')).toEqual({
    contentHash: 'hash',
    size: 12_345_678_901,
    mtimeMs: 1_699_999_999_123.456,
  });
});

test('passages of a source are read by kind, by overlap with a span and by page, in order', async () => {
  await using it = await temporaryLibrary();
  const lecture = sourceOf('lecture');
  const manual = sourceOf('manual', { kind: 'document' });
  await it.library.saveSource(lecture, LECTURE);
  await it.library.saveSource(manual, MANUAL);
  const all = await it.library.readPassages(lecture.id, {});
  expect(all.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
    ['event', 0, 5000],
    ['caption', 0, 9000],
    ['heading', 0, 30_000],
    ['event', 5000, 9000],
    ['slide', 5000, 9000],
    ['slide', 20_000, 30_000],
  ]);
  const some = await it.library.readPassages(lecture.id, { kinds: ['slide', 'event'], fromMs: 9000 });
  expect(some.map(({ kind, startMs }) => [kind, startMs])).toEqual([['slide', 20_000]]);
  const onPage = await it.library.readPassages(manual.id, { pageIndex: 2 });
  expect(onPage.map(({ kind, title, text }) => [kind, title, text])).toEqual([
    ['page', 'Reset', 'Hold the button for five seconds.'],
    ['heading', 'Reset', ''],
  ]);
});

test('two sources may hold events at the same places without meeting', async () => {
  await using it = await temporaryLibrary();
  const sources = [sourceOf('a'), sourceOf('b')];
  for (const source of sources) {
    await it.library.saveSource(source, contentOf({ events: [eventOf(0, source.title, 'text')] }));
  }
  for (const source of sources) expect((await it.library.readEvents(source.id))[0]!.title).toBe(source.title);
});
