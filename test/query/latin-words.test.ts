import { describe, expect, test } from 'vitest';
import { isLatin, nextWordStart, WORD, wordEnd } from '../../src/query/latin-words.ts';

function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (let start = nextWordStart(text, 0); start < text.length;) {
    const end = wordEnd(text, start);
    words.push(text.slice(start, end));
    start = nextWordStart(text, end);
  }
  return words;
}

describe('words of Latin texts', () => {
  test.each([
    '',
    '  … ',
    "don't l’heure O'Neill's 'quoted' rock'n'roll trailing' '",
    "a'b1'c2 x''y 3'4 5'm é'è",
    'naïve Übergröße œuvre ßtraße ǆ Ǆ ª º µ × ÷ ² ½ 1½x',
    'snake_case kebab-case a.b(c) 3.14 – em—dash…end\nnew\tline\u00a0space\u2009thin',
  ])('are those of the regular expression: %j', (text) => {
    expect(isLatin(text)).toBe(true);
    expect(wordsOf(text)).toEqual(text.match(WORD) ?? []);
  });

  test('are those of the regular expression for every pair of Latin characters', () => {
    const codes = [...Array(0x250).keys(), 0x2013, 0x2019, 0x2026];
    const all = codes.map((code) => `${String.fromCharCode(code)}x'${String.fromCharCode(code)}1`).join(' ');
    expect(wordsOf(all)).toEqual(all.match(WORD));
  });

  test('other scripts and combining marks are not Latin', () => {
    for (const text of ['学习', 'мир', 'e\u0301', 'ﬁ']) expect(isLatin(text)).toBe(false);
  });
});
