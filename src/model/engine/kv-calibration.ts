// Scales of an int8 KV cache, found once for each model folder: a built-in text, a drawn picture and tokens from all over the
// vocabulary run through the float decoder, and the largest key and value of each channel are noted.
//
// Not from the first prompt that comes: then the same model would have other scales in every process, no snapshot would fit the next
// one, and a first prompt of two words would set the range of everything after it.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LecternError } from '../../errors.ts';
import { sha256 } from '../../hash.ts';
import type { FloatData } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import type { KvScales } from '../qwen3-vl/graphs/attention.ts';
import type { LoadOptions, ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { floatFromHalf } from '../onnx/half-float.ts';
import { Decoder } from './decoder.ts';
import { calibrationPrompt } from './kv-calibration-prompt.ts';
import { prefill } from './prefill.ts';
import { Sequence } from './sequence.ts';
import { VisionTower } from './vision-tower.ts';

/** How keys and values are kept while a model runs: as the activations are, or in int8. */
export type KvFormat = 'fp' | 'int8';

/**
 * The largest code stands for this many times the largest key or value of the calibration. Prompts of the trained checkpoint reach up
 * to 2.4 and 3.7 times as far, and a range too small costs more than one too large, because the kernel clips. Logit error relative to
 * the largest logit, mean and worst of 9 prompts of up to 762 tokens: keys 2.5 and values 3: 0.33 %, 0.53 %; 2 and 2: 0.68 %, 1.8 %;
 * 2 and 4: 0.44 %, 0.66 %; 3 and 3: 0.42 %, 0.76 %.
 */
const MARGINS = { key: 2.5, value: 3 } as const;
const LARGEST_CODE = 127;
/** Keeps the scale of a channel that is always zero from being zero itself. */
const SMALLEST = 1e-6;

const SCALE_FILE = 'kv-int8.json';
/** Raised when the calibration changes: scales of another version are found anew. */
const VERSION = 1;

/** The device's kernels take no int8 cache. */
export class KvFormatUnavailableError extends LecternError {
  constructor(device: Device) {
    super(`On ${device}, keys and values can't be kept in int8`, {
      code: 'KV_FORMAT_UNAVAILABLE',
      remedy: 'Leave out --kv int8, or compute on another device: --device cpu or --device cuda.',
    });
  }
}

/** Throws KvFormatUnavailableError. */
export function checkKvFormat(kv: KvFormat, device: Device): void {
  if (kv === 'int8' && device === 'webgpu') throw new KvFormatUnavailableError(device);
}

/**
 * The scales of a model, from its folder or found now and left there. Finding them loads the model and lets go of it again, so that
 * the weights are never held twice. Throws CheckpointError where the folder has no tokenizer, and what loading throws.
 */
export async function kvScalesOf(model: ModelFolder, options: LoadOptions): Promise<KvScales> {
  const known = await readScales(model);
  if (known) return known;
  using decoder = await Decoder.load(model, options);
  using vision = await VisionTower.load(model, options);
  const prompt = await calibrationPrompt(model, vision);
  using sequence = new Sequence(decoder.newCache());
  await prefill(decoder, sequence, prompt, { chunkTokens: prompt.tokenIds.length });
  const scales: Float32Array[] = [];
  for (let i = 0; i < sequence.cache.tensors.length; i++) {
    using slots = await sequence.cache.take(i, 0, sequence.length);
    const [, heads, , size] = slots.shape as [number, number, number, number];
    const part = i % 2 === 0 ? 'key' : 'value';
    const largest = largestOf(floatsOf(slots.data as FloatData), heads, size, part);
    scales.push(largest.map((reach) => (Math.max(reach, SMALLEST) * MARGINS[part]) / LARGEST_CODE));
  }
  await writeScales(model, scales);
  return scales;
}

/** Tells caches of other scales apart. */
export function kvScalesHash(scales: KvScales): string {
  return sha256(bytesOf(scales));
}

/**
 * The largest magnitude of each head and channel of slots [heads, tokens, size]. Keys are taken as pairs: rotary embedding turns
 * channel c with channel c + size / 2, so their common length is what either can reach at some later position, however short the
 * prompt that was looked at; the slow pairs turn once in millions of positions.
 */
function largestOf(slots: Float32Array, heads: number, size: number, part: 'key' | 'value'): Float32Array {
  const largest = new Float32Array(heads * size);
  const tokens = slots.length / heads / size;
  for (let row = 0; row < heads * tokens; row++) {
    const at = Math.floor(row / tokens) * size;
    const start = row * size;
    for (let c = 0; c < size; c++) {
      const value = slots[start + c]!;
      const reach = part === 'key' ? Math.hypot(value, slots[start + ((c + size / 2) % size)]!) : Math.abs(value);
      if (reach > largest[at + c]!) largest[at + c] = reach;
    }
  }
  return largest;
}

function floatsOf(data: FloatData): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data, floatFromHalf);
}

const scaleFileSchema = z.object({ version: z.literal(VERSION), weightsSha256: z.string(), scales: z.string() });

/** Undefined where there are none that fit: they are found again. */
async function readScales({ folder, config, weightsSha256 }: ModelFolder): Promise<KvScales | undefined> {
  const { numLayers, numKvHeads, headDim } = config.text;
  try {
    const read = scaleFileSchema.parse(JSON.parse(await readFile(join(folder, SCALE_FILE), 'utf8')));
    const values = new Float32Array(Uint8Array.from(Buffer.from(read.scales, 'base64')).buffer);
    const width = numKvHeads * headDim;
    const isWhole = values.length === 2 * numLayers * width && values.every((scale) => scale > 0 && scale < Infinity);
    if (!isWhole || read.weightsSha256 !== weightsSha256) return undefined;
    return Array.from({ length: 2 * numLayers }, (_, i) => values.slice(i * width, (i + 1) * width));
  } catch {
    return undefined;
  }
}

/** A folder that can't be written to costs the calibration at every load, and nothing else. */
async function writeScales({ folder, weightsSha256 }: ModelFolder, scales: KvScales): Promise<void> {
  const path = join(folder, SCALE_FILE);
  const temporary = `${path}.${process.pid}.part`;
  const text = JSON.stringify({ version: VERSION, weightsSha256, scales: bytesOf(scales).toString('base64') });
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function bytesOf(scales: KvScales): Buffer {
  return Buffer.concat(scales.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
}
