// How a snapshot lies in its file: a header in JSON, the tokens, then each cache tensor in a region of its own, so that several are
// written and read side by side. Knows bytes and offsets; not where they come from.
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { assert, LecternError } from '../../errors.ts';
import { readAt } from '../file-bytes.ts';
import { byteLengthOf, type DataType, type TensorData } from '../ort/data-type.ts';
import type { TextConfig } from '../qwen3-vl/config.ts';

const MAGIC = 'LKV2';
/** Of regions: a page of memory, and what disks read at once. */
const ALIGNMENT = 4096;

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
export type SnapshotStorage = SnapshotHeader['storage'];

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

/** Places of a snapshot's parts, in bytes. */
export class SnapshotLayout {
  readonly numTokens: number;
  readonly storage: SnapshotStorage;
  readonly tokensAt: number;
  readonly byteLength: number;
  readonly #tensorsAt: number;
  readonly #regionBytes: number;
  readonly #rowBytes: number;
  readonly #codesBytes: number;

  constructor(headBytes: number, { numTokens, storage }: SnapshotHeader, text: TextConfig) {
    this.numTokens = numTokens;
    this.storage = storage;
    this.tokensAt = aligned(headBytes);
    this.#tensorsAt = aligned(this.tokensAt + 16 * numTokens);
    this.#regionBytes = aligned(storedBytes(text, numTokens, storage));
    this.#rowBytes = byteLengthOf(storage === 'int8' ? 'int8' : typeOf(storage), [text.headDim]);
    this.#codesBytes = text.numKvHeads * numTokens * text.headDim;
    this.byteLength = this.#tensorsAt + 2 * text.numLayers * this.#regionBytes;
  }

  /** Slots of a cache tensor [heads, numTokens, headDim], values or codes, from a row on. */
  slotsAt(tensor: number, row: number): number {
    return this.#tensorsAt + tensor * this.#regionBytes + row * this.#rowBytes;
  }

  /** Of `int8` storage: the scales of a tensor's rows, float32, behind its codes. */
  scalesAt(tensor: number, row: number): number {
    return this.slotsAt(tensor, 0) + aligned(this.#codesBytes) + 4 * row;
  }
}

/** Bytes of one cache tensor in the file. */
function storedBytes({ numKvHeads, headDim }: TextConfig, numTokens: number, storage: SnapshotStorage): number {
  const rows = numKvHeads * numTokens;
  if (storage === 'int8') return aligned(rows * headDim) + 4 * rows;
  return byteLengthOf(typeOf(storage), [rows, headDim]);
}

/** About what a snapshot takes. */
export function snapshotBytes(text: TextConfig, numTokens: number, storage: SnapshotStorage): number {
  return 16 * numTokens + 2 * text.numLayers * storedBytes(text, numTokens, storage);
}

/** How a cache is stored: its values or codes as they are, or values rounded. */
export function storageOf(type: DataType, format: 'fp' | 'int8'): SnapshotStorage {
  if (type === 'int8') return 'codes';
  assert(type === 'float32' || type === 'float16', `a cache of ${type} can't be stored`);
  return format === 'int8' ? 'int8' : type;
}

/** The cache whose slots are stored as they are. */
export function typeOf(storage: Exclude<SnapshotStorage, 'int8'>): DataType {
  return storage === 'codes' ? 'int8' : storage;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** What a file begins with. */
export function encodeHeader(header: SnapshotHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const head = Buffer.alloc(8);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(json.length, 4);
  return Buffer.concat([head, json]);
}

/** A file that is read from any place at any time. */
export class SnapshotReader implements AsyncDisposable {
  readonly header: SnapshotHeader;
  readonly headBytes: number;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle, header: SnapshotHeader, headBytes: number) {
    this.#path = path;
    this.#file = file;
    this.header = header;
    this.headBytes = headBytes;
  }

  /** Throws SnapshotError. */
  static async open(path: string): Promise<SnapshotReader> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'r');
      const { size } = await file.stat();
      const head = new Uint8Array(8);
      await readInto(path, file, head, 0);
      const view = Buffer.from(head.buffer);
      if (view.toString('latin1', 0, 4) !== MAGIC) throw new SnapshotError(path, 'does not begin like a snapshot');
      const length = view.readUInt32LE(4);
      if (8 + length > size) throw new SnapshotError(path, 'ends inside its header');
      const json = new Uint8Array(length);
      await readInto(path, file, json, 8);
      const header = headerSchema.parse(JSON.parse(new TextDecoder().decode(json)));
      return new SnapshotReader(path, file, header, 8 + length);
    } catch (error) {
      await file?.close();
      if (error instanceof SnapshotError) throw error;
      throw new SnapshotError(path, file ? 'has an unreadable header' : 'cannot be opened', error);
    }
  }

  async checkSize(expected: number): Promise<void> {
    const { size } = await this.#file.stat();
    if (size !== expected) throw this.broken(`has ${size} bytes instead of ${expected}`);
  }

  /** Fills `array` from a place in the file. Throws SnapshotError where it ends before. */
  read(array: TensorData, at: number): Promise<void> {
    return readInto(this.#path, this.#file, array, at);
  }

  broken(problem: string): SnapshotError {
    return new SnapshotError(this.#path, problem);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

async function readInto(path: string, file: FileHandle, array: TensorData, at: number): Promise<void> {
  const done = await readAt(file, array, at).catch((error: unknown) => {
    throw new SnapshotError(path, `cannot be read at byte ${at}`, error);
  });
  if (done < array.byteLength) throw new SnapshotError(path, `ends at byte ${at + done} while being read`);
}
