import { expect, it } from 'vitest';
import { latinSentenceEnds } from '../../src/text/latin-sentences.ts';
import { allStrings, randomStrings } from './strings.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const segmented = (text: string) => Array.from(segmenter.segment(text), ({ segment, index }) => index + segment.length);

it('finds the sentences that Intl.Segmenter finds', () => {
  const marks = ['a', 'B', '1', '.', '!', ',', '”', ' ', '–'];
  const codes = [...Array(0x2600).keys()].filter((code) => code < 0x250 || code >= 0x2000);
  const known = codes.map((code) => String.fromCharCode(code)).filter((one) => latinSentenceEnds(one) !== undefined);
  const often = [...marks, ...marks].flatMap((mark) => Array<string>(10).fill(mark));
  for (const text of [...allStrings(marks, 5), ...randomStrings([...known, ...often], 20_000)]) {
    if (latinSentenceEnds(text)!.join() !== segmented(text).join())
      expect([text, latinSentenceEnds(text)]).toEqual([text, segmented(text)]);
  }
});

it('leaves other scripts and characters to Intl.Segmenter', () => {
  for (const text of ['Москва', '数据', 'e\u0301', 'soft\u00adhyphen', '☃'])
    expect(latinSentenceEnds(text)).toBeUndefined();
});
