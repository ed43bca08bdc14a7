// The sentence of a text that a quote was meant to be, where somebody retyped it with a mistake: most words are the same.
import { sentences } from './sentences.ts';

export interface NearSentence {
  /** White space made single. */
  readonly text: string;
  /** Words in common, as a share of the longer one's. */
  readonly shared: number;
}

const MIN_SHARED = 0.8;
/** A shorter quote is found by its very words or not at all. */
const MIN_WORDS = 5;

/** undefined where no sentence is near. */
export function nearestSentence(text: string, quote: string): NearSentence | undefined {
  const wanted = new Set(wordsOf(quote));
  if (wanted.size < MIN_WORDS) return undefined;
  let best: NearSentence | undefined;
  for (const sentence of sentences(text)) {
    const words = new Set(wordsOf(sentence.text));
    const shared = [...words].filter((word) => wanted.has(word)).length / Math.max(words.size, wanted.size);
    if (shared >= MIN_SHARED && shared > (best?.shared ?? 0)) best = { text: plain(sentence.text), shared };
  }
  return best;
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
