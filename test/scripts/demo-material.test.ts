// The demo material is what data/README.md and the truth file say it is: the other tests and the demo rest on that.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const lecture = path.join(root, 'data/lectures/gradient-descent.mp4');

const Truth = z.object({
  duration: z.number(),
  slides: z.array(z.object({ slide: z.number(), title: z.string() })),
  shown: z.array(
    z.object({
      slide: z.number(),
      start: z.number(),
      end: z.number(),
      change: z.enum(['slide', 'build']),
      lines: z.array(z.string()),
    }),
  ),
  cues: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })),
});
const truth = Truth.parse(JSON.parse(await readFile(path.join(root, 'data/truth/gradient-descent.json'), 'utf8')));

describe('data/', () => {
  it('holds under 15 MB, and every file is named with its licence in data/README.md', async () => {
    const files = await glob('data/**/*', { cwd: root, ignore: ['data/library/**'] });
    expect(files.length).toBeGreaterThanOrEqual(7);
    const readme = await readFile(path.join(root, 'data/README.md'), 'utf8');
    let bytes = 0;
    for (const file of files) {
      bytes += (await stat(path.join(root, file))).size;
      if (file !== 'data/README.md') expect(readme).toContain(`\`${file.slice('data/'.length)}\``);
    }
    expect(bytes).toBeLessThan(15e6);
  });

  it('holds the gnuplot manual unmodified', async () => {
    const manual = await readFile(path.join(root, 'data/manuals/gnuplot.pdf'));
    const readme = await readFile(path.join(root, 'data/README.md'), 'utf8');
    expect(readme).toContain(createHash('sha256').update(manual).digest('hex'));
  });
});

describe('the demo lecture', () => {
  it('shows 13 slides without a gap, and one of them twice', () => {
    expect(truth.slides).toHaveLength(13);
    expect(truth.shown[0]!.start).toBe(0);
    expect(truth.shown.at(-1)!.end).toBe(truth.duration);
    for (const [index, state] of truth.shown.entries()) {
      if (index > 0) expect(state.start).toBe(truth.shown[index - 1]!.end);
    }
    const appearances = truth.shown.filter((state) => state.change === 'slide').map((state) => state.slide);
    expect(new Set(appearances).size).toBe(13);
    expect(appearances).toHaveLength(14);
  });

  it('has every cue of the truth in its captions, with the same times', async () => {
    const vtt = await readFile(path.join(root, 'data/lectures/gradient-descent.vtt'), 'utf8');
    const blocks = vtt.trim().split('\n\n').slice(1);
    const cues = blocks.map((block) => {
      const [times, ...lines] = block.split('\n');
      const [start, end] = times!.split(' --> ').map((stamp) => Date.parse(`1970-01-01T${stamp}Z`) / 1000);
      return { start, end, text: lines.join(' ') };
    });
    expect(cues).toEqual(truth.cues);
  });

  it('lasts as long as the truth says and carries one picture and one sound stream', async () => {
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format=duration:stream=codec_name',
      '-of',
      'json',
      lecture,
    ]);
    const probe = JSON.parse(stdout) as { format: { duration: string }; streams: { codec_name: string }[] };
    expect(Number(probe.format.duration)).toBeCloseTo(truth.duration, 1);
    expect(probe.streams.map((stream) => stream.codec_name)).toEqual(['h264', 'aac']);
  });

  it('changes its picture exactly where the truth has a build', async () => {
    const builds = truth.shown.filter((state) => state.change === 'build');
    expect(builds.length).toBeGreaterThan(10);
    for (const { start } of builds) expect(await biggestChangeNear(start)).toBeCloseTo(start, 2);
  });
});

/** The time at which the slide area (the speaker inset cut off) changes most, within five frames of `seconds`. */
async function biggestChangeNear(seconds: number): Promise<number> {
  const [width, height, frames] = [195, 180, 10];
  const filter = `crop=980:ih:0:0,scale=${width}:${height},format=gray`;
  const from = seconds - 0.2;
  const decode = [
    '-v',
    'error',
    '-ss',
    String(from),
    '-i',
    lecture,
    '-frames:v',
    String(frames),
    '-vf',
    filter,
    '-f',
    'rawvideo',
    '-',
  ];
  const { stdout } = await run('ffmpeg', decode, { encoding: 'buffer', maxBuffer: 2 ** 24 });
  const size = width * height;
  const changes = Array.from({ length: frames - 1 }, (_, index) => {
    const [before, after] = [stdout.subarray(index * size, (index + 1) * size), stdout.subarray((index + 1) * size)];
    return before.reduce((sum, value, pixel) => sum + Math.abs(value - after[pixel]!), 0);
  });
  return from + (changes.indexOf(Math.max(...changes)) + 1) / 25;
}
