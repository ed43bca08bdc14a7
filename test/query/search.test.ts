import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hit } from '../../src/query/hit.ts';
import { search } from '../../src/query/search.ts';
import { addSource, type LibraryFixture, makeLibrary, manual, talk } from './library-fixture.ts';

let fixture: LibraryFixture;
const ids = { optics: '', cooking: '', manual: '' };

/** Twelve sentences without any word of the queries below: a minute of something else. */
const filler = (about: string) =>
  Array.from({ length: 12 }, (_, i) => `Sentence ${i} talks about ${about} in general.`);

beforeAll(async () => {
  fixture = await makeLibrary();
  const { library } = fixture;
  ids.optics = await addSource(
    library,
    '/talks/optics #1.mp4',
    'video',
    talk(
      'Today we cover lenses and diffraction.',
      ...filler('history'),
      'Diffraction bends light around an edge.',
      'The diffraction angle grows with the wavelength.',
      ...filler('mirrors'),
      'A thin lens has two focal',
      'points, one on each side.',
      ...filler('telescopes'),
    ),
  );
  ids.cooking = await addSource(
    library,
    '/talks/bread.mp4',
    'transcript',
    talk(
      ...filler('flour'),
      'The colour of the crust tells the temperature.',
      'Use an art board to shape it.',
      ...filler('salt'),
    ),
  );
  ids.manual = await addSource(
    library,
    '/manual.pdf',
    'document',
    manual(
      '# Contents\nNetwork settings ........ 2\nResetting the router ........ 3\nSafety ........ 4\nA ........ 5\nB ........ 6\nC ........ 7\nD ........ 8\nE ........ 9',
      '# Network settings\nOpen the menu and choose a network. Enter the password of the network.',
      '# Resetting the router\nHold the button for ten seconds. The router forgets every network and password.',
      '# Safety\nKeep the router dry.',
    ),
  );
});

afterAll(() => fixture[Symbol.asyncDispose]());

async function hitsOf(query: string, options: { sourceIds?: string[]; limit?: number } = {}): Promise<readonly Hit[]> {
  const { hits } = await search(fixture.library, { query, limit: 10, ...options });
  return hits;
}

describe('search', () => {
  it('starts a moment at the very cue that begins to answer, not where the topic is announced', async () => {
    const [best] = await hitsOf('How does diffraction bend light?');
    expect(best).toMatchObject({ startMs: 65_000, pageIndex: null });
    expect(best!.text).toMatch(/^Diffraction bends light/);
    expect(best!.link).toMatch(/^file:\/\/\/talks\/optics%20%231\.mp4#t=65,/);
  });

  it('returns moments that do not overlap within a source', async () => {
    const hits = await hitsOf('diffraction lens sentence', { sourceIds: [ids.optics] });
    const spans = hits.map(({ startMs, endMs }) => [startMs!, endMs!] as const).sort(([a], [b]) => a - b);
    expect(spans.length).toBeGreaterThan(1);
    for (const [i, [startMs, endMs]] of spans.entries()) {
      expect(endMs).toBeGreaterThan(startMs);
      if (i > 0) expect(startMs).toBeGreaterThanOrEqual(spans[i - 1]![1]);
    }
  });

  it('finds a phrase that runs over the border of two cues, and only where it stands', async () => {
    const hits = await hitsOf('"focal points"');
    expect(hits.map(({ startMs }) => startMs)).toEqual([135_000]);
    expect(await hitsOf('"points focal"')).toEqual([]);
  });

  it('finds American spelling by British, and a compound written apart', async () => {
    expect((await hitsOf('color crust'))[0]).toMatchObject({ startMs: 60_000, source: { id: ids.cooking } });
    expect((await hitsOf('artboard'))[0]).toMatchObject({ startMs: 65_000, source: { id: ids.cooking } });
  });

  it('prefers the page under the matching heading to the contents page that lists it', async () => {
    const hits = await hitsOf('resetting the router');
    expect(hits[0]).toMatchObject({ pageIndex: 2, title: 'Resetting the router', startMs: null });
    expect(hits[0]!.link).toBe('file:///manual.pdf#page=3');
    expect(new Set(hits.map(({ pageIndex }) => pageIndex)).size).toBe(hits.length);
  });

  it('leaves out what an exclusion rules out', async () => {
    const pages = (await hitsOf('router -password', { sourceIds: [ids.manual] })).map(({ pageIndex }) => pageIndex);
    expect(pages).toContain(3);
    expect(pages).not.toContain(2);
  });

  it('says no match, with no hits, for words that occur nowhere', async () => {
    for (const query of ['xylophone', 'how do I xylophone?', '???', '', '-router', '"router xylophone"']) {
      expect(await search(fixture.library, { query, limit: 5 })).toEqual({ query, noMatch: true, hits: [] });
    }
  });

  it('finds parts of a long question of which some words occur nowhere', async () => {
    const [best] = await hitsOf('Could you please explain xylophonically which button I hold for ten seconds?');
    expect(best).toMatchObject({ pageIndex: 2 });
  });

  it('searches function words where the query has no other', async () => {
    const { noMatch } = await search(fixture.library, { query: 'about the', limit: 5 });
    expect(noMatch).toBe(false);
  });

  it('keeps to the given sources and kinds', async () => {
    const inManual = await search(fixture.library, { query: 'diffraction', sourceIds: [ids.manual], limit: 5 });
    expect(inManual.noMatch).toBe(true);
    const documents = await search(fixture.library, { query: 'router lens', kind: 'document', limit: 5 });
    expect(new Set(documents.hits.map((hit) => hit.source.id))).toEqual(new Set([ids.manual]));
  });

  it('is not broken by query syntax of any kind', async () => {
    for (const query of [
      'router"',
      'router AND',
      "router' OR 1=1 --",
      'NEAR(router)',
      'router*',
      '{router}:^',
      '\u0000router\uffff',
    ]) {
      const sources = (await hitsOf(query)).map((hit) => hit.source.id);
      expect(sources, query).toContain(ids.manual);
    }
  });

  it('finds words and phrases of other scripts than Latin, as they were said', async () => {
    await using other = await makeLibrary();
    const russian = ['Скорость обучения — самый важный параметр.', 'Градиентный спуск обновляет веса.'];
    const arabic = ['سرعة التعلم أهم الأعداد كلها.', 'نحسب المشتقة في كل خطوة.'];
    const ids = {
      russian: await addSource(other.library, '/talks/ru.vtt', 'transcript', talk(...russian)),
      arabic: await addSource(other.library, '/talks/ar.vtt', 'transcript', talk(...arabic)),
    };
    const placesOf = async (query: string) => {
      const { hits } = await search(other.library, { query, limit: 5 });
      return hits.map(({ source, startMs }) => [source.id, startMs]);
    };
    for (const query of ['скорость обучения', '"скорость обучения"', 'параметр'])
      expect(await placesOf(query), query).toEqual([[ids.russian, 0]]);
    expect(await placesOf('градиентный спуск')).toEqual([[ids.russian, 5000]]);
    for (const query of ['التعلم', '"سرعة التعلم"']) expect(await placesOf(query), query).toEqual([[ids.arabic, 0]]);
    expect(await placesOf('المشتقة')).toEqual([[ids.arabic, 5000]]);
  });
});

describe('a meeting', () => {
  const say = (...said: [speaker: string, text: string][]) => ({
    captions: {
      origin: { kind: 'file' as const, path: '/meeting.vtt' },
      lang: 'en',
      cues: said.map(([speaker, text], i) => ({ startMs: i * 12_000, endMs: (i + 1) * 12_000, text, speaker })),
    },
  });

  it('is found where the one speaks who is asked about, and quotes run on from cue to cue', async () => {
    await using meeting = await makeLibrary();
    const others = filler('travel').map((text): [string, string] => ['Chair', text]);
    await addSource(
      meeting.library,
      '/meeting.vtt',
      'transcript',
      say(
        ['Ada', 'The budget has to grow, says everybody.'],
        ...others,
        ['Ben', 'The budget is fine as it is, and so is the training'],
        ['Ben', 'budget of last year.'],
        ...others,
        ['Cid', 'No budget, no party.'],
      ),
    );
    const first = async (query: string) => (await search(meeting.library, { query, limit: 3 })).hits[0]!;
    expect((await first('What did Ada say about the budget?')).startMs).toBe(0);
    expect((await first('What did Ben say about the budget?')).text).toMatch(/^The budget is fine/);
    expect((await first('What did Cid say about the budget?')).text).toMatch(/^No budget/);
    expect((await first('"training budget"')).text).toContain('training budget of last year');
  });
});
