// Windows through real models: the one in the box on a real lecture, and a server that says what it was shown.
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probeMedia } from '../../src/ingest/video/probe.ts';
import { sampleFrames } from '../../src/ingest/video/sampled-frames.ts';
import { readCards } from '../../src/model/cards.ts';
import { complete, type TimedFrame } from '../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../src/model/chat/local-chat-model.ts';
import { checkAnswer, type WindowAnswer } from '../../src/windows/check-answer.ts';
import { EVENT_SCHEMA, eventRequest } from '../../src/windows/event-request.ts';
import { mergeEvents } from '../../src/windows/merge-events.ts';
import { timelineOf } from '../../src/windows/timeline.ts';
import { windowMessages } from '../../src/windows/window-messages.ts';
import { windowSettings } from '../../src/windows/window-settings.ts';
import { repository } from '../helpers/lectern.ts';
import { openModel } from '../model/remote/requests.ts';
import { cutWindows } from './cut-windows.ts';

const lecture = path.join(repository, 'data/lectures/gradient-descent.mp4');

interface Truth {
  readonly slides: readonly { readonly title: string }[];
  readonly shown: readonly { readonly slide: number; readonly start: number; readonly end: number }[];
}
const truth = JSON.parse(readFileSync(path.join(repository, 'data/truth/gradient-descent.json'), 'utf8')) as Truth;

describe('the model in the box', () => {
  it('finds title and second of each slide in windows that were cut without knowing the slides', async () => {
    const endSec = 62;
    const probe = await probeMedia(lecture);
    const taste = (await readCards()).find(({ name }) => name === 'lectern-slides-26m')!.events!;
    await using model = await LocalChatModel.open(path.join(repository, 'models/lectern-slides-26m'), {
      device: 'cpu',
      threads: 2,
    });
    // A pair of frames is 112 tokens, its borders and a time of up to four digits.
    const costs = { picture: 112 + 2 + 9, text: (text: string) => text.length, fixed: 40 };
    const { contextTokens } = model;
    const settings = windowSettings({ contextTokens, answerTokens: 512, taste, costs }, true);
    const span = { startMs: 0, endMs: endSec * 1000 };
    const timeline = timelineOf({ span, slides: [], slideTexts: [], captions: null });
    const answers: WindowAnswer[] = [];
    const windows = cutWindows(timeline, settings);
    expect(windows.length).toBeGreaterThan(1);
    for (const window of windows) {
      const frames: TimedFrame[] = [];
      const { width, height } = taste.frame;
      const range = { fromSec: window.startMs / 1000, toSec: window.endMs / 1000 };
      const options = { fps: taste.fps, width, height, pixelFormat: 'rgb24' as const, ...range };
      for await (const { timeSec, data } of sampleFrames(lecture, probe, options)) {
        frames.push({ timeSec, picture: { width, height, data } });
      }
      const messages = windowMessages({ timeline, window, settings, media: { frames } }, taste);
      expect(await model.countTokens({ messages })).toBeLessThanOrEqual(window.numTokens);
      const { text } = await complete(model, { messages, maxTokens: 512 });
      answers.push(checkAnswer(text, window, timeline, model.name));
    }
    const events = mergeEvents(answers);
    const slides = truth.slides.flatMap(({ title }, slide) => {
      const states = truth.shown.filter((state) => state.slide === slide && state.start < endSec);
      return states.length === 0 ? [] : [{ title, start: states[0]!.start, end: Math.min(endSec, states.at(-1)!.end) }];
    });
    expect(events.map(({ title }) => title)).toEqual(slides.map(({ title }) => title));
    for (const [i, { place }] of events.entries()) {
      if (place.kind !== 'time') throw new Error('an event of a video without a time');
      expect(Math.abs(place.startMs / 1000 - slides[i]!.start)).toBeLessThanOrEqual(1);
      expect(Math.abs(place.endMs / 1000 - slides[i]!.end)).toBeLessThanOrEqual(1);
    }
  });
});

describe('a server', () => {
  it('is shown each slide of a window at its own time, as one video with the speech behind it', async () => {
    const { server, model } = await openModel();
    const picture = (shade: number) => ({ width: 448, height: 256, data: new Uint8Array(448 * 256 * 3).fill(shade) });
    const slides = [0, 1, 2].map((slideIndex) => {
      const startMs = 600_000 + slideIndex * 61_300;
      return { slideIndex, stateIndex: 0, spans: [{ startMs, endMs: startMs + 61_300 }], stillMs: startMs + 900 };
    });
    const cues = [{ startMs: 603_000, endMs: 609_000, text: 'We begin with the slope.' }];
    const captions = { origin: { kind: 'file' as const, path: 'x' }, lang: 'en', cues };
    const span = { startMs: 600_000, endMs: 783_900 };
    const timeline = timelineOf({ span, slides, slideTexts: [], captions });
    const costs = { picture: 112 + 2 + 10, text: (text: string) => Buffer.byteLength(text), fixed: 2000 };
    const settings = windowSettings({ contextTokens: model.contextTokens, answerTokens: 2048, costs }, true);
    const [window] = cutWindows(timeline, settings);
    const media = { still: ({ slideIndex }: { slideIndex: number }) => picture(40 * slideIndex) };
    const messages = windowMessages(
      { timeline, window: window!, settings, media },
      eventRequest(window!),
      'video-first',
    );
    server.pieces = [
      '{"events": [{"start": 600, "end": 661.3, "title": "Slope", ',
      '"summary": "S.", "quote": "We begin with the slope", "shown": ""}]}',
    ];
    const { text, usage } = await complete(model, { messages, maxTokens: 2048, schema: EVENT_SCHEMA });
    const [, video, words] = server.prompts[0]!.seen;
    expect(video).toEqual({
      video: ['<600.0 seconds>', '<661.3 seconds>', '<722.6 seconds>'],
      frames: 6,
      size: '448x256',
    });
    expect(words).toContain('[603.0-609.0 s] We begin with the slope.');
    expect(usage.prompt).toBeLessThanOrEqual(window!.numTokens);
    expect(checkAnswer(text, window!, timeline, model.name)).toMatchObject({
      problem: undefined,
      events: [{ title: 'Slope', status: 'complete', evidence: [{ kind: 'quote', startMs: 603_000 }] }],
    });
  });
});
