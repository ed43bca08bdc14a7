// The weights of a model in one file that graphs refer to by offset (ONNX external data). The layout is fixed before the first
// byte is written, so weights are produced and written one after another and several graphs can share the file.
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { assert } from '../../errors.ts';
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

export interface WriteWeightsOptions {
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface WrittenWeights {
  readonly layout: WeightLayout;
  /** sha256 over every weight's name and bytes: what the file computes with, whatever its padding. */
  readonly sha256: string;
}

/**
 * Writes the file under a temporary name and renames it when it is whole. Memory stays at one weight's pieces.
 * Rejects with the signal's reason, or with the system's error (disk full); nothing is left behind then.
 */
export async function writeWeightFile(
  path: string,
  weights: readonly Weight[],
  { onProgress, signal }: WriteWeightsOptions = {},
): Promise<WrittenWeights> {
  const layout = layOutWeights(weights);
  const totalBytes = [...layout.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const hash = createHash('sha256');
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w');
  try {
    let doneBytes = 0;
    for (const weight of weights) {
      const { offset, byteLength } = layout.get(weight.name)!;
      let position = offset;
      hash.update(`${weight.name}\0`);
      for await (const piece of weight.produce()) {
        signal?.throwIfAborted();
        hash.update(piece);
        await writeFully(file, piece, position);
        position += piece.byteLength;
        doneBytes += piece.byteLength;
        onProgress?.(doneBytes, totalBytes);
      }
      assert(position === offset + byteLength, `${weight.name} has ${position - offset} bytes, not ${byteLength}`);
    }
    await file.close();
    await rename(temporary, path);
    return { layout, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeFully(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const result = await file.write(bytes, written, bytes.byteLength - written, position + written);
    written += result.bytesWritten;
  }
}
