import { expect, it } from 'vitest';
import { simpleSentenceEnds } from '../../src/text/simple-sentences.ts';
import { simpleWords } from '../../src/text/simple-words.ts';

const words = new Intl.Segmenter('en', { granularity: 'word' });
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Every string of `length` of these characters. */
function* strings(characters: readonly string[], length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const rest of strings(characters, length - 1)) for (const one of characters) yield one + rest;
}

it('finds the words that Intl.Segmenter finds', () => {
  const marks = ['a', 'É', '1', '.', ',', ';', "'", '’', '·', '-', ' '];
  for (const text of strings(marks, 4)) {
    // Dotted names are searched by their parts.
    if (/\p{L}\.\p{L}/u.test(text)) continue;
    const found = [...words.segment(text)].filter(({ isWordLike }) => isWordLike);
    const spans = found.flatMap(({ segment, index }) => [index, index + segment.length]);
    if (simpleWords(text)!.join() !== spans.join()) expect([text, simpleWords(text)]).toEqual([text, spans]);
  }
});

it('parts names at dots, colons and underscores', () => {
  const text = 'np.array set_label std::map';
  const spans = simpleWords(text)!;
  const parts = spans.flatMap((start, i) => (i % 2 === 0 ? [text.slice(start, spans[i + 1])] : []));
  expect(parts).toEqual(['np', 'array', 'set', 'label', 'std', 'map']);
});

it('finds the sentences that Intl.Segmenter finds', () => {
  const marks = ['a', 'B', '1', '.', '!', ',', '”', ' ', '–'];
  for (const text of strings(marks, 5)) {
    const ends = Array.from(sentences.segment(text), ({ segment, index }) => index + segment.length);
    if (simpleSentenceEnds(text)!.join() !== ends.join())
      expect([text, simpleSentenceEnds(text)]).toEqual([text, ends]);
  }
});

it('leaves other scripts and characters to Intl.Segmenter', () => {
  for (const text of ['Москва', '数据', 'e\u0301', 'soft\u00adhyphen', '☃']) {
    expect(simpleWords(text)).toBeUndefined();
    expect(simpleSentenceEnds(text)).toBeUndefined();
  }
});
