// The words of one source as numbers: each unit (an utterance, a sentence, a page) becomes a list of term ids, and each term
// knows how common it is in the source. Everything the reader engine decides about topics is counted on this.
import { SourceWords, type SourceWord } from './source-words.ts';

export interface Vocabulary {
  /** Term ids of each unit in order, function words left out. */
  readonly units: readonly (readonly number[])[];
  /** [terms] 1 where the term names no topic by itself: verbs of talking, adverbs of degree, numbers in words. */
  readonly isWeak: Uint8Array;
  /** [terms] occurrences in the whole source. */
  readonly counts: Uint32Array;
  /** [terms] in how many spans of about SPAN_TERMS terms the term occurs, and how many such spans there are. */
  readonly spanCounts: Uint32Array;
  readonly numSpans: number;
  /** Sum of `counts`. */
  readonly numTokens: number;
}

/** Document frequency inside one source is counted over stretches of this many terms: a minute or two of speech. */
const SPAN_TERMS = 100;

/** Counts texts as they come; `vocabulary()` is what has been counted so far. */
export class VocabularyBuilder {
  readonly #words: SourceWords;
  readonly #isWeak: number[] = [];
  readonly #counts: number[] = [];
  readonly #spanCounts: number[] = [];
  readonly #lastSpan: number[] = [];
  readonly #units: (readonly number[])[] = [];
  #numTokens = 0;

  constructor(lang: string, words = new SourceWords(lang)) {
    this.#words = words;
  }

  /** Adds one unit; `read` are the words of its text. */
  add(text: string, { words } = this.#words.read(text)): void {
    const unit: number[] = [];
    for (const word of words) {
      if (word.isStop) continue;
      this.#count(word);
      unit.push(word.term);
    }
    this.#units.push(unit);
  }

  vocabulary(): Vocabulary {
    return {
      units: this.#units,
      isWeak: Uint8Array.from(this.#isWeak),
      counts: Uint32Array.from(this.#counts),
      spanCounts: Uint32Array.from(this.#spanCounts),
      numSpans: Math.max(1, Math.ceil(this.#numTokens / SPAN_TERMS)),
      numTokens: this.#numTokens,
    };
  }

  #count({ term, isWeak }: SourceWord): void {
    while (this.#counts.length <= term) {
      this.#isWeak.push(0);
      this.#counts.push(0);
      this.#spanCounts.push(0);
      this.#lastSpan.push(-1);
    }
    const span = Math.floor(this.#numTokens++ / SPAN_TERMS);
    if (this.#counts[term]!++ === 0) this.#isWeak[term] = Number(isWeak);
    if (this.#lastSpan[term] !== span) {
      this.#lastSpan[term] = span;
      this.#spanCounts[term]!++;
    }
  }
}
