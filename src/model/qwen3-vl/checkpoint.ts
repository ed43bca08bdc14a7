// A Qwen3-VL checkpoint folder (Hugging Face layout) as named tensors whose bytes are read on demand. Names and expert
// matrices come out in one form whatever wrote the folder; everything is checked against the configuration before the
// first weight is read, so a conversion never fails half-way for a missing shard.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { elementCount } from '../ort/data-type.ts';
import { CheckpointError } from './checkpoint-error.ts';
import type { ModelConfig } from './config.ts';
import { readModelConfig } from './read-config.ts';
import { readJsonFile } from './json-file.ts';
import { SafetensorsFile, DTYPE_BYTES } from './safetensors.ts';
import type { SourceOrigin } from './graphs/weights.ts';
import { canonicalName, expectedTensors, type TensorShape } from './tensor-names.ts';

export type WeightDtype = 'BF16' | 'F16' | 'F32';

export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: WeightDtype;
  /** Matrices are [out, in]; stacked experts are [experts, out, in] in every folder layout. */
  readonly shape: TensorShape;
  readonly byteLength: number;
  /** Little-endian bytes in `shape`'s order, into fresh memory. Throws CheckpointError where one is no finite number. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes of `count` entries of the first dimension (vocabulary rows, experts), from `first`. Throws as `read` does. */
  readRows(first: number, count: number): Promise<Uint8Array<ArrayBuffer>>;
}

interface Place {
  readonly file: SafetensorsFile;
  readonly storedName: string;
  readonly dtype: WeightDtype;
  readonly shape: TensorShape;
  /** Stored [experts, in, out], as the released MoE files are. */
  readonly isTransposed: boolean;
}

/** An opened checkpoint; hold it with `await using` or call `close`. */
export class Checkpoint implements AsyncDisposable {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly origin: SourceOrigin;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #files: readonly SafetensorsFile[];

  constructor(
    folder: string,
    config: ModelConfig,
    places: ReadonlyMap<string, Place>,
    files: readonly SafetensorsFile[],
  ) {
    this.folder = folder;
    this.config = config;
    this.origin = { module: import.meta.url, open: 'openCheckpoint', argument: folder };
    this.#places = places;
    this.#files = files;
  }

  tensorNames(): string[] {
    return [...this.#places.keys()];
  }

  /** Throws CheckpointError for a name that the model doesn't have. */
  tensor(name: string): CheckpointTensor {
    const place = this.#places.get(name);
    if (!place) throw new CheckpointError('CHECKPOINT_TENSOR_MISSING', this.folder, `the model has no tensor ${name}`);
    const { dtype, shape } = place;
    const rows = shape[0]!;
    const rowBytes = elementCount(shape.slice(1)) * DTYPE_BYTES[dtype];
    const readRows = (first: number, count: number) => readPlace(place, first * rowBytes, count * rowBytes);
    return { name, dtype, shape, byteLength: rows * rowBytes, read: () => readRows(0, rows), readRows };
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Opens and checks a folder: every shard there, every tensor of the model there, in its shape. Throws CheckpointError. */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const config = await readModelConfig(folder);
  const files: SafetensorsFile[] = [];
  try {
    for (const name of await listShards(folder)) files.push(await SafetensorsFile.open(join(folder, name)));
    const stored = new Map<string, { file: SafetensorsFile; storedName: string }>();
    for (const file of files) {
      for (const storedName of file.entries.keys()) stored.set(canonicalName(storedName), { file, storedName });
    }
    const tieWordEmbeddings = config.text.tieWordEmbeddings || !stored.has('lm_head.weight');
    const actual: ModelConfig = { ...config, text: { ...config.text, tieWordEmbeddings } };
    const places = new Map<string, Place>();
    for (const [name, shape] of expectedTensors(actual)) {
      const at = stored.get(name);
      if (!at) throw new CheckpointError('CHECKPOINT_TENSOR_MISSING', folder, `holds no tensor ${name}`);
      places.set(name, placeTensor(name, shape, at.file, at.storedName));
    }
    checkExpertOrder(folder, actual, places);
    return new Checkpoint(folder, actual, places, files);
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
}

/** File names of the weights: those of the index where there is one, else every *.safetensors of the folder. */
async function listShards(folder: string): Promise<string[]> {
  const indexPath = join(folder, 'model.safetensors.index.json');
  const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });
  const index = await readJsonFile(indexPath, indexSchema, 'CHECKPOINT_HEADER');
  const names = index
    ? [...new Set(Object.values(index.weight_map))].sort()
    : (await readdir(folder)).filter((name) => name.endsWith('.safetensors')).sort();
  const outside = names.find((name) => name !== basename(name));
  if (outside)
    throw new CheckpointError('CHECKPOINT_HEADER', indexPath, `names a shard outside the folder: ${outside}`);
  if (names.length === 0) throw new CheckpointError('CHECKPOINT_NOT_FOUND', folder, 'holds no *.safetensors');
  // Without an index, the names themselves say how many shards there should be.
  for (const name of names) {
    const total = /-of-(\d+)\.safetensors$/.exec(name)?.[1];
    if (total === undefined || Number(total) === names.length) continue;
    const message = `${names.length} of ${Number(total)} shards are here`;
    throw new CheckpointError('CHECKPOINT_SHARD_MISSING', folder, message);
  }
  return names;
}

function placeTensor(name: string, shape: TensorShape, file: SafetensorsFile, storedName: string): Place {
  const entry = file.entries.get(storedName)!;
  if (entry.dtype !== 'BF16' && entry.dtype !== 'F16' && entry.dtype !== 'F32') {
    throw new CheckpointError('CHECKPOINT_DTYPE', file.path, `stores ${storedName} as ${entry.dtype}`);
  }
  const same = (other: TensorShape) => other.length === shape.length && other.every((n, i) => n === shape[i]);
  const swapped = (other: TensorShape) => same([other[0]!, other[2]!, other[1]!]);
  const isExpert = name.includes('.mlp.experts.');
  if (same(entry.shape)) return { file, storedName, dtype: entry.dtype, shape, isTransposed: false };
  if (isExpert && entry.shape.length === 3 && swapped(entry.shape)) {
    return { file, storedName, dtype: entry.dtype, shape, isTransposed: true };
  }
  const message = `${storedName} is [${entry.shape.join(', ')}], config.json asks for [${shape.join(', ')}]`;
  throw new CheckpointError('CHECKPOINT_SHAPE', file.path, message);
}

/**
 * One of the two expert matrices may be square and so say nothing about the order; then the other, which can't be square
 * too (hidden = 2 inner and hidden = inner exclude each other), decides for both.
 */
function checkExpertOrder(folder: string, { text }: ModelConfig, places: Map<string, Place>): void {
  if (!text.moe) return;
  const { hiddenSize, moe } = text;
  const decider = hiddenSize === 2 * moe.intermediateSize ? 'down_proj' : 'gate_up_proj';
  for (const [name, place] of places) {
    const match = /^(.*\.mlp\.experts\.)(gate_up_proj|down_proj)$/.exec(name);
    if (!match) continue;
    const { isTransposed } = places.get(match[1]! + decider)!;
    const isSquare = place.shape[1] === place.shape[2];
    if (isSquare) places.set(name, { ...place, isTransposed });
    else if (place.isTransposed !== isTransposed) {
      throw new CheckpointError('CHECKPOINT_SHAPE', folder, `${name} and its partner are stored in different orders`);
    }
  }
}

async function readPlace(place: Place, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await place.file.read(place.storedName, offset, length);
  if (!isFinite(bytes, place.dtype)) {
    throw new CheckpointError('CHECKPOINT_NOT_FINITE', place.file.path, `${place.storedName} holds NaN or infinity`);
  }
  return place.isTransposed ? transposeRows(bytes, place.shape, DTYPE_BYTES[place.dtype]) : bytes;
}

/** The bits of the exponent, all set in NaN and infinity: quantised they would pass for numbers. */
const EXPONENT: Record<WeightDtype, number> = { BF16: 0x7f80, F16: 0x7c00, F32: 0x7f800000 };

function isFinite(bytes: Uint8Array<ArrayBuffer>, dtype: WeightDtype): boolean {
  const values = dtype === 'F32' ? new Uint32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
  const exponent = EXPONENT[dtype];
  for (let i = 0; i < values.length; i++) if ((values[i]! & exponent) === exponent) return false;
  return true;
}

/** Bytes of whole [in, out] matrices to [out, in], the trailing dimensions of `shape`. */
function transposeRows(bytes: Uint8Array<ArrayBuffer>, shape: TensorShape, itemBytes: number): Uint8Array<ArrayBuffer> {
  const [, rows, columns] = shape as [number, number, number];
  const View = itemBytes === 4 ? Uint32Array : Uint16Array;
  const source = new View(bytes.buffer);
  const targetBytes = new Uint8Array(bytes.length);
  const target = new View(targetBytes.buffer);
  const matrix = rows * columns;
  for (let base = 0; base < source.length; base += matrix) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        target[base + row * columns + column] = source[base + column * rows + row]!;
      }
    }
  }
  return targetBytes;
}
