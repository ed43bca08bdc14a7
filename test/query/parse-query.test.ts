import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/query/parse-query.ts';

describe('parseQuery', () => {
  it('splits a question into its words, lower case, without its punctuation', () => {
    expect(parseQuery("How do I use the Lasso-Tool? It's new.").words).toEqual([
      'how',
      'do',
      'i',
      'use',
      'the',
      'lasso',
      'tool',
      "it's",
      'new',
    ]);
  });
  it('keeps a quoted phrase as words that may match and as a phrase that must', () => {
    const query = parseQuery('momentum "learning rate" decay');
    expect(query.words).toEqual(['momentum', 'learning', 'rate', 'decay']);
    expect(query.phrases).toEqual([['learning', 'rate']]);
  });
  it('reads typographic quotation marks like straight ones', () => {
    expect(parseQuery('“batch norm”').phrases).toEqual([['batch', 'norm']]);
  });
  it('excludes words and phrases after a minus that starts a word', () => {
    const query = parseQuery('network -speech -"neural nets" -3d');
    expect(query.words).toEqual(['network']);
    expect(query.excluded).toEqual([['speech'], ['neural', 'nets'], ['3d']]);
  });
  it('takes a minus inside or without a word as no exclusion', () => {
    const query = parseQuery('kernel size - 1 auto-select --version');
    expect(query.excluded).toEqual([]);
    expect(query.words).toEqual(['kernel', 'size', '1', 'auto', 'select', 'version']);
  });
  it('ignores a quotation mark that never closes', () => {
    const query = parseQuery('a 5" disk');
    expect(query.words).toEqual(['a', '5', 'disk']);
    expect(query.phrases).toEqual([]);
  });
  it('finds no words in punctuation, whatever the punctuation', () => {
    for (const text of ['', '   ', '???', '""', '-', '-""', '" "', '(*) ^ : /', '\u0000']) {
      expect(parseQuery(text).words).toEqual([]);
    }
  });
  it('keeps the letters of every script, combining marks included', () => {
    expect(parseQuery('übung Хорошо हिन्दी cafe\u0301').words).toEqual(['übung', 'хорошо', 'हिन्दी', 'café']);
  });
  it('takes a question in quotation marks for a question, and other words in them for a phrase', () => {
    expect(parseQuery('"how do I crop a photo?"').phrases).toEqual([]);
    expect(parseQuery('"learning rate"').phrases).toEqual([['learning', 'rate']]);
  });
  it('takes the first 2,000 characters, in whole words where there are spaces, and a phrase once', () => {
    expect(parseQuery('gradient '.repeat(10_000)).words).toHaveLength(222);
    expect(parseQuery('卷积'.repeat(10_000)).words[0]).toHaveLength(2000);
    expect(parseQuery('"a b" '.repeat(100)).phrases).toEqual([['a', 'b']]);
  });
});
