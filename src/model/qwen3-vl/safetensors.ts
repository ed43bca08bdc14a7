// One safetensors file: an 8-byte little-endian header length, a JSON header, then the tensors' bytes
// (https://github.com/huggingface/safetensors, "Format"). The header is checked against the file's real size; tensor bytes
// are read by position, never the whole file.
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { readAt } from '../file-bytes.ts';
import { elementCount } from '../ort/data-type.ts';
import { CheckpointError } from './checkpoint-error.ts';

export type SafetensorsDtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

export const DTYPE_BYTES: Record<SafetensorsDtype, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly begin: number;
  readonly byteLength: number;
}

// The reference reader refuses longer headers too: a length beyond it is garbage, not a model.
const MAX_HEADER_BYTES = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/** An open file; hold it with `await using` or call `close`. */
export class SafetensorsFile implements AsyncDisposable {
  readonly path: string;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly #handle: FileHandle;

  private constructor(path: string, entries: ReadonlyMap<string, SafetensorsEntry>, handle: FileHandle) {
    this.path = path;
    this.entries = entries;
    this.#handle = handle;
  }

  /** Throws CheckpointError: missing, truncated, or a header that isn't one. */
  static async open(path: string): Promise<SafetensorsFile> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new CheckpointError('CHECKPOINT_SHARD_MISSING', path, 'this shard of the weights is missing', error);
      }
      throw new CheckpointError('CHECKPOINT_HEADER', path, `cannot be read (${(error as Error).message})`, error);
    }
    try {
      return new SafetensorsFile(path, await readHeader(path, handle), handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** `length` bytes of a tensor, from `offset` within it (default: all of it), into fresh memory. */
  async read(name: string, offset = 0, length?: number): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.entries.get(name);
    if (!entry) throw new CheckpointError('CHECKPOINT_TENSOR_MISSING', this.path, `holds no tensor ${name}`);
    const bytes = new Uint8Array(length ?? entry.byteLength - offset);
    await readFully(this.path, this.#handle, bytes, entry.begin + offset);
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function readHeader(path: string, handle: FileHandle): Promise<Map<string, SafetensorsEntry>> {
  const { size } = await handle.stat();
  const prefix = new Uint8Array(8);
  if (size < 8) throw new CheckpointError('CHECKPOINT_TRUNCATED', path, `has ${size} bytes, not even a header length`);
  await readFully(path, handle, prefix, 0);
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new CheckpointError('CHECKPOINT_HEADER', path, `claims a header of ${headerBytes} bytes`);
  }
  if (8 + headerBytes > size) {
    throw new CheckpointError(
      'CHECKPOINT_TRUNCATED',
      path,
      `ends at byte ${size}, inside its header of ${headerBytes}`,
    );
  }
  const text = new Uint8Array(headerBytes);
  await readFully(path, handle, text, 8);
  let header: Record<string, unknown>;
  try {
    header = z.record(z.string(), z.unknown()).parse(JSON.parse(new TextDecoder().decode(text)));
  } catch (error) {
    throw new CheckpointError('CHECKPOINT_HEADER', path, 'does not begin with a safetensors header', error);
  }
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, readEntry(path, name, value, 8 + headerBytes, size));
  }
  return entries;
}

function readEntry(path: string, name: string, value: unknown, dataBegin: number, fileSize: number): SafetensorsEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    throw new CheckpointError('CHECKPOINT_HEADER', path, `describes tensor ${name} unreadably`, parsed.error);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (!(dtype in DTYPE_BYTES)) {
    throw new CheckpointError('CHECKPOINT_DTYPE', path, `stores tensor ${name} as ${dtype}`);
  }
  const byteLength = offsets[1] - offsets[0];
  const expected = elementCount(shape) * DTYPE_BYTES[dtype as SafetensorsDtype];
  if (byteLength !== expected) {
    const message = `gives tensor ${name} [${shape.join(', ')}] ${dtype} ${byteLength} bytes instead of ${expected}`;
    throw new CheckpointError('CHECKPOINT_HEADER', path, message);
  }
  if (dataBegin + offsets[1] > fileSize) {
    const message = `ends at byte ${fileSize}; tensor ${name} needs ${dataBegin + offsets[1]}`;
    throw new CheckpointError('CHECKPOINT_TRUNCATED', path, message);
  }
  return { dtype: dtype as SafetensorsDtype, shape, begin: dataBegin + offsets[0], byteLength };
}

async function readFully(path: string, handle: FileHandle, into: Uint8Array, position: number): Promise<void> {
  const done = await readAt(handle, into, position);
  if (done === into.length) return;
  throw new CheckpointError('CHECKPOINT_TRUNCATED', path, `ends at byte ${position + done} while being read`);
}
