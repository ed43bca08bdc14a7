// Phrases that a query requires or rules out: where all their words stand in order. Captions cut phrases at their borders, so in
// timed sources a phrase may run on from one passage into the next.
import type { MatchedText } from './match.ts';
import type { TimedMatch } from './timeline.ts';
import { terms } from '../text/terms.ts';

/** Passages further apart than this are not read as one text. */
const GAP_MS = 2_500;

/** Whether a text of a language holds the words in order, by stem. */
export function holdsPhrase(text: string, phrase: readonly string[], lang: string | null): boolean {
  const stems = terms(text, lang).map(({ term }) => term);
  const wanted = terms(phrase.join(' '), lang).map(({ term }) => term);
  return wanted.length > 0 && stems.some((_, at) => wanted.every((stem, i) => stems[at + i] === stem));
}

/** Whether a matched text holds the phrase, given as indices of the query's terms. */
export function matchesPhrase(matched: MatchedText, phrase: readonly number[]): boolean {
  return phraseStarts(matched.matches, phrase).length > 0;
}

/** Times at which the phrase begins in the captions of one source. */
export function phraseTimes(matches: readonly TimedMatch[], phrase: readonly number[]): number[] {
  const sorted = matches.toSorted((a, b) => a.passage.startMs - b.passage.startMs);
  const times: number[] = [];
  sorted.forEach(({ passage, matched }, i) => {
    const next = sorted.slice(i + 1).find((other) => other.passage.kind === passage.kind);
    const runsOn = passage.kind === 'caption' && next !== undefined && next.passage.startMs - passage.endMs <= GAP_MS;
    const following = runsOn
      ? next.matched.matches.flatMap((match) =>
          match.word < 0 ? [] : [{ ...match, word: match.word + matched.numWords }],
        )
      : [];
    for (const word of phraseStarts([...matched.matches, ...following], phrase)) {
      const share = passage.kind === 'caption' ? Math.max(0, word) / Math.max(1, matched.numWords) : 0;
      if (word < matched.numWords) times.push(passage.startMs + share * (passage.endMs - passage.startMs));
    }
  });
  return times;
}

/** Indices of the words with which the phrase begins. */
function phraseStarts(matches: readonly { term: number; word: number }[], phrase: readonly number[]): number[] {
  const at = new Set(matches.map(({ term, word }) => `${term} ${word}`));
  const firsts = matches.filter(({ term }) => term === phrase[0]).map(({ word }) => word);
  return firsts.filter((word) => phrase.every((term, i) => at.has(`${term} ${word + i}`)));
}
