// The lecture of ../shared/tools/make-lecture.mjs, and the same lecture with what makes slide detection hard: crossfades,
// a lively inset, a pointer that wanders. Made once and kept in the system's temporary folder; the truth is the same.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { z } from 'zod';

const run = promisify(execFile);
export const lectureTool = resolve('../shared/tools/make-lecture.mjs');
const fps = 30;
/** Length of a crossfade; it begins at the slide's true start. */
const fadeFrames = 24;

const Truth = z.array(z.object({ start: z.number(), frames: z.number(), build: z.boolean() }));
export type LectureTruth = z.infer<typeof Truth>;

export const variants = ['plain', 'inset', 'fades', 'pointer', 'all'] as const;
export type Variant = (typeof variants)[number];

export interface Lecture {
  readonly path: string;
  readonly truth: LectureTruth;
}

/** Path and truth of a lecture of so many minutes, made first where it isn't there yet (minutes of CPU for an hour). */
export async function prepareLecture(minutes: number, variant: Variant): Promise<Lecture> {
  const folder = join(tmpdir(), 'lectern-bench', `lecture-${minutes}`);
  mkdirSync(folder, { recursive: true });
  const plain = join(folder, 'lecture.mp4');
  if (!existsSync(join(folder, 'truth.json'))) {
    console.error(`making a lecture of ${minutes} minutes in ${folder} …`);
    await run(process.execPath, [lectureTool, folder, String(minutes)], { maxBuffer: 1 << 26 });
  }
  const truth = Truth.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')));
  if (variant === 'plain') return { path: plain, truth };
  const path = join(folder, `${variant}.mp4`);
  if (!existsSync(path)) {
    console.error(`making ${path} …`);
    await makeVariant(folder, variant, truth, path);
  }
  return { path, truth };
}

async function makeVariant(folder: string, variant: Variant, truth: LectureTruth, path: string): Promise<void> {
  const inputs = ['-i', join(folder, 'lecture.mp4')];
  const graph: string[] = [];
  let picture = '0:v';
  const overlay = (input: readonly string[], at: string) => {
    inputs.push(...input);
    const index = inputs.filter((word) => word === '-i').length - 1;
    graph.push(`[${picture}][${index}:v]overlay=${at}:shortest=1[with${index}]`);
    picture = `with${index}`;
  };
  if (variant === 'fades' || variant === 'all') {
    truth.forEach((_, i) => inputs.push('-framerate', String(fps), '-i', join(folder, 'seg', `${i}.png`)));
    graph.push(...crossfades(truth));
    picture = 'faded';
  }
  if (variant === 'inset' || variant === 'all') overlay(['-f', 'lavfi', '-i', livelyInset], '980:500');
  if (variant === 'pointer' || variant === 'all') {
    // Moves for four seconds, rests for three.
    const phase = '(floor(t/7)*4+min(mod(t,7),4))';
    const at = `x='640+560*sin(0.9*${phase})':y='330+300*sin(0.53*${phase})'`;
    overlay(['-loop', '1', '-framerate', String(fps), '-i', await drawPointer(folder)], at);
  }
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '28',
    '-g',
    '250',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'copy',
  ];
  const unfinished = join(folder, `${variant}.${process.pid}.mp4`);
  const output = ['-map', `[${picture}]`, '-map', '0:a', ...encode, unfinished];
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...inputs, '-filter_complex', graph.join(';'), ...output], {
    maxBuffer: 1 << 26,
  });
  renameSync(unfinished, path);
}

const livelyInset =
  `gradients=s=280x200:r=15:c0=0x101010:c1=0xf0e0d0:c2=0x2040a0:nb_colors=3:speed=0.25:seed=5,` +
  `rotate=a=t:c=0x443322,noise=alls=40:allf=t+u`;

/** Filters that show slide after slide, each coming in by a crossfade; inputs 1, 2, … are the slides. Ends in [faded]. */
function crossfades(truth: LectureTruth): string[] {
  const held = (name: string, frames: number, label: string) =>
    `[${name}]loop=loop=${frames - 1}:size=1,trim=end_frame=${frames},settb=1/${fps},setpts=N[${label}]`;
  const graph: string[] = [];
  const parts: string[] = [];
  truth.forEach(({ frames }, i) => {
    const isLast = i === truth.length - 1;
    const copies = [i > 0 ? `in${i}` : '', `is${i}`, isLast ? '' : `out${i}`].filter(Boolean);
    graph.push(`[${i + 1}:v]format=yuv420p,split=${copies.length}${copies.map((name) => `[${name}]`).join('')}`);
    if (i > 0) {
      graph.push(held(`out${i - 1}`, fadeFrames, `from${i}`), held(`in${i}`, fadeFrames, `to${i}`));
      graph.push(`[from${i}][to${i}]xfade=duration=${fadeFrames / fps}:offset=0[fade${i}]`);
      parts.push(`[fade${i}]`);
    }
    graph.push(held(`is${i}`, i > 0 ? frames - fadeFrames : frames, `still${i}`));
    parts.push(`[still${i}]`);
  });
  return [...graph, `${parts.join('')}concat=n=${parts.length},fps=${fps}[faded]`];
}

async function drawPointer(folder: string): Promise<string> {
  const path = join(folder, 'pointer.png');
  const arrow = '<path d="M1 1V28L8 22L13 34L18 32L13 20H22Z" fill="#000" stroke="#fff" stroke-width="2"/>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="36">${arrow}</svg>`;
  await sharp(Buffer.from(svg)).png().toFile(path);
  return path;
}
