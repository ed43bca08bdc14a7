// Where a query's terms occur in a text. Words are cut with one regular expression, ten times faster than by dictionary, which
// is what lets a search look into a thousand captions; scripts without spaces go the slower way through `terms`.
import { stemWord, terms } from '../text/terms.ts';
import type { QueryTerm } from './query-terms.ts';
import { RANKING } from './ranking.ts';

export interface Match {
  /** Index into the query's terms. */
  readonly term: number;
  /** Index of the word among the words of the text. */
  readonly word: number;
  /** 1 for the term itself, less for a word that says nearly the same. */
  readonly share: number;
  /** Half-open character span in the text. */
  readonly start: number;
  readonly end: number;
}

export interface MatchedText {
  readonly matches: readonly Match[];
  readonly numWords: number;
}

interface Word {
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)*/gu;
const BEYOND_LATIN = /[^\u0000-\u024f\u2000-\u206f]/;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Words as they are written to their stems, by language: most words of a search have been seen in the one before. */
const stemsOf = new Map<string, Map<string, string>>();
const MAX_STEMS = 100_000;

/** Finds query terms in texts; made once a query, so that the lookup tables are too. */
export class Matcher {
  readonly #lang: string;
  readonly #stems: Map<string, string>;
  readonly #byStem = new Map<string, number[]>();
  readonly #byRelated = new Map<string, number[]>();
  readonly #bySplit = new Map<string, number>();
  /** First letters of all stems looked for. */
  readonly #initials: ReadonlySet<string>;

  constructor(queryTerms: readonly QueryTerm[], lang = 'en') {
    this.#lang = lang;
    this.#stems = stemsOf.get(lang) ?? new Map<string, string>();
    stemsOf.set(lang, this.#stems);
    if (this.#stems.size > MAX_STEMS) this.#stems.clear();
    queryTerms.forEach(({ forms, related, splits }, i) => {
      for (const form of related) this.#byRelated.set(form, [...(this.#byRelated.get(form) ?? []), i]);
      for (const form of forms) this.#byStem.set(form, [...(this.#byStem.get(form) ?? []), i]);
      for (const [a, b] of splits) this.#bySplit.set(`${stemWord(a, lang)} ${stemWord(b, lang)}`, i);
    });
    const stems = [
      ...this.#byStem.keys(),
      ...this.#byRelated.keys(),
      ...[...this.#bySplit.keys()].flatMap((pair) => pair.split(' ')),
    ];
    this.#initials = new Set(stems.map((stem) => stem[0] ?? ''));
  }

  match(text: string): MatchedText {
    const matches: Match[] = [];
    let word = 0;
    let previous: Word | undefined;
    for (const { stem, start, end } of this.#words(text)) {
      for (const term of this.#byStem.get(stem) ?? []) matches.push({ term, word, share: 1, start, end });
      for (const term of this.#byRelated.get(stem) ?? [])
        matches.push({ term, word, share: RANKING.relatedShare, start, end });
      if (this.#bySplit.size > 0) {
        const split = previous && this.#bySplit.get(`${previous.stem} ${stem}`);
        if (split !== undefined) matches.push({ term: split, word: word - 1, share: 1, start: previous!.start, end });
        previous = { stem, start, end };
      }
      word += 1;
    }
    return { matches, numWords: word };
  }

  *#words(text: string): Generator<Word> {
    if (BEYOND_LATIN.test(text) && UNSPACED.test(text)) {
      for (const { term, start, end } of terms(text, this.#lang)) yield { stem: term, start, end };
      return;
    }
    for (const { 0: word, index } of text.matchAll(WORD)) {
      yield { stem: this.#stem(word), start: index, end: index + word.length };
    }
  }

  #stem(word: string): string {
    let stem = this.#stems.get(word);
    if (stem === undefined) {
      const lower = word.toLowerCase().replaceAll('’', "'");
      // Stemming costs most of a search, and an English stem keeps its word's first letter: most words need none.
      if (this.#lang === 'en' && /^[a-z]/.test(lower) && !this.#initials.has(lower[0]!)) return '';
      stem = stemWord(lower, this.#lang);
      this.#stems.set(word, stem);
    }
    return stem;
  }
}
