// A sequence on disk: its tokens, positions and picture hashes, then the keys and values of every layer, as they are (a float cache's
// values, an int8 cache's codes) or rounded to int8 with one scale for each token and head. Written under a name of its own,
// forced to the disk and renamed, so a snapshot is whole or absent, whoever else writes the same one.
import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { writeAt } from '../file-bytes.ts';
import type { Decoder } from './decoder.ts';
import type { KvCache } from './kv-cache.ts';
import { inLanes } from './lanes.ts';
import { Sequence } from './sequence.ts';
import {
  encodeHeader,
  SnapshotLayout,
  SnapshotReader,
  storageOf,
  typeOf,
  type SnapshotHeader,
} from './snapshot-file.ts';

export type SnapshotFormat = 'fp' | 'int8';

export interface WriteSnapshotOptions {
  readonly modelKey: string;
  readonly prefixHash: string;
  readonly nextPosition: number;
  readonly format: SnapshotFormat;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the first `numTokens` tokens of a sequence. Rejects with what the disk says, or the signal's reason; nothing is left then. */
export async function writeSnapshot(
  path: string,
  sequence: Sequence,
  numTokens: number,
  { modelKey, prefixHash, nextPosition, format, signal }: WriteSnapshotOptions,
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
  const head = encodeHeader(header);
  const layout = new SnapshotLayout(head.length, header, cache.text);
  const temporary = `${path}.${randomUUID()}.part`;
  // What somebody reads is nobody else's business.
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeAt(file, head, 0);
    await writeAt(file, tokensOf(sequence, numTokens), layout.tokensAt);
    await writeSlots(file, cache, layout, signal);
    await file.truncate(layout.byteLength);
    // Renamed before its content is on the disk, it would outlive a loss of power as a file of the right size with holes.
    await file.datasync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Several tensors side by side, each in its region. */
function writeSlots(
  file: FileHandle,
  cache: KvCache,
  layout: SnapshotLayout,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { numTokens, storage } = layout;
  return inLanes(cache.tensors.length, (tensor) =>
    storage === 'int8'
      ? cache.showRounded(tensor, numTokens, async ({ codes, scales }, row) => {
          signal?.throwIfAborted();
          await writeAt(file, codes, layout.slotsAt(tensor, row));
          await writeAt(file, scales, layout.scalesAt(tensor, row));
        })
      : cache.show(tensor, numTokens, async (slots, row) => {
          signal?.throwIfAborted();
          await writeAt(file, slots, layout.slotsAt(tensor, row));
        }),
  );
}

/** The other way round, into an empty cache. */
function readSlots(reader: SnapshotReader, cache: KvCache, layout: SnapshotLayout): Promise<void> {
  const { numTokens, storage } = layout;
  if (storage !== 'int8') {
    return cache.fill(numTokens, (tensor, slots, row) => reader.read(slots, layout.slotsAt(tensor, row)));
  }
  return cache.fillRounded(numTokens, async (tensor, { codes, scales }, row) => {
    await reader.read(codes, layout.slotsAt(tensor, row));
    await reader.read(scales, layout.scalesAt(tensor, row));
  });
}

/** Throws SnapshotError. */
export async function readSnapshotHeader(path: string): Promise<SnapshotHeader> {
  await using reader = await SnapshotReader.open(path);
  return reader.header;
}

/**
 * A new sequence with what the file holds, and room for `capacity` tokens. Throws SnapshotError where the file is damaged or of
 * another model, OrtError when memory runs out.
 */
export async function readSnapshot(path: string, decoder: Decoder, modelKey: string, capacity = 0): Promise<Sequence> {
  await using reader = await SnapshotReader.open(path);
  const { header } = reader;
  if (header.modelKey !== modelKey) throw reader.broken('belongs to another model or device type');
  const { numTokens, storage, groups } = header;
  const layout = new SnapshotLayout(reader.headBytes, header, decoder.config.text);
  await reader.checkSize(layout.byteLength);

  const sequence = new Sequence(decoder.newCache());
  const { cache } = sequence;
  try {
    if (storage === 'int8' ? cache.type === 'int8' : cache.type !== typeOf(storage)) {
      throw reader.broken(`holds ${storage}, and the cache is ${cache.type}`);
    }
    const tokens = new Int32Array(4 * numTokens);
    await reader.read(tokens, layout.tokensAt);
    await cache.reserve(Math.max(numTokens, capacity));
    await readSlots(reader, cache, layout);
    for (let i = 0; i < numTokens; i++) {
      sequence.push(tokens[4 * i]!, tokens[4 * i + 1]!, tokens[4 * i + 2]!, tokens[4 * i + 3]!);
    }
    for (const group of groups) sequence.mark(group);
    return sequence;
  } catch (error) {
    sequence[Symbol.dispose]();
    throw error;
  }
}

/** Id, time, height, width of each token: [numTokens, 4] int32. */
function tokensOf(sequence: Sequence, numTokens: number): Int32Array {
  const values = new Int32Array(4 * numTokens);
  for (let i = 0; i < numTokens; i++) {
    values[4 * i] = sequence.tokenIds[i]!;
    for (const axis of [0, 1, 2] as const) values[4 * i + 1 + axis] = sequence.position(axis, i);
  }
  return values;
}
