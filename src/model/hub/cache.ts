// The hub cache on disk, in the layout of all Hugging Face tools: `blobs/HASH` hold the bytes, `snapshots/COMMIT/NAME` link to
// them, `refs/REVISION` says which commit a branch was at. A file that Python downloaded is found here, and the reverse.
import { access, copyFile, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { getRepoFolderName } from '@huggingface/hub';
import { HubError } from './hub-error.ts';

export class RepositoryCache {
  readonly #folder: string;

  constructor(cacheFolder: string, repository: string) {
    this.#folder = join(cacheFolder, getRepoFolderName({ type: 'model', name: repository }));
  }

  blobPath(hash: string): string {
    return join(this.#folder, 'blobs', hash);
  }

  hasBlob(hash: string): Promise<boolean> {
    return isReadable(this.blobPath(hash));
  }

  snapshotFolder(commit: string): string {
    return join(this.#folder, 'snapshots', commit);
  }

  /** The commit that a branch or tag was at when it was last pulled; a commit is itself. */
  async readCommit(revision: string): Promise<string | undefined> {
    if (/^[0-9a-f]{40}$/.test(revision)) return revision;
    const text = await readFile(this.#refPath(revision), 'utf8').catch(() => undefined);
    return text?.trim();
  }

  async writeCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    await writeWhole(this.#refPath(revision), commit);
  }

  /** Makes `blobs` and the snapshot's folder. Throws HubError where the disk refuses. */
  async prepare(commit: string): Promise<void> {
    try {
      await mkdir(join(this.#folder, 'blobs'), { recursive: true });
      await mkdir(this.snapshotFolder(commit), { recursive: true });
    } catch (error) {
      throw new HubError('HUB_CACHE', `${this.#folder} can't be written (${(error as Error).message})`, error);
    }
  }

  /** Puts a blob under its name into a snapshot: a relative link, or a copy where the system has none (Windows). */
  async link(commit: string, name: string, hash: string): Promise<void> {
    const target = this.blobPath(hash);
    const path = join(this.snapshotFolder(commit), name);
    await rm(path, { force: true });
    try {
      await symlink(relative(dirname(path), target), path);
    } catch {
      await copyFile(target, path);
    }
  }

  /** Whether a snapshot holds a whole checkpoint: a configuration and every shard that its index names. */
  async isComplete(commit: string): Promise<boolean> {
    const folder = this.snapshotFolder(commit);
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes('config.json')) return false;
    const index = await readFile(join(folder, 'model.safetensors.index.json'), 'utf8').catch(() => undefined);
    const shards = index
      ? Object.values((JSON.parse(index) as { weight_map: Record<string, string> }).weight_map)
      : names.filter((name) => name.endsWith('.safetensors'));
    const found = await Promise.all([...new Set(shards)].map((name) => isReadable(join(folder, name))));
    return shards.length > 0 && found.every(Boolean);
  }

  #refPath(revision: string): string {
    return join(this.#folder, 'refs', ...revision.split('/'));
  }
}

async function isReadable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
