// What a list of hits is worth against known places. Time: a hit is right if it starts inside a gold span, near if it starts
// inside or within 60 seconds of one. Pages: right if it is a gold page.
import { overlapMs, type Span } from '../src/time.ts';

export interface TimedHit extends Span {
  readonly path: string;
}

export interface PageHit {
  readonly pageIndex: number;
  readonly path: string;
}

/** Each 0 or 1 for one question (iou and reciprocalRank: 0 to 1); averaged over questions. */
export type Scores = Readonly<Record<string, number>>;

const NEAR_MS = 60_000;

export function scoreTimes(hits: readonly TimedHit[], gold: { path: string; spans: readonly Span[] }): Scores {
  const starts = (hit: TimedHit | undefined, slackMs: number) =>
    hit?.path === gold.path &&
    gold.spans.some((span) => hit.startMs >= span.startMs - slackMs && hit.startMs < span.endMs + slackMs);
  const five = hits.slice(0, 5);
  return {
    'hit@1': Number(starts(five[0], 0)),
    'hit@5': Number(five.some((hit) => starts(hit, 0))),
    'near@1': Number(starts(five[0], NEAR_MS)),
    'near@5': Number(five.some((hit) => starts(hit, NEAR_MS))),
    IoU: five[0]?.path === gold.path ? intersectionOverUnion(five[0], gold.spans) : 0,
  };
}

export function scorePages(hits: readonly PageHit[], gold: { path: string; pageIndexes: readonly number[] }): Scores {
  const isGold = (hit: PageHit) => hit.path === gold.path && gold.pageIndexes.includes(hit.pageIndex);
  const rank = hits.slice(0, 10).findIndex(isGold);
  return {
    'page@1': Number(rank === 0),
    'page@5': Number(rank >= 0 && rank < 5),
    MRR: rank < 0 ? 0 : 1 / (rank + 1),
  };
}

export function average(scores: readonly Scores[]): Scores {
  const names = Object.keys(scores[0] ?? {});
  const mean = (name: string) => scores.reduce((sum, score) => sum + score[name]!, 0) / scores.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)]));
}

/** Of one span with the union of the gold spans. */
function intersectionOverUnion(hit: Span, gold: readonly Span[]): number {
  const shared = gold.reduce((sum, span) => sum + overlapMs(hit, span), 0);
  const all = gold.reduce((sum, span) => sum + span.endMs - span.startMs, hit.endMs - hit.startMs) - shared;
  return all <= 0 ? 0 : shared / all;
}
