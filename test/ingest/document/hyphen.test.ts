import { expect, it } from 'vitest';
import { countWords, joinHyphenated } from '../../../src/ingest/document/hyphen.ts';

const seen = (text: string) => {
  const counts = new Map<string, number>();
  countWords(text, counts);
  return counts;
};

it.each([
  ['a broken word is united', 'the main-', 'tenance of', '', 'the maintenance of'],
  ['a word seen whole near by is united', 'in- and out-', 'put of it', 'the output', 'in- and output of it'],
  ['a compound seen with its hyphen keeps it', 'a well-', 'known fact', 'well-known', 'a well-known fact'],
  [
    'two words seen on their own keep the hyphen',
    'command-',
    'line options',
    'the line of a command on one line by command',
    'command-line options',
  ],
  ['a name of two parts keeps the hyphen', 'Mr Smith-', 'Jones came', '', 'Mr Smith-Jones came'],
  ['a single letter keeps the hyphen', 'the x-', 'axis', '', 'the x-axis'],
  ['a soft hyphen always goes', 'Smith\u00AD', 'Jones', '', 'SmithJones'],
  ['other letters than Latin ones are words too', 'слово-', 'сочетание', '', 'словосочетание'],
])('%s', (_fact, text, next, vocabulary, joined) => {
  expect(joinHyphenated(text, next, seen(vocabulary))).toBe(joined);
});

it.each([
  ['no hyphen', 'the end', 'of it'],
  ['a dash between numbers', '1990-', '1995'],
  ['a dash after a space', 'a pause -', 'and more'],
])('%s is not a broken word', (_what, text, next) => {
  expect(joinHyphenated(text, next, new Map())).toBeUndefined();
});
