// Slides found in small synthetic lectures. `shown` is what the detector says, as slide.state from its start in seconds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { probeMedia } from '../../../src/ingest/video/probe.ts';
import { sampleFrames } from '../../../src/ingest/video/sampled-frames.ts';
import { GRID_HEIGHT, GRID_WIDTH, NUM_CELLS, type Signature } from '../../../src/ingest/video/signature.ts';
import { SlideDetector, type DecidedSlides } from '../../../src/ingest/video/slide-detector.ts';
import type { SlideState } from '../../../src/ingest/video/slide.ts';
import { clipFolder, dark, drawSlide, drawText, filmScenes, light, livelyInput, type Scene } from './clips.ts';

const bulletsA = ['gradient descent follows the slope', 'the step size decides the speed', 'momentum smooths the way'];
const bulletsB = [
  'buffers keep what was read',
  'a queue serves in order',
  'locks are held briefly',
  'deadlock needs a cycle',
];
const bulletsC = ['images are grids of numbers', 'convolution shares weights', 'pooling forgets places'];
const slideA = drawSlide({ title: 'Optimisation methods', lines: bulletsA });
const slideB = drawSlide({ title: 'Operating systems', lines: bulletsB });
const slideC = drawSlide({ title: 'Neural networks', lines: bulletsC, theme: dark });
const black = '<rect width="640" height="360" fill="#000"/>';

/** A, B, C, then A again, 20 s each. */
const lecture: Scene[] = [slideA, slideB, slideC, slideA].map((svg) => ({ svg, seconds: 20 }));
const lectureSlides = ['0.0', '1.0', '2.0', '0.0'];

async function findSlides(path: string): Promise<SlideState[]> {
  const probe = await probeMedia(path);
  const signatures: Signature[] = [];
  const grid = { fps: 2, width: GRID_WIDTH, height: GRID_HEIGHT, pixelFormat: 'gray', withKeyframes: true } as const;
  for await (const { timeSec, data } of sampleFrames(path, probe, grid)) signatures.push({ timeSec, cells: data });
  const detector = new SlideDetector();
  const decided = signatures.map((signature) => {
    detector.push(signature);
    return detector.soFar();
  });
  const states = detector.finish(probe.endSec);
  for (const one of decided) expectKept(one, states);
  return states;
}

/** Nothing that was decided on the way is otherwise in the end. */
function expectKept({ states, untilMs }: DecidedSlides, finished: readonly SlideState[]): void {
  expect(until(states, untilMs)).toEqual(until(finished, untilMs));
}

function until(states: readonly SlideState[], untilMs: number): SlideState[] {
  return states.flatMap((state) => {
    const spans = state.spans
      .filter(({ startMs }) => startMs < untilMs)
      .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, untilMs) }));
    return spans.length === 0 ? [] : [{ ...state, spans }];
  });
}

interface Shown {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

function timeline(states: readonly SlideState[]): Shown[] {
  return states
    .flatMap(({ slideIndex, stateIndex, spans }) =>
      spans.map(({ startMs, endMs }) => ({
        start: startMs / 1000,
        end: endMs / 1000,
        name: `${slideIndex}.${stateIndex}`,
      })),
    )
    .sort((a, b) => a.start - b.start);
}

const names = (shown: readonly Shown[]) => shown.map(({ name }) => name);
const numSlides = (states: readonly SlideState[]) => new Set(states.map(({ slideIndex }) => slideIndex)).size;

function expectStarts(shown: readonly Shown[], starts: readonly number[], withinSec: number): void {
  expect(shown).toHaveLength(starts.length);
  shown.forEach(({ start }, i) => expect(Math.abs(start - starts[i]!)).toBeLessThanOrEqual(withinSec));
}

describe('slides', () => {
  it('hard cuts begin at the first frame of the new slide, and a slide that comes back is recognised', async () => {
    const shown = timeline(await findSlides(await filmScenes(lecture)));
    expect(names(shown)).toEqual(lectureSlides);
    expectStarts(shown, [0, 20, 40, 60], 0.101);
    expect(shown.at(-1)!.end).toBeCloseTo(80, 1);
  });

  it('a lively inset in the corner changes nothing', async () => {
    const path = await filmScenes(lecture, { inputs: livelyInput('140x100'), filter: '[in][1:v]overlay=490:250[out]' });
    const shown = timeline(await findSlides(path));
    expect(names(shown)).toEqual(lectureSlides);
    expectStarts(shown, [0, 20, 40, 60], 0.6);
  });

  it('a crossfade of one second is one boundary within it, also beside a lively inset', async () => {
    for (const inset of ['', '[mixed][1:v]overlay=490:250']) {
      const filter = `[in]tmix=frames=10${inset && '[mixed];'}${inset}[out]`;
      const path = await filmScenes(lecture, inset ? { inputs: livelyInput('140x100'), filter } : { filter });
      const shown = timeline(await findSlides(path));
      expect(names(shown)).toEqual(lectureSlides);
      expectStarts(shown, [0, 20.5, 40.5, 60.5], 0.6);
    }
  });

  it('one more line under the same title is a new state of the slide', async () => {
    const builds = [1, 2, 3].map((count) =>
      drawSlide({ title: 'Optimisation methods', lines: bulletsA.slice(0, count) }),
    );
    const scenes = [...builds, slideB].map((svg) => ({ svg, seconds: 8 }));
    const shown = timeline(await findSlides(await filmScenes(scenes)));
    expect(names(shown)).toEqual(['0.0', '0.1', '0.2', '1.0']);
    expectStarts(shown, [0, 8, 16, 24], 0.101);
  });

  it('the same title over other content, and other text in the same layout, are other slides', async () => {
    const variants = [bulletsA, bulletsB, bulletsC].map((lines) => drawSlide({ title: 'Results', lines }));
    const retitled = drawSlide({ title: 'Summary', lines: bulletsC });
    const scenes = [...variants, retitled].map((svg) => ({ svg, seconds: 8 }));
    expect(names(timeline(await findSlides(await filmScenes(scenes))))).toEqual(['0.0', '1.0', '2.0', '3.0']);
  });

  it('lines that are dimmed when the next one appears stay on the same slide', async () => {
    const dim = { ...light, ink: '#999999' };
    const base = drawSlide({ title: 'Optimisation methods', lines: bulletsA.slice(0, 2) });
    const dimmed = drawSlide({ title: 'Optimisation methods', lines: bulletsA.slice(0, 2), theme: dim });
    const next = drawText(bulletsA[2]!, 50, 144, 15, light.ink);
    const scenes = [base, dimmed + next].map((svg) => ({ svg, seconds: 8 }));
    expect(names(timeline(await findSlides(await filmScenes(scenes))))).toEqual(['0.0', '0.1']);
  });

  it('slides of three seconds with fades between them are all found', async () => {
    const titles = [
      'alpha beta',
      'gamma',
      'delta epsilon',
      'zeta',
      'eta theta iota',
      'kappa',
      'lambda mu',
      'nu xi omicron',
    ];
    const scenes = titles.map((title, i) => ({
      svg: drawSlide({ title, lines: bulletsB.map((line, k) => (line + title).slice((i * 3 + k) % 7)) }),
      seconds: 3,
    }));
    const shown = timeline(await findSlides(await filmScenes(scenes, { filter: '[in]tmix=frames=6[out]' })));
    expect(names(shown)).toEqual(titles.map((_, i) => `${i}.0`));
  });

  it('4:3 at 25 fps, and portrait, are read alike', async () => {
    const scenes = lecture.map(({ svg }) => ({ svg, seconds: 6 }));
    for (const size of [
      { width: 480, height: 360, fps: 25 },
      { width: 270, height: 480, fps: 10 },
    ]) {
      const shown = timeline(await findSlides(await filmScenes(scenes, size)));
      expect(names(shown)).toEqual(lectureSlides);
      expectStarts(shown, [0, 6, 12, 18], 0.2);
    }
  });
});

describe('what is no slide change', () => {
  it('a pointer that wanders, rests and wanders on', async () => {
    const path = join(clipFolder, 'pointer.png');
    const arrow = '<path d="M1 1V16L5 12L8 19L11 18L8 11H13Z" fill="#000" stroke="#fff"/>';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="14" height="20">${arrow}</svg>`;
    writeFileSync(path, await sharp(Buffer.from(svg)).png().toBuffer());
    const phase = '(floor(t/7)*4+min(mod(t,7),4))';
    const overlay = `overlay=x='320+280*sin(0.9*${phase})':y='170+150*sin(0.53*${phase})':shortest=1`;
    const inputs = ['-loop', '1', '-framerate', '10', '-i', path];
    const shown = timeline(await findSlides(await filmScenes(lecture, { inputs, filter: `[in][1:v]${overlay}[out]` })));
    expect(names(shown)).toEqual(lectureSlides);
  });

  it('a clip that plays inside a slide for a while', async () => {
    const path = await filmScenes(
      [
        { svg: slideA, seconds: 45 },
        { svg: slideB, seconds: 15 },
      ],
      { inputs: livelyInput('300x200'), filter: "[in][1:v]overlay=300:100:enable='between(t,10,35)'[out]" },
    );
    const shown = timeline(await findSlides(path));
    expect(names(shown)).toEqual(['0.0', '1.0']);
    expectStarts(shown, [0, 45], 0.2);
  });

  it('scrolling: the page stays one slide, with a state for each screenful', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      `${bulletsB[i % 4]} ${(i * 7919) % 1000} ${bulletsA[i % 3]}`.slice((i * 5) % 11),
    );
    const page = (from: number) => {
      const visible = rows
        .map((row, i) => ({ row, top: 10 + i * 22 - from }))
        .filter(({ top }) => top > -22 && top < 360);
      return `<rect width="640" height="360" fill="#fff"/>${visible.map(({ row, top }) => drawText(row, 30, top, 13, '#222')).join('')}`;
    };
    const stepwise = Array.from({ length: 16 }, (_, i) => ({ svg: page(i * 37.5), seconds: 4 }));
    const smooth = Array.from({ length: 80 }, (_, i) => ({ svg: page(i * 7), seconds: 0.1 }));
    const smoothly = [{ svg: page(0), seconds: 10 }, ...smooth, { svg: page(560), seconds: 10 }];
    for (const scenes of [stepwise, smoothly]) {
      const states = await findSlides(await filmScenes(scenes));
      expect(numSlides(states)).toBe(1);
      expect(states.length).toBeGreaterThanOrEqual(2);
      expect(states.length).toBeLessThanOrEqual(5);
    }
  });

  it('typing: a line every five seconds gives a few states of one slide, not one for every letter', async () => {
    const scenes = Array.from({ length: 100 }, (_, i) => ({
      svg: drawSlide({
        title: 'Terminal session',
        lines: [...bulletsB, ...bulletsC].map((line, k) => line.slice(0, Math.max(0, i * 2 - k * 33))),
      }),
      seconds: 0.3,
    }));
    const states = await findSlides(await filmScenes(scenes));
    expect(numSlides(states)).toBe(1);
    expect(states.length).toBeLessThanOrEqual(8);
  });

  it('a talking head in a room is one picture', async () => {
    const room =
      '<rect width="640" height="360" fill="#557"/><rect x="40" y="60" width="120" height="220" fill="#875"/>';
    const path = await filmScenes([{ svg: room, seconds: 60 }], {
      inputs: ['-f', 'lavfi', '-i', 'color=0xd8b090:s=120x180:r=10,noise=alls=20:allf=t'],
      filter: "[in][1:v]overlay=x='260+25*sin(t*1.3)':y='110+10*sin(t*2.1)'[out]",
    });
    expect(names(timeline(await findSlides(path)))).toEqual(['0.0']);
  });
});

describe('blank and moving pictures', () => {
  it('black belongs to no slide; a flicker of a second interrupts none', async () => {
    const scenes = [
      { svg: black, seconds: 5 },
      { svg: slideA, seconds: 15 },
      { svg: black, seconds: 6 },
      { svg: slideA, seconds: 10 },
      { svg: black, seconds: 1 },
      { svg: slideB, seconds: 10 },
      { svg: black, seconds: 1.5 },
      { svg: slideB, seconds: 8 },
    ];
    const shown = timeline(await findSlides(await filmScenes(scenes)));
    expect(names(shown)).toEqual(['0.0', '0.0', '1.0']);
    expectStarts(shown, [5, 26, 37], 0.101);
    expect(shown[0]!.end).toBeCloseTo(20, 0);
  });

  it('a fade through black is one boundary', async () => {
    const scenes = [
      { svg: slideA, seconds: 15 },
      { svg: black, seconds: 0.6 },
      { svg: slideB, seconds: 10 },
    ];
    const shown = timeline(await findSlides(await filmScenes(scenes, { filter: '[in]tmix=frames=6[out]' })));
    expect(names(shown)).toEqual(['0.0', '1.0']);
    expectStarts(shown, [0, 15.6], 0.6);
  });

  it("full-screen film before and after a slide doesn't hide the slide", async () => {
    const path = await filmScenes(
      [slideA, slideB, slideC].map((svg, i) => ({ svg, seconds: [20, 15, 25][i]! })),
      {
        inputs: livelyInput('640x360'),
        filter: "[in][1:v]overlay=0:0:enable='lt(t,20)+gt(t,35)'[out]",
      },
    );
    const shown = timeline(await findSlides(path));
    expect(names(shown)).toEqual(['0.0', '1.0', '2.0']);
    expectStarts(shown, [0, 20, 35], 0.2);
  });

  it('a minute of nothing but motion is one shot', async () => {
    const path = await filmScenes([{ svg: black, seconds: 60 }], {
      inputs: livelyInput('640x360'),
      filter: '[in][1:v]overlay[out]',
    });
    expect(names(timeline(await findSlides(path)))).toEqual(['0.0']);
  });

  it('no frames, one frame and an all-black video have no slides, one and none', () => {
    const text = Uint8Array.from({ length: NUM_CELLS }, (_, i) => ((i * 7919) % 13 < 5 ? 20 : 250));
    expect(new SlideDetector().finish()).toEqual([]);
    const oneFrame = new SlideDetector();
    oneFrame.push({ timeSec: 3, cells: text });
    expect(oneFrame.finish(4)).toEqual([
      { slideIndex: 0, stateIndex: 0, spans: [{ startMs: 3000, endMs: 4000 }], stillMs: 3000 },
    ]);
    const allBlack = new SlideDetector();
    for (let i = 0; i < 100; i++) allBlack.push({ timeSec: i / 2, cells: new Uint8Array(NUM_CELLS) });
    expect(allBlack.finish(50)).toEqual([]);
  });
});

describe('what is decided on the way', () => {
  it('comes a minute behind the frames at most, while slides change and rest', async () => {
    const path = await filmScenes([...lecture, ...lecture]);
    const probe = await probeMedia(path);
    const detector = new SlideDetector();
    const grid = { fps: 2, width: GRID_WIDTH, height: GRID_HEIGHT, pixelFormat: 'gray', withKeyframes: true } as const;
    let longestSec = 0;
    for await (const { timeSec, data } of sampleFrames(path, probe, grid)) {
      detector.push({ timeSec, cells: data });
      if (timeSec > 60) longestSec = Math.max(longestSec, timeSec - detector.soFar().untilMs / 1000);
    }
    expect(longestSec).toBeGreaterThan(50);
    expect(longestSec).toBeLessThan(60);
  });
});

describe('states', () => {
  it('are in order, their stills lie inside their spans, and no two spans overlap', async () => {
    const path = await filmScenes(lecture, { inputs: livelyInput('140x100'), filter: '[in][1:v]overlay=490:250[out]' });
    const states = await findSlides(path);
    const order = states.map(({ slideIndex, stateIndex }) => slideIndex * 1000 + stateIndex);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const { spans, stillMs } of states) {
      expect(spans.some(({ startMs, endMs }) => stillMs >= startMs && stillMs < endMs)).toBe(true);
    }
    const shown = timeline(states);
    shown.slice(1).forEach(({ start }, i) => expect(start).toBeGreaterThanOrEqual(shown[i]!.end));
  });
});
