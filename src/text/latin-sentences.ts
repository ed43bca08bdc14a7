// Where sentences end in text of Latin letters, without Intl.Segmenter: the rules SB5 to SB998 of UAX 29 (sentence boundaries)
// as one regular expression. A page of a manual has a hundred stretches of text, most of them with no end but their own.

/** Texts of these alone are read here: Latin letters, dashes, quotes, bullets, the euro, arrows, geometric shapes. */
const LATIN =
  /^[\t\v\f\x20-\x7e\xa0-\xa9\xab\xac\xae-\xb9\xbb-\u017f\u2010-\u2023\u2026\u2039\u203a\u20ac\u2190-\u21ff\u25a0-\u25ff]*$/;

const CLOSE = '()[\\]{}"\'«»\u2018-\u201f\u2039\u203a';
const SPACE = '\\t\\v\\f \\xa0';
/** What a sentence goes on with, whatever stands before it. */
const GOES_ON = '\\-,:;\u2013\u2014.!?';
/** Closing marks and spaces, all of them. */
const TAIL = `[${CLOSE}]*(?![${CLOSE}])[${SPACE}]*(?![${SPACE}${GOES_ON}])`;
/** A dot ends nothing in `3.14` and `U.S`, nor where the next letter is a small one. */
const DOT = `\\.(?!\\d)(?<!\\p{L}\\.(?=\\p{Lu}))${TAIL}(?![^\\p{L}.!?]*\\p{Ll})`;
const END = new RegExp(`[!?]${TAIL}|${DOT}`, 'gu');

/** The end of each sentence, the spaces behind it included, the text's own end last; undefined where other characters occur. */
export function latinSentenceEnds(text: string): number[] | undefined {
  if (!LATIN.test(text)) return undefined;
  const ends: number[] = [];
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length;
    if (end < text.length) ends.push(end);
  }
  if (text.length > 0) ends.push(text.length);
  return ends;
}
