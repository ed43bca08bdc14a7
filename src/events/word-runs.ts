// Text to runs of content words, broken at function words and punctuation: where phrases are found. Each word carries what
// the word before it tells: nouns follow articles, verbs follow subjects and auxiliaries.
import { isStopWord } from '../text/stop-words.ts';
import { stemWord, terms } from '../text/terms.ts';
import { isWeakWord } from './weak-words.ts';

export interface RunWord {
  readonly surface: string;
  /** What joins it to the word before in the run: a space, a hyphen, nothing in Chinese and Japanese. */
  readonly glue: ' ' | '-' | '';
  readonly stem: string;
  /** Names no topic by itself. */
  readonly isWeak: boolean;
  /** Has letters enough to end a phrase. */
  readonly isNameable: boolean;
  readonly before: 'article' | 'subject' | undefined;
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

export class RunReader {
  readonly #lang: string;
  readonly #articles: ReadonlySet<string>;
  readonly #subjects: ReadonlySet<string>;
  /** What is known of each word; a source says most of its words often. */
  readonly #traits = new Map<string, Pick<RunWord, 'isWeak' | 'isNameable'>>();
  #segmenter: Intl.Segmenter | undefined;

  constructor(lang: string) {
    this.#lang = lang.split('-', 1)[0]!.toLowerCase();
    const grammar = GRAMMAR[this.#lang];
    this.#articles = new Set(grammar?.articles.split(/\s+/));
    this.#subjects = new Set(grammar?.subjects.split(/\s+/));
  }

  runsOf(text: string): RunWord[][] {
    return UNSPACED.test(text) ? this.#unspacedRuns(text.normalize('NFKC')) : this.#spacedRuns(text.normalize('NFKC'));
  }

  #spacedRuns(text: string): RunWord[][] {
    const runs: RunWord[][] = [[]];
    let before = '';
    let end = 0;
    for (const { term, word, start, end: next, isStop } of terms(text, this.#lang)) {
      const gap = text.slice(end, start);
      if (gap !== ' ' && /[^\s-]/.test(gap)) {
        runs.push([]);
        before = '';
      }
      if (isStop || /^[\d.,]+$/.test(word)) runs.push([]);
      else runs.at(-1)!.push(this.#word(text.slice(start, next), gap === '-' ? '-' : ' ', term, word, before));
      before = word;
      end = next;
    }
    return runs.filter((run) => run.length > 0);
  }

  /** Chinese and Japanese words by dictionary: bigrams match well but read badly. */
  #unspacedRuns(text: string): RunWord[][] {
    this.#segmenter ??= new Intl.Segmenter(this.#lang, { granularity: 'word' });
    const runs: RunWord[][] = [[]];
    for (const { segment, isWordLike } of this.#segmenter.segment(text)) {
      const word = segment.toLowerCase();
      const isContent =
        isWordLike === true && !/^[\p{Script=Hiragana}\p{N}]+$/u.test(word) && !isStopWord(word, this.#lang);
      if (isContent) runs.at(-1)!.push(this.#word(segment, '', stemWord(word, this.#lang), word, ''));
      else if (segment.trim() !== '') runs.push([]);
    }
    return runs.filter((run) => run.length > 0);
  }

  #word(surface: string, glue: RunWord['glue'], stem: string, word: string, before: string): RunWord {
    let traits = this.#traits.get(word);
    if (traits === undefined) {
      traits = { isWeak: isWeakWord(word, this.#lang), isNameable: /\p{L}{2}|\p{Script=Han}/u.test(word) };
      this.#traits.set(word, traits);
    }
    return {
      surface,
      glue,
      stem,
      isWeak: traits.isWeak,
      isNameable: traits.isNameable,
      before: this.#articles.has(before) ? 'article' : this.#subjects.has(before) ? 'subject' : undefined,
    };
  }
}
