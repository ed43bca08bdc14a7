// Zooming in from outside: a lecture whose slides change at known frames, off the half seconds at which slides are looked for.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startServer } from '../../model/remote/requests.ts';
import { lecternOn, parseJson } from './run-lectern.ts';

const Zoom = z.object({ from: z.number(), pts: z.number().int(), timeBase: z.string(), engine: z.string() });
const Place = z.object({ start: z.number(), end: z.number(), link: z.string(), zoom: Zoom.nullish() });
const Found = z.object({ hits: z.array(Place) });
const Answered = z.object({ citations: z.array(Place.extend({ quote: z.string(), verified: z.boolean() })) });

const slides = [
  { title: 'Welcome', line: 'A lecture on plotting', frames: 143 },
  { title: 'Colour palettes', line: 'Every surface has a palette', frames: 158 },
  { title: 'Contour lines', line: 'Heights are joined by lines', frames: 149 },
] as const;
/** First frames of the second and the third slide, 30 frames a second. */
const [second, third] = [143 / 30, 301 / 30];

const cue = (from: number, to: number, text: string) =>
  `00:00:${from.toFixed(3).padStart(6, '0')} --> 00:00:${to.toFixed(3).padStart(6, '0')}\n${text}\n`;

describe('--zoom', () => {
  let folder: string;
  let lecture: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-test-'));
    lecture = path.join(folder, 'lecture.mp4');
    await writeLecture();
    const indexed = await lecternOn(path.join(folder, 'library'))(['index', lecture, '--ocr', 'off', '--quiet']);
    expect(indexed.code, indexed.stderr).toBe(0);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function writeLecture(): Promise<void> {
    const inputs: string[] = [];
    for (const [i, { title, line, frames }] of slides.entries()) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="white"/><text x="40" y="70" font-size="40">${title}</text><text x="40" y="${150 + 60 * i}" font-size="26">${line}</text></svg>`;
      const picture = path.join(folder, `${i}.png`);
      await sharp(Buffer.from(svg)).png().toFile(picture);
      inputs.push('-loop', '1', '-framerate', '30', '-t', String(frames / 30), '-i', picture);
    }
    // No keyframe at a cut: those would be seen without zooming.
    const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '90', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
    const join = ['-filter_complex', '[0][1][2]concat=n=3[v]', '-map', '[v]'];
    await promisify(execFile)('ffmpeg', ['-v', 'error', ...inputs, ...join, ...encode, lecture]);
    const captions = [
      cue(0.5, 4, 'Good morning and welcome to this lecture.'),
      cue(5.2, 9, 'A palette gives each height its colour.'),
      cue(10.5, 14, 'Contour lines join points of equal height.'),
    ];
    await writeFile(path.join(folder, 'lecture.vtt'), `WEBVTT\n\n${captions.join('\n')}`);
  }

  const lectern = (environment = {}) => lecternOn(path.join(folder, 'library'), environment);

  it('begins a hit at the frame at which its slide comes on, and says where it began before', async () => {
    const [hit] = parseJson(Found, await lectern()(['search', '--zoom', 'palette', '--json'])).hits;
    expect(hit!.start).toBeCloseTo(second, 3);
    expect(hit!.zoom!.engine).toBe('reader');
    // Slides are looked for twice a second, and words begin when they are said.
    expect(Math.abs(hit!.zoom!.from - second)).toBeGreaterThan(0.02);
    const [ticks, rate] = hit!.zoom!.timeBase.split('/').map(Number);
    expect((hit!.zoom!.pts * ticks!) / rate!).toBeCloseTo(second, 6);
    expect(hit!.link).toContain(`#t=${hit!.start},${hit!.end}`);
  });

  it('moves a citation alike and keeps its quote', async () => {
    const asked = ['ask', 'What do contour lines join?', '--engine', 'reader', '--zoom', '--json'];
    const [citation] = parseJson(Answered, await lectern()(asked)).citations;
    expect(citation).toMatchObject({ verified: true, quote: 'Contour lines join points of equal height.' });
    expect(citation!.start).toBeCloseTo(third, 3);
  });

  it('asks a model for the second, shows it every frame around its answer, and takes the frame it names', async () => {
    const server = await startServer();
    const model = lectern({ LECTERN_ENGINE: 'openai', LECTERN_SERVER_URL: server.url });
    server.pieces = [JSON.stringify({ second: 6.21 })];
    const [hit] = parseJson(Found, await model(['search', 'palette', '--limit', '1', '--zoom', '--json'])).hits;
    expect(hit!.zoom!.engine).toBe(server.rules.model);
    expect(hit!.start).toBeCloseTo(186 / 30, 3);
    const questions = server.chats.filter(({ max_tokens }) => max_tokens !== 1);
    expect(questions.map(({ response_format }) => response_format?.type)).toEqual(['json_schema', 'json_schema']);
    // 0.6 seconds either side at 30 frames a second.
    const [video] = server.prompts.at(-1)!.seen.filter((part) => typeof part === 'object' && 'video' in part);
    expect(video).toMatchObject({ frames: 36 });

    // It reads times in tenths of a second: a change of the picture that near is what it meant.
    server.pieces = [JSON.stringify({ second: 4.7 })];
    const [near] = parseJson(Found, await model(['search', 'palette', '--limit', '1', '--zoom', '--json'])).hits;
    expect(near).toMatchObject({ zoom: { engine: server.rules.model } });
    expect(near!.start).toBeCloseTo(second, 3);

    // A second that it was not shown is no answer: the slide's own frame is.
    server.pieces = [JSON.stringify({ second: 99 })];
    const [wild] = parseJson(Found, await model(['search', 'palette', '--limit', '1', '--zoom', '--json'])).hits;
    expect(wild!.zoom!.engine).toBe('reader');
    expect(wild!.start).toBeCloseTo(second, 3);
  });
});
