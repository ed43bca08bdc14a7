import { describe, expect, it } from 'vitest';
import type { CaptionTrack } from '../../src/ingest/captions/cue.ts';
import { WindowBudgetError, WindowCutter, type PlannedWindow } from '../../src/windows/plan-windows.ts';
import { timelineOf, type Timeline } from '../../src/windows/timeline.ts';
import { windowSettings, type TokenCosts, type WindowSettings } from '../../src/windows/window-settings.ts';
import { cutWindows } from './cut-windows.ts';

const COSTS: TokenCosts = { picture: 120, text: (text) => Math.ceil(text.length / 3), fixed: 200 };
const TASTE = {
  instruction: 'List the events as JSON.',
  fps: 1,
  maxFrames: 48,
  frame: { width: 448, height: 256 },
  readsText: false,
};

interface Scene {
  readonly minutes: number;
  /** Seconds at which slides change. */
  readonly changes?: readonly number[];
  /** Seconds a sentence takes; a pause of a second follows each. */
  readonly sentenceSec?: number;
  readonly startSec?: number;
}

function timeline({ minutes, changes = [], sentenceSec, startSec = 0 }: Scene): Timeline {
  const span = { startMs: startSec * 1000, endMs: (startSec + minutes * 60) * 1000 };
  const borders = [span.startMs, ...changes.map((sec) => sec * 1000), span.endMs];
  const slides = borders.slice(1).map((endMs, slideIndex) => {
    const startMs = borders[slideIndex]!;
    return { slideIndex, stateIndex: 0, spans: [{ startMs, endMs }], stillMs: startMs + 500 };
  });
  const slideTexts = slides.map(({ slideIndex, stateIndex }) => {
    return {
      slideIndex,
      stateIndex,
      title: `Slide ${slideIndex}`,
      text: `Slide ${slideIndex}\nOne\nTwo`,
      confidence: 90,
    };
  });
  const cues = [];
  for (let ms = span.startMs; sentenceSec && ms + sentenceSec * 1000 <= span.endMs; ms += (sentenceSec + 1) * 1000) {
    cues.push({ startMs: ms, endMs: ms + sentenceSec * 1000, text: `The sentence at ${ms} says something of use.` });
  }
  const captions: CaptionTrack = { origin: { kind: 'file', path: 'x.vtt' }, lang: 'en', cues };
  return timelineOf({ span, slides: changes.length > 0 ? slides : [], slideTexts, captions });
}

const plan = (scene: Scene, settings: Partial<WindowSettings> = {}, contextTokens = 32_768) => {
  const own = windowSettings({ contextTokens, answerTokens: 2048, costs: COSTS }, (scene.changes?.length ?? 0) > 0);
  return cutWindows(timeline(scene), { ...own, ...settings });
};
const spansOf = (windows: readonly PlannedWindow[]) =>
  windows.map(({ startMs, endMs }) => [startMs / 1000, endMs / 1000]);

/** What must hold of any plan. */
function expectSound(windows: readonly PlannedWindow[], startMs: number, endMs: number, budget: number): void {
  expect(windows[0]!.own.startMs).toBe(startMs);
  expect(windows.at(-1)!.own.endMs).toBe(endMs);
  windows.forEach(({ own, numTokens, ...window }, i) => {
    if (i > 0) expect(own.startMs).toBe(windows[i - 1]!.own.endMs);
    expect(own.endMs).toBeGreaterThan(own.startMs);
    expect(window.startMs).toBeLessThanOrEqual(own.startMs);
    expect(window.endMs).toBe(own.endMs);
    expect(numTokens).toBeLessThanOrEqual(budget);
  });
}

describe('windows', () => {
  it('are one where all fits, with its cost', () => {
    const [only, ...others] = plan({ minutes: 5, changes: [100, 200], sentenceSec: 5 });
    expect(others).toEqual([]);
    expect(only!.numPictures).toBe(3);
    expect(only!.numTokens).toBeGreaterThan(200 + 3 * 120);
  });

  it('are cut where a slide changes between two sentences, and repeat nothing there', () => {
    // Sentences of 5 s every 6 s: at 540 s one begins.
    const found = plan({ minutes: 15, changes: [300, 540, 590], sentenceSec: 5 });
    expect(spansOf(found)).toEqual([
      [0, 540],
      [540, 900],
    ]);
  });

  it('begin with the sentence that had to be cut', () => {
    // 302 s lies in the middle of the sentence from 300 to 305 s, and no slide changes elsewhere in the last half.
    const found = plan({ minutes: 10, changes: [302], sentenceSec: 5 }, { maxMs: 400_000 });
    expect(spansOf(found)).toEqual([
      [0, 302],
      [300, 600],
    ]);
    expect(found[1]!.own.startMs).toBe(302_000);
  });

  it('do not leave a short rest', () => {
    const lengths = spansOf(plan({ minutes: 10.5, sentenceSec: 5 })).map(([start, end]) => end! - start!);
    expect(lengths).toHaveLength(2);
    expect(Math.min(...lengths)).toBeGreaterThan(200);
  });

  it('keep to the budget of tokens, whatever comes', () => {
    for (const budgetTokens of [700, 1000, 3000, 9000]) {
      const changes = Array.from({ length: 40 }, (_, i) => 30 + i * 43);
      const found = plan({ minutes: 30, changes, sentenceSec: 4 }, { budgetTokens });
      expectSound(found, 0, 1_800_000, budgetTokens);
    }
  });

  it('keep absolute times where the source begins at an offset', () => {
    const found = plan({ minutes: 25, sentenceSec: 5, startSec: 3600 });
    expectSound(found, 3_600_000, 5_100_000, 32_768);
    expect(found.length).toBe(3);
  });

  it('of the model in the box have 48 frames at most and follow its card', () => {
    const settings = windowSettings({ contextTokens: 262_144, answerTokens: 512, taste: TASTE, costs: COSTS }, true);
    const found = cutWindows(timeline({ minutes: 10, changes: [40, 75, 300, 340.5], sentenceSec: 5 }), settings);
    expectSound(found, 0, 600_000, 262_144);
    for (const { numPictures, numTokens } of found) {
      expect(numPictures).toBeLessThanOrEqual(48);
      expect(numTokens).toBe(200 + Math.ceil(numPictures / 2) * 120);
    }
    expect(spansOf(found).slice(0, 2)).toEqual([
      [0, 40],
      [40, 75],
    ]);
  });

  it('show two frames of a cut slide again where frames are sampled', () => {
    const settings = windowSettings({ contextTokens: 262_144, answerTokens: 512, taste: TASTE, costs: COSTS }, true);
    const windows = cutWindows(timeline({ minutes: 3, changes: [10] }), settings);
    const cut = windows[1]!;
    expect(cut.own.startMs - cut.startMs).toBe(2000);
  });

  it('refuse what fits no window, with the numbers', () => {
    const act = () => plan({ minutes: 1, changes: [30], sentenceSec: 5 }, { budgetTokens: 300 });
    expect(act).toThrow(WindowBudgetError);
    expect(act).toThrow(/takes 3\d\d tokens; a window may take 300/);
  });

  it('of speech alone have no pictures', () => {
    const found = plan({ minutes: 12, sentenceSec: 5 });
    expect(found.every(({ numPictures }) => numPictures === 0)).toBe(true);
    expect(found).toHaveLength(2);
  });

  it('come out the same while nothing is known of what they don’t need', () => {
    const changes = Array.from({ length: 60 }, (_, i) => 17 + i * 31.5);
    const scene = { minutes: 33, changes, sentenceSec: 4 };
    const whole = timeline(scene);
    for (const budgetTokens of [900, 3000, 30_000]) {
      const own = windowSettings({ contextTokens: 32_768, answerTokens: 2048, costs: COSTS }, true);
      const settings = { ...own, budgetTokens };
      const cutter = new WindowCutter(whole.span, settings);
      const windows = [];
      while (!cutter.isDone) {
        let ms = cutter.nextStartMs;
        do ms += 45_000;
        while (!cutter.isDecided(knownUntil(whole, ms), ms));
        windows.push(cutter.cut(knownUntil(whole, ms)));
      }
      expect(windows.length).toBeGreaterThan(3);
      expect(windows).toEqual(cutWindows(whole, settings));
    }
  });
});

/** What is shown at a moment is known to be shown until then, and nothing later. */
function knownUntil(timeline: Timeline, ms: number): Timeline {
  const shown = timeline.shown
    .filter(({ startMs }) => startMs < ms)
    .map((one) => ({ ...one, endMs: Math.min(one.endMs, ms) }));
  return { ...timeline, shown };
}
