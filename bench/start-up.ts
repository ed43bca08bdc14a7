// How long does `lectern search` take from start to printed hit, as a user waits for it: the whole process, on the demo
// library? Beside it the floor: Node.js starting and doing nothing. Alternating rounds, medians.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { median, printTable, saveTable } from './table.ts';

const repository = path.dirname(import.meta.dirname);
const bin = path.join(repository, 'bin/lectern.js');
const library = path.join(os.tmpdir(), 'lectern-bench', 'start-up-library');
const ROUNDS = 15;

function run(args: readonly string[]): { ms: number; stdout: string } {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return { ms: performance.now() - startedAt, stdout };
}

run([bin, 'index', path.join(repository, 'data'), '--library', library, '--quiet']);
const searchArgs = [bin, 'search', 'learning rate', '--library', library];
if (!run(searchArgs).stdout.includes('#t=')) throw new Error('the demo library gives no hit for "learning rate"');

const times: Record<string, number[]> = { 'node -e 0 (floor)': [], 'lectern search "learning rate"': [] };
const commands = [['-e', '0'], searchArgs];
for (let round = 0; round < ROUNDS; round += 1) {
  Object.values(times).forEach((ms, index) => ms.push(run(commands[index]!).ms));
}
const floor = median(Object.values(times)[0]!);
const rows = Object.entries(times).map(([name, ms]) => [
  name,
  ...[median(ms), Math.min(...ms), Math.max(...ms)].map((value) => value.toFixed(0)),
  (median(ms) / floor).toFixed(1),
]);
const title = 'Start-up to printed hit, demo library (1 lecture, 1 manual), whole process';
saveTable('start-up', printTable(title, ['command', 'median ms', 'fastest ms', 'slowest ms', 'x floor'], rows));
