// Snapshots in a folder, found by what they are a prefix of. The least recently used go first when a byte budget is exceeded.
// Other processes may add and remove some at any time.
import { mkdir, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Decoder } from './decoder.ts';
import { promptPrefixHashes, sequencePrefixHash } from './prefix-hash.ts';
import type { Prompt } from './prompt.ts';
import type { Sequence } from './sequence.ts';
import { snapshotBytes, SnapshotError, storageOf } from './snapshot-file.ts';
import { listSnapshots, makeRoom, remove, SNAPSHOT_EXTENSION } from './snapshot-folder.ts';
import { readSnapshot, readSnapshotHeader, writeSnapshot, type SnapshotFormat } from './snapshot.ts';

export interface SnapshotStoreOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly format: SnapshotFormat;
  /** Also what was computed faster than it is written. */
  readonly keepsAll?: boolean;
  /** Names the model and number format; snapshots of others are not seen. */
  readonly modelKey: string;
}

export interface SaveOptions {
  /** What computing the prefix took: one that is written more slowly is not worth keeping. Kept in any case where absent. */
  readonly computeSeconds?: number | undefined;
  /** Snapshots used since then, in ms since 1970, do not go for it. */
  readonly sparedSinceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StoredPrefix {
  readonly length: number;
  readonly prefixHash: string;
  readonly bytes: number;
}

interface SeenSnapshot {
  readonly bytes: number;
  /** In tokens. */
  readonly length: number;
  /** Of this model, and as exact as is asked for. */
  readonly isOurs: boolean;
}

/** Of a disk that was not yet written to: one that is slower makes itself known with the first snapshot. */
export const ASSUMED_BYTES_PER_SECOND = 1e9;
/** Below this a write says little about the disk. */
const TELLING_BYTES = 16e6;

export class SnapshotStore {
  readonly #options: SnapshotStoreOptions;
  /** Snapshots that were in the folder when it was last looked through, by prefix hash. */
  readonly #seen = new Map<string, SeenSnapshot>();
  #bytesPerSecond = ASSUMED_BYTES_PER_SECOND;

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
  }

  get modelKey(): string {
    return this.#options.modelKey;
  }

  /**
   * Writes the first `numTokens` of a sequence unless that prefix is there already; `nextPosition` is the position of the token after
   * it. False where the cut divides a picture, or the prefix is not worth its bytes or has no room. Rejects with what the disk
   * says, or the signal's reason.
   */
  async save(
    sequence: Sequence,
    numTokens: number,
    nextPosition: number,
    { computeSeconds = Infinity, sparedSinceMs, signal }: SaveOptions = {},
  ): Promise<boolean> {
    const { folder, modelKey, format, maxBytes, keepsAll = false } = this.#options;
    const prefixHash = sequencePrefixHash(modelKey, sequence, numTokens);
    if (prefixHash === undefined) return false;
    const path = this.#path(prefixHash);
    if ((await this.#scan()).has(prefixHash)) {
      await touch(path);
      return true;
    }
    const bytes = snapshotBytes(sequence.cache.text, numTokens, storageOf(sequence.cache.type, format));
    if (!keepsAll && bytes / this.#bytesPerSecond > computeSeconds) return false;
    if (!(await makeRoom(folder, bytes, { maxBytes, sparedSinceMs }))) return false;
    const started = performance.now();
    await writeSnapshot(path, sequence, numTokens, { modelKey, prefixHash, nextPosition, format, signal });
    if (bytes >= TELLING_BYTES) this.#bytesPerSecond = (1000 * bytes) / (performance.now() - started);
    return true;
  }

  /** The longest stored prefix of `prompt` that leaves at least its last token to run. */
  async longestPrefix(prompt: Prompt): Promise<StoredPrefix | undefined> {
    // A folder that can't be read holds nothing to reuse, and answers come all the same; `save` says what is wrong with it.
    const lengths = await this.#scan().catch(() => new Map<string, number>());
    const usable = [...lengths.values()].filter((length) => length < prompt.tokenIds.length);
    if (usable.length === 0) return undefined;
    const hashes = promptPrefixHashes(this.#options.modelKey, prompt, usable);
    const found = [...hashes].filter(([length, hash]) => lengths.get(hash) === length);
    const best = found.sort(([a], [b]) => b - a)[0];
    return best && { length: best[0], prefixHash: best[1], bytes: this.#seen.get(best[1])?.bytes ?? 0 };
  }

  /**
   * Reads a prefix back, with room for `capacity` tokens. A damaged file is removed and undefined given: the prefix is then computed
   * again.
   */
  async load(prefixHash: string, decoder: Decoder, capacity = 0): Promise<Sequence | undefined> {
    const path = this.#path(prefixHash);
    try {
      const sequence = await readSnapshot(path, decoder, this.#options.modelKey, capacity);
      await touch(path);
      return sequence;
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      this.#seen.delete(prefixHash);
      await remove(path);
      return undefined;
    }
  }

  #path(prefixHash: string): string {
    return join(this.#options.folder, prefixHash + SNAPSHOT_EXTENSION);
  }

  /** Lengths of this model's snapshots in the folder, by prefix hash; only files not seen before are opened. */
  async #scan(): Promise<ReadonlyMap<string, number>> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lengths = new Map<string, number>();
    for (const { path, bytes } of await listSnapshots(folder)) {
      const prefixHash = basename(path, SNAPSHOT_EXTENSION);
      let seen = this.#seen.get(prefixHash);
      if (seen?.bytes !== bytes) {
        seen = await this.#lookInto(path, bytes);
        if (seen) this.#seen.set(prefixHash, seen);
      }
      if (seen?.isOurs) lengths.set(prefixHash, seen.length);
    }
    return lengths;
  }

  /** A damaged file is removed. */
  async #lookInto(path: string, bytes: number): Promise<SeenSnapshot | undefined> {
    const { modelKey, format } = this.#options;
    try {
      const header = await readSnapshotHeader(path);
      // Rounded keys and values are not for who wants them exact.
      const isOurs = header.modelKey === modelKey && (header.storage !== 'int8' || format === 'int8');
      return { bytes, length: header.numTokens, isOurs };
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      await remove(path);
      return undefined;
    }
  }
}

/** Marks a file as used now; one that is gone meanwhile needs no mark. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
