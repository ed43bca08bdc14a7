import { describe, expect, it } from 'vitest';
import { SlideReading } from '../../pipelines/slide-feed.ts';
import type { SlideState, SlideText } from '../../src/ingest/video/slide.ts';

/** A slide with one state, on screen at these seconds. */
function slide(slideIndex: number, ...spans: readonly (readonly [number, number])[]): SlideState {
  const inMs = spans.map(([start, end]) => ({ startMs: start * 1000, endMs: end * 1000 }));
  return { slideIndex, stateIndex: 0, spans: inMs, stillMs: inMs[0]!.startMs + 500 };
}

/** Reads text when it is told to. */
function openReading() {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const feed = new SlideReading(({ slideIndex, stateIndex }) => {
    begun.push(slideIndex);
    const { promise, resolve } = Promise.withResolvers<SlideText>();
    ends.set(slideIndex, () => resolve({ slideIndex, stateIndex, title: '', text: `${slideIndex}`, confidence: 90 }));
    return promise;
  });
  return { feed, begun, end: (slideIndex: number) => ends.get(slideIndex)!() };
}

const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe('slides that are still being read', () => {
  it('are handed out up to a moment once it is decided, the texts with them once they are read', async () => {
    const { feed, begun, end } = openReading();
    const slides = feed.until(30_000, false);
    const both = feed.until(30_000, true);
    feed.decide({ states: [slide(0, [0, 20]), slide(1, [20, 25])], untilMs: 21_000 });
    expect(await isSettled(slides)).toBe(false);
    // Slide 0 comes back; slide 2 has not come to stay yet.
    feed.decide({ states: [slide(0, [0, 20], [28, 45]), slide(1, [20, 28]), slide(2, [45, 46])], untilMs: 31_000 });
    expect(await slides).toEqual({ slides: [slide(0, [0, 20], [28, 45]), slide(1, [20, 28])], slideTexts: [] });
    expect(begun).toEqual([0, 1]);
    end(1);
    expect(await isSettled(both)).toBe(false);
    end(0);
    expect((await both).slideTexts.map(({ text }) => text)).toEqual(['0', '1']);
  });

  it('leave out what begins behind the moment', async () => {
    const { feed } = openReading();
    feed.finish([slide(0, [0, 20], [40, 60]), slide(1, [20, 40])]);
    expect((await feed.until(20_000, false)).slides).toEqual([slide(0, [0, 20])]);
  });

  it('are read in the order in which they are shown, each once', () => {
    const { feed, begun } = openReading();
    const states = [
      slide(0, [0, 10]),
      slide(1, [10, 20]),
      { ...slide(0, [30, 40]), stateIndex: 1 },
      slide(2, [20, 30]),
    ];
    feed.decide({ states, untilMs: 15_000 });
    expect(begun).toEqual([0, 1]);
    feed.finish(states);
    expect(begun).toEqual([0, 1, 2, 0]);
    expect({ numTexts: feed.numTexts, isWhole: feed.isWhole }).toEqual({ numTexts: 4, isWhole: true });
  });

  it('reject with what went wrong where it is not known yet, and nowhere else', async () => {
    const { feed } = openReading();
    feed.decide({ states: [slide(0, [0, 20])], untilMs: 15_000 });
    const all = feed.all();
    feed.fail(new Error('the disk is gone'));
    await expect(all).rejects.toThrow('the disk is gone');
    expect((await feed.until(10_000, false)).slides).toHaveLength(1);
  });
});
