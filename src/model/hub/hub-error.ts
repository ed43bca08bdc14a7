// What can go wrong between here and a Hugging Face hub, one code per finding, each with what to do.
import { LecternError } from '../../errors.ts';

const REMEDIES = {
  HUB_UNAUTHORIZED:
    'Check the name; if the repository is private or gated, accept its terms on the website and set HF_TOKEN.',
  HUB_NOT_FOUND: 'Check the repository name and revision; `lectern models list` names the known checkpoints.',
  HUB_UNREACHABLE: 'Check the network or HF_ENDPOINT, then run the command again: it resumes where it stopped.',
  HUB_OFFLINE: 'Unset HF_HUB_OFFLINE and pull once with a network, or add a folder with `lectern models add`.',
  HUB_HASH_MISMATCH: 'Run the command again: the damaged file was deleted and will be downloaded anew.',
  HUB_DISK_FULL: 'Free space, or set HF_HOME to a folder on a larger disk.',
  HUB_CACHE: 'Check the folder and its permissions, or set HF_HOME to another one.',
  HUB_NO_CHECKPOINT: 'Name a repository with a Qwen3-VL checkpoint: config.json and *.safetensors.',
  HUB_TOKEN: 'Create an access token on the website; it begins with hf_.',
} as const;

export type HubErrorCode = keyof typeof REMEDIES;

export class HubError extends LecternError {
  declare readonly code: HubErrorCode;

  constructor(code: HubErrorCode, message: string, cause?: unknown) {
    super(message, { code, remedy: REMEDIES[code], cause });
  }
}

/** An HTTP status of the hub as an error; the hub also answers 401 for repositories that don't exist. */
export function statusError(status: number, what: string, cause?: unknown): HubError {
  const message = `the hub answers ${status} for ${what}`;
  if (status === 401 || status === 403) return new HubError('HUB_UNAUTHORIZED', message, cause);
  if (status === 404) return new HubError('HUB_NOT_FOUND', message, cause);
  return new HubError('HUB_UNREACHABLE', message, cause);
}
