// What memory this machine has and can still give, or the control group that this process is in, whichever is less.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

/**
 * Bytes that can still be had without swapping. Pages of files count as free, because they are dropped when they are in the way.
 * `root` is where Linux shows its files.
 */
export function availableMemory(root = '/'): number {
  return Math.min(os.freemem(), ...controlGroups(root).map(({ leftBytes }) => leftBytes));
}

/** Bytes that there are in all. */
export function totalMemory(root = '/'): number {
  return Math.min(os.totalmem(), ...controlGroups(root).map(({ limitBytes }) => limitBytes));
}

/** Where either version of control groups says what is allowed and used. */
const versions = [
  { folder: 'sys/fs/cgroup', limit: 'memory.max', used: 'memory.current' },
  { folder: 'sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' },
] as const;

function controlGroups(root: string): { readonly limitBytes: number; readonly leftBytes: number }[] {
  return versions.flatMap(({ folder, limit, used }) => {
    const read = (name: string) => readText(join(root, folder, name));
    const limitBytes = Number(read(limit) ?? NaN);
    // No limit is `max` in version 2, and a number near 2^63 in version 1.
    if (!(limitBytes < 2 ** 60)) return [];
    const usedBytes = Number(read(used) ?? -Infinity);
    return [{ limitBytes, leftBytes: Math.max(0, limitBytes - usedBytes + filePages(read('memory.stat') ?? '')) }];
  });
}

function filePages(stat: string): number {
  const bytesOf = (name: string) => Number(new RegExp(`^(?:total_)?${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return bytesOf('inactive_file') + bytesOf('active_file');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
