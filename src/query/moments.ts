// Scored beginnings in many timed sources to moments: spans that answer the query, best first, none overlapping another of the
// same source, each starting where its first matching passage does.
import { RANKING } from './ranking.ts';
import type { Timeline } from './timeline.ts';
import type { Span } from '../time.ts';

export interface Moment extends Span {
  readonly sourceId: string;
  readonly score: number;
}

export interface SourceTimeline {
  readonly sourceId: string;
  readonly timeline: Timeline;
  /** Added to every moment of this source: how much the whole source is about the query. */
  readonly sourceScore: number;
}

/** Beginnings beyond this rank never become moments. */
const MAX_BEGINNINGS = 400;
interface Beginning {
  readonly source: SourceTimeline;
  readonly startMs: number;
  readonly score: number;
}

/** @param stretchOf the coherent stretch that begins at about `startMs` of a source. */
export async function pickMoments(
  timelines: readonly SourceTimeline[],
  limit: number,
  stretchOf: (sourceId: string, startMs: number) => Promise<Span>,
): Promise<Moment[]> {
  const picked: Moment[] = [];
  for (const { source, startMs: beginMs, score } of rankBeginnings(timelines)) {
    if (picked.length >= limit) break;
    const others = picked.filter((moment) => moment.sourceId === source.sourceId);
    if (others.some((moment) => beginMs >= moment.startMs && beginMs < moment.endMs)) continue;
    const { startMs, endMs } = await stretchOf(source.sourceId, beginMs);
    const nextMs = Math.min(...others.flatMap((moment) => (moment.startMs >= startMs ? [moment.startMs] : [])));
    const previousMs = Math.max(...others.flatMap((moment) => (moment.startMs < startMs ? [moment.endMs] : [])));
    // Right before a better moment there is no moment of its own, only that one's first words.
    if (startMs < previousMs || nextMs - startMs < RANKING.minStretchShare * (endMs - startMs)) continue;
    picked.push({ sourceId: source.sourceId, startMs, endMs: Math.min(endMs, nextMs), score });
  }
  return picked;
}

function rankBeginnings(timelines: readonly SourceTimeline[]): Beginning[] {
  const beginnings = timelines.flatMap((source) =>
    Array.from(source.timeline.scores, (score, i) => ({
      source,
      startMs: source.timeline.startMs[i]!,
      score: score + source.sourceScore,
    })),
  );
  const best = beginnings.sort((a, b) => b.score - a.score).slice(0, MAX_BEGINNINGS);
  return addConsensus(best).sort((a, b) => b.score - a.score);
}

function addConsensus(best: readonly Beginning[]): Beginning[] {
  const top = best[0]?.score ?? 1;
  const belief = best.map(({ score }) => Math.exp(RANKING.consensusSharpness * (score / top - 1)));
  const total = belief.reduce((sum, value) => sum + value, 0);
  const bySource = Map.groupBy(best.keys(), (i) => best[i]!.source);
  return best.map((beginning) => {
    let near = 0;
    for (const j of bySource.get(beginning.source)!) {
      const gap = Math.abs(best[j]!.startMs - beginning.startMs);
      if (gap < RANKING.consensusMs) near += belief[j]! * (1 - gap / RANKING.consensusMs);
    }
    return { ...beginning, score: beginning.score + (RANKING.consensusWeight * top * near) / total };
  });
}
