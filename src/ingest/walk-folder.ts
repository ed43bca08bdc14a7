// A folder to the paths of the files below it. Its own walk and not a glob's: a backslash may be part of a file's name, and a folder
// that can't be opened is told to the caller and not passed over.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

export interface WalkOptions {
  /** By the file's name, before anything about it is asked of the disk. */
  readonly isWanted: (file: string) => boolean;
  /** Absolute paths of folders never entered. */
  readonly ignore: readonly string[];
  /** Called for each folder that can't be listed; the others are walked on. */
  readonly onUnreadable: (folder: string, error: NodeJS.ErrnoException) => void;
}

/**
 * Files below a folder, links to files among them; hidden ones, dependencies and anything under `ignore` are left out. Links to
 * folders are not followed: they may lead back up.
 */
export async function walkFolder(folder: string, options: WalkOptions): Promise<string[]> {
  const { isWanted, ignore, onUnreadable } = options;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    onUnreadable(folder, error);
    return [];
  });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith('.')) return [];
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name === 'node_modules' || ignore.includes(full) ? [] : walkFolder(full, options);
      }
      if (!isWanted(full)) return [];
      return entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(full))) ? [full] : [];
    }),
  );
  return found.flat();
}

async function leadsToFile(link: string): Promise<boolean> {
  return (await stat(link).catch(() => undefined))?.isFile() ?? false;
}
