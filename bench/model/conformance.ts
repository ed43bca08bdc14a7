// The conformance checkpoints and the model in the box on a GPU, in float16: how far the logits are from the reference's, and how
// many greedy tokens are equal. Where one differs, the reference's own distance between its two best logits at that place says
// whether half precision could have told them apart, and the reference library itself, run in half precision on the same card where
// python3 has it, says what half precision alone changes. `node bench/model/conformance.ts [cuda|webgpu|cpu]…`
import { spawnSync } from 'node:child_process';
import { Decoder } from '../../src/model/engine/decoder.ts';
import { prefill } from '../../src/model/engine/prefill.ts';
import type { Prompt } from '../../src/model/engine/prompt.ts';
import type { KvFormat } from '../../src/model/engine/kv-calibration.ts';
import { Runtime } from '../../src/model/engine/runtime.ts';
import { argmax } from '../../src/model/engine/sampling.ts';
import { Sequence } from '../../src/model/engine/sequence.ts';
import { VisionTower } from '../../src/model/engine/vision-tower.ts';
import type { Device } from '../../src/model/ort/providers.ts';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { readProcessorConfig } from '../../src/model/qwen3-vl/processor-config.ts';
import { readTokenizer } from '../../src/model/qwen3-vl/tokenizer.ts';
import {
  caseNames,
  convert,
  promptOf,
  readCase,
  relativeError,
  conformanceRoot,
  type Kind,
} from '../../test/model/engine/conformance.ts';
import { encodeCase, trainedCases } from '../../test/model/engine/trained.ts';
import { join } from 'node:path';
import { printTable, saveTable } from '../table.ts';

const TOKENS = 24;
const SHIPPED = `${CARDS_FOLDER}/lectern-slides-26m`;

const devices = (process.argv.length > 2 ? process.argv.slice(2) : ['cuda', 'webgpu']) as Device[];
if (devices.length === 1)
  saveTable(`model-conformance-${devices[0]}`, await conformance(devices[0]!), ...(await trainedTables(devices[0]!)));
// A process each: the end of one is not the end of the others.
else for (const device of devices) spawnSync(process.execPath, [import.meta.filename, device], { stdio: 'inherit' });

/** Greedy tokens one after another, each with the float32 logits of the CPU at the same place, fed the reference's tokens. */
async function conformance(device: Device): Promise<string> {
  const rows: string[][] = [];
  for (const kind of ['dense', 'dense-untied', 'moe'] as Kind[]) {
    using half = await convert(kind, 'fp16');
    using exact = await convert(kind, 'fp32');
    using gpu = await Decoder.load(half, { device });
    using gpuVision = await VisionTower.load(half, { device });
    using cpu = await Decoder.load(exact);
    using cpuVision = await VisionTower.load(exact);
    const library = device === 'cpu' ? undefined : transformersInHalf(kind);
    for (const name of caseNames(kind)) {
      const reference = readCase(kind, name);
      const here = await trace(gpu, promptOf(reference, gpuVision), reference.greedy);
      const there = await trace(cpu, promptOf(reference, cpuVision), reference.greedy);
      const last = reference.logitsLast.slice(-gpu.config.text.vocabSize);
      const errors = here.map((logits, i) => largestDifference(logits, there[i]!));
      const differing = here.flatMap((logits, i) => (argmax(logits) === reference.greedy[i] ? [] : [i]));
      const explained = differing.map((i) => `${i}: gap ${gap(there[i]!).toFixed(4)}, error ${errors[i]!.toFixed(4)}`);
      rows.push([
        kind,
        name,
        String(reference.tokenIds.length),
        relativeError(here[0]!, last).toExponential(1),
        `${TOKENS - differing.length} of ${TOKENS}`,
        explained.join('; ') || '-',
        ...(['float16', 'bfloat16'] as const).map((dtype) =>
          library ? `${TOKENS - library[name]![dtype].length} of ${TOKENS}` : '-',
        ),
      ]);
    }
  }
  return printTable(
    `Conformance in float16 on ${device}: greedy tokens given the reference's tokens before them`,
    [
      'checkpoint',
      'case',
      'tokens',
      'logit error',
      'equal',
      'where not: the two best logits in float32, our error',
      'transformers in float16',
      'in bfloat16',
    ],
    rows,
  );
}

/** By case, the places of tokens that differ in the reference library; undefined where python3 has none. */
function transformersInHalf(kind: Kind): Record<string, Record<'float16' | 'bfloat16', number[]>> | undefined {
  const script = join(import.meta.dirname, 'transformers_half.py');
  const run = spawnSync('python3', [script, conformanceRoot, kind], { encoding: 'utf8' });
  const { stdout, stderr } = run.error ? { stdout: '', stderr: run.error.message } : run;
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (line.startsWith('{')) return JSON.parse(line) as Record<string, Record<'float16' | 'bfloat16', number[]>>;
  console.error(`no transformers to compare ${kind} with: ${stderr.trim().split('\n').at(-1)}`);
  return undefined;
}

async function trace(decoder: Decoder, prompt: Prompt, tokens: Int32Array): Promise<Float32Array[]> {
  using sequence = new Sequence(decoder.newCache());
  const traced = [await prefill(decoder, sequence, prompt, { chunkTokens: 512 })];
  for (let i = 0; i + 1 < TOKENS; i++) {
    const position = prompt.nextPosition + i;
    const chunk = { tokenIds: Int32Array.of(tokens[i]!), positions: Int32Array.of(position, position, position) };
    traced.push(await decoder.forward(sequence.cache, { ...chunk, logitRows: [0] }));
  }
  return traced;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

/** Distance between the two largest values. */
function gap(logits: Float32Array): number {
  const best = argmax(logits);
  const rest = logits.reduce((largest, value, i) => (i === best ? largest : Math.max(largest, value)), -Infinity);
  return logits[best]! - rest;
}

/** Also with keys and values in int8 where the device has them. */
async function trainedTables(device: Device): Promise<string[]> {
  const tables = [await trained(device, 'fp')];
  if (device !== 'webgpu') tables.push(await trained(device, 'int8'));
  return tables;
}

async function trained(device: Device, kv: KvFormat): Promise<string> {
  const [tokenizer, processor] = await Promise.all([readTokenizer(SHIPPED), readProcessorConfig(SHIPPED)]);
  using runtime = await Runtime.load(SHIPPED, { device, kv });
  const rows: string[][] = [];
  for (const item of trainedCases()) {
    const encoded = await encodeCase(item, tokenizer, processor, runtime.config);
    const ids: number[] = [];
    const options = { maxTokens: 200, stopTokenIds: runtime.config.eosTokenIds };
    const started = performance.now();
    for await (const id of runtime.generate(runtime.visualRows.promptOf(encoded), options)) ids.push(id);
    const text = tokenizer.decode(ids);
    const isEqual = text === item.expected;
    rows.push([
      item.name,
      String(encoded.tokenIds.length),
      String(ids.length),
      (performance.now() - started).toFixed(0),
      isEqual ? 'equal' : `${text} for ${item.expected}`,
    ]);
  }
  return printTable(
    `The model in the box (${runtime.model.format}${kv === 'int8' ? ', keys and values in int8' : ''}) on ${device}, beside the reference in float32`,
    ['case', 'prompt', 'answer', 'ms', 'answer'],
    rows,
  );
}
