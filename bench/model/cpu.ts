// The 2B shape with random weights in int4 on the CPU: prefill and decode at a filled cache beside the same graph through
// onnxruntime-node's own `run`, then what reusing an 8K prefix saves, from memory and from a snapshot after a restart.
// `node bench/model/cpu.ts [--folder DIR] [--only speed|reuse]`: the converted model (1.4 GB) is kept there for the next time.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as Binding from 'onnxruntime-node';
import { Decoder } from '../../src/model/engine/decoder.ts';
import type { Prompt } from '../../src/model/engine/prompt.ts';
import { Runtime } from '../../src/model/engine/runtime.ts';
import { SnapshotStore } from '../../src/model/engine/snapshot-store.ts';
import type { SnapshotFormat } from '../../src/model/engine/snapshot.ts';
import { buildDecoderGraph } from '../../src/model/qwen3-vl/graphs/decoder.ts';
import { convertCheckpoint, openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { TextRope } from '../../src/model/qwen3-vl/graphs/rope.ts';
import { median, printTable, saveTable } from '../table.ts';
import { randomCheckpoint, releasedConfig } from './random-checkpoint.ts';

// As the runtime does: it collects usage data where nobody forbids it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const binding = await import('onnxruntime-node');

const FILLED = [1024, 8192, 32_768];
/** The binding holds the cache twice: 15 GB at 32K. */
const BINDING_UP_TO = 8192;
const CHUNK = 512;
const STEPS = 12;
const PREFIX = 8192;
const QUESTION = 32;
const ROOM = 256;

const { values: options } = parseArgs({ options: { folder: { type: 'string' }, only: { type: 'string' } } });
const folder = options.folder ?? join(tmpdir(), 'lectern-bench', 'model-2b-int4');
if (!existsSync(join(folder, 'model.json'))) {
  mkdirSync(folder, { recursive: true });
  await convertCheckpoint(randomCheckpoint(releasedConfig('2B')), folder, 'int4');
}
const model = await openModelFolder(folder);
if (options.only !== 'reuse') saveTable('model-cpu', await speed());
if (options.only !== 'speed') saveTable('model-cpu-reuse', await reuse());

async function speed(): Promise<string> {
  const ours = await measureOurs();
  const theirs = await measureBinding();
  const rows = FILLED.map((filled) => {
    const { prefill, decode } = ours.get(filled)!;
    const other = theirs.get(filled);
    return [
      `${filled / 1024}K`,
      prefill.toFixed(0),
      decode.toFixed(1),
      other?.toFixed(0) ?? '-',
      other === undefined ? '-' : `${(other / decode).toFixed(1)}x`,
    ];
  });
  const header = ['filled', `prefill of ${CHUNK}, tok/s`, 'decode, ms a token', 'binding: decode, ms', 'ratio'];
  return printTable('2B int4 on the CPU, by tokens in the cache', header, rows);
}

async function measureOurs(): Promise<Map<number, { prefill: number; decode: number }>> {
  using decoder = await Decoder.load(model, { device: 'cpu' });
  const results = new Map<number, { prefill: number; decode: number }>();
  for (const filled of FILLED) {
    using cache = decoder.newCache();
    await cache.reserve(filled + CHUNK + ROOM);
    // What the slots hold changes no time.
    cache.advance(filled);
    const prefills: number[] = [];
    for (let i = 0; i < 3; i++) {
      cache.rewind(filled);
      const started = performance.now();
      await decoder.forward(cache, { ...chunkAt(filled, CHUNK), logitRows: [CHUNK - 1] });
      prefills.push(performance.now() - started);
    }
    cache.rewind(filled);
    const steps: number[] = [];
    for (let i = 0; i < STEPS; i++) {
      const started = performance.now();
      (await decoder.step(cache, 1, cache.length, { needsLogits: false })).best(0);
      steps.push(performance.now() - started);
    }
    results.set(filled, { prefill: (1000 * CHUNK) / Math.min(...prefills), decode: median(steps.slice(2)) });
  }
  return results;
}

/** One-token runs through `InferenceSession.run`, fed a cache of the same capacity and fetching what a caller needs: all of it. */
async function measureBinding(): Promise<Map<number, number>> {
  const path = join(folder, 'decoder-for-the-binding.onnx');
  writeFileSync(path, buildDecoderGraph(model.config, model.weights, 'weights.bin', layers()));
  const session = await binding.InferenceSession.create(path);
  const { text, vision } = model.config;
  const rope = new TextRope(text.rope, text.headDim);
  const results = new Map<number, number>();
  for (const filled of FILLED.filter((one) => one <= BINDING_UP_TO)) {
    const capacity = filled + CHUNK + ROOM;
    const { cos, sin } = rope.tables(Int32Array.of(filled, filled, filled));
    const width = (1 + vision.deepstackIndexes.length) * text.hiddenSize;
    const ints = (shape: number[], ...values: number[]) => new binding.Tensor('int32', Int32Array.from(values), shape);
    const floats = (data: Float32Array, shape: number[]) => new binding.Tensor('float32', data, shape);
    const feeds: Record<string, Binding.Tensor> = {
      input_ids: ints([1, 1], 1),
      visual_rows: floats(new Float32Array(width), [1, width]),
      visual_index: ints([1, 1], 0),
      cos: floats(cos, [1, text.headDim / 2]),
      sin: floats(sin, [1, text.headDim / 2]),
      rope_rows: new binding.Tensor('int64', BigInt64Array.of(0n), [1, 1]),
      seqlens_k: ints([1], filled),
      total_length: ints([1], filled + 1),
      logit_rows: ints([1], 0),
    };
    const shape = [1, text.numKvHeads, capacity, text.headDim];
    for (let layer = 0; layer < text.numLayers; layer++) {
      for (const part of ['key', 'value']) {
        feeds[`past_${part}.${layer}`] = floats(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      }
    }
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      const fetched = await session.run(feeds);
      times.push(performance.now() - started);
      for (let layer = 0; layer < text.numLayers; layer++) {
        for (const part of ['key', 'value']) feeds[`past_${part}.${layer}`] = fetched[`present_${part}.${layer}`]!;
      }
    }
    results.set(filled, median(times.slice(1)));
  }
  await session.release();
  rmSync(path);
  return results;
}

function layers() {
  return { activations: 'float32', accuracyLevel: 4 } as const;
}

function chunkAt(first: number, count: number) {
  return {
    tokenIds: Int32Array.from({ length: count }, (_, i) => ((first + i) * 7919) % 150_000),
    positions: Int32Array.from({ length: 3 * count }, (_, i) => first + (i % count)),
  };
}

async function reuse(): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-snapshots-'));
  const storeOf = (format: SnapshotFormat) => ({ folder: join(scratch, format), maxBytes: 64 * 2 ** 30, format });
  const load = (format: SnapshotFormat) =>
    Runtime.load(folder, { device: 'cpu', prefixBytes: 8 * 2 ** 30, snapshots: storeOf(format) });
  const rows: string[][] = [];
  let cold = 0;
  const note = (how: string, { ms, cached }: { ms: number; cached: number }, kept: string[] = ['-', '-']) => {
    cold ||= ms;
    rows.push([how, String(cached), (ms / 1000).toFixed(2), `${(cold / ms).toFixed(0)}x`, ...kept]);
    console.error(rows.at(-1)!.join(', '));
  };
  const kept = new Map<SnapshotFormat, string[]>();
  {
    using runtime = await load('fp');
    note('nothing kept', await firstToken(runtime, questionAfterPrefix(1)));
    note('kept in memory', await firstToken(runtime, questionAfterPrefix(2)));
    const sequence = await runtime.prefixes.acquire(questionAfterPrefix(3));
    for (const format of ['fp', 'int8'] as const) {
      const store = new SnapshotStore({ ...storeOf(format), modelKey: runtime.snapshots!.modelKey });
      const started = performance.now();
      await store.save(sequence, PREFIX, PREFIX);
      const seconds = (performance.now() - started) / 1000;
      const [file] = readdirSync(storeOf(format).folder);
      const bytes = statSync(join(storeOf(format).folder, file!)).size;
      kept.set(format, [(bytes / 1e9).toFixed(2), seconds.toFixed(1)]);
    }
    runtime.prefixes.keep(sequence);
  }
  for (const [format, name] of [
    ['fp', 'snapshot in fp32, after a restart'],
    ['int8', 'snapshot in int8, after a restart'],
  ] as const) {
    using runtime = await load(format);
    note(name, await firstToken(runtime, questionAfterPrefix(4)), kept.get(format));
  }
  rmSync(scratch, { recursive: true });
  const title = `Time to the first token of a question of ${QUESTION} tokens after a prefix of ${PREFIX / 1024}K, 2B int4 on the CPU, load average ${loadavg()[2]!.toFixed(0)}`;
  return printTable(title, ['prefix', 'tokens reused', 'seconds', 'faster', 'GB on disk', 'written in s'], rows);
}

async function firstToken(runtime: Runtime, prompt: Prompt): Promise<{ ms: number; cached: number }> {
  const started = performance.now();
  const tokens = runtime.generate(prompt, { maxTokens: 2, stopTokenIds: [] });
  await tokens.next();
  const ms = performance.now() - started;
  for (;;) {
    const next = await tokens.next();
    if (next.done) return { ms, cached: next.value.cachedTokens };
  }
}

function questionAfterPrefix(seed: number): Prompt {
  const { tokenIds, positions } = chunkAt(0, PREFIX + QUESTION);
  for (let i = PREFIX; i < tokenIds.length; i++) tokenIds[i] = (i * 31 + seed * 977) % 150_000;
  return { tokenIds, positions, nextPosition: tokenIds.length, groups: [] };
}
