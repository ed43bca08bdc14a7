import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/query/parse-query.ts';
import { type QueryTerm, toQueryTerms } from '../../src/query/query-terms.ts';

const termsOf = (query: string): QueryTerm[] => toQueryTerms(parseQuery(query));
const formsOf = (query: string) => [...termsOf(query)[0]!.forms];

describe('toQueryTerms', () => {
  it('keeps each stem once, in order of first use', () => {
    expect(termsOf('layers of a layer mask').map(({ word }) => word)).toEqual(['layers', 'of', 'a', 'mask']);
  });
  it('marks function words, but not those inside a phrase', () => {
    const isStop = (query: string) => termsOf(query).map((term) => term.isStop);
    expect(isStop('what is pooling')).toEqual([true, true, false]);
    expect(isStop('"what is pooling"')).toEqual([false, false, false]);
  });
  it('knows British and American spellings of a word as one', () => {
    expect(formsOf('colour')).toEqual(expect.arrayContaining(formsOf('color')));
    expect(formsOf('greyed')).toEqual(expect.arrayContaining(formsOf('gray')));
    expect(formsOf('visualisation')).toEqual(expect.arrayContaining([formsOf('visualization')[0]]));
  });
  it('asks for neighbouring words written together, and for a compound written apart', () => {
    expect(termsOf('auto select')[0]!.lookups).toContain('autoselect');
    expect(termsOf('artboard')[0]!.splits).toContainEqual(['art', 'board']);
    expect(termsOf('LeNet5')[0]!.splits).toEqual([['lenet', '5']]);
  });
  it('asks for compounds with a single letter, and with a clipped first word, as commands are called', () => {
    expect(termsOf('x tics')[1]!.lookups).toContain('xtics');
    expect(termsOf('logarithmic scale')[1]!.lookups).toContain('logscale');
  });
  it('asks for a genitive as the compound it is written as', () => {
    expect(termsOf('range of the x axis')[0]!.lookups).toContain('xrange');
    expect(termsOf('the size of points').find(({ word }) => word === 'points')!.lookups).toContain('pointsize');
    expect(termsOf('what of the x axis')[0]!.lookups).toEqual(['what']);
  });
  it('counts a short form as the word itself', () => {
    expect(formsOf('maximum')).toContain('max');
  });
  it('asks for words that say the same, except inside a phrase', () => {
    expect(termsOf('remove photos').map(({ relatedLookups }) => relatedLookups)).toEqual([
      expect.arrayContaining(['delete', 'erase']),
      expect.arrayContaining(['picture', 'image']),
    ]);
    expect(termsOf('"remove photos"').flatMap(({ relatedLookups }) => relatedLookups)).toEqual([]);
  });
  it('takes FY2022 for 2022, too', () => {
    expect(formsOf('FY2022')).toEqual(['fy2022', '2022']);
  });
});
