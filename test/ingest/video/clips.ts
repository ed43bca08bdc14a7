// Small synthetic videos, made by ffmpeg when a test first needs them and kept in the system's temporary folder.
// Slides are drawn without fonts: a "letter" is a few strokes chosen by its character code, so they look the same anywhere.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { programPath } from '../../../src/ingest/ffmpeg-paths.ts';
import { passthroughOptions } from '../../../src/ingest/ffmpeg.ts';

const run = promisify(execFile);
export const clipFolder = process.env['LECTERN_TEST_CLIPS'] ?? join(tmpdir(), 'lectern-test-clips');
mkdirSync(clipFolder, { recursive: true });

/** Runs ffmpeg once per distinct argument list; `OUT` among the arguments stands for the file made. */
export async function makeClip(extension: string, args: readonly string[]): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
  const path = join(clipFolder, `${key}.${extension}`);
  if (existsSync(path)) return path;
  const unfinished = join(clipFolder, `${key}.${process.pid}.${extension}`);
  const all = ['-v', 'error', '-nostdin', '-y', ...args.map((arg) => (arg === 'OUT' ? unfinished : arg))];
  await run(programPath('ffmpeg'), all, { maxBuffer: 1 << 26 });
  renameSync(unfinished, path);
  return path;
}

/** An option list that keeps each frame's own time, in this FFmpeg's words. */
export const keepTimes = passthroughOptions;

export const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];

export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly accent: string;
}

export const light: Theme = { background: '#ffffff', ink: '#1a1a1a', accent: '#0b5394' };
export const dark: Theme = { background: '#10161f', ink: '#e8e8e8', accent: '#66c2ff' };

export interface SlideDrawing {
  readonly title: string;
  readonly lines: readonly string[];
  readonly theme?: Theme;
  /** Further SVG, in front. */
  readonly extra?: string;
}

/** A slide as SVG of 640 x 360 units: title, rule, lines. */
export function drawSlide({ title, lines, theme = light, extra = '' }: SlideDrawing): string {
  const body = lines.map((line, i) => drawText(line, 50, 84 + i * 30, 15, theme.ink)).join('');
  return (
    `<rect width="640" height="360" fill="${theme.background}"/><rect y="55" width="640" height="3" fill="${theme.accent}"/>` +
    drawText(title, 30, 20, 24, theme.accent) +
    body +
    extra
  );
}

/** Strokes in rows of letters: left edge, top and letter height in units. */
export function drawText(text: string, left: number, top: number, height: number, fill: string): string {
  const width = height * 0.6;
  const stroke = Math.max(1, height * 0.16);
  return [...text]
    .map((letter, i) => {
      if (letter === ' ') return '';
      const code = letter.codePointAt(0)! * 2654435761;
      const x = left + i * width;
      const parts = [
        [x, top, stroke, height],
        [x, top, width * 0.8, stroke],
        [x, top + height / 2, width * 0.8, stroke],
        [x, top + height - stroke, width * 0.8, stroke],
        [x + width * 0.65, top, stroke, height / 2],
        [x + width * 0.65, top + height / 2, stroke, height / 2],
      ];
      return parts
        .filter((_, k) => (code >>> (k * 3 + 4)) & 1 || k === code % 6)
        .map(([px, py, w, h]) => `<rect x="${px}" y="${py}" width="${w}" height="${h}" fill="${fill}"/>`)
        .join('');
    })
    .join('');
}

export interface Scene {
  /** SVG body in units of 640 x 360. */
  readonly svg: string;
  readonly seconds: number;
}

export interface FilmOptions {
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
  /** Filters over the joined scenes, from [in] to [out]; further inputs come before by `inputs`, as [1:v], [2:v], … */
  readonly filter?: string;
  readonly inputs?: readonly string[];
}

/** Scenes one after another with hard cuts, H.264 in MP4. */
export async function filmScenes(scenes: readonly Scene[], options: FilmOptions = {}): Promise<string> {
  const { fps = 10, width = 640, height = 360, filter = '[in]null[out]', inputs = [] } = options;
  const list = await Promise.all(
    scenes.map(async ({ svg, seconds }) => `file '${await drawPicture(svg, width, height)}'\nduration ${seconds}\n`),
  );
  const last = list.at(-1)!.split('\n')[0]!;
  const listText = `ffconcat version 1.0\n${list.join('')}${last}\n`;
  const listPath = join(clipFolder, `${createHash('sha256').update(listText).digest('hex').slice(0, 16)}.ffconcat`);
  writeFileSync(listPath, listText);
  const total = scenes.reduce((sum, { seconds }) => sum + seconds, 0);
  const graph = `[0:v]fps=${fps},format=yuv420p[in];${filter}`;
  const input = ['-f', 'concat', '-safe', '0', '-i', listPath, ...inputs];
  const output = ['-map', '[out]', '-t', String(total), ...h264, '-crf', '26', 'OUT'];
  return makeClip('mp4', [...input, '-filter_complex', graph, ...output]);
}

async function drawPicture(svg: string, width: number, height: number): Promise<string> {
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 640 360" preserveAspectRatio="none">${svg}</svg>`;
  const path = join(clipFolder, `${createHash('sha256').update(whole).digest('hex').slice(0, 16)}.png`);
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}.${randomUUID()}`;
    await sharp(Buffer.from(whole)).png().toFile(unfinished);
    renameSync(unfinished, path);
  }
  return path;
}

/** Blocks of noise, new five times a second: what a speaker's inset or a clip is to slide detection, only livelier. */
export function livelyInput(size: string): string[] {
  return ['-f', 'lavfi', '-i', `color=gray:s=24x18:r=5,noise=alls=100:allf=t+u,scale=${size.replace('x', ':')}`];
}
