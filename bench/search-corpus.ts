// A made-up library for bench/search.ts: events of 12 to 23 words over a vocabulary with Zipf-Mandelbrot frequencies
// (Mandelbrot 1953, exponent and offset as usual for English), the same for the same seed.
import type { Event } from '../src/events/event.ts';
import { sha256 } from '../src/hash.ts';
import type { SourceKind, SourceRecord } from '../src/store/library.ts';

const VOCABULARY_SIZE = 100_000;
const ZIPF_EXPONENT = 1.07;
const ZIPF_OFFSET = 2.7;
const EVENT_MS = 7_000;

/** Numbers in [0, 1), the same for the same seed (mulberry32 by Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface CorpusSource {
  readonly record: SourceRecord;
  readonly events: readonly Event[];
}

export class Corpus {
  /** Most frequent first. */
  readonly vocabulary: readonly string[];
  readonly #cumulative: Float64Array;
  readonly #numRows: number;
  readonly #numSources: number;
  readonly #seed: number;

  constructor({ numRows, numSources, seed }: { numRows: number; numSources: number; seed: number }) {
    this.#numRows = numRows;
    this.#numSources = numSources;
    this.#seed = seed;
    this.vocabulary = makeVocabulary(seededRandom(seed));
    this.#cumulative = new Float64Array(VOCABULARY_SIZE);
    let sum = 0;
    for (let rank = 0; rank < VOCABULARY_SIZE; rank++) {
      sum += (rank + 1 + ZIPF_OFFSET) ** -ZIPF_EXPONENT;
      this.#cumulative[rank] = sum;
    }
  }

  /** Sources of half to one and a half times the mean size, `numRows` events in all. */
  *sources(): Generator<CorpusSource> {
    const random = seededRandom(this.#seed + 1);
    const mean = this.#numRows / this.#numSources;
    let left = this.#numRows;
    for (let i = 0; left > 0; i++) {
      const size = Math.min(left, Math.round(mean * (0.5 + random())));
      left -= size;
      yield this.#source(i, size, random);
    }
  }

  #source(i: number, size: number, random: () => number): CorpusSource {
    const events = Array.from({ length: size }, (_, n): Event => {
      const title = this.#words(3 + Math.floor(random() * 3), random);
      const summary = this.#words(9 + Math.floor(random() * 10), random);
      const place = { kind: 'time', startMs: n * EVENT_MS, endMs: (n + 1) * EVENT_MS } as const;
      return { place, title, summary, evidence: [], engine: 'bench', status: 'complete' };
    });
    const contentHash = sha256(`${this.#seed}/${i}`);
    const kinds: readonly SourceKind[] = ['video', 'video', 'video', 'transcript', 'document'];
    const record: SourceRecord = {
      id: contentHash.slice(0, 16),
      contentHash,
      path: `/bench/${i}.mp4`,
      kind: kinds[i % kinds.length]!,
      title: `Source ${i}`,
      durationMs: size * EVENT_MS,
      numPages: null,
      numEvents: size,
      status: 'indexed',
      error: null,
      engine: 'bench',
      lang: null,
      video: null,
      fingerprint: contentHash,
      indexedAt: new Date(0),
    };
    return { record, events };
  }

  #words(count: number, random: () => number): string {
    return Array.from({ length: count }, () => this.#word(random)).join(' ');
  }

  #word(random: () => number): string {
    const target = random() * this.#cumulative[VOCABULARY_SIZE - 1]!;
    let low = 0;
    let high = VOCABULARY_SIZE - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return this.vocabulary[low]!;
  }
}

/** Distinct words of syllables: 2 to 4 letters for the most frequent, up to 12 for the rest. */
function makeVocabulary(random: () => number): string[] {
  const pick = (letters: string) => letters[Math.floor(random() * letters.length)]!;
  const words = new Set<string>();
  while (words.size < VOCABULARY_SIZE) {
    const numSyllables = words.size < 150 ? 1 : 2 + Math.floor(random() * 3);
    let word = '';
    for (let i = 0; i < numSyllables; i++) {
      word += pick('bcdfghklmnprstvw') + pick('aeiou') + (random() < 0.4 ? pick('lmnrst') : '');
    }
    words.add(word);
  }
  return [...words];
}
