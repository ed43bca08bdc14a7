// The files of a snapshot folder: which there are, and which go when another one needs their room. Several processes may use one
// folder at once: a file that is gone meanwhile is no news to anybody.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeDiskBytes } from '../disk-space.ts';

export interface SnapshotFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written or read. */
  readonly usedMs: number;
}

export const SNAPSHOT_EXTENSION = '.kv';

/** What a writer has not touched for so long was left by one that was killed. */
const ABANDONED_MS = 15 * 60_000;
/** A disk is never filled further than up to here. */
const SPARED_BYTES = 1e9;

// Nothing else is looked at, let alone removed: a folder may hold other things too.
const FINISHED = /^[0-9a-f]{64}\.kv$/;
const BEING_WRITTEN = /^[0-9a-f]{64}\.kv\.[0-9a-f-]{36}\.part$/;

/** The finished ones, most recently used first; none where the folder does not exist. */
export async function listSnapshots(folder: string): Promise<SnapshotFile[]> {
  return listFiles(folder, FINISHED);
}

async function listFiles(folder: string, pattern: RegExp): Promise<SnapshotFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const paths = names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  const files = await Promise.all(
    paths.map(async (path): Promise<SnapshotFile[]> => {
      const stats = await stat(path).catch(() => undefined);
      return stats ? [{ path, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
    }),
  );
  return files.flat().sort((a, b) => b.usedMs - a.usedMs);
}

export interface RoomOptions {
  readonly maxBytes: number;
  /** Files used since then, in ms since 1970, stay; all may go where absent. */
  readonly sparedSinceMs?: number | undefined;
}

/**
 * Removes what writers that were killed left, and the longest unused snapshots until `bytes` more fit into `maxBytes`. False, with
 * nothing removed, where they never will, or the disk has no room for them.
 */
export async function makeRoom(
  folder: string,
  bytes: number,
  { maxBytes, sparedSinceMs = Infinity }: RoomOptions,
): Promise<boolean> {
  for (const { path, usedMs } of await listFiles(folder, BEING_WRITTEN)) {
    if (Date.now() - usedMs > ABANDONED_MS) await remove(path);
  }
  if (bytes > maxBytes) return false;
  const files = await listSnapshots(folder);
  const doomed: SnapshotFile[] = [];
  let kept = files.reduce((sum, file) => sum + file.bytes, 0);
  while (kept + bytes > maxBytes) {
    const file = files.pop()!;
    if (file.usedMs >= sparedSinceMs) return false;
    doomed.push(file);
    kept -= file.bytes;
  }
  const freed = doomed.reduce((sum, file) => sum + file.bytes, 0);
  if ((await freeDiskBytes(folder)) + freed < bytes + SPARED_BYTES) return false;
  for (const { path } of doomed) await remove(path);
  return true;
}

/** On Windows a file that another process reads stays: it goes another time. */
export async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM' && error.code !== 'EBUSY') throw error;
  });
}
