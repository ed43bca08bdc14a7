// A long track to pieces that a recogniser takes at once: cut in the middle of pauses, so that no word is lost or heard twice;
// where nobody pauses, pieces overlap, and the border is drawn in the overlap afterwards.
import type { Span } from '../../time.ts';

export interface SpeechPiece extends Span {
  /** Cues whose middle lies in here are this piece's: the pieces' own spans touch and never overlap. */
  readonly own: Span;
}

export interface PieceLimits {
  readonly maxMs: number;
  /** How much of a piece is heard again by the next one where it had to be cut in speech. */
  readonly overlapMs: number;
}

export const PIECE_LIMITS: PieceLimits = { maxMs: 600_000, overlapMs: 10_000 };

/** A cut earlier than this share of the longest piece makes pieces too short. */
const EARLIEST_CUT = 0.5;

/** Pieces in order; stretches in which nothing is heard are left out. */
export function planPieces(
  durationMs: number,
  pauses: readonly Span[],
  limits: PieceLimits = PIECE_LIMITS,
): SpeechPiece[] {
  const pieces: SpeechPiece[] = [];
  let startMs = 0;
  let ownStartMs = 0;
  while (durationMs - startMs > limits.maxMs) {
    const latestMs = startMs + limits.maxMs;
    const pause = longestPause(pauses, startMs + EARLIEST_CUT * limits.maxMs, latestMs);
    const cutMs = pause === undefined ? latestMs - limits.overlapMs / 2 : Math.round((pause.startMs + pause.endMs) / 2);
    const endMs = pause === undefined ? latestMs : cutMs;
    pieces.push({ startMs, endMs, own: { startMs: ownStartMs, endMs: cutMs } });
    startMs = pause === undefined ? latestMs - limits.overlapMs : cutMs;
    ownStartMs = cutMs;
  }
  pieces.push({ startMs, endMs: durationMs, own: { startMs: ownStartMs, endMs: durationMs } });
  return pieces.filter((piece) => !pauses.some((pause) => contains(pause, piece)));
}

/** Of the pauses whose middle lies between the two times. Of equal ones the last: fewer pieces. */
function longestPause(pauses: readonly Span[], fromMs: number, toMs: number): Span | undefined {
  let best: Span | undefined;
  for (const pause of pauses) {
    const clipped = { startMs: Math.max(pause.startMs, fromMs), endMs: Math.min(pause.endMs, toMs) };
    if (clipped.endMs <= clipped.startMs) continue;
    if (best === undefined || clipped.endMs - clipped.startMs >= best.endMs - best.startMs) best = clipped;
  }
  return best;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.startMs <= inner.startMs && outer.endMs >= inner.endMs;
}
