// The plan of a video that is still being read, window after window.
import { describe, expect, it } from 'vitest';
import { openModels } from '../../pipelines/open-model.ts';
import { readFeed, SlideReading } from '../../pipelines/slide-feed.ts';
import { WindowPlanner } from '../../pipelines/window-plan.ts';
import type { HeardMaterial } from '../../pipelines/engine.ts';
import { resolveConfig } from '../../src/config.ts';
import type { SlideState } from '../../src/ingest/video/slide.ts';
import type { PlannedWindow } from '../../src/windows/plan-windows.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { addRandomModel } from '../helpers/random-model.ts';
import { hasShared } from '../model/qwen3-vl/conformance.ts';

const MINUTES = 60;
const SLIDE_MS = 47_000;

const slides = Array.from({ length: Math.floor((MINUTES * 60_000) / SLIDE_MS) }, (_, slideIndex): SlideState => {
  const startMs = slideIndex * SLIDE_MS;
  return { slideIndex, stateIndex: 0, spans: [{ startMs, endMs: startMs + SLIDE_MS }], stillMs: startMs + 900 };
});
const textOf = ({ slideIndex, stateIndex }: SlideState) => ({
  slideIndex,
  stateIndex,
  title: `Slide ${slideIndex}`,
  text: `Slide ${slideIndex}\n${'It has some words on it, and more. '.repeat(1 + (slideIndex % 5))}`,
  confidence: 95,
});
const cues = Array.from({ length: MINUTES * 10 }, (_, i) => ({
  startMs: i * 6000,
  endMs: i * 6000 + 5500,
  text: `Sentence ${i} tells of the thing that is shown at this moment.`,
}));
const heard: HeardMaterial = {
  kind: 'video',
  durationMs: MINUTES * 60_000,
  captions: { origin: { kind: 'file', path: 'x.vtt' }, lang: 'en', cues },
  pages: [],
  document: null,
};

describe.skipIf(!hasShared)('the windows of a video that is still being read', () => {
  const openModel = async () => {
    const models = await addRandomModel(16_384);
    return openModels(resolveConfig({ library: temporaryFolder('plan'), models, engine: 'qwen3-vl', device: 'cpu' }));
  };

  it('are those of the whole, and come as soon as what is shown in them is known', async () => {
    await using models = await openModel();
    const whole = await WindowPlanner.open(heard, readFeed({ slides, slideTexts: slides.map(textOf) }), models.batch);
    const expected = [];
    for await (const window of whole.windows()) expected.push(window);
    expect(expected.length).toBeGreaterThan(5);

    const feed = new SlideReading(async (state) => textOf(state));
    const opening = WindowPlanner.open(heard, feed, models.batch);
    const decide = (untilMs: number) =>
      feed.decide({ states: slides.filter(({ stillMs }) => stillMs < untilMs), untilMs });
    decide(310_000);
    const planner = await opening;
    expect(planner.settings.budgetTokens).toBe(whole.settings.budgetTokens);
    const windows = planner.windows();
    const found: PlannedWindow[] = [];
    for (const { own } of expected.slice(0, 3)) {
      // Two minutes further than the window reaches.
      decide(own.endMs + 120_000);
      const next = await windows.next();
      found.push(next.value as PlannedWindow);
      expect(planner.numWindows).toBeGreaterThan(found.length);
    }
    feed.finish(slides);
    for await (const window of windows) found.push(window);
    expect(found).toEqual(expected);
    expect(planner.numWindows).toBe(expected.length);
  }, 60_000);
});
