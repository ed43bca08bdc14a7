// Questions about who said what in a meeting, made by rule and seed: a word that several speakers use, and one of them who uses it
// in no more than half of the turns that hold it. The places are that speaker's turns with the word; nothing was written or picked
// by hand, so that nothing can be tuned to single ones.
import { isWeakWord } from '../src/events/weak-words.ts';
import { isStopWord } from '../src/text/stop-words.ts';
import type { Span } from '../src/time.ts';

export interface SpokenTurn extends Span {
  readonly speaker: string;
  readonly content: string;
}

export interface SpeakerQuestion {
  readonly query: string;
  readonly spans: readonly Span[];
}

const PER_MEETING = 40;
/** A word in fewer turns names no subject of a meeting, one in more turns too many. */
const [MIN_TURNS, MAX_TURNS] = [4, 25];
/** One turn of theirs at least says something. */
const MIN_WORDS = 12;

export function askAboutSpeakers(turns: readonly SpokenTurn[], seed = 7): SpeakerQuestion[] {
  const holding = new Map<string, SpokenTurn[]>();
  for (const turn of turns) {
    for (const word of new Set(turn.content.toLowerCase().match(/[a-z]{5,}/g))) {
      if (!isStopWord(word, 'en') && !isWeakWord(word, 'en')) holding.set(word, [...(holding.get(word) ?? []), turn]);
    }
  }
  const found: SpeakerQuestion[] = [];
  for (const [word, all] of holding) {
    if (all.length < MIN_TURNS || all.length > MAX_TURNS) continue;
    for (const [speaker, theirs] of Map.groupBy(all, (turn) => turn.speaker)) {
      const says = theirs.some(({ content }) => content.split(/\s+/).length >= MIN_WORDS);
      if (2 * theirs.length > all.length || !says || speaker.toLowerCase().includes(word)) continue;
      found.push({ query: `What did ${nameOf(speaker)} say about ${word}?`, spans: theirs });
    }
  }
  const random = randomFrom(seed);
  return Array.from({ length: Math.min(PER_MEETING, found.length) }, () => {
    return found.splice(Math.floor(random() * found.length), 1)[0]!;
  });
}

/** `Hon. Mary Ng (Minister of Small Business)`: Mary Ng. */
function nameOf(speaker: string): string {
  return speaker
    .replace(/\(.*\)/, '')
    .replace(/^(?:Mr|Mrs|Ms|Hon|Right Hon)\.\s*/, '')
    .trim();
}

/** Numbers from 0 to 1, always the same (Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
