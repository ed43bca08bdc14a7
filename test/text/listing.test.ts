import { expect, test } from 'vitest';
import { isListing, isListingByEntries } from '../../src/text/listing.ts';

const entries = [
  'Axes',
  'Legend',
  'Fonts',
  'Colors',
  'Fit',
  'Grid',
  'Labels',
  'Palettes',
  'Ticks',
  'Output',
  'Plot',
  'Keys',
  'Bugs',
];

test('lines that end in page numbers are a listing', () => {
  expect(isListing(entries.map((entry, i) => `${entry} ........ ${10 + i}`).join('\n'))).toBe(true);
  expect(isListing(entries.map((entry) => `${entry} of a plot are drawn as they come.`).join('\n'))).toBe(false);
});

test('so are entries that ran together into lines, if their pages go up', () => {
  const together = (page: (i: number) => number) => entries.map((entry, i) => `${entry} ${page(i)}`).join(' ');
  expect(isListingByEntries(together((i) => 140 + (i >> 1)))).toBe(true);
  expect(isListingByEntries(together((i) => (7919 * i) % 100))).toBe(false);
  // A text with as many numbers, and more words between them.
  const prose = entries.map((entry, i) => `${entry} takes a number that is larger than ${140 + i}`).join(' and ');
  expect(isListingByEntries(prose)).toBe(false);
});

test('an index is one by its commas, and a table of figures only by a glance at its lines', () => {
  expect(isListingByEntries(entries.map((entry, i) => `${entry}, ${90 - 7 * i}, ${200 - i}`).join('\n'))).toBe(true);
  const table = entries.map((entry, i) => `${entry}     ${(7919 * i) % 1000}`).join('\n');
  expect([isListing(table), isListingByEntries(table)]).toEqual([true, false]);
});
