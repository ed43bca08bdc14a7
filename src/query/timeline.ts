// The matching passages of one timed source laid out along its time, and how well the source answers the query from each
// moment on. BM25 without window borders: a term's frequency at time t is the sum of its occurrences, each fading with its
// distance from t, at several widths at once, so that a sentence, a paragraph and a topic are all seen.
import type { Passage } from '../store/library.ts';
import type { MatchedText } from './match.ts';
import { RANKING, type Scale } from './ranking.ts';
import { type SourceWeights, type TermWeights, weighInSource } from './term-weights.ts';

/** A moment holds each required phrase within this time of its beginning. */
const PHRASE_WITHIN_MS = 45_000;

/** One matching passage of a timed source. */
export interface TimedMatch {
  readonly passage: Passage & { readonly startMs: number; readonly endMs: number };
  readonly matched: MatchedText;
}

/** Scored beginnings of moments, in order of time: the times at which matching words are said or shown. */
export interface Timeline {
  readonly startMs: Float64Array;
  readonly scores: Float64Array;
}

/**
 * @param weights of the query's terms: rarity, lowered for function words. `durationMs` of the source, 0 if unknown.
 * @param pairs of terms that stand next to each other in the query
 */
export function scoreTimeline(
  matches: readonly TimedMatch[],
  weights: readonly number[],
  durationMs: number,
  pairs: readonly (readonly [number, number])[] = [],
): Timeline {
  const occurrences = matches.flatMap(occurrencesIn).sort((a, b) => a.atMs - b.atMs);
  const startMs = Float64Array.from(occurrences, ({ atMs }) => atMs);
  const scores = new Float64Array(occurrences.length);
  const fading = RANKING.scales.map((scale) => ({ scale, decay: decayBetween(startMs, scale.widthMs) }));
  for (const [term, frequency] of termFrequencies(occurrences)) {
    for (const { scale, decay } of fading) addScale(scores, decay, frequency, weights[term]!, scale);
  }
  for (const [a, b] of pairs) {
    const frequency = pairFrequency(occurrences, a, b);
    if (frequency === undefined) continue;
    const weight = (RANKING.spokenPairWeight * (weights[a]! + weights[b]!)) / 2;
    for (const { scale, decay } of fading) addScale(scores, decay, frequency, weight, scale);
  }
  const announcedMs = durationMs * RANKING.announcementShare;
  for (let i = 0; i < scores.length && startMs[i]! < announcedMs; i++) {
    scores[i]! *= 1 - RANKING.announcementPenalty * (1 - startMs[i]! / announcedMs);
  }
  return { startMs, scores };
}

/** Rarity within a talk, over spans of equal length, since captions cut speech in any way. */
export function weighInTalk(weights: TermWeights, matches: readonly TimedMatch[], durationMs: number): SourceWeights {
  const spans = weights.library.map(() => new Set<number>());
  for (const { passage, matched } of matches) {
    if (passage.kind !== 'caption') continue;
    const span = Math.floor(passage.startMs / RANKING.talkSpanMs);
    for (const { term, share } of matched.matches) if (share === 1) spans[term]!.add(span);
  }
  const holders = spans.map(({ size }) => size);
  return weighInSource(weights, holders, durationMs / RANKING.talkSpanMs, RANKING.talkLocalRarity);
}

interface Occurrence {
  readonly atMs: number;
  readonly term: number;
  readonly count: number;
}

/** term -> [occurrences.length] what each occurrence adds to its frequency. */
function termFrequencies(occurrences: readonly Occurrence[]): Map<number, Float64Array> {
  const frequencies = new Map<number, Float64Array>();
  occurrences.forEach(({ term, count }, i) => {
    const frequency = frequencies.get(term) ?? new Float64Array(occurrences.length);
    frequencies.set(term, frequency);
    frequency[i] = count;
  });
  return frequencies;
}

/** [occurrences.length] how often the two are said together, counted at the first of them; undefined where never. */
function pairFrequency(occurrences: readonly Occurrence[], a: number, b: number): Float64Array | undefined {
  let frequency: Float64Array | undefined;
  occurrences.forEach(({ term, atMs, count }, i) => {
    if (term !== a && term !== b) return;
    for (let j = i + 1; j < occurrences.length && occurrences[j]!.atMs - atMs <= RANKING.spokenPairMs; j++) {
      const other = occurrences[j]!;
      if (other.term === term || (other.term !== a && other.term !== b)) continue;
      frequency ??= new Float64Array(occurrences.length);
      frequency[i]! += Math.min(count, other.count) * (term === a ? 1 : RANKING.reversedPair);
      break;
    }
  });
  return frequency;
}

/** Words are said at a steady pace within a caption passage; who speaks, and what a slide, heading or event says, holds from its start. */
function occurrencesIn({ passage, matched }: TimedMatch): Occurrence[] {
  const { kind, startMs, endMs } = passage;
  const perWord = kind === 'caption' ? (endMs - startMs) / Math.max(1, matched.numWords) : 0;
  return matched.matches.map(({ term, word, share }) => ({
    atMs: startMs + Math.max(0, word) * perWord,
    term,
    count: share * RANKING.kindWeight[kind],
  }));
}

/** [startMs.length] by how much what was gathered before fades up to each time. */
function decayBetween(startMs: Float64Array, widthMs: number): Float64Array {
  return startMs.map((ms, i) => (i === 0 ? 1 : Math.exp((startMs[i - 1]! - ms) / widthMs)));
}

/** Fading sums in one pass a side: what has gathered so far fades by the gap to the next passage. */
function addScale(
  scores: Float64Array,
  decay: Float64Array,
  frequency: Float64Array,
  weight: number,
  { widthMs, weight: scaleWeight, side }: Scale,
): void {
  const last = scores.length - 1;
  const gathered = new Float64Array(scores.length);
  let sum = 0;
  for (let i = last; i >= 0; i--) {
    if (i < last) sum *= decay[i + 1]!;
    sum += frequency[i]!;
    gathered[i] = sum;
  }
  if (side === 'around') {
    sum = 0;
    for (let i = 0; i <= last; i++) {
      sum *= decay[i]!;
      gathered[i]! += sum;
      sum += frequency[i]!;
    }
  }
  const saturation = RANKING.saturation * Math.max(1, widthMs / RANKING.saturationWidthMs);
  for (let i = 0; i <= last; i++) scores[i]! += (scaleWeight * weight * gathered[i]!) / (gathered[i]! + saturation);
}

/** Keeps the beginnings that are followed by every phrase. @param times of each phrase's occurrences. */
export function keepNearPhrases(timeline: Timeline, times: readonly (readonly number[])[]): Timeline {
  if (times.length === 0) return timeline;
  const { startMs, scores } = timeline;
  const holdsAll = (at: number) =>
    times.every((of) => of.some((time) => time >= at - 1 && time - at <= PHRASE_WITHIN_MS));
  const kept = Array.from(startMs.keys()).filter((i) => holdsAll(startMs[i]!));
  return {
    startMs: Float64Array.from(kept, (i) => startMs[i]!),
    scores: Float64Array.from(kept, (i) => scores[i]!),
  };
}
