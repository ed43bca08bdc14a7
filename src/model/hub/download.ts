// One file from a URL into the cache: appended to `HASH.incomplete`, so that an interrupted download goes on where it stopped,
// in this run or the next; hashed as a whole before it gets its name, so that a blob is never wrong or half.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError, statusError } from './hub-error.ts';
import type { RemoteFile } from './repository.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly file: RemoteFile;
  /** Final path; the part so far lies beside it with `.incomplete`. */
  readonly path: string;
  readonly fetch: typeof globalThis.fetch;
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** Wait before the first retry; doubled for each further one without progress. */
  readonly retryDelayMs: number;
  /** Called with the bytes that are here, the resumed ones included. */
  readonly onProgress: (doneBytes: number) => void;
}

/** Tries without a single new byte before it gives up. */
const MAX_FRUITLESS_TRIES = 5;

/** Resolves to the bytes that had to be transferred. Throws HubError; the signal's reason where it was aborted. */
export async function downloadFile(options: DownloadOptions): Promise<number> {
  const { file, path, signal, retryDelayMs, onProgress } = options;
  const partPath = partOf(path);
  let done = await bytesHere(file, path);
  if (done === 0) await writeFile(partPath, '');
  onProgress(done);
  let transferred = 0;
  let fruitless = 0;
  while (done < file.bytes) {
    const before = done;
    const failure = await append(options, partPath, before).then(
      () => new Error('the connection ended early'),
      (error: unknown) => error as Error,
    );
    signal?.throwIfAborted();
    done = await sizeOf(partPath);
    transferred += Math.max(0, done - before);
    if (done >= file.bytes) break;
    if (failure instanceof HubError && failure.code !== 'HUB_UNREACHABLE') throw failure;
    if (['ENOSPC', 'EDQUOT'].includes((failure as NodeJS.ErrnoException).code ?? '')) {
      throw new HubError('HUB_DISK_FULL', `The disk is full at byte ${done} of ${file.bytes} of ${partPath}`, failure);
    }
    fruitless = done > before ? 0 : fruitless + 1;
    if (fruitless >= MAX_FRUITLESS_TRIES) throw givenUp(file, done, failure);
    await delay(retryDelayMs * 2 ** fruitless, undefined, { ...(signal && { signal }) });
  }
  await verify(partPath, file, signal);
  await rename(partPath, path);
  return transferred;
}

const partOf = (path: string) => `${path}.incomplete`;

/** What an earlier run has left of a file; nothing where it is longer than the file: written by something else. */
export async function bytesHere(file: RemoteFile, path: string): Promise<number> {
  const bytes = await sizeOf(partOf(path));
  return bytes > file.bytes ? 0 : bytes;
}

function givenUp(file: RemoteFile, done: number, failure: Error): HubError {
  if (failure instanceof HubError) return failure;
  const reason = (failure.cause as Error | undefined)?.message ?? failure.message;
  return new HubError('HUB_UNREACHABLE', `${file.name} stops at byte ${done} of ${file.bytes}: ${reason}`, failure);
}

/** One request, appended to the part as it comes. */
async function append(
  { url, file, fetch, token, signal, onProgress }: DownloadOptions,
  partPath: string,
  from: number,
): Promise<void> {
  const response = await fetch(url, {
    headers: {
      // Without this a proxy may compress, and ranges would count compressed bytes.
      'accept-encoding': 'identity',
      ...(from > 0 && { range: `bytes=${from}-` }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(signal && { signal }),
  });
  if (!response.ok) throw statusError(response.status, file.name);
  // A server that ignores the range sends everything again.
  let done = response.status === 206 ? from : 0;
  await using handle = await open(partPath, done === 0 ? 'w' : 'a');
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    await handle.write(chunk);
    done += chunk.length;
    onProgress(done);
  }
}

async function verify(path: string, file: RemoteFile, signal?: AbortSignal): Promise<void> {
  const hash: Hash =
    file.hashKind === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${file.bytes}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk as Uint8Array);
  }
  const actual = hash.digest('hex');
  if (actual === file.hash) return;
  await rm(path);
  throw new HubError('HUB_HASH_MISMATCH', `${file.name} hashes to ${actual}, the repository says ${file.hash}`);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
