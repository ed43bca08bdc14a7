// Finds a quote in a text although the two differ in what typesetting, transcription and models change: hyphens, ligatures, case,
// accents, kinds of quotation marks and spaces. Words, digits and signs must agree. Says exactly where the quote stands.
import { foldDiacritics } from './fold.ts';

/** Character offsets into the text that was searched, half-open. */
export interface QuoteSpan {
  readonly start: number;
  readonly end: number;
}

/** A text made comparable once, for many quotes: folded characters and, for each, its offset in the original. */
export interface FoldedText {
  readonly folded: string;
  readonly offsets: Uint32Array;
  readonly original: string;
}

const letterOrDigit = /[\p{L}\p{N}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** A character with the marks that combine with it. */
const cluster = /.\p{M}*/suy;
const dash = /[-\u2010-\u2015\u2212]/;
const singleQuotes = /[‘’‚‛‹›′`´]/;
const doubleQuotes = /[“”„‟″«»＂]/;
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;
const edgePunctuation = /^["'.,;:!?()[\]]+|["'.,;:!?()[\]]+$/g;

export function foldText(original: string): FoldedText {
  const folded: string[] = [];
  const offsets: number[] = [];
  for (let offset = 0; offset < original.length;) {
    const { length } = clusterAt(original, offset);
    // Code units, so that an index into `folded` is one into `offsets`.
    for (const unit of foldCluster(original, offset, length).split('')) {
      folded.push(unit);
      offsets.push(offset);
    }
    offset += length;
  }
  return { folded: folded.join(''), offsets: Uint32Array.from(offsets), original };
}

/**
 * The quote's place in the text, whole words only; the first one at or after `from`. Punctuation at the quote's ends may differ.
 * Undefined where it does not occur.
 */
export function locateQuote(quote: string, text: FoldedText, from = 0): QuoteSpan | undefined {
  const { folded } = foldText(quote);
  if (!letterOrDigit.test(folded)) return undefined;
  const bare = folded.replace(edgePunctuation, '');
  return locateFolded(folded, text, from) ?? (bare === folded ? undefined : locateFolded(bare, text, from));
}

function locateFolded(needle: string, { folded, offsets, original }: FoldedText, from: number): QuoteSpan | undefined {
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + 1)) {
    const start = offsets[at]!;
    if (start < from) continue;
    // A minus that the quote leaves out changes the value.
    if (folded[at - 1] === '-') continue;
    const last = offsets[at + needle.length - 1]!;
    const end = last + clusterAt(original, last).length;
    if (isWordEdge(original, start) && isWordEdge(original, end)) return { start, end };
  }
  return undefined;
}

function clusterAt(text: string, offset: number): string {
  cluster.lastIndex = offset;
  return cluster.exec(text)![0];
}

function foldCluster(text: string, offset: number, length: number): string {
  const char = text[offset]!;
  if (length === 1) {
    if (/[a-z0-9]/.test(char)) return char;
    if (/\s/.test(char) || invisible.test(char)) return '';
    if (dash.test(char)) return isMinus(text, offset) ? '-' : '';
    if (singleQuotes.test(char)) return "'";
    if (doubleQuotes.test(char)) return '"';
  }
  const whole = text.slice(offset, offset + length).normalize('NFKC');
  return foldDiacritics(whole.toLowerCase()).replace(/\s/g, '');
}

/** Hyphens come and go at line ends and in compounds, so they are dropped; a minus before a digit changes the value and stays. */
function isMinus(text: string, offset: number): boolean {
  return /\d/.test(text[offset + 1] ?? '') && !letterOrDigit.test(text[offset - 1] ?? '');
}

/** Scripts without spaces have no word borders to respect. */
function isWordEdge(text: string, offset: number): boolean {
  let [before, after] = [offset - 1, offset];
  while (invisible.test(text[before] ?? '')) before--;
  while (invisible.test(text[after] ?? '')) after++;
  return !(isSpacedLetter(text[before]) && isSpacedLetter(text[after]));
}

function isSpacedLetter(char = ''): boolean {
  return letterOrDigit.test(char) && !unspaced.test(char);
}
