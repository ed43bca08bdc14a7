// The released shapes with random weights on a GPU: load, vision, prefill, decode, decode of a batch, memory; beside PyTorch
// transformers on the same card in the same run where python3 has it. Each row is a process of its own with a time limit.
// A format is that of the weights, `+int8kv` behind it where keys and values are int8 too.
// `node bench/model/gpu.ts --folder DIR [--shapes 2B,4B,30B-A3B] [--formats fp16,int4,int4+int8kv] [--device cuda] [--contexts 4096,32768]`
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Decoder } from '../../src/model/engine/decoder.ts';
import { prefill } from '../../src/model/engine/prefill.ts';
import { Sequence } from '../../src/model/engine/sequence.ts';
import { VisionTower } from '../../src/model/engine/vision-tower.ts';
import type { Device } from '../../src/model/ort/providers.ts';
import type { ModelConfig } from '../../src/model/qwen3-vl/config.ts';
import { convertCheckpoint, openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { weightFormats, type WeightFormat } from '../../src/model/qwen3-vl/graphs/weights.ts';
import { median, printTable, saveTable } from '../table.ts';
import { randomCheckpoint, releasedConfig, type ShapeName } from './random-checkpoint.ts';

/** 640 x 352 pixels, in patches. */
const [ROWS, COLUMNS] = [22, 40];
const FRAMES = 64;
const BATCH = 8;
const BATCH_CONTEXT = 8192;
const STEPS = 64;
const WARM_STEPS = 4;

interface Measured {
  loadSeconds?: number;
  framesPerSecond?: number;
  /** Tokens a second over the first N, by N. */
  prefill: Record<string, number | null>;
  /** Milliseconds a token at N filled, the choice of the token included. */
  decode: Record<string, number | null>;
  batch?: { decodeMs: number; aloneMs: number };
  memoryGB?: number;
  /** Memory after the last step less that after the first, MB. */
  growthMB?: number;
}

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    shapes: { type: 'string', default: '2B,4B,30B-A3B' },
    formats: { type: 'string', default: 'fp16,int4' },
    device: { type: 'string', default: 'cuda' },
    contexts: { type: 'string', default: '4096,8192,32768,131072' },
    one: { type: 'string' },
    limit: { type: 'string', default: '200' },
    keep: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
    name: { type: 'string', default: 'model-gpu' },
    chunk: { type: 'string' },
    kv: { type: 'string' },
  },
});
const CHUNK = Number(options.chunk ?? 8192);
const contexts = options.contexts.split(',').map(Number);
const device = options.device as Device;
const root = options.folder;
if (!root)
  throw new Error('--folder DIR: where converted models are written (up to 70 GB), on a fast disk or in memory');
if (options.one) console.log(JSON.stringify(await measure(options.one)));
else compare();

function compare(): void {
  const rows: string[][] = [];
  for (const shape of options.shapes.split(',') as ShapeName[]) {
    for (const format of options.formats.split(',')) {
      const [weights, kv] = format.split('+');
      rows.push([shape, `Lectern ${format}, ${device}`, ...cells(inProcess(`${shape}-${weights}`, kv))]);
      show(rows);
    }
    if (!options.keep)
      for (const format of weightFormats) rmSync(join(root!, `${shape}-${format}`), { recursive: true, force: true });
    if (!options.alone && device === 'cuda') {
      rows.push([shape, 'transformers bf16', ...cells(reference(shape))]);
      show(rows);
    }
  }
  saveTable(options.name, show(rows));
}

function show(rows: string[][]): string {
  const header = ['shape', 'runtime', 'load s', 'frames/s'];
  for (const context of contexts) header.push(`prefill ${label(context)}`, `decode ${label(context)}`);
  return printTable(
    `Prefill in tokens/s over the first N, decode in ms a token at N filled, on ${cardInWords()}`,
    [...header, `${BATCH} rows at ${label(BATCH_CONTEXT)}: ms a step (one row)`, 'GB', 'growth MB'],
    rows,
  );
}

function cells({ loadSeconds, framesPerSecond, prefill, decode, batch, memoryGB, growthMB }: Measured): string[] {
  const number = (value: number | null | undefined, digits: number) =>
    value === undefined || value === null ? '-' : value.toFixed(digits);
  return [
    number(loadSeconds, 1),
    number(framesPerSecond, 0),
    ...contexts.flatMap((context) => [number(prefill[context], 0), number(decode[context], 2)]),
    batch ? `${batch.decodeMs.toFixed(2)} (${batch.aloneMs.toFixed(2)})` : '-',
    number(memoryGB, 1),
    number(growthMB, 0),
  ];
}

function label(context: number): string {
  return `${context / 1024}K`;
}

function inProcess(folder: string, kv: string | undefined): Measured {
  const args = ['--folder', root!, '--one', folder, '--device', device, '--contexts', options.contexts];
  if (options.chunk) args.push('--chunk', options.chunk);
  if (kv) args.push('--kv', kv);
  return lastJson(process.execPath, [import.meta.filename, ...args]);
}

function reference(shape: ShapeName): Measured {
  return lastJson('python3', [join(import.meta.dirname, 'transformers_reference.py'), shape, options.contexts]);
}

function lastJson(command: string, args: string[]): Measured {
  const timeout = Number(options.limit) * 1000;
  const { stdout, status } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout,
    stdio: ['ignore', 'pipe', 'inherit'],
    killSignal: 'SIGKILL',
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (line.startsWith('{')) return JSON.parse(line) as Measured;
  console.error(`${command} ${args[0]}: no result (status ${status})`);
  return { prefill: {}, decode: {} };
}

async function measure(name: string): Promise<Measured> {
  const shape = name.slice(0, name.lastIndexOf('-')) as ShapeName;
  const format = weightFormats.find((one) => name.endsWith(one)) as WeightFormat;
  const folder = join(root!, name);
  const say = (text: string) => console.error(`${name} ${(performance.now() / 1000).toFixed(1)} s: ${text}`);
  if (!existsSync(join(folder, 'model.json'))) {
    mkdirSync(folder, { recursive: true });
    await convertCheckpoint(randomCheckpoint(releasedConfig(shape)), folder, format);
    say('converted');
  }
  const result: Measured = { prefill: {}, decode: {} };
  const started = performance.now();
  const model = await openModelFolder(folder);
  using vision = await VisionTower.load(model, { device });
  using decoder = await Decoder.load(model, { device, ...(options.kv && { kvScales: evenScales(model.config.text) }) });
  result.loadSeconds = (performance.now() - started) / 1000;
  say('loaded');
  result.framesPerSecond = await visionRate(vision);
  say(`vision ${result.framesPerSecond.toFixed(0)} frames/s`);
  const { memoryMB: before } = card();
  using sequence = new Sequence(decoder.newCache());
  const { cache } = sequence;
  const longest = Math.max(...contexts);
  await cache.reserve(longest + 2 * STEPS);
  await prefillSeconds(decoder, sequence, Math.min(CHUNK, ...contexts)); // kernels are chosen and loaded at the first runs
  for (const context of contexts) {
    await prefillSeconds(decoder, sequence, context); // takes memory and computes rotary tables
    const seconds = [await prefillSeconds(decoder, sequence, context)];
    // The best of three, or of fewer where one takes seconds; the same for transformers.
    while (seconds.length < 3 && seconds.reduce((sum, one) => sum + one) < 4)
      seconds.push(await prefillSeconds(decoder, sequence, context));
    result.prefill[context] = context / Math.min(...seconds);
    result.decode[context] = await decodeMs(decoder, cache);
    say(`${label(context)}: ${result.prefill[context].toFixed(0)} tok/s, ${result.decode[context].toFixed(2)} ms`);
  }
  const { memoryMB: full } = card();
  await prefillSeconds(decoder, sequence, longest);
  await decodeMs(decoder, cache);
  result.memoryGB = full / 1000;
  result.growthMB = card().memoryMB - full;
  if (decoder.canBatch) {
    await prefillSeconds(decoder, sequence, BATCH_CONTEXT);
    result.batch = { aloneMs: await decodeMs(decoder, cache), decodeMs: await batchMs(decoder) };
    say(`batch ${result.batch.decodeMs.toFixed(2)} ms`);
  }
  say(`memory ${before} MB before the cache, ${full} MB with it, ${card().memoryMB} MB at the end`);
  return result;
}

/** Of int8 keys and values where nobody reads what they say. */
function evenScales({ numLayers, numKvHeads, headDim }: ModelConfig['text']): Float32Array[] {
  return Array.from({ length: 2 * numLayers }, () => new Float32Array(numKvHeads * headDim).fill(1 / 16));
}

type Cache = ReturnType<Decoder['newCache']>;

async function run(decoder: Decoder, cache: Cache, first: number, count: number): Promise<void> {
  const tokenIds = Int32Array.from({ length: count }, (_, i) => ((first + i) * 7919) % 150_000);
  const positions = Int32Array.from({ length: 3 * count }, (_, i) => first + (i % count));
  await decoder.forward(cache, { tokenIds, positions, logitRows: [count - 1] });
}

/** Of a prompt of `count` tokens into an empty sequence. */
async function prefillSeconds(decoder: Decoder, sequence: Sequence, count: number): Promise<number> {
  sequence.rewind(0);
  const tokenIds = Int32Array.from({ length: count }, (_, i) => (i * 7919) % 150_000);
  const positions = Int32Array.from({ length: 3 * count }, (_, i) => i % count);
  const started = performance.now();
  await prefill(decoder, sequence, { tokenIds, positions, nextPosition: count, groups: [] }, { chunkTokens: CHUNK });
  return (performance.now() - started) / 1000;
}

async function decodeMs(decoder: Decoder, cache: Cache): Promise<number> {
  const { length } = cache;
  let token = 1;
  let started = 0;
  for (let i = 0; i < STEPS + WARM_STEPS; i++) {
    if (i === WARM_STEPS) started = performance.now();
    const ahead = { tokens: STEPS + WARM_STEPS - i, stopTokenIds: [] };
    token = (await decoder.step(cache, token, cache.length, { needsLogits: false, ahead })).best(0);
  }
  // The mean, because steps made ahead arrive unevenly.
  const ms = (performance.now() - started) / STEPS;
  cache.rewind(length);
  const { recordingFailure } = decoder;
  if (recordingFailure !== undefined) console.error(`steps are not recorded: ${recordingFailure}`);
  return ms;
}

async function batchMs(decoder: Decoder): Promise<number> {
  using cache = decoder.newBatchCache(BATCH, BATCH_CONTEXT + STEPS);
  using step = decoder.stepOf(BATCH);
  for (const row of cache.rows) {
    for (let first = 0; first < BATCH_CONTEXT; first += CHUNK) await run(decoder, row, first, CHUNK);
  }
  let tokens = new Array<number>(BATCH).fill(1);
  const times: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const length = BATCH_CONTEXT + i;
    const started = performance.now();
    const rows = tokens.map((tokenId) => ({ tokenId, position: length, length }));
    const result = await step.run(cache, rows, { needsLogits: false });
    tokens = tokens.map((_, row) => result.best(row));
    times.push(performance.now() - started);
  }
  if (step.recordingFailure !== undefined) console.error(`steps are not recorded: ${step.recordingFailure}`);
  return median(times.slice(4));
}

async function visionRate(vision: VisionTower): Promise<number> {
  const values = Float32Array.from({ length: ROWS * COLUMNS * 1536 }, (_, i) => ((i * 2_654_435_761) % 512) / 256 - 1);
  // Each slice has an array of its own, as from a video.
  const slices = Array.from({ length: FRAMES / 2 }, () => values.slice()).map((slice) => () => slice);
  const encode = async () => {
    for (const rows of await vision.encode(slices, [ROWS, COLUMNS])) rows[Symbol.dispose]();
  };
  await encode();
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const started = performance.now();
    await encode();
    times.push(performance.now() - started);
  }
  return FRAMES / (median(times) / 1000);
}

function card(): { name: string; memoryMB: number } {
  try {
    const query = ['--query-gpu=name,memory.used', '--format=csv,noheader,nounits'];
    const [name, memory] = execFileSync('nvidia-smi', query, { encoding: 'utf8' }).split(', ');
    return { name: name!, memoryMB: Number(memory) };
  } catch {
    return { name: 'no card', memoryMB: 0 };
  }
}

function cardInWords(): string {
  return card().name;
}
