import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeSource } from '../../src/events/describe-source.ts';
import type { CaptionTrack, Cue } from '../../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../../src/ingest/captions/read-caption-file.ts';
import { summarize } from '../../src/query/summary.ts';

const nothing = { captions: null, pages: [], events: [], chapters: [] };
const track = (cues: Cue[], lang = 'en'): CaptionTrack => ({ origin: { kind: 'file', path: 'x' }, lang, cues });

describe('summarize', () => {
  it('has nothing to say about nothing', async () => {
    expect(await summarize(nothing)).toBeUndefined();
    expect(await summarize({ ...nothing, captions: track([]) })).toBeUndefined();
    const applause = track([{ startMs: 0, endMs: 1000, text: '[Applause]' }]);
    expect(await summarize({ ...nothing, captions: applause })).toBeUndefined();
  });
  it('gives one cue back as a sentence', async () => {
    const captions = track([{ startMs: 500, endMs: 3000, text: 'so ask what you can do for your country' }]);
    const chapters = [{ place: { kind: 'time', startMs: 0, endMs: 3000 }, title: 'x', summary: '' } as const];
    expect(await summarize({ ...nothing, captions, chapters })).toEqual({
      overview: 'Ask what you can do for your country.',
      keyPoints: [
        { text: 'Ask what you can do for your country.', place: { kind: 'time', startMs: 500, endMs: 3000 } },
      ],
      engine: 'reader',
      lang: 'en',
    });
  });
  it('says in a meeting who speaks, once for each run of one speaker', async () => {
    const said = [
      ['Ann', 'The remote control has a new case.'],
      ['Ann', 'Its battery lasts for a whole year.'],
      ['Bob', 'The market wants fewer buttons.'],
    ] as const;
    const cues = said.map(([speaker, text], i) => ({ startMs: i * 4000, endMs: i * 4000 + 3900, text, speaker }));
    expect((await summarize({ ...nothing, captions: track(cues) }))?.overview).toBe(
      `Ann: ${said[0][1]} ${said[1][1]} Bob: ${said[2][1]}`,
    );
  });
  it('calls who speaks by the name alone', async () => {
    const said = [
      ['The Chair (Ann Lee)', 'The remote control has a new case.'],
      ['The Chair', 'Its battery lasts for a whole year.'],
      ['Bob Ray (Marketing)', 'The market wants fewer buttons.'],
    ] as const;
    const cues = said.map(([speaker, text], i) => ({ startMs: i * 4000, endMs: i * 4000 + 3900, text, speaker }));
    expect((await summarize({ ...nothing, captions: track(cues) }))?.overview).toBe(
      `The Chair: ${said[0][1]} ${said[1][1]} Bob Ray: ${said[2][1]}`,
    );
  });
  it('reads the events where nobody speaks and nothing is printed', async () => {
    const place = { kind: 'time', startMs: 0, endMs: 9000 } as const;
    const summary = 'Momentum: keeps a running mean of the gradients.';
    const events = [{ place, title: 'Momentum', summary, evidence: [], engine: 'reader', status: 'complete' } as const];
    expect((await summarize({ ...nothing, events }))?.overview).toBe(summary);
  });
});

const lecture = resolve('../shared/data/lectures_nyu_dl/transcripts/lecture05.vtt');
describe.skipIf(!existsSync(lecture))('an hour of unpunctuated captions (skipped where ../shared is absent)', () => {
  it.each([60, 150, 400])('gives an overview of about %i words in whole sentences', async (words) => {
    const { track: captions } = await readCaptionFile(lecture);
    const summary = await summarize({ ...nothing, captions, words });
    const count = summary!.overview.split(/\s+/).length;
    expect(count).toBeGreaterThan(0.7 * words);
    expect(count).toBeLessThan(1.3 * words);
    for (const sentence of summary!.overview.split(/(?<=[.?!]) /)) {
      expect(sentence).toMatch(/^[\p{Lu}\p{N}]/u);
      expect(sentence).toMatch(/[.?!]$/);
      expect(sentence).not.toMatch(/^(?:So|And|But|Um|Okay)\b|\b(?:um|uh)\b|\[/);
    }
  });
  it('places every key point where it is said', async () => {
    const { track: captions } = await readCaptionFile(lecture);
    const source = {
      kind: 'transcript',
      durationMs: null,
      captions,
      slides: [],
      slideTexts: [],
      pages: [],
      document: null,
    } as const;
    const { chapters } = await describeSource(source);
    const summary = await summarize({ ...nothing, captions, chapters });
    expect(summary!.keyPoints.length).toBeGreaterThanOrEqual(3);
    expect(summary!.keyPoints.length).toBeLessThanOrEqual(10);
    for (const { text, place } of summary!.keyPoints) {
      if (place.kind !== 'time') throw new Error('speech has times');
      const spoken = captions.cues.filter((cue) => cue.endMs > place.startMs && cue.startMs < place.endMs);
      const words = new Set(spoken.flatMap((cue) => cue.text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []));
      const said = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)!;
      expect(said.every((word) => words.has(word))).toBe(true);
    }
  });
});
