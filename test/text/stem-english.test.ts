import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { stemEnglish } from '../../src/text/stem-english.ts';

const require = createRequire(import.meta.url);
const snowball = require('snowball-stemmers') as { newStemmer(algorithm: string): { stem(word: string): string } };

const BEGINNINGS =
  `a an be by eye say cry dry enjoy yield youth yyes generous commun arsen skis dying idly gently inning proceed howe
  analog psych control hop hopp fizz bit fail tan size luxuri geolog sens conform oper ration vietnam depend radic decis hope
  triplic formal electr good allow infer airlin gyroscop adjust defens irrit replac homolog activ angular effect bowdler
  probat rat ceas roll fall x ox wax low tie li king thi cat`.split(/\s+/);
const ENDINGS =
  `s es ies ied ed eed eedly ing ly ingly y e l ll 's s' 's' sses us ss ational tional ation ator alism aliti alli
  fulness ousli ousness iveness iviti biliti bli ogi logi fulli lessli li alize icate iciti ical ful ness ative al ance ence er
  ic able ible ant ement ment ent ism ate iti ous ive ize ization izer ion sion tion`.split(/\s+/);

it('gives what the Snowball package gives', () => {
  const reference = snowball.newStemmer('english');
  const words = ['', ...BEGINNINGS.flatMap((start) => [start, `'${start}`, ...ENDINGS.map((end) => start + end)])];
  for (const word of words) expect([word, stemEnglish(word)]).toEqual([word, reference.stem(word)]);
});
