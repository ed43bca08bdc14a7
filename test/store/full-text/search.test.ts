import { describe, expect, test } from 'vitest';
import type { Library, PassageFilter, PassageQuery, SourceKind } from '../../../src/store/library.ts';
import { readPassage } from '../../../src/store/full-text/tokens.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { contentOf, eventOf, eventsOf, sourceOf, temporaryLibrary } from '../fixture.ts';

async function textsFound(library: Library, query: Partial<PassageQuery>): Promise<string[]> {
  const hits = await library.searchPassages({ anyOf: [], limit: 10, ...query });
  return hits.map(({ title, text }) => title || text);
}

describe('a term', () => {
  test('is found in every inflection, case and accent', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('a'), eventsOf('Gradients descend', 'the café', 'unrelated'));
    expect(await textsFound(it.library, { anyOf: ['DESCENDING'] })).toEqual(['Gradients descend']);
    expect(await textsFound(it.library, { anyOf: ['gradient'] })).toEqual(['Gradients descend']);
    expect(await textsFound(it.library, { anyOf: ['cafe'] })).toEqual(['the café']);
    expect(await textsFound(it.library, { anyOf: ['CAFÉS'] })).toEqual(['the café']);
    expect(await textsFound(it.library, { anyOf: ['absent'] })).toEqual([]);
  });

  test('of Chinese, Japanese or Thai is found inside a run, whatever its length', async () => {
    await using it = await temporaryLibrary();
    const texts = ['我们学习机器学习的基础', '東京タワーの写真', 'การเรียนรู้ของเครื่อง', 'plain English'];
    await it.library.saveSource(sourceOf('a'), eventsOf(...texts));
    for (const [word, text] of [
      ['机器学习', texts[0]],
      ['习', texts[0]],
      ['タワー', texts[1]],
      ['写真', texts[1]],
      ['เรียนรู้', texts[2]],
    ] as const) {
      expect(await textsFound(it.library, { anyOf: [word] })).toEqual([text]);
    }
    expect(await textsFound(it.library, { allOf: [['学习机器']] })).toEqual([texts[0]]);
    expect(await textsFound(it.library, { allOf: [['机器的']] })).toEqual([]);
  });

  test('in the title counts more than in the text', async () => {
    await using it = await temporaryLibrary();
    const events = [eventOf(0, 'other', 'momentum'), eventOf(1, 'momentum', 'other')];
    await it.library.saveSource(sourceOf('a'), contentOf({ events }));
    expect(await textsFound(it.library, { anyOf: ['momentum'] })).toEqual(['momentum', 'other']);
  });

  test('that every passage holds still finds and ranks them', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('a'), eventsOf('the long way to the end', 'the the', 'the'));
    expect(await textsFound(it.library, { anyOf: ['the'] })).toHaveLength(3);
  });

  test('that falls into several words is found by any of them', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('a'), eventsOf('the art of cooking', 'state and church'));
    expect(await textsFound(it.library, { anyOf: ['state-of-the-art'] })).toHaveLength(2);
  });
});

describe('a phrase', () => {
  test('is its words in order, stemmed, side by side', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(
      sourceOf('a'),
      eventsOf('set the learning rate low', 'the rate of learning', 'learn at a rate', 'low learning rates'),
    );
    const found = await textsFound(it.library, { allOf: [['learning', 'rate']] });
    expect(found.toSorted()).toEqual(['low learning rates', 'set the learning rate low']);
    expect(await textsFound(it.library, { allOf: [['learning', 'rate'], ['set']] })).toEqual([
      'set the learning rate low',
    ]);
    expect(await textsFound(it.library, { allOf: [['learning', 'rate', 'high']] })).toEqual([]);
  });

  test('does not run from the title into the text', async () => {
    await using it = await temporaryLibrary();
    const events = [eventOf(0, 'learning', 'rate'), eventOf(1, 'x', 'learning rate')];
    await it.library.saveSource(sourceOf('a'), contentOf({ events }));
    expect(await textsFound(it.library, { allOf: [['learning', 'rate']] })).toEqual(['x']);
  });

  test('may repeat a word', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('a'), eventsOf('again and again', 'again and'));
    expect(await textsFound(it.library, { allOf: [['again', 'and', 'again']] })).toEqual(['again and again']);
  });

  test('decides what matches, and other terms only the order', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('a'), eventsOf('learning rate', 'learning rate decay', 'decay decay'));
    expect(await textsFound(it.library, { anyOf: ['decay'], allOf: [['learning', 'rate']] })).toEqual([
      'learning rate decay',
      'learning rate',
    ]);
  });
});

test('an excluded term or phrase takes its passages out', async () => {
  await using it = await temporaryLibrary();
  await it.library.saveSource(sourceOf('a'), eventsOf('rate of learning', 'learning rate', 'learning fast'));
  expect(await textsFound(it.library, { anyOf: ['learning'], noneOf: [['rates']] })).toEqual(['learning fast']);
  const found = await textsFound(it.library, { anyOf: ['learning'], noneOf: [['learning', 'rate']] });
  expect(found.toSorted()).toEqual(['learning fast', 'rate of learning']);
  expect(await textsFound(it.library, { noneOf: [['rate']] })).toEqual([]);
});

describe('a filter', () => {
  const kinds: SourceKind[] = ['video', 'document', 'transcript'];

  async function fill(library: Library) {
    const sources = kinds.map((kind) => sourceOf(kind, { kind }));
    for (const source of sources) {
      const chapters = [
        { place: { kind: 'time', startMs: 0, endMs: 1000 }, title: 'Common chapter', summary: '' } as const,
      ];
      await library.saveSource(source, contentOf({ events: [eventOf(0, source.kind, 'common word')], chapters }));
    }
    return sources;
  }

  test('keeps to sources, a kind of source, kinds of passage, and all of these together', async () => {
    await using it = await temporaryLibrary();
    const sources = await fill(it.library);
    const placesOf = async (filter: PassageFilter) => {
      const hits = await it.library.searchPassages({ anyOf: ['common'], limit: 10, ...filter });
      return hits.map(({ sourceId, kind }) => `${sources.find(({ id }) => id === sourceId)!.kind} ${kind}`).sort();
    };
    expect(await placesOf({})).toHaveLength(6);
    expect(await placesOf({ sourceIds: [sources[0]!.id] })).toEqual(['video event', 'video heading']);
    expect(await placesOf({ sourceKind: 'document' })).toEqual(['document event', 'document heading']);
    expect(await placesOf({ kinds: ['heading'] })).toEqual(['document heading', 'transcript heading', 'video heading']);
    expect(
      await placesOf({ kinds: ['event'], sourceIds: [sources[0]!.id, sources[1]!.id], sourceKind: 'video' }),
    ).toEqual(['video event']);
    for (const none of [{ kinds: [] }, { sourceIds: [] }, { sourceIds: ['unknown'] }]) {
      expect(await placesOf(none)).toEqual([]);
    }
  });

  test('also decides what is counted', async () => {
    await using it = await temporaryLibrary();
    const sources = await fill(it.library);
    const words = ['common', 'chapters', 'word', 'absent', '!', 'common word'];
    expect(await it.library.countPassages(words, {})).toEqual({ total: 6, documentFrequency: [6, 3, 3, 0, 0, 3] });
    expect(await it.library.countPassages(words, { sourceIds: [sources[1]!.id], kinds: ['event'] })).toEqual({
      total: 1,
      documentFrequency: [1, 0, 1, 0, 0, 1],
    });
    expect(await it.library.countPassages([], { sourceKind: 'video' })).toEqual({ total: 2, documentFrequency: [] });
  });
});

test('postings read before are not taken for those of a library that was changed, here or through another connection', async () => {
  await using it = await temporaryLibrary();
  await using other = await openLibrary(it.folder);
  const holders = async () => {
    const { documentFrequency } = await it.library.countPassages(['momentum'], {});
    const found = await textsFound(it.library, { anyOf: ['momentum'] });
    expect(await textsFound(it.library, { allOf: [['momentum', 'grows']] })).toHaveLength(found.length);
    expect(documentFrequency).toEqual([found.length]);
    return found.length;
  };
  expect(await holders()).toBe(0);
  await it.library.saveSource(sourceOf('a'), eventsOf('momentum grows'));
  expect(await holders()).toBe(1);
  await other.saveSource(sourceOf('b'), eventsOf('momentum grows', 'and momentum grows again'));
  expect(await holders()).toBe(3);
  await other.removeSource(sourceOf('a').id);
  expect(await holders()).toBe(2);
  await it.library.removeSource(sourceOf('b').id);
  expect(await holders()).toBe(0);
});

test('no input throws, and none reaches a query syntax', async () => {
  await using it = await temporaryLibrary();
  await it.library.saveSource(sourceOf('a'), eventsOf('near and or not', 'title text col'));
  const long = Array.from({ length: 1700 }, (_, i) => `w${i}`).join(' ');
  const inputs = ['\'"*()^:-+', 'NEAR(a b, 2)', 'AND', 'OR NOT', '"unbalanced', 'title:', '*', '🎉', '\0', '%_\\', ''];
  for (const input of [...inputs, '\ud800', long.slice(0, 10_000), 'x'.repeat(10_000), `a'; DROP TABLE terms; --`]) {
    for (const query of [
      { anyOf: [input] },
      { anyOf: input.split(' ') },
      { allOf: [[input]] },
      { allOf: [input.split(' ')] },
      { anyOf: ['near'], noneOf: [[input]] },
    ]) {
      expect(Array.isArray(await textsFound(it.library, query))).toBe(true);
    }
    expect((await it.library.countPassages([input], {})).total).toBe(2);
  }
  expect(await textsFound(it.library, { anyOf: ['AND'] })).toEqual(['near and or not']);
  expect(await textsFound(it.library, { anyOf: ['title:'] })).toEqual(['title text col']);
});

test('a query of more terms than are ranked still finds its rarest', async () => {
  await using it = await temporaryLibrary();
  const frequent = Array.from({ length: 100 }, (_, i) => `word${i}`);
  await it.library.saveSource(sourceOf('a'), eventsOf(frequent.join(' '), frequent.join(' '), 'needle'));
  expect(await textsFound(it.library, { anyOf: [...frequent, 'needle'] })).toContain('needle');
});

describe('ranking', () => {
  const K1 = 1.2;
  const B = 0.75;
  const TITLE_WEIGHT = 3;

  interface Row {
    readonly source: string;
    readonly title: string[];
    readonly text: string[];
  }

  /** BM25 by its definition, over every row. */
  function scoresByDefinition(rows: readonly Row[], terms: readonly string[]): number[] {
    const averageLength = rows.reduce((sum, row) => sum + row.title.length + row.text.length, 0) / rows.length;
    const count = (words: readonly string[], term: string) => words.filter((word) => word === term).length;
    const idf = terms.map((term) => {
      const df = rows.filter((row) => row.title.includes(term) || row.text.includes(term)).length;
      return Math.log(1 + (rows.length - df + 0.5) / (df + 0.5));
    });
    return rows
      .map(({ title, text }) => {
        const norm = K1 * (1 - B + (B * (title.length + text.length)) / averageLength);
        return terms.reduce((sum, term, t) => {
          const frequency = TITLE_WEIGHT * count(title, term) + count(text, term);
          return sum + (idf[t]! * frequency * (K1 + 1)) / (frequency + norm);
        }, 0);
      })
      .filter((score) => score > 0)
      .sort((a, b) => b - a);
  }

  function seededRandom(seed: number): () => number {
    let state = seed;
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  }

  test('is exact BM25: 60 random queries over 30 sources score as by the definition, filtered or not', async () => {
    await using it = await temporaryLibrary();
    const random = seededRandom(20_260_501);
    // Squaring the random number makes some words frequent and most rare.
    const word = () => `w${Math.floor(random() ** 2 * 400)}x`;
    const words = (least: number, most: number) =>
      Array.from({ length: least + Math.floor(random() * (most - least)) }, word);
    const rows: Row[] = [];
    const ids = Array.from({ length: 30 }, (_, i) => sourceOf(`source ${i}`).id);
    for (let i = 0; i < 30; i++) {
      const source = sourceOf(`source ${i}`, { kind: i % 3 === 0 ? 'document' : 'video' });
      const ofSource = Array.from({ length: 5 + Math.floor(random() * 60) }, (): Row => {
        return { source: source.id, title: words(0, 4), text: words(1, 40) };
      });
      rows.push(...ofSource);
      const events = ofSource.map(({ title, text }, n) => eventOf(n, title.join(' '), text.join(' ')));
      await it.library.saveSource(source, contentOf({ events }));
    }
    for (let i = 0; i < 60; i++) {
      const terms = [...new Set(words(1, 5))];
      const sourceIds = [ids[i % 30]!, ids[(i * 7) % 30]!];
      const filters: [PassageFilter, (row: Row) => boolean][] = [
        [{}, () => true],
        [{ sourceIds }, (row) => sourceIds.includes(row.source)],
        [{ sourceKind: 'document' }, (row) => ids.indexOf(row.source) % 3 === 0],
      ];
      for (const [filter, holds] of filters) {
        const expected = scoresByDefinition(rows.filter(holds), terms);
        const hits = await it.library.searchPassages({ anyOf: terms, limit: 10, ...filter });
        expect(hits).toHaveLength(Math.min(10, expected.length));
        hits.forEach(({ score }, n) => expect(score).toBeCloseTo(expected[n]!, 9));
        // Fewer hits let more shards be left out.
        expect(await it.library.searchPassages({ anyOf: terms, limit: 2, ...filter })).toEqual(hits.slice(0, 2));
        for (const { title, text } of hits) {
          const held = [title, text].flatMap((field) => readPassage(field).map(({ term }) => term));
          expect(terms.some((term) => held.includes(term))).toBe(true);
        }
      }
    }
  });

  test('among equals follows the order of sources and places, for any limit', async () => {
    await using it = await temporaryLibrary();
    for (const name of ['b', 'a', 'c'])
      await it.library.saveSource(sourceOf(name), eventsOf('same words', 'same words'));
    const all = await it.library.searchPassages({ anyOf: ['words'], limit: 10 });
    expect(all.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const limit of [0, 1, 3, 5]) {
      expect(await it.library.searchPassages({ anyOf: ['words'], limit })).toEqual(all.slice(0, limit));
    }
  });
});
