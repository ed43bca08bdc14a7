import { describe, expect, it } from 'vitest';
import { foldText, locateQuote } from '../../src/text/quotes.ts';

function found(quote: string, text: string): string | undefined {
  const span = locateQuote(quote, foldText(text));
  return span && text.slice(span.start, span.end);
}

describe('locateQuote', () => {
  it('finds a word that the page hyphenates at a line end', () => {
    expect(found('the configuration file', 'Edit the config-\nuration file first.')).toBe('the config-\nuration file');
  });
  it('finds a soft hyphen, a non-breaking hyphen and a compound written apart', () => {
    expect(found('auto-select', 'use auto\u2011select here')).toBe('auto\u2011select');
    expect(found('autoselect', 'use auto select here')).toBe('auto select');
    expect(found('network', 'a net\u00adwork')).toBe('net\u00adwork');
  });
  it('opens ligatures on either side', () => {
    expect(found('efficient first file', 'An eﬃcient ﬁrst ﬁle.')).toBe('eﬃcient ﬁrst ﬁle');
    expect(found('eﬃcient', 'very efficient')).toBe('efficient');
  });
  it('ignores case, line breaks, repeated spaces and the shape of quotation marks', () => {
    expect(found(`it's "done" Now`, 'And   it’s\n“done”  now.')).toBe('it’s\n“done”  now');
  });
  it('agrees on composed, decomposed and missing accents, and takes marks into the span', () => {
    expect(found('café', 'the cafe\u0301 opens')).toBe('cafe\u0301');
    expect(found('cafe', 'the cafe\u0301 opens')).toBe('cafe\u0301');
    expect(found('naïve', 'a naive way')).toBe('naive');
    expect(found('мой', 'это мои\u0306 дом')).toBe('мои\u0306');
    expect(found('мои', 'это мой дом')).toBeUndefined();
  });
  it('leaves punctuation at the ends of the quote aside', () => {
    expect(found('“power” button TWICE.', 'Press the “Power” but-\nton twice, then wait')).toBe(
      'Power” but-\nton twice',
    );
  });
  it('does not find part of a word', () => {
    expect(found('art', 'start the party')).toBeUndefined();
    expect(found('art', 'start the art')).toBe('art');
    expect(found('work', 'a net\u00adwork')).toBeUndefined();
  });
  it('finds part of a line in scripts without spaces', () => {
    expect(found('应该', '每个人都应该有机会')).toBe('应该');
    expect(found('機会がある', '機会が\nある')).toBe('機会が\nある');
  });
  it('keeps a minus sign before a number, which changes what is said', () => {
    expect(found('-5 degrees', 'at 5 degrees')).toBeUndefined();
    expect(found('−5 degrees', 'at -5 degrees')).toBe('-5 degrees');
    expect(found('5 degrees', 'at -5 degrees')).toBeUndefined();
    expect(found('5 degrees', 'at 3-5 degrees')).toBe('5 degrees');
  });
  it('does not find changed words or digits, nor a quote without letters', () => {
    expect(found('hold for 5 seconds', 'hold for 3 seconds')).toBeUndefined();
    expect(found('…', 'well…')).toBeUndefined();
    expect(found('', 'text')).toBeUndefined();
  });
  it('keeps offsets exact after characters outside the basic plane', () => {
    expect(found('the end', '😀 𝒙 the end 😀')).toBe('the end');
  });
});
