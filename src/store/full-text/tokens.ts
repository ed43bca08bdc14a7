// Text to the tokens of the full-text index, the same way for passages and queries: letters and digits, lower case, without
// diacritics, words stemmed in the language of their source. Scripts that write no spaces (Han, kana, Thai, Lao, Khmer, Burmese),
// and Hangul, which writes particles onto its words, become overlapping pairs of characters; in passages also single characters,
// so that a one-character query is found.
//
// A stem says nothing without its language (haus- is a German house, hau- an English one and a German blow), so the term of any
// language but English names it: `haus@de`. A library in English alone has no such terms, and looks for none.
//
// Not `terms` of src/text/terms.ts: that one cuts a text into words carefully, and costs too much to run for an index that takes in
// millions of passages. What a word's stem is, both have from src/text/stem.ts, English apart (see stem.ts here).
import { foldDiacritics } from '../../text/fold.ts';
import { latinWords } from '../../text/latin-words.ts';
import { primaryLanguage, stemmingLanguage, stemWithoutAccents } from '../../text/stem.ts';
import { stemWord } from '../../text/terms.ts';
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

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const UNSPACED_CLASS =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const HAS_UNSPACED = new RegExp(`[${UNSPACED_CLASS}]`, 'u');
const UNSPACED_OR_REST = new RegExp(`([${UNSPACED_CLASS}]+)|[^${UNSPACED_CLASS}]+`, 'gu');

interface WordTerms {
  readonly term: string;
  /** What the word is found by where its accents are left out; '' where that is the same. */
  readonly plain: string;
}

/** Words of one language that have been read, as they are written: most words of a passage have been seen in another. */
class KnownWords {
  readonly #language: string;
  readonly #terms = new Map<string, readonly WordTerms[]>();

  constructor(language: string) {
    this.#language = language;
  }

  /** What is one word to a reader may be several here (don't, 3.14); marks alone are none. */
  termsOf(word: string): readonly WordTerms[] {
    let terms = this.#terms.get(word);
    if (terms !== undefined) return terms;
    if (this.#terms.size >= KNOWN_WORDS_LIMIT) this.#terms.clear();
    const parts = word.toLowerCase().match(WORD) ?? [];
    terms = parts.map((part) => readTerms(part, this.#language)).filter(({ term }) => term !== '');
    this.#terms.set(word, terms);
    return terms;
  }
}

/** By language, '' where it isn't known. */
const knownWords = new Map<string, KnownWords>();
const KNOWN_WORDS_LIMIT = 100_000;

/** Tokens of a passage's text. `lang`: a BCP 47 code, that of its source. */
export function tokenizePassage(text: string, lang: string | null = null): TokenizedText {
  return tokenize(text, lang, 'passage');
}

/** The same of a text in Latin letters whose words somebody has cut already, as `latinWords` does. */
export function tokenizeWords(words: readonly string[], lang: string | null): TokenizedText {
  const tokens: Token[] = [];
  return { tokens, length: pushWords(tokens, words, wordsKnownIn(lang), 0, 'passage') };
}

/** Tokens of a word or phrase that is looked for in a language: the fewest that a passage holding it must have. */
export function tokenizeQuery(text: string, lang: string | null = null): TokenizedText {
  return tokenize(text, lang, 'query');
}

/** The same for sources in any of the languages: the different ways to read it, of equally many tokens each. */
export function readQuery(text: string, languages: readonly string[]): (readonly Token[])[] {
  const read = languages.map((language) => tokenizeQuery(text, language).tokens).filter((tokens) => tokens.length > 0);
  if (read.length < 2) return read;
  return [...new Map(read.map((tokens) => [tokens.map(({ term }) => term).join(' '), tokens])).values()];
}

function tokenize(text: string, lang: string | null, of: 'passage' | 'query'): TokenizedText {
  const known = wordsKnownIn(lang);
  const tokens: Token[] = [];
  const latin = latinWords(text);
  if (latin !== undefined) return { tokens, length: pushWords(tokens, textsAt(latin, text), known, 0, of) };
  // Compatibility forms (ligatures, full-width letters) become the letters themselves.
  const normal = text.normalize('NFKC').toLowerCase();
  const words = normal.match(WORD) ?? [];
  if (!HAS_UNSPACED.test(normal)) return { tokens, length: pushWords(tokens, words, known, 0, of) };
  let position = 0;
  for (const word of words) {
    if (!HAS_UNSPACED.test(word)) {
      position = pushWords(tokens, [word], known, position, of);
      continue;
    }
    for (const [piece, unspaced] of foldDiacritics(word).matchAll(UNSPACED_OR_REST)) {
      if (unspaced === undefined) position = pushWords(tokens, [piece], known, position, of);
      else position = pushPairs(tokens, unspaced, position, of === 'passage');
    }
  }
  return { tokens, length: position };
}

function wordsKnownIn(lang: string | null): KnownWords {
  const language = primaryLanguage(lang ?? '');
  let known = knownWords.get(language);
  if (known === undefined) knownWords.set(language, (known = new KnownWords(language)));
  return known;
}

function textsAt(spans: readonly number[], text: string): string[] {
  const texts: string[] = [];
  for (let i = 0; i < spans.length; i += 2) texts.push(text.slice(spans[i], spans[i + 1]));
  return texts;
}

/** Returns the position behind the words. */
function pushWords(
  tokens: Token[],
  words: readonly string[],
  known: KnownWords,
  start: number,
  of: 'passage' | 'query',
): number {
  let position = start;
  for (const word of words) {
    for (const { term, plain } of known.termsOf(word)) {
      tokens.push({ term, position });
      if (plain !== '' && of === 'passage') tokens.push({ term: plain, position });
      position++;
    }
  }
  return position;
}

function readTerms(word: string, language: string): WordTerms {
  if (word.length > MAX_TERM_LENGTH) return { term: foldDiacritics(word).slice(0, MAX_TERM_LENGTH), plain: '' };
  const own = stemmingLanguage(word, language);
  if (own === 'en') return { term: stem(foldDiacritics(word)), plain: '' };
  if (own === undefined || /\d/.test(word)) return { term: foldDiacritics(word), plain: '' };
  const plain = stemWithoutAccents(word, own);
  // Known already, where the words of the source have been read for its events.
  return { term: `${stemWord(word, language)}@${own}`, plain: plain === undefined ? '' : `${plain}@${own}` };
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
