import { expect, test } from 'vitest';
import { endOfTrack, type CaptionTrack } from '../../../src/ingest/captions/cue.ts';

const trackOf = (cues: CaptionTrack['cues']): CaptionTrack => ({
  lang: 'en',
  origin: { kind: 'file', path: 'talk.vtt' },
  cues,
});

test('a track ends where its last words do, whatever their order and number', () => {
  const cues = Array.from({ length: 300_000 }, (_, i) => ({ startMs: i, endMs: i + 1, text: 'a' }));
  expect(endOfTrack(trackOf([{ startMs: 5, endMs: 400_000, text: 'all along' }, ...cues]))).toBe(400_000);
  expect(endOfTrack(trackOf([]))).toBe(0);
});
