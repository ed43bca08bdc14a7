// Search with meaning: what the nearest places and a judge's scores make of a ranking of words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Meaning } from '../../src/query/meaning.ts';
import { search } from '../../src/query/search.ts';
import type { NearPlace } from '../../src/store/library.ts';
import { addSource, makeLibrary, manual, talk, type LibraryFixture } from './library-fixture.ts';

let fixture: LibraryFixture;
const ids = { talk: '', manual: '' };

beforeAll(async () => {
  fixture = await makeLibrary();
  const { library } = fixture;
  const filler = Array.from({ length: 12 }, (_, i) => `Sentence ${i} is about history in general.`);
  ids.talk = await addSource(library, '/talk.mp4', 'video', talk('A lens bends light.', ...filler, 'Mirrors reflect.'));
  ids.manual = await addSource(
    library,
    '/manual.pdf',
    'document',
    manual('# Network\nEnter the password of the network.', '# Safety\nKeep the lens of the camera dry.'),
  );
});
afterAll(() => fixture[Symbol.asyncDispose]());

const pageAt = (pageIndex: number): NearPlace => ({
  ...{ sourceId: ids.manual, startMs: null, endMs: null, pageIndex, similarity: 0.7 },
});

/** Places that are near whatever is asked, and a judge who counts a word. */
const meaning = (near: readonly NearPlace[], word?: string): Meaning => ({
  nearest: (_library, _query, { sourceKind }) => Promise.resolve(sourceKind === 'video' ? [] : [...near]),
  score: (_query, texts) =>
    Promise.resolve(word === undefined ? [] : texts.map((text) => (text.split(word).length - 1) / 10)),
});
const find = async (query: string, by: Meaning, options = {}) => {
  const { noMatch, hits } = await search(fixture.library, { query, limit: 10, meaning: by, ...options });
  return {
    noMatch,
    places: hits.map(({ pageIndex, startMs }) => (pageIndex === null ? startMs! / 1000 : `p${pageIndex}`)),
  };
};

describe('search with meaning', () => {
  it('finds a place that holds no word of the query, with its heading and text', async () => {
    const { hits } = await search(fixture.library, { query: 'zebra', limit: 10, meaning: meaning([pageAt(0)]) });
    expect(hits).toMatchObject([
      { pageIndex: 0, title: 'Network', snippet: expect.stringContaining('Enter the password') as string },
    ]);
  });

  it('says that nothing matches where nothing is near enough and no word is there', async () => {
    expect(await find('zebra', meaning([]))).toEqual({ noMatch: true, places: [] });
    expect(await find('zebra', meaning([pageAt(0)]), { kind: 'video' })).toEqual({ noMatch: true, places: [] });
  });

  it('puts first what both found, then what one of them did', async () => {
    expect((await find('camera lens', meaning([]))).places[0]).toBe('p1');
    const { places } = await find('lens', meaning([pageAt(0), pageAt(1)]));
    expect(places[0]).toBe('p1');
    expect(places).toContain('p0');
    expect(places).toContain(0);
  });

  it('leaves out what holds an excluded word, and what lacks a phrase in quotation marks', async () => {
    expect((await find('zebra -password', meaning([pageAt(0)]))).noMatch).toBe(true);
    expect((await find('"of the camera"', meaning([pageAt(0), pageAt(1)]))).places).toEqual(['p1']);
  });

  it('lets a judge order the best hits, scores and all', async () => {
    const judged = meaning([pageAt(0)], 'network');
    const { hits } = await search(fixture.library, { query: 'lens', limit: 2, meaning: judged });
    expect(hits.map(({ pageIndex }) => pageIndex)[0]).toBe(0);
    expect(hits).toHaveLength(2);
    expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
  });
});
