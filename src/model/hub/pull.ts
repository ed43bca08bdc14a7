// A released checkpoint from a Hugging Face hub into the cache that all its tools share: what the cache has is not downloaded
// again, what was interrupted goes on, every file is checked against the hash that the repository states.
import { byteText } from '../../byte-text.ts';
import { freeDiskBytes } from '../disk-space.ts';
import { RepositoryCache } from './cache.ts';
import { bytesHere, downloadFile } from './download.ts';
import { HubError } from './hub-error.ts';
import { listCheckpoint, type RemoteFile } from './repository.ts';
import { readHubSettings, type HubSettings } from './settings.ts';

export interface PullProgress {
  readonly file: string;
  /** Of all files together, what the cache had included. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface PullOptions {
  /** Branch, tag or commit. */
  readonly revision?: string;
  readonly settings?: HubSettings;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Wait before the first retry of a broken connection, milliseconds. */
  readonly retryDelayMs?: number;
}

export interface PulledCheckpoint {
  /** A checkpoint folder for `openCheckpoint`. */
  readonly folder: string;
  readonly commit: string;
  /** Bytes that came over the network. */
  readonly transferredBytes: number;
  readonly totalBytes: number;
  /** From the cache alone: offline, or the hub out of reach. */
  readonly isFromCache: boolean;
}

/** `OWNER/NAME` into the cache. Throws HubError, or the signal's reason. */
export async function pullCheckpoint(repository: string, options: PullOptions = {}): Promise<PulledCheckpoint> {
  const { revision = 'main', settings = readHubSettings(), signal, onProgress, retryDelayMs = 1000 } = options;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || repository.includes('..')) {
    throw new HubError('HUB_NOT_FOUND', `${repository} is no repository name (OWNER/NAME)`);
  }
  const cache = new RepositoryCache(settings.cacheFolder, repository);
  if (settings.isOffline) return openCached(cache, repository, revision);

  const fetchWithSignal: typeof fetch = (url, init) => fetch(url, { ...init, ...(signal && { signal }) });
  const remote = await listCheckpoint(repository, revision, settings, fetchWithSignal).catch(async (error: unknown) => {
    signal?.throwIfAborted();
    const isUnreachable = error instanceof HubError && error.code === 'HUB_UNREACHABLE';
    const cached = isUnreachable && (await openCached(cache, repository, revision).catch(() => undefined));
    if (cached) return cached;
    throw error;
  });
  if ('folder' in remote) return remote;

  const { commit, files } = remote;
  await cache.prepare(commit);
  const missing: RemoteFile[] = [];
  for (const file of files) if (!(await cache.hasBlob(file.hash))) missing.push(file);
  const partBytes = await Promise.all(missing.map((file) => bytesHere(file, cache.blobPath(file.hash))));
  await checkSpace(settings.cacheFolder, sumBytes(missing) - partBytes.reduce((sum, bytes) => sum + bytes, 0));

  const totalBytes = sumBytes(files);
  let doneBytes = totalBytes - sumBytes(missing);
  let transferredBytes = 0;
  for (const file of missing) {
    transferredBytes += await downloadFile({
      url: `${settings.endpoint}/${repository}/resolve/${commit}/${encodeURIComponent(file.name)}`,
      file,
      path: cache.blobPath(file.hash),
      fetch: fetchWithSignal,
      retryDelayMs,
      onProgress: (bytes) => onProgress?.({ file: file.name, doneBytes: doneBytes + bytes, totalBytes }),
      ...(settings.token && { token: settings.token }),
      ...(signal && { signal }),
    });
    doneBytes += file.bytes;
  }
  // Linked only now: a snapshot with its configuration but without its weights would look like a checkpoint.
  for (const file of files) await cache.link(commit, file.name, file.hash);
  await cache.writeCommit(revision, commit);
  return { folder: cache.snapshotFolder(commit), commit, transferredBytes, totalBytes, isFromCache: false };
}

async function openCached(cache: RepositoryCache, repository: string, revision: string): Promise<PulledCheckpoint> {
  const commit = await cache.readCommit(revision);
  if (commit === undefined || !(await cache.isComplete(commit))) {
    const message = `${repository} at ${revision} is not in the cache, and the network is switched off`;
    throw new HubError('HUB_OFFLINE', message);
  }
  return { folder: cache.snapshotFolder(commit), commit, transferredBytes: 0, totalBytes: 0, isFromCache: true };
}

async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeDiskBytes(folder);
  if (neededBytes <= freeBytes) return;
  const message = `The disk is too full: ${byteText(neededBytes)} to download, ${byteText(freeBytes)} free in ${folder}`;
  throw new HubError('HUB_DISK_FULL', message);
}

function sumBytes(files: readonly RemoteFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
