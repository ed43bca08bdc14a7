// What a stretch of text is about, in a few of its own words: runs of content words, scored by how often they are said here
// against how often in the rest of the source. Titles are made of these.
import { PairNumbers } from './pair-numbers.ts';
import { SourceWords, type ReadText } from './source-words.ts';
import { RunReader, type RunWord } from './word-runs.ts';

export interface KeyPhrase {
  /** As most often written in the source; lower case unless it is a name or an acronym. */
  readonly text: string;
  readonly score: number;
  /** Mentions in the part, and in the whole source. */
  readonly count: number;
  readonly total: number;
  /** Stems of its words, for comparing phrases. */
  readonly stems: readonly string[];
}

interface Phrase {
  readonly numWords: number;
  /** Share of its words that name no topic. */
  readonly weak: number;
  /** How it was written first, how often like that, and how else. */
  readonly surface: string;
  surfaceCount: number;
  otherSurfaces: Map<string, number> | undefined;
  /** The way it is written most; undefined while that may change. */
  usualSurface: string | undefined;
  /** Occurrences in the source, and how many of them follow an article, or a word that verbs follow. */
  count: number;
  afterArticle: number;
  afterSubject: number;
  /** Occurrences behind an article with nothing but grammar behind them: `the mean of`, never `the famous net`. */
  asNoun: number;
}

/** A phrase as one part of the source has it. */
interface Scored {
  readonly number: number;
  readonly phrase: Phrase;
  readonly count: number;
  readonly score: number;
  readonly text: string;
}

const MAX_WORDS = 4;
/** By number of words: one word is rarely a title, two or three are. */
const LENGTH_WORTH = [0, 0.55, 1.2, 1.3, 1.1];
/** A phrase that is as common elsewhere is still worth this much a mention: a source has topics that run through it. */
const BASE_WORTH = 0.7;

/** A word that only says how a thing is, beside one that says what it is. */
const MODIFIER_WORTH = 0.3;

/** What a longer phrase must score, as a share of the single word in it, to be named in its place. */
const AROUND_SHARE = 0.25;
/** Said this often in the source, a phrase is a term of it even where a part says it once. */
const SETTLED_TOTAL = 3;

/** Counts the phrases of a whole source, so that those of a part can be judged against it. */
export class PhraseIndex {
  readonly #words: SourceWords;
  readonly #reader: RunReader;
  readonly #isEnglish: boolean;
  readonly #hasArticles: boolean;
  /** A phrase is numbered by the phrase without its last word, 0 for none, and the number of that word's stem. */
  readonly #numbers = new PairNumbers();
  /** [numbers] undefined for what only begins phrases. */
  readonly #phrases: (Phrase | undefined)[] = [];
  /** [units] numbers of all phrases in each unit, repeats included. */
  readonly #units: (readonly number[])[] = [];

  constructor(lang = 'en', words = new SourceWords(lang)) {
    this.#words = words;
    this.#reader = new RunReader(words);
    this.#isEnglish = /^en\b/i.test(lang);
    this.#hasArticles = words.hasArticles;
  }

  /** Adds the next unit (an utterance, a sentence); parts are asked for later as ranges of units. */
  add(text: string, read = this.#words.read(text)): void {
    this.#units.push(this.#read(read));
  }

  /** The best phrases of units [first, end), best first, none sharing a word with a better one. */
  phrasesOf(first: number, end: number, limit: number): KeyPhrase[] {
    const counts = new Map<number, number>();
    for (let i = first; i < end; i++) {
      for (const number of this.#units[i]!) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    // A mention inside a longer phrase is the longer phrase's: "neural" is nothing beside "neural nets".
    const outer = new Map<number, number>();
    for (const [number, count] of counts) {
      if (count < 2) continue;
      for (const inner of this.#innerOf(number)) outer.set(inner, Math.max(outer.get(inner) ?? 0, count));
    }
    const share = (end - first) / Math.max(1, this.#units.length);
    const scored = [...counts].map(([number, count]): Scored => {
      const phrase = this.#phrases[number]!;
      const score = scoreOf(phrase, count - (outer.get(number) ?? 0), count, share);
      const text = surfaceOf(phrase);
      const isWorthLess =
        phrase.numWords === 1 &&
        ((this.#isEnglish && isModifier(text)) || (this.#hasArticles && !isNoun(phrase, text)));
      return { number, phrase, count, score: isWorthLess ? MODIFIER_WORTH * score : score, text };
    });
    scored.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
    const chosen: Scored[] = [];
    for (const best of scored) {
      if (chosen.length === limit || best.score <= 0) break;
      if (chosen.some((better) => this.#sharesWord(better, best))) continue;
      // "gradient" leads by number, "gradient descent" says what is meant: a phrase around a single word goes before it.
      const isWord = best.phrase.numWords === 1;
      const around = isWord ? scored.find((one) => one !== best && this.#sharesWord(one, best)) : undefined;
      const isSettled = around !== undefined && (around.count > 1 || around.phrase.count >= SETTLED_TOTAL);
      const isFit = isSettled && around.score >= AROUND_SHARE * best.score;
      chosen.push(isFit && !chosen.some((better) => this.#sharesWord(better, around)) ? around : best);
    }
    const allStems = this.#words.stems();
    return chosen.map(({ number, phrase, count, score, text }) => {
      const stems = this.#stemsOf(number).map((stem) => allStems[stem]!);
      return { text, score, count, total: phrase.count, stems };
    });
  }

  /** Counts every phrase of a text and returns their numbers. */
  #read(read: ReadText): number[] {
    const found: number[] = [];
    for (const run of this.#reader.runsOf(read)) {
      for (let first = 0; first < run.length; first++) {
        if (run[first]!.word.isWeak) continue;
        let number = 0;
        let isTight = true;
        for (let last = first; last < Math.min(run.length, first + MAX_WORDS); last++) {
          const { word, isGlued } = run[last]!;
          if (isRepeated(run, first, last)) break;
          number = this.#numbers.of(number, word.term);
          if (last > first && !isGlued) isTight = false;
          if (word.isWeak || !word.isNameable) continue;
          this.#count(number, read.text, run, first, last, isTight);
          found.push(number);
        }
      }
    }
    return found;
  }

  #count(number: number, text: string, words: readonly RunWord[], first: number, last: number, isTight: boolean): void {
    const surface = isTight ? text.slice(words[first]!.start, words[last]!.end) : joinWords(text, words, first, last);
    let phrase = this.#phrases[number];
    if (phrase === undefined) {
      let numWeak = 0;
      for (let i = first; i <= last; i++) if (words[i]!.word.isWeak) numWeak++;
      const numWords = last - first + 1;
      phrase = {
        numWords,
        weak: numWeak / numWords,
        surface,
        surfaceCount: 0,
        otherSurfaces: undefined,
        usualSurface: undefined,
        count: 0,
        afterArticle: 0,
        afterSubject: 0,
        asNoun: 0,
      };
      this.#phrases[number] = phrase;
    }
    phrase.count++;
    const { before } = words[first]!;
    if (before === 'article') {
      phrase.afterArticle++;
      if (last === words.length - 1) phrase.asNoun++;
    }
    if (before === 'subject') phrase.afterSubject++;
    phrase.usualSurface = undefined;
    if (surface === phrase.surface) phrase.surfaceCount++;
    else {
      phrase.otherSurfaces ??= new Map();
      phrase.otherSurfaces.set(surface, (phrase.otherSurfaces.get(surface) ?? 0) + 1);
    }
  }

  /** Numbers of the phrases one word shorter that a phrase contains. */
  #innerOf(number: number): number[] {
    const stems = this.#stemsOf(number);
    if (stems.length === 1) return [];
    let withoutFirst = 0;
    for (const stem of stems.slice(1)) withoutFirst = this.#numbers.of(withoutFirst, stem);
    return [withoutFirst, this.#numbers.firstOf(number)];
  }

  #stemsOf(number: number): number[] {
    const stems: number[] = [];
    for (let rest = number; rest !== 0; rest = this.#numbers.firstOf(rest)) stems.push(this.#numbers.secondOf(rest));
    return stems.reverse();
  }

  #sharesWord(a: Scored, b: Scored): boolean {
    for (let rest = a.number; rest !== 0; rest = this.#numbers.firstOf(rest)) {
      const stem = this.#numbers.secondOf(rest);
      for (let other = b.number; other !== 0; other = this.#numbers.firstOf(other)) {
        if (this.#numbers.secondOf(other) === stem) return true;
      }
    }
    return false;
  }
}

/** Whether the term of the word at `last` is one of those from `first` on before it. */
function isRepeated(words: readonly RunWord[], first: number, last: number): boolean {
  for (let i = first; i < last; i++) if (words[i]!.word.term === words[last]!.word.term) return true;
  return false;
}

/** Words whose gaps are not just what joins them. */
function joinWords(text: string, words: readonly RunWord[], first: number, last: number): string {
  let joined = '';
  for (let i = first; i <= last; i++) {
    const { start, end, glue } = words[i]!;
    joined += (i === first ? '' : glue) + text.slice(start, end);
  }
  return joined;
}

/**
 * `own`: mentions outside longer phrases; `count`: all mentions in the part, which is `share` of the source. The mentions
 * weigh by how far they exceed what the part's size would give: the part's contribution to the Kullback-Leibler divergence.
 */
function scoreOf(phrase: Phrase, own: number, count: number, share: number): number {
  const expected = Math.max(0.3, phrase.count * share);
  const surplus = Math.max(0, Math.log(count / expected));
  // Once is a slip of the tongue until it is repeated.
  const mentions = count === 1 ? 0.35 : own;
  const isNoun = (phrase.afterArticle + 1) / (phrase.afterArticle + phrase.afterSubject + 1.5);
  return (
    mentions *
    (BASE_WORTH + surplus) *
    LENGTH_WORTH[phrase.numWords]! *
    (0.25 + 0.75 * Math.min(1, isNoun)) *
    (1 - 0.5 * phrase.weak)
  );
}

/** Endings of abstract nouns, which often have no article: English, French, German; Spanish, Portuguese, Italian. */
const NOUN_ENDING =
  /(?:[ts]ion|ment|ness|ity|ité|ism|isme|ismus|logy|logie|[ae]nce|ship|graphy|[cs]ión|ção|são|[zs]ione|dad|dade|ità|mento|ismo|logia|logía)$/;

/** A single word that never stands behind an article alone is no name of a thing, unless it is written or ends like one. */
function isNoun({ asNoun, count }: Phrase, text: string): boolean {
  return asNoun > 0 || count < 2 || text !== text.toLowerCase() || NOUN_ENDING.test(text);
}

/** By its ending an English adverb or participle, and no name: `weighted`, `horizontally`. */
function isModifier(word: string): boolean {
  return /^\p{Ll}{3,}(?:(?<!e)ed|(?<!fami|assemb|anoma|supp|monopo)ly)$/u.test(word);
}

/** Sentence starts give a capital that a word doesn't own: the lower-case form wins if it is at all common. */
function surfaceOf(phrase: Phrase): string {
  if (phrase.usualSurface !== undefined) return phrase.usualSurface;
  const rank = (text: string, count: number) => count * (text === text.toLowerCase() ? 1.5 : 1);
  let best = phrase.surface;
  if (phrase.otherSurfaces !== undefined) {
    let bestRank = rank(best, phrase.surfaceCount);
    for (const [text, count] of phrase.otherSurfaces) {
      if (rank(text, count) > bestRank) [best, bestRank] = [text, rank(text, count)];
    }
  }
  return (phrase.usualSurface = best);
}

/** `gradient descent` -> `Gradient descent`. */
export function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
  return text === '' ? '' : first.toUpperCase() + text.slice(first.length);
}
