import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { prepareTranscript } from '../../src/events/transcript.ts';
import type { CaptionTrack } from '../../src/ingest/captions/cue.ts';
import { joinSource } from '../../src/windows/join-source.ts';
import { timelineOf } from '../../src/windows/timeline.ts';

const captions: CaptionTrack = {
  origin: { kind: 'file', path: 'x' },
  lang: 'en',
  cues: [
    { startMs: 22_000, endMs: 27_000, text: 'Gradient descent follows the negative slope of the loss.' },
    { startMs: 28_000, endMs: 33_000, text: 'Every step multiplies the slope by the learning rate.' },
  ],
};
const text = (slideIndex: number, stateIndex: number, lines: string) => {
  return { slideIndex, stateIndex, title: lines.split('\n')[0]!, text: lines, confidence: 90 };
};
const timeline = timelineOf({
  span: { startMs: 0, endMs: 80_000 },
  slides: [
    { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 0, endMs: 19_160 }], stillMs: 500 },
    { slideIndex: 1, stateIndex: 0, spans: [{ startMs: 19_160, endMs: 28_200 }], stillMs: 20_000 },
    { slideIndex: 1, stateIndex: 1, spans: [{ startMs: 28_200, endMs: 57_720 }], stillMs: 30_000 },
    { slideIndex: 2, stateIndex: 0, spans: [{ startMs: 57_720, endMs: 80_000 }], stillMs: 60_000 },
  ],
  slideTexts: [
    text(1, 0, 'The rule\nStep downhill'),
    text(1, 1, 'The rule\nStep downhill\nRepeat'),
    text(2, 0, 'Momentum\nA mean'),
  ],
  captions,
});
const event = (startSec: number, endSec: number, summary = ''): Event => ({
  place: { kind: 'time', startMs: startSec * 1000, endMs: endSec * 1000 },
  title: 'The rule',
  summary,
  evidence: [],
  engine: 'test',
  status: 'complete',
});

describe("a model's events joined with the source", () => {
  it('begin and end at the frame where the slide changes, not at the second that the model saw', async () => {
    const [joined] = joinSource([event(20, 58)], timeline, await prepareTranscript(captions));
    expect(joined!.place).toEqual({ kind: 'time', startMs: 19_160, endMs: 57_720 });
  });

  it('are titled as the slide spells it where the model misread a letter, and as the model says otherwise', () => {
    const titles = ['The rule', 'the rulé', 'The mule', 'A slope'].map((title) => ({ ...event(20, 58), title }));
    const joined = joinSource(titles, timeline, undefined);
    expect(joined.map(({ title }) => title)).toEqual(['The rule', 'The rule', 'The rule', 'A slope']);
  });

  it('keep borders that no change explains', () => {
    const [joined] = joinSource([event(33, 47)], timeline, undefined);
    expect(joined!.place).toEqual({ kind: 'time', startMs: 33_000, endMs: 47_000 });
  });

  it('carry what each state of the slide adds, with its time', () => {
    const [joined] = joinSource([event(20, 58)], timeline, undefined);
    expect(joined!.evidence).toEqual([
      { kind: 'slide', slideIndex: 1, stateIndex: 0, startMs: 19_160, endMs: 28_200, text: 'The rule\nStep downhill' },
      { kind: 'slide', slideIndex: 1, stateIndex: 1, startMs: 28_200, endMs: 57_720, text: 'Repeat' },
    ]);
  });

  it('are summarised by what is said where the model wrote nothing, with the words as quotes', async () => {
    const transcript = await prepareTranscript(captions);
    const [joined, own] = joinSource([event(20, 58), event(20, 58, 'Its own words.')], timeline, transcript);
    expect(joined!.summary).toContain('negative slope of the loss');
    expect(joined!.evidence.filter(({ kind }) => kind === 'quote').length).toBeGreaterThan(0);
    expect(own!.summary).toBe('Its own words.');
  });

  it('are summarised by their slide where nobody speaks', () => {
    expect(joinSource([event(58, 80)], timeline, undefined)[0]!.summary).toBe('Momentum: A mean.');
  });
});
