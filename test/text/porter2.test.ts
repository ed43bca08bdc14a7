import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { porter2 } from '../../src/text/porter2.ts';

interface SnowballPackage {
  newStemmer: (algorithm: string) => { stem(word: string): string };
}

const { newStemmer } = createRequire(import.meta.url)('snowball-stemmers') as SnowballPackage;
const snowball = newStemmer('english');

/** Beginnings, middles and ends that one rule or another is about, each with each. */
const BEGINNINGS = "gener commun arsen sk t y s' by hop fall ab e skill".split(' ');
const MIDDLES = ['', ...'a e y l s i at bl iz tt ll og at bil'.split(' ')];
const ENDS = [
  '',
  ..."s 's 's' ' sses ied ies us ss ing ed ingly edly eed eedly y e ly li ational tional ator alism aliti fulness".split(
    ' ',
  ),
  ...'ousli iveness iviti biliti bli ogi fulli lessli alize icate iciti ical ative ance er ible ement ment ent sion tion ion'.split(
    ' ',
  ),
];

describe('porter2', () => {
  it.each([
    ['consistency', 'consist'],
    ['knightly', 'knight'],
    ['generalizations', 'general'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['falling', 'fall'],
    ['agreed', 'agre'],
    ['sensational', 'sensat'],
    ['analogies', 'analog'],
    ['rely', 'reli'],
    ['by', 'by'],
    ['skies', 'sky'],
    ['succeeding', 'succeed'],
  ])('makes %s into %s', (word, stem) => {
    expect(porter2(word)).toBe(stem);
  });

  it('gives the stem of Snowball’s package for 10,000 made words', () => {
    const words = BEGINNINGS.flatMap((a) => MIDDLES.flatMap((b) => ENDS.flatMap((c) => [a + b + c, `${a + b}y${c}`])));
    expect(words.length).toBeGreaterThan(10_000);
    expect(words.filter((word) => porter2(word) !== snowball.stem(word))).toEqual([]);
  });

  it('gives it for every word of this program’s sources', () => {
    const folder = new URL('../../src/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const texts = files.map((file) => readFileSync(new URL(file, folder), 'utf8').toLowerCase());
    const words = [...new Set(texts.flatMap((text) => text.match(/\p{L}[\p{L}']*/gu) ?? []))];
    expect(words.filter((word) => porter2(word) !== snowball.stem(word))).toEqual([]);
  });
});
