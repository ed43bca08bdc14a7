// Where a run's time goes, by operator: prefill of a chunk, steps of decoding, or the vision tower, at a released shape. On CUDA set
// CUDA_LAUNCH_BLOCKING=1, so that an operator's time is its kernels' and not their launch.
// `node bench/model/profile.ts FOLDER DEVICE prefill|decode|vision [TOKENS]`
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decoder } from '../../src/model/engine/decoder.ts';
import { VisionTower } from '../../src/model/engine/vision-tower.ts';
import type { Device } from '../../src/model/ort/providers.ts';
import { webGpuQueue } from '../../src/model/ort/run-queue.ts';
import { openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { printTable } from '../table.ts';

const [folder, device, what, tokens = '4096'] = process.argv.slice(2) as [string, Device, string, string?];
const RUNS = 4;
const scratch = mkdtempSync(join(tmpdir(), 'lectern-profile-'));
const options = { device, profilePrefix: join(scratch, 'run'), recordsRuns: false };
const model = await openModelFolder(folder);
const walls: number[] = [];
if (what === 'vision') {
  using vision = await VisionTower.load(model, options);
  const pixels = new Float32Array(880 * 1536).map((_, i) => ((i * 2_654_435_761) % 512) / 256 - 1);
  const slices = new Array<() => Float32Array>(16).fill(() => pixels);
  await repeat(async () => {
    for (const rows of await vision.encode(slices, [22, 40])) rows[Symbol.dispose]();
  });
} else {
  using decoder = await Decoder.load(model, options);
  using cache = decoder.newCache();
  const count = Number(tokens);
  const tokenIds = Int32Array.from({ length: count }, (_, i) => (i * 7919) % 100_000);
  const positions = Int32Array.from({ length: 3 * count }, (_, i) => i % count);
  const prefill = () => {
    cache.rewind(0);
    return decoder.forward(cache, { tokenIds, positions, logitRows: [count - 1] });
  };
  await prefill();
  await repeat(what === 'prefill' ? prefill : () => decoder.step(cache, 1, cache.length, { needsLogits: false }));
}
// The trace is written when the session goes, which on WebGPU has a turn of its own.
await webGpuQueue.turn(() => undefined);
summarize();
rmSync(scratch, { recursive: true });

async function repeat(run: () => Promise<unknown>): Promise<void> {
  await run();
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now();
    await run();
    walls.push(performance.now() - started);
  }
}

interface Trace {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
}

function summarize(): void {
  const file = readdirSync(scratch).at(-1)!;
  const trace = JSON.parse(readFileSync(join(scratch, file), 'utf8')) as Trace[];
  // The first runs choose kernels and take memory.
  const starts = trace.filter(({ name }) => name === 'model_run').map(({ ts }) => ts);
  const from = starts.toSorted((a, b) => a - b).at(-RUNS)!;
  const runs = RUNS;
  const recent = trace.filter(({ ts }) => ts >= from);
  const title = `${what}, ${runs} runs on ${device}; wall of the last ${RUNS}: ${walls.map((ms) => ms.toFixed(1)).join(', ')} ms`;
  show(title, 'operator', recent, ({ cat, args }) => (cat === 'Node' ? args?.op_name : undefined));
  // WebGPU's trace also says how long each kernel took on the card: "node&operator&kernel".
  const kernelOf = ({ cat, name }: Trace) => (cat === 'Api' ? name.split('&').slice(1).join(' ') : undefined);
  if (device === 'webgpu') show('the same, by kernel', 'kernel', recent, kernelOf);
}

function show(
  title: string,
  what: string,
  trace: readonly Trace[],
  nameOf: (event: Trace) => string | undefined,
): void {
  const sums = new Map<string, { ms: number; calls: number }>();
  for (const event of trace) {
    const name = nameOf(event);
    if (name === undefined) continue;
    const { ms, calls } = sums.get(name) ?? { ms: 0, calls: 0 };
    sums.set(name, { ms: ms + event.dur / 1000, calls: calls + 1 });
  }
  const rows = [...sums].toSorted(([, a], [, b]) => b.ms - a.ms);
  printTable(
    title,
    [what, 'ms a run', 'calls a run'],
    rows.slice(0, 24).map(([name, { ms, calls }]) => [name, (ms / RUNS).toFixed(2), (calls / RUNS).toFixed(0)]),
  );
}
