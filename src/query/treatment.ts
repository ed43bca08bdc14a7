// Where a talk treats a topic, beside where it only uses or recalls it. Who begins a topic says so: a cue word stands right before
// its name (`Now, pooling ...`, `So the history panel ...`; Hirschberg and Litman, "Empirical Studies on the Disambiguation of Cue
// Phrases", 1993), or words that give it that name (`this is called pooling`). And who ends a talk sums up what it was about (Young,
// "University Lectures: Macro-structure and Micro-features", 1994), in more of its words at once than where each was treated.
import { primaryLanguage } from '../text/stem.ts';
import type { QueryTerm } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import type { TimedMatch, Timeline } from './timeline.ts';

/** What stands right before a term that is introduced, by language. */
const INTRODUCTIONS: Readonly<Record<string, RegExp>> = {
  en: /\b(?:(?:now|so|okay|alright|right|well)[,.]?|called|named|termed|known as|defined as|define|(?:that|this) is|(?:these|those) are|what(?:'s| is| are)|we call(?: (?:this|that|it|them))?)\s+(?:(?:an?|the)\s+)?["'“‘]?$/i,
  de: /(?<!\p{L})(?:(?:nun|jetzt|also|gut|okay)[,.]?|genannt|heißt|(?:das|dies) (?:ist|sind)|was (?:ist|sind)|nennt man)\s+(?:(?:eine?|der|die|das)\s+)?["„‚]?$/iu,
  fr: /(?<!\p{L})(?:(?:maintenant|alors|donc|bon|bien)[,.]?|appelée?|nommée?|c['’]est|ce sont|on appelle(?: (?:ça|cela))?)\s+(?:(?:une?|les?|la)\s+|l['’])?["«]?$/iu,
  es: /(?<!\p{L})(?:(?:ahora|entonces|bueno|pues|bien)[,.]?|llamad[oa]s?|(?:esto|eso) es|estos son|qué (?:es|son)|se llama)\s+(?:(?:una?|el|la|los|las)\s+)?["«]?$/iu,
};
/** Characters before a term that may introduce it. */
const MAX_INTRODUCTION = 40;

/** The timeline that `score` makes of matches, with what introduces a topic above what is said in passing or sums it up. */
export function scoreTreatment(
  matches: readonly TimedMatch[],
  terms: readonly QueryTerm[],
  durationMs: number,
  score: (matches: readonly TimedMatch[]) => Timeline,
): Timeline {
  const plain = score(matches);
  const emphasized = emphasizeIntroduced(matches, terms);
  const timeline = emphasized === matches ? plain : score(emphasized);
  return keepBest(lowerRecap(timeline, durationMs), bestOf(plain.scores));
}

/** The matches with the content words that a speaker introduces counted for more; the same object where there are none. */
function emphasizeIntroduced(matches: readonly TimedMatch[], terms: readonly QueryTerm[]): readonly TimedMatch[] {
  let isAny = false;
  const emphasized = matches.map((timed) => {
    const { passage, matched } = timed;
    const introduction = INTRODUCTIONS[primaryLanguage(passage.lang ?? 'en')];
    if (passage.kind !== 'caption' || introduction === undefined) return timed;
    const found = matched.matches.map((match) => {
      const { term, word, start, share } = match;
      if (word < 0 || terms[term]!.isStop) return match;
      if (!introduction.test(passage.text.slice(Math.max(0, start - MAX_INTRODUCTION), start))) return match;
      isAny = true;
      return { ...match, share: share * RANKING.introducedShare };
    });
    return { passage, matched: { ...matched, matches: found } };
  });
  return isAny ? emphasized : matches;
}

/** The last share of a talk counts less, the nearer its end. */
function lowerRecap({ startMs, scores }: Timeline, durationMs: number): Timeline {
  const recapMs = durationMs * RANKING.recapShare;
  const into = (atMs: number) => Math.max(0, 1 - (durationMs - atMs) / recapMs);
  const lowered = scores.map((score, i) => score * (1 - RANKING.recapPenalty * into(startMs[i]!)));
  return { startMs, scores: recapMs > 0 ? lowered : scores };
}

/** The same differences below another best score: what tells places of a talk apart says nothing about the talk among others. */
function keepBest({ startMs, scores }: Timeline, best: number): Timeline {
  const missing = best - bestOf(scores);
  return { startMs, scores: scores.map((score) => score + missing) };
}

function bestOf(scores: Float64Array): number {
  return scores.reduce((best, score) => Math.max(best, score), 0);
}
