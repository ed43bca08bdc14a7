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
  it('cuts eight minutes about four subjects into about four chapters', async () => {
    const subjects = ['gradient descent', 'convolution kernels', 'recurrent memory', 'attention weights'];
    const cues = subjects.flatMap((subject, part) =>
      Array.from({ length: 15 }, (_, i) => {
        const startMs = (part * 15 + i) * 8000;
        return { startMs, endMs: startMs + 7500, text: `The ${subject} number ${i} follow the ${subject} before.` };
      }),
    );
    const { chapters } = await describeSource({ ...nothing, captions: track(cues, 'en') });
    expect(chapters.length).toBeGreaterThanOrEqual(3);
    expect(chapters.length).toBeLessThanOrEqual(6);
    expect(chapters.map(({ title }) => title)).toEqual(expect.arrayContaining(['Convolution kernels']));
  });
  it('begins a chapter with the slide that comes on in the pause before its first words', async () => {
    const cues = ['convolution kernels', 'recurrent memory'].flatMap((subject, part) =>
      Array.from({ length: 20 }, (_, i) => {
        const startMs = part * 163_000 + i * 8000;
        return { startMs, endMs: startMs + 7500, text: `The ${subject} number ${i} follow the ${subject} before.` };
      }),
    );
    const spans = [
      { startMs: 0, endMs: 161_240 },
      { startMs: 161_240, endMs: 323_000 },
    ];
    const slides = spans.map((span, i) => ({ slideIndex: i, stateIndex: 0, spans: [span], stillMs: span.startMs }));
    const slideTexts = spans.map((_, i) => ({
      ...{ slideIndex: i, stateIndex: 0, title: `Part ${i}`, text: `Part ${i} of the course`, confidence: 90 },
    }));
    const timed = { ...nothing, kind: 'video', durationMs: 323_000, slides, slideTexts } as const;
    const { chapters } = await describeSource({ ...timed, captions: track(cues, 'en') });
    const places = chapters.flatMap(({ place }) => (place.kind === 'time' ? [place] : []));
    expect(places.map(({ startMs }) => startMs)).toContain(161_240);
    expect(places.slice(1).map(({ startMs }) => startMs)).toEqual(places.slice(0, -1).map(({ endMs }) => endMs));
  });
  it('names speech after its slide, and tells later speech under the same slide apart', async () => {
    const said = (from: number, text: string) =>
      Array.from({ length: 5 }, (_, i) => ({ startMs: from + i * 9000, endMs: from + i * 9000 + 8900, text }));
    const captions = track(
      [
        ...said(0, 'The heavy ball keeps rolling, and the heavy ball gathers speed.'),
        ...said(45_000, 'Now the decay factor forgets, and the decay factor shrinks the past.'),
      ],
      'en',
    );
    const slides = [{ slideIndex: 0, stateIndex: 0, spans: [{ startMs: 0, endMs: 90_000 }], stillMs: 0 }];
    const slideTexts = [{ slideIndex: 0, stateIndex: 0, title: 'Momentum', text: 'Momentum', confidence: 90 }];
    const { events } = await describeSource({ ...nothing, kind: 'video', captions, slides, slideTexts });
    const titles = events.filter(({ evidence }) => evidence[0]?.kind === 'quote').map(({ title }) => title);
    expect(titles).toEqual(['Momentum', expect.stringMatching(/^Momentum: decay factor/)]);
  });
  it("divides a broadcast from where its own clock begins, by its length and not by the clock's hours", async () => {
    const startMs = 36_000_000;
    const titles = ['Lenses', 'Mirrors', 'Prisms', 'Gratings', 'Lasers', 'Fibres'];
    const slides = titles.map((_, i) => {
      const from = startMs + 1000 + 30_000 * i;
      return { slideIndex: i, stateIndex: 0, spans: [{ startMs: from, endMs: from + 30_000 }], stillMs: from };
    });
    const slideTexts = titles.map((title, i) => ({ slideIndex: i, stateIndex: 0, title, text: title, confidence: 90 }));
    const { chapters } = await describeSource({
      ...nothing,
      kind: 'video',
      startMs,
      durationMs: 181_000,
      slides,
      slideTexts,
    });
    expect(chapters[0]!.place).toMatchObject({ startMs });
    expect(chapters.at(-1)!.place).toMatchObject({ endMs: startMs + 181_000 });
    expect(chapters.length).toBeGreaterThanOrEqual(2);
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
