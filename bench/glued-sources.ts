// Sources with known chapter borders in any number: stretches of different recordings, one after another. Each half of the recordings
// makes sources of its own, so that what is chosen on one half is confirmed on words it has not seen.
import type { CaptionTrack, Cue } from '../src/ingest/captions/cue.ts';

export interface GluedSource {
  readonly captions: CaptionTrack;
  /** Seconds at which one recording follows another. */
  readonly borders: readonly number[];
}

/**
 * Every recording begins a source with every stride that visits all of them; `stretch` gives what the n-th recording of a source lends.
 * @param numPieces recordings in a source
 */
export function glue(
  tracks: readonly CaptionTrack[],
  numPieces: number,
  stretch: (track: CaptionTrack, n: number) => readonly Cue[] = ({ cues }) => cues,
): GluedSource[] {
  const strides = [...tracks.keys()].filter((stride) => stride > 0 && greatestDivisor(stride, tracks.length) === 1);
  return strides.flatMap((stride) =>
    [...tracks.keys()].map((first) => {
      const pieces = Array.from({ length: numPieces }, (_, n) =>
        stretch(tracks[(first + n * stride) % tracks.length]!, n),
      );
      return join(pieces, tracks[first]!);
    }),
  );
}

/** Cues between two shares of a recording's length. */
export function between({ cues }: CaptionTrack, from: number, to: number): Cue[] {
  const endMs = cues.at(-1)?.endMs ?? 0;
  return cues.filter(({ startMs }) => startMs >= from * endMs && startMs < to * endMs);
}

/** No silence marks the joints. */
function join(pieces: readonly (readonly Cue[])[], { lang, origin }: CaptionTrack): GluedSource {
  const cues: Cue[] = [];
  const borders: number[] = [];
  for (const piece of pieces) {
    const atMs = cues.at(-1)?.endMs ?? 0;
    if (atMs > 0) borders.push(atMs / 1000);
    const shift = atMs - piece[0]!.startMs;
    cues.push(...piece.map((cue) => ({ ...cue, startMs: cue.startMs + shift, endMs: cue.endMs + shift })));
  }
  return { captions: { origin, lang, cues }, borders };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
