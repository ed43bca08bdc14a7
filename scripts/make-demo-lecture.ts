// Makes the demo lecture in data/ from its script: `npx node scripts/make-demo-lecture.ts`. Needs espeak-ng, ffmpeg and the DejaVu fonts
// (Debian: apt-get install espeak-ng ffmpeg fonts-dejavu-core). The same versions of these make the same files.
//   script (lecture.ts) -> speech and times (timeline.ts) -> slides and speaker (draw-*.ts) -> mp4, vtt, truth.json
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { drawSlide, HEIGHT, WIDTH } from './demo-lecture/draw-slide.ts';
import { drawSpeaker, poseAt, SPEAKER } from './demo-lecture/draw-speaker.ts';
import { scenes, slides, title, type SlideContent } from './demo-lecture/lecture.ts';
import { loudness, SAMPLE_RATE } from './demo-lecture/speak.ts';
import { FRAMES_PER_SECOND, layOut, type Cue, type ShownState, type Timeline } from './demo-lecture/timeline.ts';

const NAME = 'gradient-descent';
const dataFolder = path.join(path.dirname(import.meta.dirname), 'data');

/** Frames of a dissolve; a slide of another theme fades in over them, all other changes are cuts. */
const DISSOLVE_FRAMES = 10;

/** The speaker moves at half the video's rate, which the eye accepts and which halves the bytes. */
const FRAMES_PER_POSE = 2;

const timeline = await layOut(scenes);
const workFolder = await mkdtemp(path.join(os.tmpdir(), 'lectern-demo-lecture-'));
try {
  await mkdir(path.join(dataFolder, 'lectures'), { recursive: true });
  await mkdir(path.join(dataFolder, 'truth'), { recursive: true });
  await encode(timeline, path.join(dataFolder, 'lectures', `${NAME}.mp4`));
  await writeFile(path.join(dataFolder, 'lectures', `${NAME}.vtt`), toVtt(timeline.cues));
  await writeFile(path.join(dataFolder, 'truth', `${NAME}.json`), `${JSON.stringify(toTruth(timeline), null, 1)}\n`);
} finally {
  await rm(workFolder, { recursive: true });
}
process.stdout.write(
  `${NAME}: ${timeline.durationSec} s, ${timeline.states.length} slide states, ${timeline.cues.length} cues\n`,
);

async function encode({ states, samples, durationSec }: Timeline, target: string): Promise<void> {
  const list = path.join(workFolder, 'slides.txt');
  await writeFile(list, await drawSlideTrack(states));
  const sound = path.join(workFolder, 'speech.pcm');
  await writeFile(sound, new Uint8Array(samples.buffer));
  const rate = String(FRAMES_PER_SECOND);
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${SPEAKER.width}x${SPEAKER.height}`, '-r', rate, '-i', 'pipe:0'],
      ...['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', sound],
      ...['-filter_complex', `[0:v]fps=${rate}[s];[s][1:v]overlay=${SPEAKER.left}:${SPEAKER.top},format=yuv420p[v]`],
      ...['-map', '[v]', '-map', '2:a', '-t', String(durationSec)],
      ...['-c:v', 'libx264', '-preset', 'slow', '-crf', '21', '-tune', 'animation', '-g', '250', '-threads', '1'],
      ...['-c:a', 'aac', '-b:a', '40k', '-movflags', '+faststart', '-metadata', `title=${title}`],
      ...[
        '-metadata:s:a:0',
        'language=eng',
        '-fflags',
        '+bitexact',
        '-flags:v',
        '+bitexact',
        '-flags:a',
        '+bitexact',
        target,
      ],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const closed = once(ffmpeg, 'close');
  for await (const frame of speakerFrames(states, samples)) {
    if (!ffmpeg.stdin.write(frame)) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with status ${code}`);
}

/** Draws every picture of the slide track once and returns the list that ffmpeg's concat demuxer plays. */
async function drawSlideTrack(states: readonly ShownState[]): Promise<string> {
  const entries = ['ffconcat version 1.0'];
  const add = async (picture: Sharp, frames: number): Promise<void> => {
    const file = path.join(workFolder, `${entries.length}.png`);
    await picture.png().toFile(file);
    entries.push(`file '${file}'`, `duration ${(frames / FRAMES_PER_SECOND).toFixed(2)}`);
  };
  let before: Buffer | undefined;
  let themeBefore: SlideContent['theme'] | undefined;
  for (const state of states) {
    const slide = slides[state.slide]!;
    const picture = await sharp(Buffer.from(drawSlide(slide, state.shown, numberOf(state.slide))))
      .removeAlpha()
      .raw()
      .toBuffer();
    let frames = state.endFrame - state.startFrame;
    if (before !== undefined && themeBefore !== slide.theme) {
      for (let step = 1; step <= DISSOLVE_FRAMES; step += 1) {
        await add(fromPixels(blend(before, picture, step / (DISSOLVE_FRAMES + 1))), 1);
      }
      frames -= DISSOLVE_FRAMES;
    }
    await add(fromPixels(picture), frames);
    before = picture;
    themeBefore = slide.theme;
  }
  // The demuxer ignores the last duration unless a file follows.
  entries.push(entries.at(-2)!);
  return `${entries.join('\n')}\n`;
}

/** One RGBA picture [180, 240, 4] per video frame, fully transparent while no speaker is shown. */
async function* speakerFrames(states: readonly ShownState[], samples: Int16Array): AsyncGenerator<Buffer> {
  const drawings = new Map<string, Buffer>();
  const nothing = Buffer.alloc(SPEAKER.width * SPEAKER.height * 4);
  for (const state of states) {
    for (let frame = state.startFrame; frame < state.endFrame; frame += 1) {
      if (!state.speaker) {
        yield nothing;
        continue;
      }
      const seconds = (frame - (frame % FRAMES_PER_POSE)) / FRAMES_PER_SECOND;
      const from = Math.round(seconds * SAMPLE_RATE);
      const pose = poseAt(seconds, loudness(samples.subarray(from, from + SAMPLE_RATE / FRAMES_PER_SECOND)));
      const key = JSON.stringify(pose);
      const drawing =
        drawings.get(key) ??
        (await sharp(Buffer.from(drawSpeaker(pose)))
          .ensureAlpha()
          .raw()
          .toBuffer());
      drawings.set(key, drawing);
      yield drawing;
    }
  }
}

function fromPixels(pixels: Buffer): Sharp {
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

function blend(before: Buffer, after: Buffer, share: number): Buffer {
  return Buffer.from(before.map((value, index) => value + (after[index]! - value) * share));
}

/** 1-based, in order of first appearance: a slide that returns keeps its number. */
function numberOf(slide: string): number {
  return Object.keys(slides).indexOf(slide) + 1;
}

function toVtt(cues: readonly Cue[]): string {
  const stamp = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23);
  const blocks = cues.map((cue) => `${stamp(cue.startSec)} --> ${stamp(cue.endSec)}\n${wrap(cue.text)}`);
  return `WEBVTT\n\n${blocks.join('\n\n')}\n`;
}

/** Long cues as two lines, broken at the space nearest the middle. */
function wrap(text: string): string {
  if (text.length <= 60) return text;
  const middle = text.length / 2;
  const spaces = [...text.matchAll(/ /g)].map((match) => match.index);
  const at = spaces.reduce((best, space) => (Math.abs(space - middle) < Math.abs(best - middle) ? space : best));
  return `${text.slice(0, at)}\n${text.slice(at + 1)}`;
}

/** What a reader of the video should find, for tests: slides, when each state is on screen (seconds), and the exact cues. */
function toTruth({ states, cues, durationSec }: Timeline): object {
  return {
    title,
    duration: durationSec,
    slides: Object.values(slides).map((slide, index) => ({ slide: index, kind: slide.kind, title: slide.title })),
    shown: states.map((state) => {
      const slide = slides[state.slide]!;
      return {
        slide: numberOf(state.slide) - 1,
        start: state.startFrame / FRAMES_PER_SECOND,
        end: state.endFrame / FRAMES_PER_SECOND,
        change: state.isSlideChange ? 'slide' : 'build',
        speaker: state.speaker,
        lines: linesOf(slide, state.shown),
      };
    }),
    cues: cues.map((cue) => ({ start: toMillis(cue.startSec), end: toMillis(cue.endSec), text: cue.text })),
  };
}

function toMillis(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** The words that can be read off a slide state, the title first. */
function linesOf(slide: SlideContent, shown: number): readonly string[] {
  switch (slide.kind) {
    case 'cover':
      return [slide.title, slide.subtitle, slide.note];
    case 'bullets':
    case 'formulas':
      return [slide.title, ...slide.items.slice(0, shown).flatMap((item) => [item.text, item.remark])];
    case 'table':
      return [slide.title, slide.columns.join(' '), ...slide.rows.map((row) => row.join(' ')), slide.note];
    case 'code':
      return [slide.title, ...slide.code.filter((line) => line !== ''), slide.note];
    case 'curves':
      return [slide.title, ...slide.curves.slice(0, shown).map((curve) => curve.label)];
  }
}
