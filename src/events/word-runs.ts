// Text to runs of content words, broken at function words and punctuation: where phrases are found.
import { isStopWord } from '../text/stop-words.ts';
import type { ReadText, SourceWord, SourceWords } from './source-words.ts';

/** A content word in a run; its place is that in the text read, which may be normalised. */
export interface RunWord {
  readonly word: SourceWord;
  readonly start: number;
  readonly end: number;
  /** What joins it to the word before in the run: a space, a hyphen, ` de ` in `mot de passe`, nothing in Chinese and Japanese. */
  readonly glue: string;
  /** Whether the text has just that between the two. */
  readonly isGlued: boolean;
  /** What the word before it tells. */
  readonly before: SourceWord['role'];
}

/** Words that join two nouns to one name where English puts them side by side, with or without an article: `máquina de vapor`. */
const LINKS: Readonly<Record<string, RegExp>> = {
  fr: /^ (?:de|du|des|de la|(?:de l|d)['’]) ?$/i,
  es: /^ (?:de|del|de la|de los|de las) $/i,
  it: /^ (?:di|del|della|dei|delle|degli|d['’]|dell['’]) ?$/i,
  pt: /^ (?:de|do|da|dos|das) $/i,
};

export class RunReader {
  readonly #words: SourceWords;
  readonly #links: RegExp | undefined;
  #segmenter: Intl.Segmenter | undefined;

  constructor(words: SourceWords) {
    this.#words = words;
    this.#links = LINKS[words.lang];
  }

  runsOf(read: ReadText): RunWord[][] {
    return read.isSpaced ? this.#spacedRuns(read) : this.#unspacedRuns(read.text);
  }

  #spacedRuns({ text, words, spans }: ReadText): RunWord[][] {
    const runs: RunWord[][] = [];
    let run: RunWord[] = [];
    const breakRun = () => {
      if (run.length === 0) return;
      runs.push(run);
      run = [];
    };
    let before: SourceWord['role'];
    let lastEnd = 0;
    for (const [i, word] of words.entries()) {
      const start = spans[2 * i]!;
      const end = spans[2 * i + 1]!;
      const gap = start - lastEnd === 1 ? text[lastEnd]! : text.slice(lastEnd, start);
      if (gap !== ' ' && /[^\s-]/.test(gap) && !this.#isLink(gap)) {
        breakRun();
        before = undefined;
      }
      if (word.isNumber) breakRun();
      else if (!word.isStop) {
        const between = run.length === 0 ? gap : text.slice(run.at(-1)!.end, start);
        const isLinked = run.length > 0 && this.#isLink(between);
        if (!isLinked && between !== gap) breakRun();
        const glue = isLinked ? between : gap === '-' ? '-' : ' ';
        run.push({ word, start, end, glue, isGlued: between === glue, before });
      }
      // A function word ends the run, unless it turns out to link two words of it.
      else if (this.#links === undefined) breakRun();
      before = word.role;
      lastEnd = end;
    }
    breakRun();
    return runs;
  }

  /** Chinese and Japanese words by dictionary: bigrams match well but read badly. */
  #unspacedRuns(text: string): RunWord[][] {
    const { lang } = this.#words;
    this.#segmenter ??= new Intl.Segmenter(lang, { granularity: 'word' });
    const runs: RunWord[][] = [[]];
    let lastEnd = 0;
    for (const { segment, index: start, isWordLike } of this.#segmenter.segment(text)) {
      const end = start + segment.length;
      const lower = segment.toLowerCase();
      const isContent =
        isWordLike === true && !/^[\p{Script=Hiragana}\p{N}]+$/u.test(lower) && !isStopWord(lower, lang);
      if (isContent) {
        const isGlued = start === lastEnd;
        runs.at(-1)!.push({ word: this.#words.wordOf(lower), start, end, glue: '', isGlued, before: undefined });
        lastEnd = end;
      } else if (segment.trim() !== '') runs.push([]);
    }
    return runs.filter((run) => run.length > 0);
  }

  #isLink(between: string): boolean {
    return this.#links?.test(between) ?? false;
  }
}
