// Pages that only list other places: tables of contents, indexes. They name everything and tell nothing.

/** A line that ends in page numbers after leaders, a wide gap or a comma, as contents and indexes have them; rows of tables, too. */
const LISTING_LINE = /(?:\.\s*){4,}\s*\d{1,4}\s*$|\S\s{3,}\d{1,4}\s*$|[\p{L})], \d{1,4}(?:, \d{1,4})*$/u;
const INDEX_LINE = /[\p{L})], \d{1,4}(?:, \d{1,4})*\s*$/u;
const MIN_LINES = 8;
const MIN_SHARE_OF_LINES = 0.5;

/** However their lines are broken, contents go on to later pages from one entry to the next: a name, a number, a name, a number. */
const PAGE_NUMBER = /^\d{1,4}$/;
const PAGE_NUMBERS = /(?<!\S)\d{1,4}(?!\S)/g;
const MIN_ENTRIES = 8;
const MAX_WORDS_AN_ENTRY = 6;
const MIN_ASCENDING = 0.9;

/** By the shape of its lines: quick enough for every page that a search looks at, where a table that passes for one does no harm. */
export function isListing(text: string): boolean {
  return mostLinesAre(LISTING_LINE, text);
}

/** Contents, however their lines were run together, and indexes; no tables. */
export function isListingByEntries(text: string): boolean {
  return mostLinesAre(INDEX_LINE, text) || isContents(text);
}

function mostLinesAre(shape: RegExp, text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < MIN_LINES) return false;
  return lines.filter((line) => endsInDigit(line) && shape.test(line)).length > MIN_SHARE_OF_LINES * lines.length;
}

/** As every line does that the patterns find; most don't, which is told sooner. */
function endsInDigit(line: string): boolean {
  const last = line.trimEnd().at(-1);
  return last !== undefined && last >= '0' && last <= '9';
}

function isContents(text: string): boolean {
  // Most pages are known not to be by a look at their numbers.
  if ((text.match(PAGE_NUMBERS)?.length ?? 0) < MIN_ENTRIES) return false;
  // Leaders are no words.
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const isNumber = words.map((word) => PAGE_NUMBER.test(word));
  const numbers = words.filter((_, i) => isNumber[i]! && i > 0 && !isNumber[i - 1]!).map(Number);
  if (numbers.length < MIN_ENTRIES || new Set(numbers).size < MIN_ENTRIES / 4) return false;
  if (words.length - numbers.length > MAX_WORDS_AN_ENTRY * numbers.length) return false;
  const ascending = numbers.filter((number, i) => i === 0 || number >= numbers[i - 1]!).length;
  return ascending >= MIN_ASCENDING * numbers.length;
}
