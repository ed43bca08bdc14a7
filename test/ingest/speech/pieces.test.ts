import { describe, expect, it } from 'vitest';
import { parsePauses } from '../../../src/ingest/speech/pauses.ts';
import { planPieces } from '../../../src/ingest/speech/pieces.ts';

const LIMITS = { maxMs: 600_000, overlapMs: 10_000 };
const pauseAt = (sec: number, lengthSec = 1) => ({ startMs: sec * 1000, endMs: (sec + lengthSec) * 1000 });
const spans = (durationSec: number, pauses: readonly { startMs: number; endMs: number }[]) =>
  planPieces(durationSec * 1000, pauses, LIMITS).map(({ startMs, endMs }) => [startMs / 1000, endMs / 1000]);

describe('pieces', () => {
  it('leave ten minutes whole', () => {
    expect(spans(600, [pauseAt(300)])).toEqual([[0, 600]]);
  });

  it('are cut in the middle of the longest pause of their second half', () => {
    const pauses = [pauseAt(100, 9), pauseAt(350, 2), pauseAt(420, 4), pauseAt(590, 1)];
    expect(spans(900, pauses)).toEqual([
      [0, 422],
      [422, 900],
    ]);
  });

  it('are cut late where pauses are equal', () => {
    expect(spans(900, [pauseAt(400), pauseAt(500), pauseAt(560)])).toEqual([
      [0, 560.5],
      [560.5, 900],
    ]);
  });

  it('overlap only where nobody pauses, and every moment belongs to one of them', () => {
    const pieces = planPieces(1_500_000, [pauseAt(100)], LIMITS);
    expect(pieces).toEqual([
      { startMs: 0, endMs: 600_000, own: { startMs: 0, endMs: 595_000 } },
      { startMs: 590_000, endMs: 1_190_000, own: { startMs: 595_000, endMs: 1_185_000 } },
      { startMs: 1_180_000, endMs: 1_500_000, own: { startMs: 1_185_000, endMs: 1_500_000 } },
    ]);
  });

  it('are not made of silence', () => {
    expect(spans(2400, [pauseAt(30, 2340)])).toEqual([
      [0, 450],
      [1800, 2400],
    ]);
    expect(spans(60, [pauseAt(0, 60)])).toEqual([]);
  });

  it('never exceed their length and cover the track, whatever the pauses', () => {
    for (let seed = 1; seed < 40; seed++) {
      const pauses = Array.from({ length: seed }, (_, i) => pauseAt(((i * 7919 * seed) % 3600) + i / 10, 0.5)).sort(
        (a, b) => a.startMs - b.startMs,
      );
      const pieces = planPieces(3_600_000, pauses, LIMITS);
      expect(Math.max(...pieces.map(({ startMs, endMs }) => endMs - startMs))).toBeLessThanOrEqual(600_000);
      expect(pieces[0]!.own.startMs).toBe(0);
      expect(pieces.at(-1)!.own.endMs).toBe(3_600_000);
      pieces.slice(1).forEach((piece, i) => expect(piece.own.startMs).toBe(pieces[i]!.own.endMs));
    }
  });
});

describe('silencedetect', () => {
  it('is read from ametadata, an open end lasting to the end', () => {
    const output = `frame:411  pts:484791  pts_time:10.993
lavfi.silence_start=10.7004
frame:435  pts:507106  pts_time:11.499
lavfi.silence_end=11.4999
lavfi.silence_duration=0.799546
frame:854  pts:925880  pts_time:20.995
lavfi.silence_start=20.7004
`;
    expect(parsePauses(output, 21_000)).toEqual([
      { startMs: 10_700, endMs: 11_500 },
      { startMs: 20_700, endMs: 21_000 },
    ]);
  });
});
