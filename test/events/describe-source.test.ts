import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeSource, type SourceInput } from '../../src/events/describe-source.ts';
import type { Cue } from '../../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../../src/ingest/captions/read-caption-file.ts';

const nothing: SourceInput = {
  kind: 'transcript',
  durationMs: null,
  captions: null,
  slides: [],
  slideTexts: [],
  pages: [],
  document: null,
};
const track = (cues: Cue[], lang?: string) => ({ origin: { kind: 'file', path: 'x' } as const, lang, cues });

describe('describeSource', () => {
  it('gives nothing for a source without a word', async () => {
    expect(await describeSource(nothing)).toEqual({ events: [], chapters: [] });
    expect(await describeSource({ ...nothing, captions: track([]) })).toEqual({ events: [], chapters: [] });
    expect(await describeSource({ ...nothing, kind: 'document' })).toEqual({ events: [], chapters: [] });
  });
  it('gives one event and one chapter for one cue', async () => {
    const captions = track([{ startMs: 1000, endMs: 3000, text: 'ask not what your country can do for you' }], 'en');
    const { events, chapters } = await describeSource({ ...nothing, captions });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ place: { kind: 'time', startMs: 1000, endMs: 3000 }, engine: 'reader' });
    expect(events[0]!.title).not.toBe('');
    expect(chapters).toHaveLength(1);
  });
  it('keeps chapters that the file declares', async () => {
    const captions = track([{ startMs: 1000, endMs: 3000, text: 'The learning rate scales every step.' }], 'en');
    const declared = [
      { startMs: 0, endMs: 2000, title: 'Start' },
      { startMs: 2000, endMs: 4000, title: 'End' },
    ];
    const { chapters } = await describeSource({ ...nothing, captions, mediaChapters: declared });
    expect(chapters.map((chapter) => [chapter.title, chapter.summary])).toEqual([
      ['Start', 'The learning rate scales every step.'],
      ['End', ''],
    ]);
  });
});

const shared = resolve('../shared/data');
const transcripts = ['captions_ableplayer', 'lectures_nyu_dl/transcripts', 'tutorials_tvqa/transcripts'].flatMap(
  (folder) =>
    existsSync(join(shared, folder)) ? readdirSync(join(shared, folder)).map((name) => join(shared, folder, name)) : [],
);

describe.skipIf(transcripts.length === 0)('real transcripts (skipped where ../shared is absent)', () => {
  it.each(transcripts)('%s: events in order with titles, chapters without gaps', async (path) => {
    const { track: captions } = await readCaptionFile(path);
    const { events, chapters } = await describeSource({ ...nothing, captions });
    let last = 0;
    for (const { place, title, summary } of events) {
      if (place.kind !== 'time') throw new Error('a transcript has no pages');
      expect(place.startMs).toBeGreaterThanOrEqual(last);
      expect(place.endMs).toBeGreaterThan(place.startMs);
      expect(title).toMatch(/[\p{L}\p{N}]/u);
      expect(summary).toMatch(/[\p{L}\p{N}]/u);
      last = place.startMs;
    }
    for (const [i, { place }] of chapters.entries()) {
      const previous = chapters[i - 1]?.place;
      if (place.kind !== 'time') throw new Error('a transcript has no pages');
      expect(place.startMs).toBe(previous?.kind === 'time' ? previous.endMs : 0);
    }
  });
});
