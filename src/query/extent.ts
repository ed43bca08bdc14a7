// How far a moment reaches: from the cue in which the matching words begin to the end of the stretch in which its source stays
// on the topic. People who mark such stretches take a share of the whole: half a minute of a four-minute tutorial, ten minutes of a
// lecture; the source's own events say where near that length a stretch ends.
import type { Cue } from '../ingest/captions/cue.ts';
import type { Span } from '../time.ts';
import { RANKING } from './ranking.ts';

/** An event's end this near the expected end, in units of the expected length, is taken for it. */
const SNAP_SHARE = 0.25;
/** Words are placed in time to about this much. */
export const PLACING_MS = 6_000;
/** A longer cue holds several sentences; the moment then starts at its word, not at the cue. */
const LONG_CUE_MS = 15_000;

/** @param eventEnds in ms: where the source's events end; one near the length expected of the stretch is its end, too. */
export function endOfStretch(startMs: number, eventEnds: readonly number[], durationMs: number): number {
  const { stretchShare, minStretchMs, maxStretchMs } = RANKING;
  const lengthMs = Math.min(maxStretchMs, Math.max(minStretchMs, durationMs * stretchShare));
  const target = startMs + lengthMs;
  const awayFromTarget = (endMs: number) => Math.abs(endMs - target);
  const ends = eventEnds.filter((endMs) => awayFromTarget(endMs) <= SNAP_SHARE * lengthMs);
  const endMs = ends.toSorted((a, b) => awayFromTarget(a) - awayFromTarget(b))[0] ?? target;
  return durationMs > 0 ? Math.max(startMs, Math.min(endMs, durationMs)) : endMs;
}

/**
 * Start of the cue that says a query's word at about `aroundMs`; `aroundMs` itself where there is none or it is long.
 * @param cues those near the time, in order
 * @param isSaying whether a text says a word of the query
 */
export function startOfCue(aroundMs: number, cues: readonly Cue[], isSaying: (text: string) => boolean): number {
  const distance = ({ startMs, endMs }: Span) => Math.max(0, startMs - aroundMs, aroundMs - endMs);
  const saying = cues.filter((cue) => distance(cue) <= PLACING_MS && isSaying(cue.text));
  const nearest = saying.toSorted((a, b) => distance(a) - distance(b))[0];
  if (nearest === undefined) return aroundMs;
  if (nearest.endMs - nearest.startMs <= LONG_CUE_MS) return nearest.startMs;
  return Math.min(Math.max(aroundMs, nearest.startMs), nearest.endMs - 1);
}
