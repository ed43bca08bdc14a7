// One stage of work, addressed by what goes into it: sha256(content) + stage + version + parameters. Its output is kept in
// the library, so a run that was interrupted, or repeated with other settings elsewhere, never does the same work twice.
import { deserialize, serialize } from 'node:v8';
import { canonicalJson, sha256 } from '../src/hash.ts';
import type { Library } from '../src/store/library.ts';

export interface Stage {
  /** Names the work (`slides`, `ocr`, `pages`). */
  readonly name: string;
  /** Raised whenever the same input would give another output. */
  readonly version: number;
  /** Everything besides the content that the output depends on. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export function stageKey(contentHash: string, { name, version, parameters = {} }: Stage): string {
  return sha256(canonicalJson([contentHash, name, version, parameters]));
}

/** The stage's stored output, or `work()`'s, stored. Outputs are plain data (numbers, strings, arrays, typed arrays). */
export async function runStage<T>(
  library: Library,
  contentHash: string,
  stage: Stage,
  work: () => Promise<T>,
): Promise<{ value: T; cached: boolean }> {
  const key = stageKey(contentHash, stage);
  const stored = readOutput<T>(await library.getArtifact(key));
  if (stored !== undefined) return { value: stored.value, cached: true };
  const value = await work();
  await library.putArtifact(key, contentHash, stage.name, serialize(value));
  return { value, cached: false };
}

/** undefined where there is none, and where it is damaged: the work is done again. */
export function readOutput<T>(stored: Uint8Array | undefined): { value: T } | undefined {
  try {
    return stored && { value: deserialize(stored) as T };
  } catch {
    return undefined;
  }
}

/** A stage's own notebook: bytes it may write while it works, so that the next run goes on from there. */
export function stageCheckpoint(library: Library, contentHash: string, stage: Stage) {
  const key = stageKey(contentHash, { ...stage, name: `${stage.name}-checkpoint` });
  return {
    load: () => library.getArtifact(key),
    save: (bytes: Uint8Array) => library.putArtifact(key, contentHash, `${stage.name}-checkpoint`, bytes),
  };
}

/** A stage's units (16 pages, one picture) under keys of the unit's own. */
export function stageCache(library: Library, contentHash: string, stage: Stage) {
  const keyOf = (unit: string) => stageKey(contentHash, { ...stage, parameters: { ...stage.parameters, unit } });
  const cache = {
    /** Whether any unit came from earlier work: then the time taken says nothing about the stage's speed. */
    wasUsed: false,
    async get(unit: string): Promise<Uint8Array | undefined> {
      const stored = await library.getArtifact(keyOf(unit));
      cache.wasUsed ||= stored !== undefined;
      return stored;
    },
    put: (unit: string, bytes: Uint8Array) => library.putArtifact(keyOf(unit), contentHash, stage.name, bytes),
  };
  return cache;
}
