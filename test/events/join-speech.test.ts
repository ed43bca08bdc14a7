import { describe, expect, it } from 'vitest';
import type { Event, Evidence } from '../../src/events/event.ts';
import { joinSpeech } from '../../src/events/join-speech.ts';

const quote = (startMs: number, text: string): Evidence => ({ kind: 'quote', startMs, endMs: startMs + 4000, text });
const shown = (startMs: number, endMs: number): Evidence => ({
  ...{ kind: 'slide', slideIndex: 0, stateIndex: 0, startMs, endMs, text: 'Momentum' },
});

function event(startMs: number, endMs: number, title: string, evidence: Evidence[]): Event {
  const summary = evidence.flatMap((one) => (one.kind === 'quote' ? one.text : [])).join(' ');
  return { place: { kind: 'time', startMs, endMs }, title, summary, evidence, engine: 'reader', status: 'complete' };
}

describe('joinSpeech', () => {
  const slide = event(10_000, 50_000, 'Momentum', [shown(10_000, 50_000), quote(12_000, 'It keeps a velocity.')]);

  it('tells a slide and the speech about it once, from the second at which the slide comes on', () => {
    const speech = event(12_000, 52_000, 'Velocity', [
      quote(12_000, 'It keeps a velocity.'),
      quote(30_000, 'The zigzag cancels out.'),
    ]);
    const [joined, ...more] = joinSpeech([slide], [speech]);
    expect(more).toEqual([]);
    expect(joined).toMatchObject({ place: slide.place, title: 'Momentum', summary: speech.summary });
    expect(joined!.evidence).toEqual([shown(10_000, 50_000), ...speech.evidence]);
  });

  it('leaves out speech across slides that quote all of it, and keeps parts of what is said under one slide', () => {
    const next = event(50_000, 70_000, 'Recap', [shown(50_000, 70_000), quote(55_000, 'Steps are small.')]);
    const across = event(30_000, 66_000, 'Velocity', [quote(12_000, 'It keeps a velocity.')]);
    const part = event(12_000, 24_000, 'Momentum: velocity', [quote(12_000, 'It keeps a velocity.')]);
    expect(joinSpeech([slide, next], [across, part])).toEqual([slide, next, part]);
  });

  it('leaves events that a model wrote as they are', () => {
    const described = { ...slide, engine: 'qwen3-vl' };
    const speech = event(10_000, 50_000, 'Velocity', [quote(12_000, 'It keeps a velocity.')]);
    expect(joinSpeech([described], [speech])).toEqual([described, speech]);
  });
});
