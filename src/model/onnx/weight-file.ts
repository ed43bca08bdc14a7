// The weights of a model in one file that graphs refer to by offset (ONNX external data). The layout is fixed before the first
// byte is written, so weights are produced and written one after another and several graphs can share the file.
import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { assert } from '../../errors.ts';
import { writeAt } from '../file-bytes.ts';
import { byteLengthOf, type DataType } from '../ort/data-type.ts';

export interface Weight {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  /** The tensor's bytes, little-endian, row-major, in pieces that together have exactly its length. Called once, in order. */
  produce(): AsyncIterable<Uint8Array>;
}

export interface PlacedWeight {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

/** Where each weight lies in the file; what a graph needs to know. */
export type WeightLayout = ReadonlyMap<string, PlacedWeight>;

// ONNX Runtime maps external data only at offsets that are whole pages: 64 KiB is Windows' granularity, and holds elsewhere too.
// Tensors below a megabyte are read instead: the padding of hundreds of them would cost a small model a fifth of its size.
const MAP_ALIGNMENT = 65_536;
const SMALL_ALIGNMENT = 64;
const SMALL_BYTES = 1 << 20;

export function layOutWeights(weights: readonly Weight[]): WeightLayout {
  const layout = new Map<string, PlacedWeight>();
  let end = 0;
  for (const { name, type, shape } of weights) {
    assert(!layout.has(name), `weight ${name} is written twice`);
    const byteLength = byteLengthOf(type, shape);
    const alignment = byteLength >= SMALL_BYTES ? MAP_ALIGNMENT : SMALL_ALIGNMENT;
    const offset = Math.ceil(end / alignment) * alignment;
    layout.set(name, { type, shape, offset, byteLength });
    end = offset + byteLength;
  }
  return layout;
}

/** Bytes of a file that holds all of them. */
export function layoutBytes(layout: WeightLayout): number {
  return Math.max(...[...layout.values()].map(({ offset, byteLength }) => offset + byteLength));
}

export interface WriteWeightsOptions {
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface WrittenWeights {
  readonly layout: WeightLayout;
  /** sha256 over every weight's name and the sha256 of its bytes: what the file computes with, whatever its padding. */
  readonly sha256: string;
}

/** Weights that are produced one after another because the later ones come from the pass that made the first. */
export type WeightUnit = readonly Weight[];

export interface WriterEvents {
  readonly onBytes: (count: number) => void;
  readonly onUnit: (index: number, digests: readonly string[]) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Writes some units of a file that is being made, in any order, and gives each unit's digests to `onUnit`. */
export type UnitWriter = (
  units: readonly WeightUnit[],
  path: string,
  layout: WeightLayout,
  events: WriterEvents,
) => Promise<void>;

/**
 * Writes the file under a temporary name and renames it when it is whole. Memory stays at one weight's pieces (times the number
 * of workers, with a writer that has several). Rejects with the signal's reason, or with the system's error (disk full); nothing
 * is left behind then.
 */
export async function writeWeightFile(
  path: string,
  units: readonly WeightUnit[],
  { onProgress, signal }: WriteWeightsOptions = {},
  write: UnitWriter = writeUnits,
): Promise<WrittenWeights> {
  const weights = units.flat();
  const layout = layOutWeights(weights);
  const totalBytes = [...layout.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const temporary = `${path}.part`;
  let doneBytes = 0;
  const digests = new Map<number, readonly string[]>();
  try {
    await (await open(temporary, 'w')).close();
    await write(units, temporary, layout, {
      onBytes: (count) => onProgress?.((doneBytes += count), totalBytes),
      onUnit: (index, unitDigests) => digests.set(index, unitDigests),
      signal,
    });
    assert(digests.size === units.length, `${digests.size} of ${units.length} parts of the weights were written`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const hash = createHash('sha256');
  const inOrder = units.flatMap((_, index) => digests.get(index)!);
  weights.forEach(({ name }, i) => hash.update(`${name}\0${inOrder[i]!}\0`));
  return { layout, sha256: hash.digest('hex') };
}

const writeUnits: UnitWriter = async (units, path, layout, { onBytes, onUnit, signal }) => {
  const file = await open(path, 'r+');
  try {
    for (const [index, unit] of units.entries()) {
      onUnit(index, await writeUnit(file, unit, layout, { onBytes, signal }));
    }
  } finally {
    await file.close();
  }
};

/** Writes the weights of one unit at their places; gives the sha256 of each one's bytes. */
export async function writeUnit(
  file: FileHandle,
  unit: WeightUnit,
  layout: WeightLayout,
  { onBytes, signal }: Pick<WriterEvents, 'onBytes' | 'signal'>,
): Promise<string[]> {
  const digests: string[] = [];
  for (const weight of unit) {
    const { offset, byteLength } = layout.get(weight.name)!;
    const hash = createHash('sha256');
    let position = offset;
    for await (const piece of weight.produce()) {
      signal?.throwIfAborted();
      hash.update(piece);
      await writeAt(file, piece, position);
      position += piece.byteLength;
      onBytes(piece.byteLength);
    }
    assert(position === offset + byteLength, `${weight.name} has ${position - offset} bytes, not ${byteLength}`);
    digests.push(hash.digest('hex'));
  }
  return digests;
}
