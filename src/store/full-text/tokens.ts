// Text to the tokens of the full-text index, the same way for passages and queries: letters and digits, lower case, without
// diacritics, English words stemmed. Scripts that write no spaces (Han, kana, Thai, Lao, Khmer, Burmese) become overlapping
// pairs of characters; in passages also single characters, so that a one-character query is found.
//
// Not src/text/terms.ts: that one reads a text carefully in its language, and costs too much to load and run for an index that
// takes in millions of passages and answers within milliseconds of the program's start.
import { stem } from './stem.ts';

export interface Token {
  readonly term: string;
  /** Counted in words, and in characters where there are no words. */
  readonly position: number;
}

export interface TokenizedText {
  readonly tokens: readonly Token[];
  /** Number of positions. */
  readonly length: number;
}

/** Longer runs are data, not words. */
const MAX_TERM_LENGTH = 64;

const ASCII_ONLY = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Also Latin-1 letters like æ that have no decomposition stay as they are, as in SQLite's unicode61.
const COMBINING_DIACRITIC = /[\u0300-\u036f]/g;
const UNSPACED_CLASS =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const HAS_UNSPACED = new RegExp(`[${UNSPACED_CLASS}]`, 'u');
const UNSPACED_OR_REST = new RegExp(`([${UNSPACED_CLASS}]+)|[^${UNSPACED_CLASS}]+`, 'gu');

/** Tokens of a passage's text. */
export function tokenizePassage(text: string): TokenizedText {
  return tokenize(text, true);
}

/** Tokens of a word or phrase that is looked for: the fewest that a passage holding it must have. */
export function tokenizeQuery(text: string): TokenizedText {
  return tokenize(text, false);
}

function tokenize(text: string, withSingles: boolean): TokenizedText {
  const tokens: Token[] = [];
  let position = 0;
  if (ASCII_ONLY.test(text)) {
    for (const word of text.toLowerCase().match(ASCII_WORD) ?? []) tokens.push(wordToken(word, position++));
    return { tokens, length: position };
  }
  // Compatibility forms first (ligatures, full-width letters), then letters apart from their diacritics, then what is left
  // together again: Hangul syllables and kana are taken apart by the same step and must not stay so.
  const folded = text.normalize('NFKD').toLowerCase().replace(COMBINING_DIACRITIC, '').normalize('NFC');
  const hasUnspaced = HAS_UNSPACED.test(folded);
  for (const word of folded.match(WORD) ?? []) {
    if (!hasUnspaced || !HAS_UNSPACED.test(word)) {
      tokens.push(wordToken(word, position++));
      continue;
    }
    for (const [piece, unspaced] of word.matchAll(UNSPACED_OR_REST)) {
      if (unspaced === undefined) tokens.push(wordToken(piece, position++));
      else position = pushPairs(tokens, unspaced, position, withSingles);
    }
  }
  return { tokens, length: position };
}

function wordToken(word: string, position: number): Token {
  return { term: word.length > MAX_TERM_LENGTH ? word.slice(0, MAX_TERM_LENGTH) : stem(word), position };
}

function pushPairs(tokens: Token[], run: string, start: number, withSingles: boolean): number {
  const characters = [...run];
  characters.forEach((character, i) => {
    const next = characters[i + 1];
    if (withSingles || characters.length === 1) tokens.push({ term: character, position: start + i });
    if (next !== undefined) tokens.push({ term: character + next, position: start + i });
  });
  return start + characters.length;
}
