import { describe, expect, it } from 'vitest';
import { search } from '../../src/query/search.ts';
import { addSource, makeLibrary, talk } from './library-fixture.ts';

const times = (count: number, sentence: string) => Array.from({ length: count }, () => sentence);

describe('a library where hundreds of passages hold each word of a query', () => {
  it('gives every source that says what is quoted, however many say its words more often', async () => {
    await using it = await makeLibrary();
    const loud = 'Learning has a rate, and every rate of learning is a rate.';
    for (let i = 0; i < 40; i++) await addSource(it.library, `/loud ${i}.mp4`, 'video', talk(...times(24, loud)));
    const quiet = [
      ...times(20, 'Nothing here is about it at all.'),
      'A lower learning rate helped in the end, said the engineer to everybody.',
      ...times(20, 'Nothing here is about it at all.'),
    ];
    const path = '/quiet.mp4';
    await addSource(it.library, path, 'video', talk(...quiet));
    const { hits } = await search(it.library, { query: '"learning rate"', limit: 10 });
    expect(hits.map(({ source, startMs }) => [source.path, startMs])).toEqual([[path, 100_000]]);
    const { hits: unquoted } = await search(it.library, { query: 'learning rate', limit: 10 });
    expect(unquoted).toHaveLength(10);
  });
});
