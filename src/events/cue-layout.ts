// What the borders of cues say about sentences, learned from the captions themselves. Lines that were full end anywhere, after `the` as
// often as after any word; lines that somebody broke, or that a recogniser ended at pauses, end where phrases do.
import type { Cue } from '../ingest/captions/cue.ts';
import { borderWorths, IMPOSSIBLE } from './sentence-borders.ts';

/** In the units of sentence-borders.ts. */
export interface CueLayout {
  /** What a border of sentences is worth where a cue begins. */
  readonly atStart: number;
  /** And inside a cue. */
  readonly inside: number;
}

const UNKNOWN: CueLayout = { atStart: 0.3, inside: 0 };
const WORDS_PER_SENTENCE = 14;
/** Borders that say nothing, counted beside those of the cues: a few cues prove little. */
const PRIOR_BORDERS = 3;
/** An hour or more, from which a day's layout is known. */
const MAX_CUES = 2000;
/** No layout is without exceptions. */
const MOST = 0.9;

/** Share of that which holds where cues begin at pauses (phrases.ts): people pause to think as well, and at commas, and often not at all. */
const TRUST_IN_PAUSES = 0.6;

/** How much seldomer cues end after words that no sentence ends with than chance has it says how many of them end a sentence. */
export function cueLayout(cues: readonly Cue[], lang: string): CueLayout {
  const words: string[] = [];
  const isStart: boolean[] = [];
  for (const { text } of cues.slice(0, MAX_CUES)) {
    const found = text.match(/\S+/g) ?? [];
    if (found.length > 0) isStart[words.length] = true;
    words.push(...found);
  }
  const worths = borderWorths(words, lang);
  if (worths === undefined || words.length < 2) return UNKNOWN;
  let [numStarts, broken, brokenStarts] = [0, 0, 0];
  for (let i = 1; i < words.length; i++) {
    if (isStart[i] === true) numStarts++;
    if (worths[i]! > IMPOSSIBLE) continue;
    broken++;
    if (isStart[i] === true) brokenStarts++;
  }
  const chance = broken / words.length;
  if (numStarts === 0 || chance === 0) return UNKNOWN;
  const share = (brokenStarts + PRIOR_BORDERS * chance) / (numStarts + PRIOR_BORDERS);
  const meant = MOST * Math.max(0, 1 - share / chance);
  const ending = meant * Math.min(1, words.length / (numStarts + 1) / WORDS_PER_SENTENCE);
  const trust = cues.some(({ wordStarts }) => wordStarts !== undefined) ? TRUST_IN_PAUSES : 1;
  return {
    atStart: trust * Math.max(0, logOdds(ending) - logOdds(1 / WORDS_PER_SENTENCE)),
    inside: trust * Math.log(1 - meant),
  };
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share));
}
