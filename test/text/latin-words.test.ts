import { expect, it } from 'vitest';
import { countLetters, isLatin, latinWords, nextWordStart, wordEnd } from '../../src/text/latin-words.ts';
import { allStrings, randomStrings } from './strings.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const codes = [...Array(0x2600).keys()].filter((code) => code < 0x250 || code >= 0x2000);
const settled = codes.map((code) => String.fromCharCode(code)).filter((one) => latinWords(one) !== undefined);

const segmented = (text: string) =>
  [...segmenter.segment(text)].flatMap(({ segment, index, isWordLike }) =>
    isWordLike ? [index, index + segment.length] : [],
  );

/** As a query is cut: one word after the other. */
function queried(text: string): string[] {
  const words: string[] = [];
  for (let start = nextWordStart(text, 0), end; start < text.length; start = nextWordStart(text, end)) {
    end = wordEnd(text, start);
    words.push(text.slice(start, end));
  }
  return words;
}

const AS_QUERIED = /[\p{L}\p{N}]+(?:(?<=\p{L})['’]\p{L}[\p{L}\p{N}]*)*/gu;

it('finds the words that Intl.Segmenter finds', () => {
  const marks = ['a', 'É', '1', '.', ',', ';', "'", '’', '·', '-', ' '];
  for (const text of [...allStrings(marks, 4), ...randomStrings([...settled, ...marks, ...marks], 20_000)]) {
    // Names are searched by the parts that dots, colons and underscores make of them.
    if (/[\p{L}\p{N}]_|_[\p{L}\p{N}]|\p{L}[.:]\p{L}/u.test(text)) continue;
    if (latinWords(text)!.join() !== segmented(text).join())
      expect([text, latinWords(text)]).toEqual([text, segmented(text)]);
  }
});

it('parts names at dots, colons and underscores', () => {
  const text = 'np.array set_label std::map';
  const spans = latinWords(text)!;
  const parts = spans.flatMap((start, i) => (i % 2 === 0 ? [text.slice(start, spans[i + 1])] : []));
  expect(parts).toEqual(['np', 'array', 'set', 'label', 'std', 'map']);
});

it('leaves what normalisation changes, and other scripts, to Intl.Segmenter', () => {
  for (const one of settled) expect(one.normalize('NFKC')).toBe(one);
  for (const text of ['Москва', '数据', 'e\u0301', 'soft\u00adhyphen', 'x²', 'a\u00a0b', '☃'])
    expect(latinWords(text)).toBeUndefined();
});

it('parts numbers where queries do', () => {
  expect(queried("don't l’heure rock'n'roll 'quoted' 3.14 1,000 col·lega 90's x2")).toEqual(
    "don't l’heure rock'n'roll quoted 3 14 1 000 col lega 90 s x2".split(' '),
  );
  const latin = codes.map((code) => String.fromCharCode(code)).filter(isLatin);
  for (const text of randomStrings([...latin, ...Array<string>(200).fill("'")], 20_000)) {
    const expected = text.match(AS_QUERIED) ?? [];
    if (queried(text).join('|') !== expected.join('|')) expect([text, queried(text)]).toEqual([text, expected]);
  }
});

it('counts letters of any script', () => {
  for (const [text, count] of [
    ['', 0],
    ['Café n° 5, x²', 6],
    ['学习 мир', 5],
  ] as const)
    expect(countLetters(text)).toBe(count);
});

it('knows Latin texts from others', () => {
  for (const text of ['', 'naïve Übergröße – „ßtraße“ ǆ ª ½', "l'heure"]) expect(isLatin(text)).toBe(true);
  for (const text of ['学习', 'мир', 'e\u0301', 'ﬁ']) expect(isLatin(text)).toBe(false);
});
