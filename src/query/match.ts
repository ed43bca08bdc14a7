// Where a query's terms occur in a text. Words are cut without a dictionary, Latin ones even by a table of characters, which is
// what lets a search look into a thousand captions; scripts without spaces go the slower way through `terms`.
import { isLatin, nextWordStart, wordEnd } from '../text/latin-words.ts';
import { isStemmedAsWritten, primaryLanguage, stemmingLanguage, stemWithoutAccents } from '../text/stem.ts';
import { stemWord, terms } from '../text/terms.ts';
import type { QueryTerm } from './query-terms.ts';
import { RANKING } from './ranking.ts';

export interface Match {
  /** Index into the query's terms. */
  readonly term: number;
  /** Index of the word among the words of the text; below 0 for the name of who says it. */
  readonly word: number;
  /** 1 for the term itself, less for a word that says nearly the same or is a compound with it; more where a speaker introduces it. */
  readonly share: number;
  /** Half-open character span in the text. */
  readonly start: number;
  readonly end: number;
}

/** A term that another word counts for, in part. */
interface Related extends Pick<Match, 'term' | 'share'> {
  /** Counts only beside the other word that the term is a compound of. */
  readonly part?: 'ownHead' | 'ownModifier';
}

export interface MatchedText {
  readonly matches: readonly Match[];
  readonly numWords: number;
}

/** A word of other scripts with spaces, cut like those in Latin letters. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)*/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Words as they are written to their stems, by language: most words of a search have been seen in the one before. */
const stemsOf = new Map<string, Map<string, string>>();
const [A, E, I, O, U, Y] = [0, 4, 8, 14, 20, 24];
const MAX_STEMS = 100_000;

/** Finds query terms in texts of any language; made once a query, so that the lookup tables are too. */
export class Matcher {
  readonly #queryTerms: readonly QueryTerm[];
  readonly #byLanguage = new Map<string | null, LanguageMatcher>();

  constructor(queryTerms: readonly QueryTerm[]) {
    this.#queryTerms = queryTerms;
  }

  /** `lang`: of the source that the text is of, as its words are indexed; null where unknown. */
  match(text: string, lang: string | null = null): MatchedText {
    let matcher = this.#byLanguage.get(lang);
    if (matcher === undefined) {
      matcher = new LanguageMatcher(this.#queryTerms, primaryLanguage(lang ?? 'en'));
      this.#byLanguage.set(lang, matcher);
    }
    return matcher.match(text);
  }
}

class LanguageMatcher {
  readonly #lang: string;
  /** Whether Latin words are stemmed as English. */
  readonly #isEnglish: boolean;
  readonly #stems: Map<string, string>;
  readonly #byStem = new Map<string, number[]>();
  readonly #byRelated = new Map<string, Related[]>();
  readonly #bySplit = new Map<string, number>();
  /** [first letter * 26 + second]: whether a stem that is looked for begins with these. Letters a to z; i stands for y, too. */
  readonly #beginnings = new Uint8Array(26 * 26);
  /** [(first letter * 26 + second) * 26 + third]: the same of compounds, where there are any. They are long, and many. */
  #compoundBeginnings: Uint8Array | undefined;
  /** Whether words may have another stem without their accents. */
  readonly #isAccented: boolean;

  constructor(queryTerms: readonly QueryTerm[], lang: string) {
    this.#lang = lang;
    this.#isEnglish = stemmingLanguage('a', lang) === 'en';
    this.#isAccented = isStemmedAsWritten(lang);
    this.#stems = stemsOf.get(lang) ?? new Map<string, string>();
    stemsOf.set(lang, this.#stems);
    if (this.#stems.size > MAX_STEMS) this.#stems.clear();
    queryTerms.forEach(({ lookups, relatedLookups, compounds, splits }, i) => {
      const forms = new Set(lookups.map((word) => stemWord(word, lang)));
      const related = relatedLookups.map((word) => stemWord(word, lang)).filter((stem) => !forms.has(stem));
      const found = new Map(related.map((stem): [string, Related] => [stem, { term: i, share: RANKING.relatedShare }]));
      for (const stem of found.keys()) this.#addBeginning(stem);
      for (const { lang: of, stem, share, relation } of compounds) {
        if (of !== lang || forms.has(stem) || (found.get(stem)?.share ?? 0) >= share) continue;
        const isPart = relation === 'ownHead' || relation === 'ownModifier';
        if (isPart) this.#addBeginning(stem);
        else this.#addCompoundBeginning(stem);
        found.set(stem, { term: i, share, ...(isPart && { part: relation }) });
      }
      for (const [stem, one] of found) this.#byRelated.set(stem, [...(this.#byRelated.get(stem) ?? []), one]);
      for (const form of forms) this.#byStem.set(form, [...(this.#byStem.get(form) ?? []), i]);
      for (const [a, b] of splits) this.#bySplit.set(`${stemWord(a, lang)} ${stemWord(b, lang)}`, i);
    });
    for (const stem of this.#byStem.keys()) this.#addBeginning(stem);
    for (const pair of this.#bySplit.keys()) pair.split(' ').forEach((stem) => this.#addBeginning(stem));
  }

  match(text: string): MatchedText {
    const found = new FoundMatches(this.#byStem, this.#byRelated, this.#bySplit);
    if (isLatin(text)) {
      for (let start = nextWordStart(text, 0), end; start < text.length; start = nextWordStart(text, end)) {
        end = wordEnd(text, start);
        if (this.#canMean(text, start, end)) found.add(this.#meant(text.slice(start, end)), start, end);
        else found.skip();
      }
    } else if (UNSPACED.test(text)) {
      for (const { term, start, end } of terms(text, this.#lang)) found.add(term, start, end);
    } else {
      for (const { 0: word, index } of text.matchAll(WORD)) {
        if (this.#canMean(word, 0, word.length)) found.add(this.#meant(word), index, index + word.length);
        else found.skip();
      }
    }
    found.addParts();
    return found;
  }

  #addBeginning(stem: string): void {
    const [first, second] = [letterAt(stem, 0), letterAt(stem, 1)];
    if (first < 0) return;
    if (second < 0) this.#beginnings.fill(1, first * 26, (first + 1) * 26);
    else this.#beginnings[first * 26 + second] = 1;
  }

  #addCompoundBeginning(stem: string): void {
    this.#compoundBeginnings ??= new Uint8Array(26 * 26 * 26);
    this.#compoundBeginnings[(letterAt(stem, 0) * 26 + letterAt(stem, 1)) * 26 + letterAt(stem, 2)] = 1;
  }

  /**
   * Stemming costs most of a search, and a stem in Latin letters keeps two of its word (dying, die), but for umlauts written out:
   * most words need none.
   */
  #canMean(text: string, start: number, end: number): boolean {
    const first = letterAt(text, start);
    const second = letterAt(text, start + 1);
    if (first < 0 || second < 0 || this.#beginnings[first * 26 + second] === 1) return true;
    if (this.#isEnglish) return false;
    return this.#beginsCompound(first, second, text, start) || this.#mayBeginOtherwise(text, start, end, first, second);
  }

  #beginsCompound(first: number, second: number, text: string, start: number): boolean {
    if (this.#compoundBeginnings === undefined) return false;
    const third = letterAt(text, start + 2);
    return third < 0 || isUmlaut(second, third) || this.#compoundBeginnings[(first * 26 + second) * 26 + third] === 1;
  }

  /** Whether the stem may begin with other letters than the word: after l', in for ae, oe and ue, and in Irish. */
  #mayBeginOtherwise(text: string, start: number, end: number, first: number, second: number): boolean {
    if (isUmlaut(first, second) || this.#lang === 'ga') return true;
    for (let i = start + 2; i < end; i++) if (text[i] === "'" || text[i] === '’') return true;
    return false;
  }

  /** The word's stem, or that without its accents where the query was typed so. */
  #meant(word: string): string {
    const stem = this.#stem(word);
    if (!this.#isAccented || this.#byStem.has(stem)) return stem;
    const plain = stemWithoutAccents(word.toLowerCase(), stemmingLanguage(word, this.#lang));
    return plain !== undefined && this.#byStem.has(plain) ? plain : stem;
  }

  #stem(word: string): string {
    let stem = this.#stems.get(word);
    if (stem === undefined) this.#stems.set(word, (stem = stemWord(word, this.#lang)));
    return stem;
  }
}

/** 0 to 25 for a to z, y as i; below 0 for what is no letter of these, or no character. */
function letterAt(text: string, at: number): number {
  const letter = (text.charCodeAt(at) | 0x20) - 0x61;
  if (letter === Y) return I;
  return letter < 26 ? letter : -1;
}

/** Whether two letters may be an umlaut written out, which the stem has as one letter: ae, oe, ue. */
function isUmlaut(letter: number, next: number): boolean {
  return next === E && (letter === A || letter === O || letter === U);
}

/** The matches in one text while its words go by. */
class FoundMatches implements MatchedText {
  readonly matches: Match[] = [];
  numWords = 0;
  readonly #byStem: ReadonlyMap<string, readonly number[]>;
  readonly #byRelated: ReadonlyMap<string, readonly Related[]>;
  readonly #bySplit: ReadonlyMap<string, number>;
  #previous: { stem: string; start: number } | undefined;
  readonly #parts: { readonly match: Match; readonly part: string }[] = [];

  constructor(
    byStem: ReadonlyMap<string, readonly number[]>,
    byRelated: ReadonlyMap<string, readonly Related[]>,
    bySplit: ReadonlyMap<string, number>,
  ) {
    this.#byStem = byStem;
    this.#byRelated = byRelated;
    this.#bySplit = bySplit;
  }

  add(stem: string, start: number, end: number): void {
    const word = this.numWords++;
    for (const term of this.#byStem.get(stem) ?? []) this.matches.push({ term, word, share: 1, start, end });
    for (const { term, share, part } of this.#byRelated.get(stem) ?? []) {
      const match = { term, word, share, start, end };
      if (part === undefined) this.matches.push(match);
      else this.#parts.push({ match, part });
    }
    if (this.#bySplit.size === 0) return;
    const previous = this.#previous;
    const split = previous && this.#bySplit.get(`${previous.stem} ${stem}`);
    if (split !== undefined) this.matches.push({ term: split, word: word - 1, share: 1, start: previous!.start, end });
    this.#previous = { stem, start };
  }

  /** Once all words have gone by: those of a compound that is looked for, where the text holds both. */
  addParts(): void {
    for (const { match, part } of this.#parts) {
      const isBoth = this.#parts.some((other) => other.match.term === match.term && other.part !== part);
      if (isBoth) this.matches.push(match);
    }
    if (this.#parts.length > 0) this.matches.sort((a, b) => a.word - b.word);
  }

  /** A word that no term can mean. */
  skip(): void {
    this.numWords++;
    this.#previous = undefined;
  }
}

/** Places in a sequence of terms whose word stands in the text right before that of the next place. */
export function pairsIn(matches: readonly Pick<Match, 'term' | 'word'>[], sequence: readonly number[]): number[] {
  const at = new Set(matches.map(({ term, word }) => `${term} ${word}`));
  return [...sequence.keys()].filter((i) =>
    matches.some(({ term, word }) => term === sequence[i] && at.has(`${sequence[i + 1]} ${word + 1}`)),
  );
}
