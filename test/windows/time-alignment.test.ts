// The seconds that a model reads beside a picture are those of that picture, without a trained model: videos in which each frame
// shows its own number go through decoder, window, messages and prompt; the numbers are read off the pixels that the vision tower
// would get, the container says the true times of those frames, and text and positions must be what the reference makes of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WindowFrames } from '../../pipelines/window-media.ts';
import { readFrames } from '../../src/ingest/video/frame-pass.ts';
import { probeMedia } from '../../src/ingest/video/probe.ts';
import type { ChatPart, TimedFrame } from '../../src/model/chat/chat-model.ts';
import { PromptEncoder } from '../../src/model/chat/prompt-encoder.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import type { EncodedPrompt } from '../../src/model/qwen3-vl/prompt.ts';
import type { RgbImage } from '../../src/model/qwen3-vl/resize.ts';
import type { Span } from '../../src/time.ts';
import { momentMessages } from '../../src/windows/moment-request.ts';
import { timelineOf } from '../../src/windows/timeline.ts';
import { windowMessages } from '../../src/windows/window-messages.ts';
import {
  CONFORMANCE,
  hasShared,
  numbersOf,
  readCases,
  readReference,
  referenceClips,
  referenceParts,
} from '../model/qwen3-vl/conformance.ts';
import { filmReference, numbersShown, openFilm, trueTimes, type Film, type FilmName } from './counting-films.ts';
import { gridsOf, markersOf, positionsOf, printTenths, promptText, type ReferencePart } from './reference-prompt.ts';

/** 96 x 64 pixels are 2 x 3 merged patches; a clip of up to 16 of them is within the budget and stays as it is. */
const GRID = [2, 3] as const;
const SIZE = { width: 96, height: 64 };

interface Case {
  readonly film: FilmName;
  readonly fps: number;
  readonly span: Span;
  readonly markers: string;
}

const until = (endMs: number, startMs = 0): Span => ({ startMs, endMs });
const table: readonly (Case & { readonly name: string })[] = [
  { name: 'uniform, 1 a second', film: 'steady', fps: 1, span: until(12_000), markers: '0.5 2.5 4.5 6.5 8.5 10.5' },
  { name: 'uniform, 2 a second: ties go down', film: 'steady', fps: 2, span: until(4000), markers: '0.2 1.2 2.2 3.2' },
  { name: 'an odd count', film: 'steady', fps: 1, span: until(5000), markers: '0.5 2.5 4.0' },
  { name: 'one frame', film: 'steady', fps: 1, span: until(8000, 7000), markers: '7.0' },
  { name: '29.97 a second', film: 'broadcast', fps: 2, span: until(4000), markers: '0.3 1.3 2.3 3.3' },
  { name: 'B-frames', film: 'reordered', fps: 1, span: until(12_000), markers: '0.5 2.5 4.5 6.5 8.5 10.5' },
  { name: 'a variable rate', film: 'variable', fps: 1, span: until(12_000), markers: '0.5 2.5 4.5 6.5 9.8 11.0' },
  {
    name: 'a variable rate, 4 a second',
    film: 'variable',
    fps: 4,
    span: until(10_500, 6000),
    markers: '6.2 6.8 9.7 10.1',
  },
  {
    name: 'a start at 100.5 s',
    film: 'offset',
    fps: 1,
    span: until(112_500, 100_500),
    markers: '100.8 102.5 104.5 106.5 108.5 110.5 112.0',
  },
  {
    name: 'a start at an hour',
    film: 'offsetEdit',
    fps: 1,
    span: until(3_612_000, 3_600_000),
    markers: '3600.5 3602.5 3604.5 3606.5 3608.5 3610.5',
  },
  { name: 'an edit list', film: 'edited', fps: 1, span: until(9000), markers: '0.5 2.5 4.5 6.5 8.0' },
  { name: 'a window', film: 'steady', fps: 1, span: until(9000, 4300), markers: '5.5 7.5' },
  {
    name: 'a window of what starts at 100.5 s',
    film: 'offset',
    fps: 2,
    span: until(109_100, 104_300),
    markers: '104.8 105.8 106.8 107.8 108.8',
  },
];

describe.skipIf(!hasShared)('what the model is told of time', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  const layouts = ['canonical', 'nested'] as const;
  let encoders: PromptEncoder[];
  beforeAll(async () => {
    await addModel(join(CONFORMANCE, 'dense/model'), scratch, 'fp32');
    encoders = await Promise.all(layouts.map((videoLayout) => PromptEncoder.open(scratch, { videoLayout })));
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  async function encode(content: readonly ChatPart[]): Promise<[EncodedPrompt, EncodedPrompt]> {
    const messages = [{ role: 'user' as const, content }];
    const [canonical, nested] = await Promise.all(encoders.map((encoder) => encoder.encode({ messages })));
    return [canonical!, nested!];
  }

  /** Text, tokens and positions that the model is given, and what the reference would give it. */
  function compare(prompts: readonly EncodedPrompt[], parts: readonly ReferencePart[]) {
    return prompts.map((prompt, i) => {
      const { tokenizer, model } = encoders[i]!;
      const text = promptText(parts, layouts[i]!);
      const tokenIds = tokenizer.encode(text);
      const { imageTokenId, videoTokenId } = model.config;
      const positions = positionsOf(tokenIds, (id) => id === imageTokenId || id === videoTokenId, gridsOf(parts));
      const given = {
        text: tokenizer.decode(prompt.tokenIds, { keepSpecial: true }),
        tokenIds: [...prompt.tokenIds],
        positions: axesOf(prompt),
      };
      return { given, reference: { text, tokenIds, positions } };
    });
  }

  function expectAligned(prompts: readonly EncodedPrompt[], parts: readonly ReferencePart[]): void {
    for (const { given, reference } of compare(prompts, parts)) expect(given).toEqual(reference);
  }

  it.each(table)('$name: $film at $fps a second', async ({ film: name, fps, span, markers }) => {
    const made = await openFilm(name);
    const [frames] = await takeFrames(made, fps, [span]);
    const content = [{ type: 'frames' as const, frames: frames! }];
    const prompts = await encode(content);
    const times = trueTimes(made, fps, span, numbersShown(content, prompts[0]));
    expect(
      markersOf(times)
        .join(' ')
        .replaceAll(/[<>]| seconds/g, ''),
    ).toBe(markers);
    expectAligned(prompts, [{ times, grid: GRID }]);
  });

  it('overlapping windows of one pass', async () => {
    const made = await openFilm('offset');
    const spans = [until(106_000, 100_500), until(110_000, 104_000)];
    const windows = await takeFrames(made, 1, spans);
    for (const [i, frames] of windows.entries()) {
      const content = [{ type: 'frames' as const, frames }];
      const prompts = await encode(content);
      expectAligned(prompts, [{ times: trueTimes(made, 1, spans[i]!, numbersShown(content, prompts[0])), grid: GRID }]);
    }
  });

  it.each(['interleaved', 'video-first'] as const)('a window with speech, %s', async (layout) => {
    const made = await openFilm('edited');
    const span = until(7000, 1000);
    const [frames] = await takeFrames(made, 1, [span]);
    const cues = [
      { startMs: 2200, endMs: 4100, text: 'Momentum keeps a mean.' },
      { startMs: 5100, endMs: 6100, text: 'It damps oscillation.' },
    ];
    const captions = { origin: { kind: 'file' as const, path: 'x' }, lang: 'en', cues };
    const timeline = timelineOf({ span, slides: [], slideTexts: [], captions });
    const costs = { picture: 6, text: (text: string) => text.length, fixed: 0 };
    const taste = { pictures: 'sampled' as const, fps: 1, maxPictures: 99, maxMs: 60_000, readsText: true };
    const window = { ...span, own: span, numPictures: 6, numTokens: 0 };
    const settings = { ...taste, budgetTokens: 9000, costs };
    const shown = { timeline, window, settings, media: { frames: frames! } };
    const [message] = windowMessages(shown, { instruction: 'Go.' }, layout);
    const content = message!.content as readonly ChatPart[];
    expect(content.filter(({ type }) => type === 'frames').length).toBe(layout === 'interleaved' ? 2 : 1);
    const prompts = await encode(content);
    const times = trueTimes(made, 1, span, numbersShown(content, prompts[0])).values();
    const parts = content.map((part): ReferencePart => {
      if (part.type === 'text') return part;
      return { times: part.type === 'frames' ? part.frames.map(() => times.next().value!) : [], grid: GRID };
    });
    expectAligned(prompts, parts);
  });

  it('several videos in one prompt, each with its own times, one upright, a picture between them', async () => {
    const [steady, offset] = [await openFilm('steady'), await openFilm('offset')];
    const spans = [until(3000, 1000), until(106_000, 103_000)] as const;
    const [first] = await takeFrames(steady, 2, [spans[0]]);
    const [second] = await takeFrames(offset, 1, [spans[1]], { width: 64, height: 96 });
    const content: ChatPart[] = [
      { type: 'frames', frames: first! },
      { type: 'image', picture: { ...SIZE, data: new Uint8Array(3 * 96 * 64) } },
      { type: 'text', text: 'and at <1.0 seconds> ' },
      { type: 'frames', frames: second! },
    ];
    const prompts = await encode(content);
    const numbers = numbersShown(content, prompts[0]);
    const times = [
      trueTimes(steady, 2, spans[0], numbers.slice(0, 4)),
      trueTimes(offset, 1, spans[1], numbers.slice(4)),
    ] as const;
    expectAligned(prompts, [
      { times: times[0], grid: GRID },
      { image: GRID },
      { text: 'and at <1.0 seconds> ' },
      { times: times[1], grid: [3, 2] },
    ]);
  });

  it('every frame around a moment, as a second look takes them', async () => {
    const made = await openFilm('edited');
    const { video } = await probeMedia(made.path);
    const [fromSec, toSec] = [4.4, 4.8];
    const pass = { path: made.path, video: video!, ...SIZE, pixelFormat: 'rgb24' as const, skipNonReference: false };
    const frames: TimedFrame[] = [];
    for await (const { timeSec, data } of readFrames({ ...pass, fromSec, toSec })) {
      frames.push({ timeSec, picture: { ...SIZE, data } });
    }
    const content = momentMessages(frames, { query: 'a', title: 'b' })[1]!.content as readonly ChatPart[];
    const prompts = await encode(content);
    const times = trueTimes(made, 30, until(toSec * 1000, fromSec * 1000), numbersShown(content, prompts[0]));
    expect(times.length).toBe(12);
    expectAligned(prompts, [{ times, grid: GRID }, content[1] as { text: string }]);
  });

  it('is not what the reference would make of the next frame’s times, of one group less, or of a turned grid', async () => {
    const made = await openFilm('steady');
    const span = until(8000);
    const [frames] = await takeFrames(made, 2, [span]);
    const content = [{ type: 'frames' as const, frames: frames!.slice(0, 8) }];
    const prompts = await encode(content);
    const times = trueTimes(made, 2, until(4000), numbersShown(content, prompts[0]));
    expectAligned(prompts, [{ times, grid: GRID }]);
    const nextSampled = frames!.slice(1, 9).map(({ timeSec }) => timeSec);
    const nextDecoded = times.map((time) => made.seconds[made.seconds.indexOf(time) + 1]!);
    for (const shifted of [nextSampled, nextDecoded]) {
      for (const { given, reference } of compare(prompts, [{ times: shifted, grid: GRID }])) {
        expect(given.text).not.toBe(reference.text);
        expect(given.tokenIds).not.toEqual(reference.tokenIds);
      }
    }
    for (const part of [
      { times: times.slice(0, -2), grid: GRID },
      { times, grid: [3, 2] as const },
    ]) {
      for (const { given, reference } of compare(prompts, [part])) {
        expect(given.positions).not.toEqual(reference.positions);
      }
    }
    // A clip whose pictures are one frame late is noticed by its pictures.
    const late = frames!.slice(0, 8).map(({ timeSec }, i) => ({ timeSec, picture: frames![i + 1]!.picture }));
    const lateContent = [{ type: 'frames' as const, frames: late }];
    const [latePrompt] = await encode(lateContent);
    expect(() => trueTimes(made, 2, until(4000), numbersShown(lateContent, latePrompt))).toThrow('picture 0 shows 15');
  });

  const recorded = hasShared ? readCases('dense').cases.filter(({ videos }) => videos) : [];
  it.each(recorded)('$name of the reference, its frames in a file with its times', async (item) => {
    const tensors = await readReference('dense', item.name);
    const clips: TimedFrame[][] = [];
    for (const [i, frames] of referenceClips(tensors, item).entries()) {
      const { width, height } = frames[0]!.picture as RgbImage;
      const path = await filmReference(item, i, frames);
      const [taken] = await takeFrames({ path }, 1, [until(1e6)], { width, height });
      clips.push(taken!);
    }
    const [prompt] = await encode(referenceParts(tensors, item, clips));
    expect([...prompt.tokenIds]).toEqual(numbersOf(tensors, 'input_ids'));
    expect([...prompt.positions]).toEqual(numbersOf(tensors, 'position_ids'));
  });
});

describe('the reference, as written down here', () => {
  it('prints tenths as Python does', () => {
    expect([0.25, 0.75, 1.25, 0.15, 0.35, 0.45, 9.95, 9.96, 100].map(printTenths)).toEqual([
      '0.2',
      '0.8',
      '1.2',
      '0.1',
      '0.3',
      '0.5',
      '9.9',
      '10.0',
      '100.0',
    ]);
  });
});

/** [time, height, width] of each token. */
function axesOf({ tokenIds, positions }: EncodedPrompt): number[][] {
  return Array.from(tokenIds, (_, token) => [0, 1, 2].map((axis) => positions[axis * tokenIds.length + token]!));
}

/** The frames of windows of one decode pass. */
async function takeFrames(
  { path }: Pick<Film, 'path'>,
  fps: number,
  spans: readonly Span[],
  size = SIZE,
): Promise<TimedFrame[][]> {
  const clip = { path, probe: await probeMedia(path) };
  await using source = new WindowFrames(clip, { fps, ...size }, new AbortController().signal);
  const windows: TimedFrame[][] = [];
  for (const span of spans) windows.push(await source.take(span));
  return windows;
}
