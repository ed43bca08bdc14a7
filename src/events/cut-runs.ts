// Runs of words without punctuation to pieces that read as sentences, cut where words, pauses and cues speak for a border and
// lengths are those of speech. The best cuts of a run are found at once, by dynamic programming: linear in its words.
import type { Cue } from '../ingest/captions/cue.ts';
import { type CueLayout, cueLayout } from './cue-layout.ts';
import { borderWorths } from './sentence-borders.ts';

/** Half-open character span. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Speech as text that knows where its cues begin. */
export interface Speech {
  readonly text: string;
  /** Silence in ms before a character if a cue begins there; undefined inside a cue. */
  gapBefore(offset: number): number | undefined;
}

/** A sentence longer than this is taken for unpunctuated speech. */
const MAX_WORDS = 42;
/** Where nothing is punctuated, so is a run longer than this. */
const MAX_UNPUNCTUATED_WORDS = 8;
/** More words than that for each full stop, and captions count as unpunctuated: nobody speaks like that. */
const UNPUNCTUATED_WORDS_PER_STOP = 60;
const STOP = /[.?!。！？؟।](?=[\s"'”’)\]]|$)/gu;
/** Sentences of speech have about that many words, by the geometric mean. */
const IDEAL_WORDS = 14;
const LENGTH_WEIGHT = 0.6;
const CUT_COST = 0.2;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？]/u;
/** Chinese and Japanese characters that take the place of one word. */
const CHARACTERS_PER_WORD = 2;

/** [words] 0 at the ideal length, growing with the ratio to it: 7 words cost as much as 28. */
const LENGTH_COSTS = Float64Array.from(
  { length: 2 * MAX_WORDS + 1 },
  (_, numWords) => LENGTH_WEIGHT * Math.log(numWords / IDEAL_WORDS) ** 2 + CUT_COST,
);

export class RunCutter {
  readonly #cues: readonly Cue[];
  readonly #lang: string;
  readonly #maxWords: number;
  #layout: CueLayout | undefined;

  constructor(cues: readonly Cue[], lang: string) {
    this.#cues = cues;
    this.#lang = lang;
    this.#maxWords = isPunctuated(cues) ? MAX_WORDS : MAX_UNPUNCTUATED_WORDS;
  }

  /** A run of the speech; as it is if it can be one sentence. */
  cut(speech: Speech, { start, end }: Piece): Piece[] {
    const words = wordsOf(speech.text, start, end);
    if (words.length <= this.#maxWords) return [{ start, end }];
    const worths = this.#worthsOf(speech, words);
    // best[i]: lowest cost of words[0..i) in whole pieces; from[i]: where the last of them starts.
    const best = new Float64Array(words.length + 1).fill(Infinity);
    const from = new Int32Array(words.length + 1);
    best[0] = 0;
    for (let i = 1; i <= words.length; i++) {
      const earned = i === words.length ? 0 : worths[i]!;
      for (let j = Math.max(0, i - 2 * MAX_WORDS); j < i; j++) {
        const cost = best[j]! + LENGTH_COSTS[i - j]! - earned;
        if (cost < best[i]!) {
          best[i] = cost;
          from[i] = j;
        }
      }
    }
    const pieces: Piece[] = [];
    for (let i = words.length; i > 0; i = from[i]!)
      pieces.push({ start: words[from[i]!]!.start, end: words[i - 1]!.end });
    return pieces.reverse();
  }

  /** [words] what a cut before each earns. */
  #worthsOf(speech: Speech, words: readonly Piece[]): Float64Array {
    const texts = words.map(({ start, end }) => speech.text.slice(start, end));
    const worths = borderWorths(texts, this.#lang) ?? new Float64Array(words.length);
    const { atStart, inside } = (this.#layout ??= cueLayout(this.#cues, this.#lang));
    for (let i = 1; i < words.length; i++) {
      const gapMs = speech.gapBefore(words[i]!.start);
      worths[i]! += gapMs === undefined ? inside : atStart + Math.min(1.2, gapMs / 1200);
      // A comma is no sign: who writes commas would have written a full stop there.
      if (/[.!?。！？]$/.test(texts[i - 1]!)) worths[i]! += 1.5;
    }
    return worths;
  }
}

function isPunctuated(cues: readonly Cue[]): boolean {
  let [numWords, numStops] = [0, 0];
  for (const { text } of cues) {
    numWords += text.match(/\S+/g)?.length ?? 0;
    numStops += text.match(STOP)?.length ?? 0;
  }
  return numWords <= UNPUNCTUATED_WORDS_PER_STOP * numStops;
}

function wordsOf(text: string, start: number, end: number): Piece[] {
  const pattern = UNSPACED.test(text.slice(start, start + 20))
    ? new RegExp(`[^\\s]{1,${CHARACTERS_PER_WORD}}`, 'gu')
    : /\S+/gu;
  return [...text.slice(start, end).matchAll(pattern)].map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}
