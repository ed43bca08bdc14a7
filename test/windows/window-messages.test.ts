import { describe, expect, it } from 'vitest';
import type { ChatPart, TimedFrame } from '../../src/model/chat/chat-model.ts';
import { checkSchema } from '../../src/model/constrain/schema-check.ts';
import { EVENT_SCHEMA, eventRequest } from '../../src/windows/event-request.ts';
import { timelineOf } from '../../src/windows/timeline.ts';
import { stillsOf, windowMessages, type WindowLayout } from '../../src/windows/window-messages.ts';
import type { WindowSettings } from '../../src/windows/window-settings.ts';

const picture = (shade: number) => ({ width: 4, height: 4, data: new Uint8Array(48).fill(shade) });
const SETTINGS: WindowSettings = {
  pictures: 'slides',
  fps: 1,
  maxPictures: 100,
  maxMs: 600_000,
  budgetTokens: 10_000,
  readsText: true,
  costs: { picture: 100, text: (text) => text.length, fixed: 0 },
};
const WINDOW = {
  startMs: 60_000,
  endMs: 100_000,
  own: { startMs: 60_000, endMs: 100_000 },
  numPictures: 9,
  numTokens: 0,
};

const TIMELINE = timelineOf({
  span: { startMs: 0, endMs: 120_000 },
  slides: [
    { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 0, endMs: 70_000 }], stillMs: 500 },
    { slideIndex: 1, stateIndex: 0, spans: [{ startMs: 70_000, endMs: 80_000 }], stillMs: 79_000 },
    { slideIndex: 1, stateIndex: 1, spans: [{ startMs: 80_000, endMs: 90_000 }], stillMs: 89_000 },
    { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 90_000, endMs: 120_000 }], stillMs: 500 },
  ],
  slideTexts: [
    { slideIndex: 0, stateIndex: 0, title: 'Plan', text: 'Plan', confidence: 90 },
    { slideIndex: 1, stateIndex: 0, title: 'Momentum', text: 'Momentum\nA running mean', confidence: 90 },
    {
      slideIndex: 1,
      stateIndex: 1,
      title: 'Momentum',
      text: 'Momentum\nA running mean\nDamps oscillation',
      confidence: 90,
    },
  ],
  captions: {
    origin: { kind: 'file', path: 'x' },
    lang: 'en',
    cues: [
      { startMs: 50_000, endMs: 58_000, text: 'This was said before.' },
      { startMs: 72_400, endMs: 76_000, text: 'Momentum keeps a mean.' },
      { startMs: 99_000, endMs: 103_000, text: 'It goes on behind the border.' },
    ],
  },
});

/** Parts as short lines: texts as they are, frames as their times. */
function shape(parts: readonly ChatPart[]): string[] {
  return parts.map((part) => {
    if (part.type === 'text') return part.text;
    return part.type === 'frames' ? `frames ${part.frames.map(({ timeSec }) => timeSec).join(' ')}` : 'image';
  });
}

function partsOf(settings: WindowSettings, frames: readonly TimedFrame[], layout: WindowLayout = 'interleaved') {
  const media = {
    frames,
    still: ({ slideIndex, stateIndex }: { slideIndex: number; stateIndex: number }) =>
      picture(slideIndex * 10 + stateIndex),
  };
  const messages = windowMessages(
    { timeline: TIMELINE, window: WINDOW, settings, media },
    { instruction: 'List.' },
    layout,
  );
  expect(messages.map(({ role }) => role)).toEqual(['user']);
  return messages[0]!.content as readonly ChatPart[];
}

describe('a window of slides', () => {
  it('interleaves slides, their new lines and what is said, by time, the instruction last', () => {
    expect(shape(partsOf(SETTINGS, []))).toEqual([
      '[slide 1, 60.0-70.0 s] Plan\n',
      'frames 60',
      '[slide 2, 70.0-80.0 s] Momentum | A running mean\n',
      'frames 70',
      '[72.4-76.0 s] Momentum keeps a mean.\n[slide 2, 80.0-90.0 s] Damps oscillation\n',
      'frames 80',
      '[slide 1, 90.0-100.0 s]\n[99.0-103.0 s] It goes on behind the border.\nList.',
    ]);
  });

  it('needs each state once, and shows the picture of its stillest moment', () => {
    const stills = stillsOf(TIMELINE, WINDOW, SETTINGS);
    expect(stills.map(({ slideIndex, stateIndex, stillMs }) => [slideIndex, stateIndex, stillMs])).toEqual([
      [0, 0, 500],
      [1, 0, 79_000],
      [1, 1, 89_000],
    ]);
  });

  it('is one video for a server, each still a pair of its own', () => {
    const [video, text] = partsOf(SETTINGS, [], 'video-first');
    expect(shape([video!])).toEqual(['frames 60 60.001 70 70.001 80 80.001']);
    expect(text).toMatchObject({ type: 'text' });
    expect(shape([text!])[0]).toMatch(/^\[slide 1, 60.0-70.0 s\] Plan\n\[slide 2[^]*List\.$/);
  });
});

describe('a window of sampled frames', () => {
  const frames = Array.from({ length: 40 }, (_, i) => ({ timeSec: 60.04 + i, picture: picture(i) }));

  it('for a model that reads no text is the frames and the instruction, nothing else', () => {
    const parts = partsOf({ ...SETTINGS, pictures: 'sampled', readsText: false }, frames);
    expect(shape(parts)).toEqual([`frames ${frames.map(({ timeSec }) => timeSec).join(' ')}`, 'List.']);
  });

  it('is cut for text between whole pairs only', () => {
    const parts = partsOf({ ...SETTINGS, pictures: 'sampled' }, frames);
    const lengths = parts.flatMap((part) => (part.type === 'frames' ? [part.frames.length] : []));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(40);
    expect(lengths.filter((length) => length % 2 === 1)).toEqual([]);
    const texts = shape(parts.filter(({ type }) => type === 'text')).join('');
    expect(texts).toContain('[72.4-76.0 s] Momentum keeps a mean.');
  });
});

describe('the request for events', () => {
  it('has a schema that constrained generation can hold', () => {
    expect(() => checkSchema(EVENT_SCHEMA)).not.toThrow();
  });

  it('names the span and the language', () => {
    const { instruction } = eventRequest({ startMs: 600_000, endMs: 1_200_500 }, 'German');
    expect(instruction).toContain('between 600.0 and 1200.5 seconds');
    expect(instruction).toContain('in German');
  });
});
