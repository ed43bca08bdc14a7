// A sequence on disk: its tokens, positions and picture hashes, then the keys and values of every layer, as they are (a
// float cache's values, an int8 cache's codes) or rounded to int8 with one scale for each token and head. Written under a temporary name and renamed, so a snapshot is whole or absent.
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { assert, LecternError } from '../../errors.ts';
import { floatFromHalf, halfFromFloat } from '../onnx/half-float.ts';
import { byteLengthOf, type DataType, type TensorData } from '../ort/data-type.ts';
import { Tensor } from '../ort/tensor.ts';
import type { TextConfig } from '../qwen3-vl/config.ts';
import type { Decoder } from './decoder.ts';
import { Sequence } from './sequence.ts';

export type SnapshotFormat = 'fp' | 'int8';

const MAGIC = 'LKV1';

const headerSchema = z.object({
  modelKey: z.string(),
  prefixHash: z.string(),
  numTokens: z.int().positive(),
  /** Position of the next token, so that an answer can go on without its prompt at hand. */
  nextPosition: z.int().nonnegative(),
  /** `codes`: of an int8 cache, whose scales the model key names; `int8`: rounded floats with scales of their own. */
  storage: z.enum(['float32', 'float16', 'int8', 'codes']),
  groups: z.array(z.object({ start: z.int().nonnegative(), length: z.int().positive(), pixelHash: z.string() })),
});

export type SnapshotHeader = z.infer<typeof headerSchema>;

/** A snapshot file that is damaged or not one of ours. The caller drops it and computes anew. */
export class SnapshotError extends LecternError {
  constructor(path: string, problem: string, cause?: unknown) {
    super(`Snapshot ${path} ${problem}`, {
      code: 'SNAPSHOT_BROKEN',
      remedy: 'Delete the file: the prefix is computed again when it is next needed.',
      cause,
    });
  }
}

export interface WriteSnapshotOptions {
  readonly modelKey: string;
  readonly prefixHash: string;
  readonly nextPosition: number;
  readonly format: SnapshotFormat;
}

/** Writes the first `numTokens` tokens of a sequence. */
export async function writeSnapshot(
  path: string,
  sequence: Sequence,
  numTokens: number,
  { modelKey, prefixHash, nextPosition, format }: WriteSnapshotOptions,
): Promise<void> {
  const { cache } = sequence;
  const header: SnapshotHeader = {
    modelKey,
    prefixHash,
    numTokens,
    nextPosition,
    storage: storageOf(cache.type, format),
    groups: sequence.groups.filter(({ start }) => start < numTokens).map((group) => ({ ...group })),
  };
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w');
  try {
    const json = Buffer.from(JSON.stringify(header), 'utf8');
    const head = Buffer.alloc(8);
    head.write(MAGIC, 'latin1');
    head.writeUInt32LE(json.length, 4);
    await file.writeFile(Buffer.concat([head, json, Buffer.from(tokenBytes(sequence, numTokens))]));
    for (let i = 0; i < cache.tensors.length; i++) {
      using slots = await cache.take(i, 0, numTokens);
      for (const piece of encodeSlots(slots, header.storage)) await file.writeFile(piece);
    }
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Throws SnapshotError. */
export async function readSnapshotHeader(path: string): Promise<SnapshotHeader> {
  await using file = await openSnapshot(path);
  return (await readHeader(path, file)).header;
}

/** A new sequence with what the file holds. Throws SnapshotError where the file is damaged or of another model. */
export async function readSnapshot(
  path: string,
  decoder: Decoder,
  modelKey: string,
): Promise<{ sequence: Sequence; nextPosition: number }> {
  await using file = await openSnapshot(path);
  const { header, payloadStart } = await readHeader(path, file);
  if (header.modelKey !== modelKey) throw new SnapshotError(path, 'belongs to another model or device type');
  const { numTokens, storage, groups, nextPosition } = header;
  const { text } = decoder.config;
  const expected = payloadStart + 16 * numTokens + 2 * text.numLayers * slotBytes(text, numTokens, storage);
  const { size } = await file.stat();
  if (size !== expected) throw new SnapshotError(path, `has ${size} bytes instead of ${expected}`);

  const sequence = new Sequence(decoder.newCache());
  try {
    let position = payloadStart;
    const tokens = new Int32Array(4 * numTokens);
    position = await readInto(path, file, tokens, position);
    await sequence.cache.fill(numTokens, async () => {
      const [slots, end] = await readSlots(path, file, position, text, numTokens, storage, sequence.cache.type);
      position = end;
      return slots;
    });
    for (let i = 0; i < numTokens; i++) {
      const [tokenId, time, height, width] = tokens.subarray(4 * i, 4 * i + 4);
      sequence.push(tokenId!, time!, height!, width!);
    }
    for (const group of groups) sequence.mark(group);
    return { sequence, nextPosition };
  } catch (error) {
    sequence[Symbol.dispose]();
    throw error;
  }
}

function storageOf(type: DataType, format: SnapshotFormat): SnapshotHeader['storage'] {
  if (type === 'int8') return 'codes';
  assert(type === 'float32' || type === 'float16', `a cache of ${type} can't be stored`);
  return format === 'int8' ? 'int8' : type;
}

/** Id, time, height, width of each token: [numTokens, 4] int32. */
function tokenBytes(sequence: Sequence, numTokens: number): ArrayBuffer {
  const values = new Int32Array(4 * numTokens);
  for (let i = 0; i < numTokens; i++) {
    const axes = ([0, 1, 2] as const).map((axis) => sequence.position(axis, i));
    values.set([sequence.tokenIds[i]!, ...axes], 4 * i);
  }
  return values.buffer;
}

/** Bytes of one cache tensor [heads, numTokens, headDim] in the file. */
function slotBytes({ numKvHeads, headDim }: TextConfig, numTokens: number, storage: SnapshotHeader['storage']): number {
  const rows = numKvHeads * numTokens;
  if (storage === 'int8') return rows * headDim + rows * 4;
  return byteLengthOf(typeOf(storage), [rows, headDim]);
}

/** The cache whose slots are stored as they are. */
function typeOf(storage: Exclude<SnapshotHeader['storage'], 'int8'>): DataType {
  return storage === 'codes' ? 'int8' : storage;
}

function* encodeSlots(slots: Tensor, storage: SnapshotHeader['storage']): Generator<Uint8Array> {
  const { data } = slots;
  if (storage !== 'int8') {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return;
  }
  const headDim = slots.shape[3]!;
  const read =
    slots.type === 'float16' ? (i: number) => floatFromHalf(data[i] as number) : (i: number) => data[i] as number;
  const numRows = data.length / headDim;
  const codes = new Int8Array(data.length);
  const scales = new Float32Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const start = row * headDim;
    let largest = 0;
    for (let i = start; i < start + headDim; i++) largest = Math.max(largest, Math.abs(read(i)));
    const scale = Math.fround(largest / 127);
    scales[row] = scale;
    if (scale === 0) continue;
    for (let i = start; i < start + headDim; i++) codes[i] = Math.round(read(i) / scale);
  }
  yield new Uint8Array(codes.buffer);
  yield new Uint8Array(scales.buffer);
}

/** One cache tensor [1, heads, numTokens, headDim] from the file, and where the next one begins. */
async function readSlots(
  path: string,
  file: FileHandle,
  start: number,
  { numKvHeads, headDim }: TextConfig,
  numTokens: number,
  storage: SnapshotHeader['storage'],
  type: DataType,
): Promise<[Tensor, number]> {
  const slots = Tensor.zeros(type, [1, numKvHeads, numTokens, headDim]);
  const { data } = slots;
  if (storage !== 'int8') {
    if (typeOf(storage) !== type) throw new SnapshotError(path, `holds ${storage}, and the cache is ${type}`);
    return [slots, await readInto(path, file, data, start)];
  }
  if (type === 'int8') throw new SnapshotError(path, 'holds rounded floats, and the cache holds codes');
  const codes = new Int8Array(data.length);
  const scales = new Float32Array(data.length / headDim);
  const end = await readInto(path, file, scales, await readInto(path, file, codes, start));
  for (let i = 0; i < data.length; i++) {
    const value = codes[i]! * scales[Math.floor(i / headDim)]!;
    data[i] = type === 'float16' ? halfFromFloat(value) : value;
  }
  return [slots, end];
}

async function openSnapshot(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new SnapshotError(path, 'cannot be opened', error);
  }
}

async function readHeader(path: string, file: FileHandle): Promise<{ header: SnapshotHeader; payloadStart: number }> {
  const head = new Uint8Array(8);
  await readInto(path, file, head, 0);
  const view = Buffer.from(head.buffer);
  if (view.toString('latin1', 0, 4) !== MAGIC) throw new SnapshotError(path, 'does not begin like a snapshot');
  const length = view.readUInt32LE(4);
  const { size } = await file.stat();
  if (8 + length > size) throw new SnapshotError(path, `ends inside its header`);
  const json = new Uint8Array(length);
  await readInto(path, file, json, 8);
  try {
    const header = headerSchema.parse(JSON.parse(new TextDecoder().decode(json)));
    return { header, payloadStart: 8 + length };
  } catch (error) {
    throw new SnapshotError(path, 'has an unreadable header', error);
  }
}

/** Fills `array` from the file and gives the place after it. */
async function readInto(path: string, file: FileHandle, array: TensorData, start: number): Promise<number> {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const STEP = 1 << 30; // one read moves at most 2 GiB on Linux
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, Math.min(STEP, bytes.length - done), start + done);
    if (bytesRead === 0) throw new SnapshotError(path, `ends at byte ${start + done} while being read`);
    done += bytesRead;
  }
  return start + bytes.length;
}
