// Snapshots in a folder, found by what they are a prefix of. The least recently used go first when a byte budget is exceeded.
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decoder } from './decoder.ts';
import { promptPrefixHashes, sequencePrefixHash } from './prefix-hash.ts';
import type { Prompt } from './prompt.ts';
import type { Sequence } from './sequence.ts';
import { readSnapshot, readSnapshotHeader, SnapshotError, writeSnapshot, type SnapshotFormat } from './snapshot.ts';

export interface SnapshotStoreOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly format: SnapshotFormat;
  /** Names the model and number format; snapshots of others are not seen. */
  readonly modelKey: string;
}

export class SnapshotStore {
  readonly #options: SnapshotStoreOptions;
  /** Length of each snapshot of this model, by prefix hash. Filled from the folder at first use. */
  #lengths: Map<string, number> | undefined;

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
  }

  /** Writes the first `numTokens` of a sequence unless that prefix is there already. False where the cut divides a picture. */
  async save(sequence: Sequence, numTokens: number, nextPosition: number): Promise<boolean> {
    const { folder, modelKey, format } = this.#options;
    const prefixHash = sequencePrefixHash(modelKey, sequence, numTokens);
    if (prefixHash === undefined) return false;
    const lengths = await this.#scan();
    if (!lengths.has(prefixHash)) {
      await writeSnapshot(this.#path(prefixHash), sequence, numTokens, { modelKey, prefixHash, nextPosition, format });
      lengths.set(prefixHash, numTokens);
      await this.#evict(folder);
    }
    return true;
  }

  /** The length of the longest stored prefix of `prompt` that leaves at least its last token to run; 0 where there is none. */
  async longestPrefix(prompt: Prompt): Promise<{ length: number; prefixHash: string } | undefined> {
    const lengths = await this.#scan();
    const usable = [...lengths.values()].filter((length) => length < prompt.tokenIds.length);
    const hashes = promptPrefixHashes(this.#options.modelKey, prompt, usable);
    const found = [...hashes].filter(([length, hash]) => lengths.get(hash) === length);
    const best = found.sort(([a], [b]) => b - a)[0];
    return best && { length: best[0], prefixHash: best[1] };
  }

  /** Reads a prefix back. A damaged file is removed and undefined given: the prefix is then computed again. */
  async load(prefixHash: string, decoder: Decoder): Promise<Sequence | undefined> {
    const path = this.#path(prefixHash);
    try {
      const { sequence } = await readSnapshot(path, decoder, this.#options.modelKey);
      const now = new Date();
      await utimes(path, now, now);
      return sequence;
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      this.#lengths?.delete(prefixHash);
      await rm(path, { force: true });
      return undefined;
    }
  }

  #path(prefixHash: string): string {
    return join(this.#options.folder, `${prefixHash}.kv`);
  }

  async #scan(): Promise<Map<string, number>> {
    if (this.#lengths) return this.#lengths;
    const { folder, modelKey } = this.#options;
    await mkdir(folder, { recursive: true });
    const lengths = new Map<string, number>();
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.kv')) continue;
      try {
        const header = await readSnapshotHeader(join(folder, name));
        if (header.modelKey === modelKey) lengths.set(header.prefixHash, header.numTokens);
      } catch (error) {
        if (!(error instanceof SnapshotError)) throw error;
        await rm(join(folder, name), { force: true });
      }
    }
    this.#lengths = lengths;
    return lengths;
  }

  /** Removes the longest unused files until the rest fits; the newest stays even when it alone is too large. */
  async #evict(folder: string): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.kv'));
    const files = await Promise.all(names.map(async (name) => ({ name, ...pick(await stat(join(folder, name))) })));
    files.sort((a, b) => b.usedMs - a.usedMs);
    let bytes = 0;
    for (const [i, file] of files.entries()) {
      bytes += file.bytes;
      if (i === 0 || bytes <= this.#options.maxBytes) continue;
      await rm(join(folder, file.name), { force: true });
      this.#lengths?.delete(file.name.slice(0, -'.kv'.length));
    }
  }
}

function pick({ size, mtimeMs }: { size: number; mtimeMs: number }): { bytes: number; usedMs: number } {
  return { bytes: size, usedMs: mtimeMs };
}
