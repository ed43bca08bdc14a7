// Text to terms: NFKC, lower case, words by Unicode rules (UAX 29, through Intl.Segmenter), stems in the text's language
// (stem.ts), diacritics folded, function words marked. Runs of Han, kana and Hangul become overlapping bigrams,
// because a dictionary segmentation of the query need not cut like that of the text.
import { latinWords } from './latin-words.ts';
import { elidedLength, languageOfWord, primaryLanguage, stemIn, stemmingLanguage } from './stem.ts';
import { isFunctionBigram, isStopWord } from './stop-words.ts';

export interface Term {
  /** What is indexed and compared: stemmed, folded. */
  readonly term: string;
  /** The lower-case word it came from. */
  readonly word: string;
  /** Half-open character span in the text given (exact unless NFKC changed the text's length). */
  readonly start: number;
  readonly end: number;
  /** A function word, or a single letter: carries no topic. */
  readonly isStop: boolean;
}

const BIGRAM_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]+/gu;
const HAS_BIGRAM_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

interface KnownWord {
  readonly term: string;
  readonly isStop: boolean;
}

/** A word as it is written, capitals and elided article included. */
export interface KnownForm extends KnownWord {
  readonly word: string;
  /** Characters of the elided article. */
  readonly numElided: number;
}

/** Known words and forms by language of the text, '' where it isn't known; Snowball costs about 20 µs a word, and a lecture has 3,000 distinct ones among 15,000. */
const knownWords = new Map<string, Map<string, KnownWord>>();
const knownForms = new Map<string, Map<string, KnownForm>>();
const KNOWN_WORDS_LIMIT = 50_000;
let segmenter: Intl.Segmenter | undefined;

/**
 * All terms of a text in order, function words included and marked.
 * `lang` is a BCP 47 code; without one each word's script decides, and Latin script is taken as English.
 */
export function terms(text: string, lang?: string | null): Term[] {
  const found: Term[] = [];
  const language = primaryLanguage(lang ?? '');
  const latin = latinWords(text);
  if (latin !== undefined) {
    pushLatinWords(found, text, latin, 0, language);
    return found;
  }
  const normal = text.normalize('NFKC');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  const withBigrams = HAS_BIGRAM_SCRIPT.test(normal);
  const pieces = withBigrams ? outsideBigramRuns(normal, found) : [{ text: normal, offset: 0 }];
  for (const piece of pieces) {
    const spans = latinWords(piece.text);
    if (spans !== undefined) {
      pushLatinWords(found, piece.text, spans, piece.offset, language);
      continue;
    }
    for (const { segment, index, isWordLike } of segmenter.segment(piece.text)) {
      if (isWordLike === true) pushWords(found, segment, piece.offset + index, language);
    }
  }
  if (withBigrams) found.sort((a, b) => a.start - b.start || a.end - b.end);
  return found;
}

/** The terms that carry topic, function words left out. `['The gradients are computed'] -> ['gradient', 'comput']`. */
export function stemTerms(text: string, lang?: string | null): string[] {
  return terms(text, lang).flatMap((term) => (term.isStop ? [] : [term.term]));
}

/** One lower-case word of a text in a language to its stem, folded; an article elided before it left out. */
export function stemWord(word: string, lang: string | null | undefined): string {
  return readForm(word, primaryLanguage(lang ?? '')).term;
}

function lookUp(word: string, language: string): KnownWord {
  const words = ofLanguage(knownWords, language);
  let known = words.get(word);
  if (known === undefined) {
    const isLetter = word.length === 1 && /\p{L}/u.test(word);
    const own = languageOfWord(word, language);
    known = { term: stemIn(word, stemmingLanguage(word, own)), isStop: isLetter || isStopWord(word, own) };
    words.set(word, known);
  }
  return known;
}

function ofLanguage<T>(known: Map<string, Map<string, T>>, language: string): Map<string, T> {
  let ofOne = known.get(language);
  if (ofOne === undefined) known.set(language, (ofOne = new Map<string, T>()));
  if (ofOne.size >= KNOWN_WORDS_LIMIT) ofOne.clear();
  return ofOne;
}

function pushLatinWords(found: Term[], text: string, spans: readonly number[], offset: number, lang: string): void {
  const forms = ofLanguage(knownForms, lang);
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i]!;
    pushWord(found, text.slice(start, spans[i + 1]), offset + start, forms, lang);
  }
}

/** What a segment must hold to be more than one word. */
const MAY_PART = /[.:_]/;

/** Pieces UAX 29 keeps together although they are searched apart: `numpy.array`, `set_label`. */
function pushWords(found: Term[], segment: string, start: number, lang: string): void {
  const forms = ofLanguage(knownForms, lang);
  if (!MAY_PART.test(segment)) {
    pushWord(found, segment, start, forms, lang);
    return;
  }
  let offset = start;
  for (const part of segment.split(/(?<=\p{L})[.:](?=\p{L})|_/u)) {
    if (part !== '') pushWord(found, part, offset, forms, lang);
    offset += part.length + 1;
  }
}

function pushWord(found: Term[], raw: string, start: number, forms: Map<string, KnownForm>, lang: string): void {
  let known = forms.get(raw);
  if (known === undefined) forms.set(raw, (known = readForm(raw, lang)));
  const { term, word, isStop, numElided } = known;
  found.push({ term, word, start: start + numElided, end: start + raw.length, isStop });
}

/** A word as it stands in a text; `lang` as `primaryLanguage` gives it. */
export function readForm(raw: string, lang: string): KnownForm {
  const whole = raw.toLowerCase().replaceAll('’', "'");
  const numElided = elidedLength(whole, lang);
  const word = whole.slice(numElided);
  const { term, isStop } = lookUp(word, lang);
  return { term, word, isStop, numElided };
}

/** Pushes the bigrams of every Han, kana or Hangul run; returns what lies between the runs. */
function outsideBigramRuns(text: string, found: Term[]): { text: string; offset: number }[] {
  const rest: { text: string; offset: number }[] = [];
  let last = 0;
  for (const match of text.matchAll(BIGRAM_RUN)) {
    if (match.index > last) rest.push({ text: text.slice(last, match.index), offset: last });
    pushBigrams(found, match[0], match.index);
    last = match.index + match[0].length;
  }
  if (last < text.length) rest.push({ text: text.slice(last), offset: last });
  return rest;
}

function pushBigrams(found: Term[], run: string, start: number): void {
  const characters = [...run];
  let offset = start;
  for (let i = 0; i < Math.max(1, characters.length - 1); i++) {
    const bigram = characters.slice(i, i + 2).join('');
    found.push({
      term: bigram,
      word: bigram,
      start: offset,
      end: offset + bigram.length,
      isStop: isFunctionBigram(bigram),
    });
    offset += characters[i]!.length;
  }
}
