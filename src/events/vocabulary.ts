// The words of one source as numbers: each unit (an utterance, a sentence, a page) becomes a list of term ids, and each term
// knows how common it is in the source. Everything the reader engine decides about topics is counted on this.
import { terms, type Term } from '../text/terms.ts';
import { isWeakWord } from './weak-words.ts';

export interface Vocabulary {
  /** Term ids of each unit in order, function words left out. */
  readonly units: readonly Uint32Array[];
  readonly terms: readonly string[];
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
  readonly #lang: string;
  readonly #primary: string;
  readonly #ids = new Map<string, number>();
  readonly #isWeak: number[] = [];
  readonly #counts: number[] = [];
  readonly #spanCounts: number[] = [];
  readonly #lastSpan: number[] = [];
  readonly #units: Uint32Array[] = [];
  #numTokens = 0;

  constructor(lang: string) {
    this.#lang = lang;
    this.#primary = lang.split('-', 1)[0]!.toLowerCase();
  }

  /** Adds one unit; `found` are the terms of its text. */
  add(text: string, found: readonly Term[] = terms(text, this.#lang)): void {
    const unit: number[] = [];
    for (const { term, word, isStop } of found) if (!isStop) unit.push(this.#count(term, word));
    this.#units.push(Uint32Array.from(unit));
  }

  vocabulary(): Vocabulary {
    return {
      units: this.#units,
      terms: [...this.#ids.keys()],
      isWeak: Uint8Array.from(this.#isWeak),
      counts: Uint32Array.from(this.#counts),
      spanCounts: Uint32Array.from(this.#spanCounts),
      numSpans: Math.max(1, Math.ceil(this.#numTokens / SPAN_TERMS)),
      numTokens: this.#numTokens,
    };
  }

  #count(term: string, word: string): number {
    const id = this.#ids.get(term) ?? this.#ids.size;
    if (id === this.#ids.size) {
      this.#ids.set(term, id);
      this.#isWeak.push(isWeakWord(word, this.#primary) ? 1 : 0);
      this.#counts.push(0);
      this.#spanCounts.push(0);
      this.#lastSpan.push(-1);
    }
    const span = Math.floor(this.#numTokens++ / SPAN_TERMS);
    this.#counts[id]!++;
    if (this.#lastSpan[id] !== span) {
      this.#lastSpan[id] = span;
      this.#spanCounts[id]!++;
    }
    return id;
  }
}
