// What a model repository holds at a revision: its commit, and of its files those that a checkpoint needs, each with the hash
// it must have.
import { HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { PROCESSOR_FILES } from '../qwen3-vl/processor-config.ts';
import { HubError, statusError } from './hub-error.ts';
import type { HubSettings } from './settings.ts';

export interface RemoteFile {
  /** Name in the repository; checkpoints have no folders. */
  readonly name: string;
  readonly bytes: number;
  /** What the content hashes to, and the blob's name in the cache. */
  readonly hash: string;
  /** Large files carry their sha256; small ones git's object id: sha1 over `blob SIZE\0` and the bytes. */
  readonly hashKind: 'sha256' | 'git-sha1';
}

export interface RemoteCheckpoint {
  readonly commit: string;
  readonly files: readonly RemoteFile[];
}

/** Throws HubError. */
export async function listCheckpoint(
  repository: string,
  revision: string,
  settings: HubSettings,
  fetch: typeof globalThis.fetch,
): Promise<RemoteCheckpoint> {
  const access = { hubUrl: settings.endpoint, fetch, ...(settings.token && { accessToken: settings.token }) };
  try {
    const { sha: commit } = await modelInfo({ ...access, name: repository, revision, additionalFields: ['sha'] });
    const files: RemoteFile[] = [];
    for await (const entry of listFiles({ ...access, repo: repository, revision: commit })) {
      if (entry.type !== 'file' || !isNeeded(entry.path)) continue;
      const { path: name, size, lfs, oid } = entry;
      if (lfs) files.push({ name, bytes: lfs.size, hash: lfs.oid, hashKind: 'sha256' });
      else if (oid) files.push({ name, bytes: size, hash: oid, hashKind: 'git-sha1' });
    }
    const has = (test: (name: string) => boolean) => files.some(({ name }) => test(name));
    if (!has((name) => name === 'config.json') || !has((name) => name.endsWith('.safetensors'))) {
      throw new HubError('HUB_NO_CHECKPOINT', `${repository} holds no config.json with *.safetensors`);
    }
    return { commit, files };
  } catch (error) {
    throw toHubError(error, repository, revision, settings);
  }
}

/** Weights and what reading them needs, at the top of the repository only: no name can lead out of the snapshot's folder. */
function isNeeded(name: string): boolean {
  if (name.includes('/') || name.includes('\\') || name.startsWith('.')) return false;
  return name.endsWith('.safetensors') || name === 'model.safetensors.index.json' || PROCESSOR_FILES.includes(name);
}

function toHubError(error: unknown, repository: string, revision: string, { endpoint }: HubSettings): unknown {
  if (error instanceof HubError) return error;
  if (error instanceof HubApiError) {
    return statusError(error.statusCode, `${repository} at ${revision} on ${endpoint}`, error);
  }
  // The library checks the token's form before it sends it.
  if (error instanceof TypeError && error.message.includes("'hf_'")) {
    return new HubError('HUB_TOKEN', 'HF_TOKEN is no access token', error);
  }
  if (error instanceof Error && error.name !== 'AbortError') {
    const reason = (error.cause as Error | undefined)?.message ?? error.message;
    return new HubError('HUB_UNREACHABLE', `${endpoint} can't be reached (${reason})`, error);
  }
  return error;
}
