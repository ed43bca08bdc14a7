// What a stretch of text is about, in a few of its own words: runs of content words, scored by how often they are said here
// against how often in the rest of the source. Titles are made of these.
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
  readonly stems: readonly string[];
  /** Keys of the phrases one word shorter that this one contains. */
  readonly inner: readonly string[];
  /** Share of its words that name no topic. */
  readonly weak: number;
  /** Surface form -> occurrences. */
  readonly surfaces: Map<string, number>;
  /** Occurrences in the source, and how many of them follow an article, or a word that verbs follow. */
  count: number;
  afterArticle: number;
  afterSubject: number;
}

const MAX_WORDS = 4;
/** By number of words: one word is rarely a title, two or three are. */
const LENGTH_WORTH = [0, 0.55, 1.2, 1.3, 1.1];
/** A phrase that is as common elsewhere is still worth this much a mention: a source has topics that run through it. */
const BASE_WORTH = 0.7;

/** What a longer phrase must score, as a share of the single word in it, to be named in its place. */
const AROUND_SHARE = 0.25;
/** Said this often in the source, a phrase is a term of it even where a part says it once. */
const SETTLED_TOTAL = 3;

/** Counts the phrases of a whole source, so that those of a part can be judged against it. */
export class PhraseIndex {
  readonly #reader: RunReader;
  readonly #phrases = new Map<string, Phrase>();
  /** [units] keys of all phrases in each unit, repeats included. */
  readonly #units: (readonly string[])[] = [];

  constructor(lang = 'en') {
    this.#reader = new RunReader(lang);
  }

  /** Adds the next unit (an utterance, a sentence); parts are asked for later as ranges of units. */
  add(text: string): void {
    this.#units.push(this.#read(text));
  }

  /** The best phrases of units [first, end), best first, none sharing a word with a better one. */
  phrasesOf(first: number, end: number, limit: number): KeyPhrase[] {
    const counts = new Map<string, number>();
    for (let i = first; i < end; i++) {
      for (const key of this.#units[i]!) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // A mention inside a longer phrase is the longer phrase's: "neural" is nothing beside "neural nets".
    const outer = new Map<string, number>();
    for (const [key, count] of counts) {
      if (count < 2) continue;
      for (const inner of this.#phrases.get(key)!.inner) outer.set(inner, Math.max(outer.get(inner) ?? 0, count));
    }
    const share = (end - first) / Math.max(1, this.#units.length);
    const scored = [...counts].map(([key, count]): KeyPhrase => {
      const phrase = this.#phrases.get(key)!;
      const own = count - (outer.get(key) ?? 0);
      return {
        text: surfaceOf(phrase),
        score: scoreOf(phrase, own, count, share),
        count,
        total: phrase.count,
        stems: phrase.stems,
      };
    });
    scored.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
    const chosen: KeyPhrase[] = [];
    for (const best of scored) {
      if (chosen.length === limit || best.score <= 0) break;
      if (chosen.some((better) => sharesWord(better, best))) continue;
      // "gradient" leads by number, "gradient descent" says what is meant: a phrase around a single word goes before it.
      const around = best.stems.length > 1 ? undefined : scored.find((one) => one !== best && sharesWord(one, best));
      const isSettled = around !== undefined && (around.count > 1 || around.total >= SETTLED_TOTAL);
      const isFit = isSettled && around.score >= AROUND_SHARE * best.score;
      chosen.push(isFit && !chosen.some((better) => sharesWord(better, around)) ? around : best);
    }
    return chosen;
  }

  /** Counts every phrase of a text and returns their keys. */
  #read(text: string): string[] {
    const keys: string[] = [];
    for (const run of this.#reader.runsOf(text)) {
      for (let first = 0; first < run.length; first++) {
        if (run[first]!.isWeak) continue;
        let key = '';
        let surface = '';
        for (let last = first; last < Math.min(run.length, first + MAX_WORDS); last++) {
          const word = run[last]!;
          if (saysAgain(run, first, last)) break;
          key = key === '' ? word.stem : `${key} ${word.stem}`;
          surface = surface === '' ? word.surface : surface + word.glue + word.surface;
          if (word.isWeak || !word.isNameable) continue;
          this.#count(key, surface, run, first, last);
          keys.push(key);
        }
      }
    }
    return keys;
  }

  #count(key: string, surface: string, run: readonly RunWord[], first: number, last: number): void {
    let phrase = this.#phrases.get(key);
    if (phrase === undefined) {
      const words = run.slice(first, last + 1);
      const stems = words.map((word) => word.stem);
      const inner = stems.length === 1 ? [] : [stems.slice(1).join(' '), stems.slice(0, -1).join(' ')];
      const weak = words.filter((word) => word.isWeak).length / words.length;
      phrase = { stems, inner, weak, surfaces: new Map(), count: 0, afterArticle: 0, afterSubject: 0 };
      this.#phrases.set(key, phrase);
    }
    phrase.count++;
    const { before } = run[first]!;
    if (before === 'article') phrase.afterArticle++;
    else if (before === 'subject') phrase.afterSubject++;
    phrase.surfaces.set(surface, (phrase.surfaces.get(surface) ?? 0) + 1);
  }
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
    LENGTH_WORTH[phrase.stems.length]! *
    (0.25 + 0.75 * Math.min(1, isNoun)) *
    (1 - 0.5 * phrase.weak)
  );
}

function sharesWord(a: KeyPhrase, b: KeyPhrase): boolean {
  return a.stems.some((stem) => b.stems.includes(stem));
}

/** Whether the stem of word `last` is one of those from `first` on. */
function saysAgain(run: readonly RunWord[], first: number, last: number): boolean {
  for (let i = first; i < last; i++) if (run[i]!.stem === run[last]!.stem) return true;
  return false;
}

/** Sentence starts give a capital that a word doesn't own: the lower-case form wins if it is at all common. */
function surfaceOf({ surfaces }: Phrase): string {
  const rank = ([text, count]: [string, number]) => count * (text === text.toLowerCase() ? 1.5 : 1);
  return [...surfaces].reduce((a, b) => (rank(b) > rank(a) ? b : a))[0];
}

/** `gradient descent` -> `Gradient descent`. */
export function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
  return text === '' ? '' : first.toUpperCase() + text.slice(first.length);
}
