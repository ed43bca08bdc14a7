// Finds a quote in a text although the two differ in hyphens, ligatures, case, typographic quotation marks and spacing, and
// says exactly where: pages break words, captions break sentences, and models retype both. Words, digits and signs must agree.

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

const letterOrDigit = /[\p{L}\p{N}\p{M}]/u;
const dash = /[-\u00ad\u2010-\u2015\u2212]/;

export function foldText(original: string): FoldedText {
  const folded: string[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const char of original) {
    const plain = dash.test(char) ? foldDash(original, offset) : foldChar(char);
    // Iterating code units keeps `offsets` aligned with the index that String.indexOf returns.
    for (let i = 0; i < plain.length; i++) {
      folded.push(plain[i]!);
      offsets.push(offset);
    }
    offset += char.length;
  }
  return { folded: folded.join(''), offsets: Uint32Array.from(offsets), original };
}

/** The quote's place in the text, whole words only; the first one at or after `from`. Undefined where it does not occur. */
export function locateQuote(quote: string, text: FoldedText, from = 0): QuoteSpan | undefined {
  const needle = foldText(quote).folded;
  if (!letterOrDigit.test(needle)) return undefined;
  for (let at = text.folded.indexOf(needle); at >= 0; at = text.folded.indexOf(needle, at + 1)) {
    const start = text.offsets[at]!;
    if (start < from) continue;
    const lastChar = text.offsets[at + needle.length - 1]!;
    const end = lastChar + String.fromCodePoint(text.original.codePointAt(lastChar)!).length;
    if (isWordEdge(text.original, start) && isWordEdge(text.original, end)) return { start, end };
  }
  return undefined;
}

function foldChar(char: string): string {
  if (/\s/u.test(char)) return '';
  if (/[‘’‚‛′`´]/u.test(char)) return "'";
  if (/[“”„‟″«»]/u.test(char)) return '"';
  // NFKD opens ligatures (ﬁ), full-width letters and accents, so composed and decomposed spellings agree.
  return char.normalize('NFKD').toLowerCase().replace(/\s/gu, '');
}

/** Hyphens come and go at line ends and in compounds, so they are dropped; a minus before a digit changes the value and stays. */
function foldDash(text: string, offset: number): string {
  const before = text[offset - 1] ?? ' ';
  const after = text[offset + 1] ?? ' ';
  return /\d/.test(after) && !letterOrDigit.test(before) ? '-' : '';
}

function isWordEdge(text: string, offset: number): boolean {
  const before = text[offset - 1];
  const after = text[offset];
  return before === undefined || after === undefined || !letterOrDigit.test(before) || !letterOrDigit.test(after);
}
