// Text to runs of content words, broken at function words and punctuation: where phrases are found. Each word carries what
// the word before it tells: nouns follow articles, verbs follow subjects and auxiliaries.
import { isAscii } from '../text/fold.ts';
import { isStopWord } from '../text/stop-words.ts';
import { stemWord, terms, type Term } from '../text/terms.ts';
import { isWeakWord } from './weak-words.ts';

/** Content words in a row; their places are those in `text`, which may be normalised. */
export interface WordRun {
  readonly text: string;
  readonly words: readonly RunWord[];
}

export interface RunWord {
  readonly start: number;
  readonly end: number;
  /** What joins it to the word before in the run: a space, a hyphen, ` de ` in `mot de passe`, nothing in Chinese and Japanese. */
  readonly glue: string;
  /** Whether the text has just that between the two. */
  readonly isGlued: boolean;
  readonly stem: string;
  readonly traits: WordTraits;
  readonly before: 'article' | 'subject' | undefined;
}

interface WordTraits {
  /** Names no topic by itself. */
  readonly isWeak: boolean;
  /** Has letters enough to end a phrase. */
  readonly isNameable: boolean;
  readonly isNumber: boolean;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const GRAMMAR: Readonly<Record<string, { articles: string; subjects: string }>> = {
  en: {
    articles: 'the a an this these those of our your my its their each every some called in with by',
    subjects: `to i you we they he she it can could will would should may might must don't doesn't didn't let's gonna not be is are was
      were been being i'm you're we're they're very so more how too`,
  },
  de: {
    articles: 'der die das den dem des ein eine einen einem einer diese dieser diesem unser unsere im vom zum zur von',
    subjects: 'ich wir sie er es man zu kann muss wird ist sind sehr so nicht',
  },
  fr: {
    articles: 'le la les un une des du de ce cette ces notre nos votre au aux',
    subjects: 'je tu il elle on nous vous ils est sont va peut très pas plus',
  },
  es: {
    articles: 'el la los las un una unos unas del de este esta estos nuestro nuestra al',
    subjects: 'yo tú él ella nosotros se es son va puede muy no más',
  },
};

/** Words that join two nouns to one name where English puts them side by side, with or without an article: `máquina de vapor`. */
const LINKS: Readonly<Record<string, RegExp>> = {
  fr: /^ (?:de|du|des|de la|(?:de l|d)['’]) ?$/i,
  es: /^ (?:de|del|de la|de los|de las) $/i,
  it: /^ (?:di|del|della|dei|delle|degli|d['’]|dell['’]) ?$/i,
  pt: /^ (?:de|do|da|dos|das) $/i,
};

export class RunReader {
  readonly #lang: string;
  readonly #links: RegExp | undefined;
  readonly #articles: ReadonlySet<string>;
  readonly #subjects: ReadonlySet<string>;
  /** What is known of each word; a source says most of its words often. */
  readonly #traits = new Map<string, WordTraits>();
  #segmenter: Intl.Segmenter | undefined;

  constructor(lang: string) {
    this.#lang = lang.split('-', 1)[0]!.toLowerCase();
    this.#links = LINKS[this.#lang];
    const grammar = GRAMMAR[this.#lang];
    this.#articles = new Set(grammar?.articles.split(/\s+/));
    this.#subjects = new Set(grammar?.subjects.split(/\s+/));
  }

  /** `found` are the terms of the text, where they are known. */
  runsOf(text: string, found?: readonly Term[]): WordRun[] {
    const normal = isAscii(text) ? text : text.normalize('NFKC');
    const runs = UNSPACED.test(normal)
      ? this.#unspacedRuns(normal)
      : this.#spacedRuns(normal, found ?? terms(normal, this.#lang));
    return runs.map((words) => ({ text: normal, words }));
  }

  #spacedRuns(text: string, found: readonly Term[]): RunWord[][] {
    const runs: RunWord[][] = [];
    let run: RunWord[] = [];
    const breakRun = () => {
      if (run.length === 0) return;
      runs.push(run);
      run = [];
    };
    let before = '';
    let lastEnd = 0;
    for (const { term: stem, word, start, end, isStop } of found) {
      const gap = start - lastEnd === 1 ? text[lastEnd]! : text.slice(lastEnd, start);
      if (gap !== ' ' && /[^\s-]/.test(gap) && !this.#isLink(gap)) {
        breakRun();
        before = '';
      }
      const traits = this.#traitsOf(word);
      if (traits.isNumber) breakRun();
      else if (!isStop) {
        const between = run.length === 0 ? gap : text.slice(run.at(-1)!.end, start);
        const isLinked = run.length > 0 && this.#isLink(between);
        if (!isLinked && between !== gap) breakRun();
        const glue = isLinked ? between : gap === '-' ? '-' : ' ';
        run.push({ start, end, glue, isGlued: between === glue, stem, traits, before: this.#roleOf(before) });
      }
      // A function word ends the run, unless it turns out to link two words of it.
      else if (this.#links === undefined) breakRun();
      before = word;
      lastEnd = end;
    }
    breakRun();
    return runs;
  }

  /** Chinese and Japanese words by dictionary: bigrams match well but read badly. */
  #unspacedRuns(text: string): RunWord[][] {
    this.#segmenter ??= new Intl.Segmenter(this.#lang, { granularity: 'word' });
    const runs: RunWord[][] = [[]];
    let lastEnd = 0;
    for (const { segment, index: start, isWordLike } of this.#segmenter.segment(text)) {
      const end = start + segment.length;
      const word = segment.toLowerCase();
      const isContent =
        isWordLike === true && !/^[\p{Script=Hiragana}\p{N}]+$/u.test(word) && !isStopWord(word, this.#lang);
      if (isContent) {
        const stem = stemWord(word, this.#lang);
        const isGlued = start === lastEnd;
        runs.at(-1)!.push({ start, end, glue: '', isGlued, stem, traits: this.#traitsOf(word), before: undefined });
        lastEnd = end;
      } else if (segment.trim() !== '') runs.push([]);
    }
    return runs.filter((run) => run.length > 0);
  }

  #traitsOf(word: string): WordTraits {
    let traits = this.#traits.get(word);
    if (traits === undefined) {
      traits = {
        isWeak: isWeakWord(word, this.#lang),
        isNameable: /\p{L}{2}|\p{Script=Han}/u.test(word),
        isNumber: /^[\d.,]+$/.test(word),
      };
      this.#traits.set(word, traits);
    }
    return traits;
  }

  #isLink(between: string): boolean {
    return this.#links?.test(between) ?? false;
  }

  #roleOf(word: string): RunWord['before'] {
    return this.#articles.has(word) ? 'article' : this.#subjects.has(word) ? 'subject' : undefined;
  }
}
