// The naive search that ours is measured against: BM25 (k1 1.2, b 0.75) over words as written, lower case, without stemming or
// stop words, on fixed windows of captions, of which it reads what is said and not who says it, or on whole pages.
import type { Cue } from '../src/ingest/captions/cue.ts';

export interface NaiveDocument<Place> {
  readonly place: Place;
  readonly text: string;
}

const K1 = 1.2;
const B = 0.75;

export class NaiveBm25<Place> {
  readonly #documents: readonly NaiveDocument<Place>[];
  readonly #counts: readonly Map<string, number>[];
  readonly #lengths: readonly number[];
  readonly #documentFrequency = new Map<string, number>();
  readonly #averageLength: number;

  constructor(documents: readonly NaiveDocument<Place>[]) {
    this.#documents = documents;
    this.#counts = documents.map(({ text }) => countWords(text));
    this.#lengths = this.#counts.map((counts) => counts.values().reduce((sum, count) => sum + count, 0));
    this.#averageLength = this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
    for (const counts of this.#counts) {
      for (const word of counts.keys()) this.#documentFrequency.set(word, (this.#documentFrequency.get(word) ?? 0) + 1);
    }
  }

  /** Places with a score above zero, best first. */
  search(query: string, limit: number): Place[] {
    const words = splitWords(query);
    const total = this.#documents.length;
    const scored = this.#counts.map((counts, i) => {
      let score = 0;
      for (const word of words) {
        const count = counts.get(word) ?? 0;
        if (count === 0) continue;
        const frequency = this.#documentFrequency.get(word)!;
        const rarity = Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5));
        const norm = K1 * (1 - B + (B * this.#lengths[i]!) / this.#averageLength);
        score += (rarity * count * (K1 + 1)) / (count + norm);
      }
      return { score, i };
    });
    const best = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || a.i - b.i);
    return best.slice(0, limit).map(({ i }) => this.#documents[i]!.place);
  }
}

/** Windows of `windowSec` every `stepSec`, each with the text of the cues it touches; empty ones left out. */
export function cutWindows(cues: readonly Cue[], windowSec: number, stepSec: number) {
  const endMs = cues.at(-1)?.endMs ?? 0;
  const windows: NaiveDocument<{ startMs: number; endMs: number }>[] = [];
  for (let startMs = 0; startMs < endMs; startMs += stepSec * 1000) {
    const place = { startMs, endMs: startMs + windowSec * 1000 };
    const within = cues.filter((cue) => cue.startMs < place.endMs && cue.endMs > place.startMs);
    if (within.length > 0) windows.push({ place, text: within.map((cue) => cue.text).join(' ') });
  }
  return windows;
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
