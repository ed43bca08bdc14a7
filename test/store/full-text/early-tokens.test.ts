import { expect, it } from 'vitest';
import { takeTokens, tokenizeEarly } from '../../../src/store/full-text/early-tokens.ts';
import { readPassage } from '../../../src/store/full-text/tokens.ts';

const text = 'Die Häuser sind größer als die Haustür';

it('hands out tokens that were made early, once, and equal ones after that', () => {
  tokenizeEarly(text, 'de');
  const early = takeTokens(text, 'de-AT');
  expect(early).toEqual(readPassage(text, 'de'));
  expect(takeTokens(text, 'de')).not.toBe(early);
  expect(takeTokens(text, 'de')).toEqual(early);
});

it('makes them anew where the language turns out to be another one', () => {
  tokenizeEarly(text, 'en');
  expect(takeTokens(text, 'de')).toEqual(readPassage(text, 'de'));
});

it('takes a page as the words that somebody has cut it into', () => {
  const page = "L'été n'est pas fini : 3.14";
  tokenizeEarly(page, 'fr', ["L'été", "n'est", 'pas', 'fini', '3.14']);
  expect(takeTokens(page, 'fr')).toEqual(readPassage(page, 'fr'));
});
