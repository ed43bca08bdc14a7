import { describe, expect, it } from 'vitest';
import { logicalOrder, readingOrder } from '../../../src/ingest/document/bidi.ts';

const codes = (text: string) => Array.from(text, (letter) => letter.codePointAt(0)!);
const text = (list: number[]) => String.fromCodePoint(...list);
const reversed = (word: string) => Array.from(word).reverse().join('');
const edges = (word: string) => Array.from(word, (_, index) => 10 * index);

describe('logicalOrder', () => {
  it('turns Arabic letters drawn from left to right round', () => {
    const word = 'مرحبا بكم';
    expect(text(logicalOrder(codes(reversed(word)), edges(word)))).toBe(word);
  });

  it('leaves letters alone that were drawn from right to left', () => {
    const word = 'שלום עולם';
    expect(text(logicalOrder(codes(word), edges(word).reverse()))).toBe(word);
  });

  it('keeps numbers and Latin words inside it readable', () => {
    const word = 'عام 2024 في PDF هنا';
    const drawn = reversed(word).replace('4202', '2024').replace('FDP', 'PDF');
    expect(text(logicalOrder(codes(drawn), edges(drawn)))).toBe(word);
  });
});

describe('readingOrder', () => {
  const pieces = (...texts: string[]) => texts.map((piece) => ({ text: piece }));
  const words = (list: { text: string }[]) => list.map((piece) => piece.text);

  it('leaves left-to-right lines as they are', () => {
    expect(words(readingOrder(pieces('one', 'two', '3')))).toEqual(['one', 'two', '3']);
  });

  it('starts a right-to-left line at its right end', () => {
    expect(words(readingOrder(pieces('العالم', 'يا', 'مرحبا')))).toEqual(['مرحبا', 'يا', 'العالم']);
  });

  it('turns a right-to-left phrase round inside a left-to-right line', () => {
    expect(words(readingOrder(pieces('see', 'the', 'word', 'بكم', 'مرحبا', 'in', 'it')))).toEqual([
      'see',
      'the',
      'word',
      'مرحبا',
      'بكم',
      'in',
      'it',
    ]);
  });
});
