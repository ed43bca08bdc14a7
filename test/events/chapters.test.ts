import { describe, expect, it } from 'vitest';
import { describeSource } from '../../src/events/describe-source.ts';

const TOPICS = [
  { title: 'Protective equipment', words: ['goggles', 'gloves', 'coat', 'sleeves', 'cotton'] },
  { title: 'Diluting acids', words: ['acid', 'water', 'beaker', 'heat', 'stirring'] },
  { title: 'The fume hood', words: ['hood', 'sash', 'vapour', 'airflow', 'alarm'] },
  { title: 'Waste disposal', words: ['waste', 'solvents', 'cans', 'metals', 'labels'] },
  { title: 'Summary and homework', words: ['quiz', 'practical', 'section', 'sheet', 'points'] },
];

/** Sentences of five seconds; the third words of neighbouring topics are shared, so that words alone don't tell where they end. */
function lecture({ sentences, slidesEach, title }: { sentences: number; slidesEach: number; title?: string }) {
  const cues = TOPICS.flatMap(({ words }, t) =>
    Array.from({ length: sentences }, (_, i) => {
      const startMs = 5000 * (t * sentences + i);
      const text = `The ${words[i % 5]!} and the ${words[(i + 2) % 5]!} belong to every ${words[(i + 1) % 5]!} here.`;
      return { startMs, endMs: startMs + 4800, text };
    }),
  );
  const slideMs = (5000 * sentences) / slidesEach;
  const shown = TOPICS.flatMap((topic, t) =>
    Array.from({ length: slidesEach }, (_, i) => ({
      title: title ?? (slidesEach === 1 ? topic.title : `${topic.title} ${i + 1}`),
      startMs: Math.round(slideMs * (t * slidesEach + i)),
    })),
  );
  const endMs = cues.at(-1)!.endMs;
  return {
    kind: 'video' as const,
    durationMs: endMs,
    captions: { origin: { kind: 'file' as const, path: 'x' }, lang: 'en', cues },
    slides: shown.map(({ startMs }, slideIndex) => ({
      slideIndex,
      stateIndex: 0,
      spans: [{ startMs, endMs: shown[slideIndex + 1]?.startMs ?? endMs }],
      stillMs: startMs,
    })),
    slideTexts: shown.map((one, slideIndex) => ({
      slideIndex,
      stateIndex: 0,
      title: one.title,
      text: one.title,
      confidence: 90,
    })),
    pages: [],
    document: null,
  };
}

async function chaptersOf(source: Parameters<typeof describeSource>[0]): Promise<[number, string][]> {
  const { chapters } = await describeSource(source);
  return chapters.map(({ place, title }) => [place.kind === 'time' ? place.startMs / 1000 : -1, title]);
}

describe('chapters of a lecture with slides', () => {
  it('are the slides, under their titles, where these are few', async () => {
    expect(await chaptersOf(lecture({ sentences: 9, slidesEach: 1 }))).toEqual(
      TOPICS.map(({ title }, i) => [45 * i, title]),
    );
  });
  it('begin as the slide comes on where the speaker is a sentence late', async () => {
    const source = lecture({ sentences: 9, slidesEach: 1 });
    const slides = source.slides.map((slide) => ({
      ...slide,
      spans: slide.spans.map(({ startMs, endMs }) => ({ startMs: Math.max(0, startMs - 100), endMs: endMs - 100 })),
    }));
    const starts = (await chaptersOf({ ...source, slides })).map(([start]) => start);
    expect(starts).toEqual([0, 44.9, 89.9, 134.9, 179.9]);
  });
  it('are the slides where nobody speaks', async () => {
    const source = { ...lecture({ sentences: 9, slidesEach: 1 }), captions: null };
    expect(await chaptersOf(source)).toEqual(TOPICS.map(({ title }, i) => [45 * i, title]));
  });
  it('hold several slides each where there are many, and begin with one', async () => {
    const source = lecture({ sentences: 80, slidesEach: 8 });
    const found = await chaptersOf(source);
    expect(found.length).toBeLessThan(13);
    const changes = source.slides.map((slide) => slide.spans[0]!.startMs / 1000);
    for (const [start] of found) expect(changes).toContain(start);
  });
  it('are those of the words where all pictures carry one title', async () => {
    const source = lecture({ sentences: 20, slidesEach: 4, title: 'File Edit View' });
    expect((await chaptersOf(source)).map(([, title]) => title)).not.toContain('File Edit View');
    expect(await chaptersOf(source)).toEqual(await chaptersOf({ ...source, slides: [], slideTexts: [] }));
  });
});
