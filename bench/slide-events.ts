// Are the slide events of the model in the box right: begin and end within a second, titles to the letter? And what does the
// reader alone get, and what does it cost? Four lectures of ten minutes (tools/make-lecture.mjs of the shared material, made on
// first use), the fourth with pts that begin at 100.5 s; a build under the same title is the same event.
// Usage: node bench/slide-events.ts [--minutes 10] [--device cpu|cuda]. About ten minutes of two cores.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { printTable, saveTable } from './table.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, device: { type: 'string', default: 'cpu' } },
});
const repository = path.dirname(import.meta.dirname);
const tool = path.resolve(repository, '../shared/tools/make-lecture.mjs');
const MODEL = 'lectern-slides-26m';
const TOLERANCE_SEC = 1;
const LECTURES = [
  { seed: 1, offsetSec: 0 },
  { seed: 2, offsetSec: 0 },
  { seed: 3, offsetSec: 0 },
  { seed: 4, offsetSec: 100.5 },
];

const truthSchema = z.array(
  z.object({ start: z.number(), frames: z.number(), build: z.boolean(), text: z.array(z.string()) }),
);
const eventsSchema = z.object({
  events: z.array(z.object({ start: z.number(), end: z.number(), title: z.string(), engine: z.string() })),
});

interface SlideEvent {
  readonly start: number;
  end: number;
  readonly title: string;
}

/** How the same lecture is indexed. The last one finds the answers of the one before, and pays for none. */
const ways = [
  { name: 'reader alone', engine: 'reader', args: [] },
  { name: 'model in the box, joined with the reader', engine: MODEL, args: ['--engine', 'qwen3-vl'] },
  { name: 'the same without OCR: its own titles', engine: MODEL, args: ['--engine', 'qwen3-vl', '--ocr', 'off'] },
];

function prepare(seed: number, offsetSec: number): { file: string; truth: SlideEvent[] } {
  const folder = path.join(os.tmpdir(), 'lectern-bench', `lecture-${options.minutes}-seed-${seed}`);
  const lecture = path.join(folder, 'lecture.mp4');
  if (!existsSync(path.join(folder, 'truth.json'))) {
    run(process.execPath, [tool, folder, options.minutes, String(seed)]);
  }
  const file = offsetSec === 0 ? lecture : path.join(folder, 'offset.mkv');
  if (!existsSync(file)) {
    run('ffmpeg', ['-v', 'error', '-i', lecture, '-c', 'copy', '-output_ts_offset', String(offsetSec), file]);
  }
  const truth: SlideEvent[] = [];
  for (const { start, frames, build, text } of truthSchema.parse(
    JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')),
  )) {
    const [begin, end] = [start + offsetSec, start + offsetSec + frames / 30];
    if (build) truth.at(-1)!.end = end;
    else truth.push({ start: begin, end, title: text[0]! });
  }
  return { file, truth };
}

function run(command: string, args: readonly string[]): string {
  const env = { ...process.env, LECTERN_DEVICE: options.device };
  const done = spawnSync(command, args, { cwd: repository, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** CPU seconds of all children that have ended, theirs included (Linux: fields 16 and 17 of stat, in ticks of 10 ms). */
function childrenCpuSec(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

interface Score {
  truth: number;
  found: number;
  bounds: number;
  titles: number;
  cpuSec: number;
  wallSec: number;
}

const scores = ways.map((): Score => ({ truth: 0, found: 0, bounds: 0, titles: 0, cpuSec: 0, wallSec: 0 }));
if (!existsSync(tool)) console.log(`skipped: ${tool} is not there`);
else {
  for (const { seed, offsetSec } of LECTURES) {
    const { file, truth } = prepare(seed, offsetSec);
    const libraries = { reader: mkdtempSync(path.join(os.tmpdir(), 'lectern-slides-')), [MODEL]: '' };
    libraries[MODEL] = mkdtempSync(path.join(os.tmpdir(), 'lectern-slides-'));
    for (const [i, { name, engine, args }] of ways.entries()) {
      const library = ['--library', libraries[engine as keyof typeof libraries]];
      const [cpuBefore, startedAt] = [childrenCpuSec(), performance.now()];
      run(process.execPath, ['bin/lectern.js', 'index', file, ...library, ...args, '--quiet']);
      const score = scores[i]!;
      score.cpuSec += childrenCpuSec() - cpuBefore;
      score.wallSec += (performance.now() - startedAt) / 1000;
      const json = run(process.execPath, ['bin/lectern.js', 'events', file, ...library, '--json']);
      const events = eventsSchema.parse(JSON.parse(json)).events.filter((event) => event.engine === engine);
      compare(events, truth, score, `${name}, seed ${seed}`);
    }
  }
  report();
}

function compare(events: readonly SlideEvent[], truth: readonly SlideEvent[], score: Score, label: string): void {
  score.truth += truth.length;
  score.found += events.length;
  for (const one of truth) {
    const best = events.toSorted((a, b) => misses(a, one) - misses(b, one))[0];
    const isNear = best !== undefined && misses(best, one) <= TOLERANCE_SEC;
    if (isNear) score.bounds++;
    if (best?.title === one.title) score.titles++;
    if (isNear && best.title === one.title) continue;
    const seen = best ? `${best.start}-${best.end} ${best.title}` : 'nothing';
    console.error(`${label}: ${one.start}-${one.end} ${one.title}: ${seen}`);
  }
}

/** The worse of the two borders, in seconds. */
function misses(a: SlideEvent, b: SlideEvent): number {
  return Math.max(Math.abs(a.start - b.start), Math.abs(a.end - b.end));
}

function report(): void {
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const minutes = Number(options.minutes) * LECTURES.length;
  const rows = ways.map(({ name }, i) => {
    const { truth, found, bounds, titles, cpuSec, wallSec } = scores[i]!;
    const perMinute = i === 2 ? ['', ''] : [(cpuSec / minutes).toFixed(1), (wallSec / minutes).toFixed(1)];
    return [name, String(truth), String(found), share(bounds, truth), share(titles, truth), ...perMinute];
  });
  const header = ['way', 'true', 'found', 'both bounds within 1 s', 'exact titles', 'CPU s/min of video', 'wall s/min'];
  const title = `Slide events of ${LECTURES.length} lectures of ${options.minutes} minutes (one begins at 100.5 s), device ${options.device}`;
  saveTable(
    options.device === 'cpu' ? 'slide-events' : `slide-events-${options.device}`,
    printTable(title, header, rows),
  );
}
