import { describe, expect, it } from 'vitest';
import { slideEvents } from '../../src/events/slide-events.ts';
import { prepareTranscript } from '../../src/events/transcript.ts';

const state = (slideIndex: number, stateIndex: number, ...spans: [number, number][]) => ({
  slideIndex,
  stateIndex,
  spans: spans.map(([startMs, endMs]) => ({ startMs, endMs })),
  stillMs: spans[0]![0],
});
const text = (slideIndex: number, stateIndex: number, title: string, ...lines: string[]) => ({
  slideIndex,
  stateIndex,
  title,
  text: [title, ...lines].join('\n'),
  confidence: 90,
});

describe('slideEvents', () => {
  const slides = [state(0, 0, [0, 5000], [20_000, 25_000]), state(0, 1, [5000, 10_000]), state(1, 0, [10_000, 20_000])];
  const texts = [
    text(0, 0, 'Momentum', '• Heavy ball'),
    text(0, 1, 'Momentum', '• Heavy ball', '• Damps oscillation'),
    text(1, 0, 'Adam'),
  ];

  it('gives one event a visit: builds together, a slide that returns again', () => {
    const events = slideEvents(slides, texts, undefined);
    expect(events.map(({ place, title }) => [place, title])).toEqual([
      [{ kind: 'time', startMs: 0, endMs: 10_000 }, 'Momentum'],
      [{ kind: 'time', startMs: 10_000, endMs: 20_000 }, 'Adam'],
      [{ kind: 'time', startMs: 20_000, endMs: 25_000 }, 'Momentum'],
    ]);
  });
  it('keeps the second of every build, with only what it added', () => {
    const [first] = slideEvents(slides, texts, undefined);
    expect(first!.evidence).toEqual([
      { kind: 'slide', slideIndex: 0, stateIndex: 0, startMs: 0, endMs: 5000, text: 'Momentum\n• Heavy ball' },
      { kind: 'slide', slideIndex: 0, stateIndex: 1, startMs: 5000, endMs: 10_000, text: '• Damps oscillation' },
    ]);
    expect(first!.summary).toBe('Momentum: Heavy ball; Damps oscillation.');
  });
  it('sums up by what is said while the slide is up, and quotes it', async () => {
    const cues = [
      { startMs: 1000, endMs: 4000, text: 'The momentum keeps a running mean of all the gradients.' },
      { startMs: 12_000, endMs: 16_000, text: 'The Adam method scales every weight by itself.' },
    ];
    const transcript = await prepareTranscript({ origin: { kind: 'file', path: 'x' }, lang: 'en', cues });
    const [first] = slideEvents(slides, texts, transcript);
    expect(first!.summary).toBe('The momentum keeps a running mean of all the gradients.');
    expect(first!.evidence.at(-1)).toEqual({ kind: 'quote', ...cues[0] });
  });
  it('makes no event of a picture without words', () => {
    expect(slideEvents([state(0, 0, [0, 5000])], [text(0, 0, '')], undefined)).toEqual([]);
    expect(slideEvents([state(0, 0, [0, 5000])], [], undefined)).toEqual([]);
  });
});
