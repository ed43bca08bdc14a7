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

/** What a text is found by at one position. One object for all times that a word is written, since a manual has 130,000 of them. */
export interface PlaceTerms {
  /** '' in a query where the position before says it all. */
  readonly term: string;
  /** The word without its accents, or the character with the one behind it; '' where there is no such thing. */
  readonly other: string;
}

/** Longer runs are data, not words. */
const MAX_TERM_LENGTH = 64;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const UNSPACED_CLASS =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const HAS_UNSPACED = new RegExp(`[${UNSPACED_CLASS}]`, 'u');
const UNSPACED_OR_REST = new RegExp(`([${UNSPACED_CLASS}]+)|[^${UNSPACED_CLASS}]+`, 'gu');

/** Words of one language that have been read, as they are written: most words of a passage have been seen in another. */
class KnownWords {
  readonly #language: string;
  readonly #terms = new Map<string, readonly PlaceTerms[]>();

  constructor(language: string) {
    this.#language = language;
  }

  /** What is one word to a reader may be several here (don't, 3.14); marks alone are none. */
  termsOf(word: string): readonly PlaceTerms[] {
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

/** [positions] of a passage's text. `lang`: a BCP 47 code, that of its source. */
export function readPassage(text: string, lang: string | null = null): readonly PlaceTerms[] {
  return readPlaces(text, lang, 'passage');
}

/** The same of a text in Latin letters whose words somebody has cut already, as `latinWords` does. */
export function readWords(words: readonly string[], lang: string | null): readonly PlaceTerms[] {
  const places: PlaceTerms[] = [];
  pushWords(places, words, wordsKnownIn(lang));
  return places;
}

/** Tokens of a word or phrase that is looked for in a language: the fewest that a passage holding it must have. */
export function tokenizeQuery(text: string, lang: string | null = null): readonly Token[] {
  return readPlaces(text, lang, 'query').flatMap(({ term }, position) => (term === '' ? [] : [{ term, position }]));
}

/** The same for sources in any of the languages: the different ways to read it, of equally many tokens each. */
export function readQuery(text: string, languages: readonly string[]): (readonly Token[])[] {
  const read = languages.map((language) => tokenizeQuery(text, language)).filter((tokens) => tokens.length > 0);
  if (read.length < 2) return read;
  return [...new Map(read.map((tokens) => [tokens.map(({ term }) => term).join(' '), tokens])).values()];
}

function readPlaces(text: string, lang: string | null, of: 'passage' | 'query'): PlaceTerms[] {
  const known = wordsKnownIn(lang);
  const places: PlaceTerms[] = [];
  const latin = latinWords(text);
  if (latin !== undefined) {
    pushWords(places, textsAt(latin, text), known);
    return places;
  }
  // Compatibility forms (ligatures, full-width letters) become the letters themselves.
  const normal = text.normalize('NFKC').toLowerCase();
  for (const word of normal.match(WORD) ?? []) {
    if (!HAS_UNSPACED.test(word)) {
      pushWords(places, [word], known);
      continue;
    }
    for (const [piece, unspaced] of foldDiacritics(word).matchAll(UNSPACED_OR_REST)) {
      if (unspaced === undefined) pushWords(places, [piece], known);
      else pushPairs(places, unspaced, of);
    }
  }
  return places;
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

function pushWords(places: PlaceTerms[], words: readonly string[], known: KnownWords): void {
  for (const word of words) {
    const terms = known.termsOf(word);
    if (terms.length === 1) places.push(terms[0]!);
    else for (const one of terms) places.push(one);
  }
}

function readTerms(word: string, language: string): PlaceTerms {
  if (word.length > MAX_TERM_LENGTH) return { term: foldDiacritics(word).slice(0, MAX_TERM_LENGTH), other: '' };
  const own = stemmingLanguage(word, language);
  if (own === 'en') return { term: stem(foldDiacritics(word)), other: '' };
  if (own === undefined || /\d/.test(word)) return { term: foldDiacritics(word), other: '' };
  const plain = stemWithoutAccents(word, own);
  // Known already, where the words of the source have been read for its events.
  return { term: `${stemWord(word, language)}@${own}`, other: plain === undefined ? '' : `${plain}@${own}` };
}

function pushPairs(places: PlaceTerms[], run: string, of: 'passage' | 'query'): void {
  const characters = [...run];
  characters.forEach((character, i) => {
    const next = characters[i + 1];
    const pair = next === undefined ? '' : character + next;
    if (of === 'passage') places.push({ term: character, other: pair });
    else places.push({ term: characters.length === 1 ? character : pair, other: '' });
  });
}
