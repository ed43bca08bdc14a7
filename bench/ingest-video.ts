// How long does it take to find an hour's slides, against the time ffmpeg needs to decode it, and are they right?
// Usage: node bench/ingest-video.ts [--minutes 60] [--short 10] [--rounds 3]. The plain lecture at full length, the hard ones at
// the short one (they are encoded anew: --short 60 takes an hour of CPU once). Floor and ours alternate, the order turning
// every round; medians, with the raw rounds.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ffmpegVersion } from '../src/ingest/ffmpeg.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import { readSlides } from '../src/ingest/video/read-slides.ts';
import type { SlideState } from '../src/ingest/video/slide.ts';
import { lectureTool, prepareLecture, type Lecture, type LectureTruth, type Variant } from './lecture-variants.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    short: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    /** Internal: one measured run in a process of its own. */
    run: { type: 'string' },
  },
});

if (options.run) {
  const probe = await probeMedia(options.run);
  const { states, numFrames } = await readSlides(options.run, probe, { fps: 1 });
  process.stdout.write(JSON.stringify({ states, numFrames }));
} else if (existsSync(lectureTool)) {
  await bench();
} else {
  console.log(`skipped: ${lectureTool} is not there`);
}

interface Measured {
  readonly seconds: number;
  /** Resident memory of the process and its children together, at its highest, in MB. */
  readonly peakMb: number;
  readonly output: string;
}

async function bench(): Promise<void> {
  const [minutes, short, rounds] = [Number(options.minutes), Number(options.short), Number(options.rounds)];
  const cases: [number, Variant][] = [
    [minutes, 'plain'],
    [short, 'inset'],
    [short, 'fades'],
    [short, 'pointer'],
    [short, 'all'],
  ];
  const { text: version } = await ffmpegVersion();
  const lines = [
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB memory, ffmpeg ${version}, node ${process.version}.`,
    `Floor: \`ffmpeg -i x -map 0:v:0 -f null -\`. Ours: probe, frames at 2 fps with true pts, slides. ${rounds} rounds, median; raw seconds behind.`,
    '',
    '| lecture | floor s | ours s | ours / floor | precision | recall | worst hit s | slides (truth) | frames | peak MB | rounds floor; ours |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  console.log(lines.join('\n'));
  for (const [length, variant] of cases) {
    const line = await benchCase(`${length} min, ${variant}`, await prepareLecture(length, variant), rounds);
    lines.push(line);
    console.log(line);
  }
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/ingest-video.md', import.meta.url), `# Ingest of a lecture\n\n${lines.join('\n')}\n`);
}

async function benchCase(name: string, { path, truth }: Lecture, rounds: number): Promise<string> {
  const floor: Measured[] = [];
  const ours: Measured[] = [];
  const runFloor = async () =>
    floor.push(await measure('ffmpeg', ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', '-f', 'null', '-']));
  const runOurs = async () => ours.push(await measure(process.execPath, [import.meta.filename, '--run', path]));
  for (let round = 0; round < rounds; round++) {
    for (const run of round % 2 === 0 ? [runFloor, runOurs] : [runOurs, runFloor]) await run();
  }
  const { states, numFrames } = JSON.parse(ours[0]!.output) as { states: SlideState[]; numFrames: number };
  const { precision, recall, worstSec } = scoreBoundaries(states, truth);
  const [floorSec, oursSec] = [floor, ours].map((runs) => median(runs.map(({ seconds }) => seconds))) as [
    number,
    number,
  ];
  const raw = [floor, ours].map((runs) => runs.map(({ seconds }) => seconds.toFixed(1)).join(' ')).join('; ');
  const cells = [
    ...[name, floorSec.toFixed(1), oursSec.toFixed(1), (oursSec / floorSec).toFixed(2)],
    ...[precision.toFixed(3), recall.toFixed(3), worstSec.toFixed(2)],
    `${new Set(states.map(({ slideIndex }) => slideIndex)).size} (${truth.filter(({ build }) => !build).length})`,
    ...[String(numFrames), String(Math.max(...ours.map(({ peakMb }) => peakMb))), raw],
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Starts of spans against true starts: each may serve one start within a second. */
function scoreBoundaries(states: readonly SlideState[], truth: LectureTruth) {
  const starts = states.flatMap(({ spans }) => spans.map(({ startMs }) => startMs / 1000)).sort((a, b) => a - b);
  const used = new Set<number>();
  let worstSec = 0;
  for (const { start } of truth) {
    const hit = starts.findIndex((found, i) => !used.has(i) && Math.abs(found - start) <= 1);
    if (hit < 0) continue;
    used.add(hit);
    worstSec = Math.max(worstSec, Math.abs(starts[hit]! - start));
  }
  return { precision: used.size / starts.length, recall: used.size / truth.length, worstSec };
}

async function measure(program: string, args: readonly string[]): Promise<Measured> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, treeMb(child.pid!))), 200);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ended with status ${String(code)}`);
  return { seconds: (performance.now() - begin) / 1000, peakMb, output };
}

/** Resident megabytes of a process and all below it, from /proc; 0 where there is none. */
function treeMb(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return 0;
  try {
    const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    return Math.round(kb / 1024) + children.reduce((sum, child) => sum + treeMb(Number(child)), 0);
  } catch {
    // The process ended between two looks.
    return 0;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
