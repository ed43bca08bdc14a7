import { describe, expect, it } from 'vitest';
import { findQuote, normalizeForMatch } from '../../src/text/normalize.ts';

describe('normalizeForMatch', () => {
  it('undoes hyphenation, ligatures, quotes, accents, case and spacing', () => {
    expect(normalizeForMatch('The  “ﬁrst” hyphen-\n ation — naïve\u00a0CASE\u00ad').text).toBe(
      'the "first" hyphenation - naive case',
    );
  });
  it('maps every character back to where it came from', () => {
    const original = 'A ﬁx of  co-\noperation';
    const { text, offsets } = normalizeForMatch(original);
    expect(text).toBe('a fix of cooperation');
    expect(offsets).toHaveLength(text.length + 1);
    expect(original[offsets[text.indexOf('operation')]!]).toBe('o');
    expect(offsets.at(-1)).toBe(original.length);
  });
});

describe('findQuote', () => {
  it('returns the span in the text as it was printed', () => {
    const page = 'Press the “Power” but-\nton twice. Then wait.';
    const span = findQuote(page, '"power" button TWICE.');
    expect(page.slice(span!.start, span!.end)).toBe('Power” but-\nton twice');
  });
  it('does not find a word inside another one, except in scripts without spaces', () => {
    expect(findQuote('restart the set', 'start the')).toBeUndefined();
    expect(findQuote('每个人都应该有机会', '应该')).toEqual({ start: 4, end: 6 });
  });
  it('finds nothing for punctuation alone or for words that are not there', () => {
    expect(findQuote('text', '...')).toBeUndefined();
    expect(findQuote('one two', 'one three')).toBeUndefined();
  });
  it('keeps combining marks inside the span', () => {
    const text = 'un cafe\u0301 noir';
    const span = findQuote(text, 'café');
    expect(text.slice(span!.start, span!.end)).toBe('cafe\u0301');
  });
});
