// What does the whole index of an hour cost, OCR included, as a multiple of decoding it once? A 60-minute 1280x720 lecture
// (tools/make-lecture.mjs of the shared material, made on first use), `lectern index` as a whole process, alternating with
// the floor `ffmpeg -i x -map 0:v:0 -f null -`. Peak memory is that of the whole process tree, sampled.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median, printTable, saveTable } from './table.ts';

const repository = path.dirname(import.meta.dirname);
const bin = path.join(repository, 'bin/lectern.js');
const minutes = process.argv[2] ?? '60';
const folder = path.join(os.tmpdir(), 'lectern-bench', `lecture-${minutes}`);
const lecture = path.join(folder, 'lecture.mp4');
const ROUNDS = 2;

if (!existsSync(lecture)) {
  const tool = path.resolve(repository, '../shared/tools/make-lecture.mjs');
  const made = spawnSync(process.execPath, [tool, folder, minutes], { cwd: repository, stdio: 'inherit' });
  if (made.status !== 0) throw new Error('the lecture could not be made: espeak-ng and ffmpeg are needed');
}

/** Resident bytes of a process and all its descendants (Linux: /proc). Shared pages count for each that maps them. */
function treeBytes(pid: number): number {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended between the listing and the look.
    }
  }
  const bytesOf = (id: number): number => {
    let own = 0;
    try {
      own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
    return own + (parents.get(id) ?? []).reduce((total, child) => total + bytesOf(child), 0);
  };
  return bytesOf(pid);
}

async function timeOf(command: string, args: readonly string[]): Promise<{ sec: number; peakBytes: number }> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakBytes = 0;
  const sampler = setInterval(() => (peakBytes = Math.max(peakBytes, treeBytes(child.pid!))), 100);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(sampler);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${String(status)}`);
  return { sec: (performance.now() - startedAt) / 1000, peakBytes };
}

const floor: { sec: number; peakBytes: number }[] = [];
const whole: { sec: number; peakBytes: number }[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  floor.push(await timeOf('ffmpeg', ['-v', 'error', '-i', lecture, '-map', '0:v:0', '-f', 'null', '-']));
  const library = mkdtempSync(path.join(os.tmpdir(), 'lectern-hour-'));
  whole.push(await timeOf(process.execPath, [bin, 'index', lecture, '--library', library, '--quiet']));
}
const row = (name: string, runs: { sec: number; peakBytes: number }[]) => [
  name,
  median(runs.map(({ sec }) => sec)).toFixed(1),
  median(runs.map(({ sec }, index) => sec / floor[index]!.sec)).toFixed(2),
  (Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
];
const rows = [row('ffmpeg decodes it once (floor)', floor), row('lectern index, OCR included', whole)];
const title = `A ${minutes}-minute 1280x720 lecture, whole processes, ${ROUNDS} alternating rounds`;
saveTable('index-hour', printTable(title, ['work', 'median s', 'x floor', 'peak MB of the tree'], rows));
