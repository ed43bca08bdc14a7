// Where the hub is and where its files are kept, from the environment variables that all Hugging Face tools share.
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface HubSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly token?: string;
  /** The cache that Python's tools use too: models--OWNER--NAME/{blobs,refs,snapshots}. */
  readonly cacheFolder: string;
  /** Never opens a connection. */
  readonly isOffline: boolean;
}

/** HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE; the cache by HF_HUB_CACHE, HF_HOME or XDG_CACHE_HOME, as all their tools find it. */
export function readHubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const isSet = (name: string) => /^(1|true|yes|on)$/i.test(environment[name]?.trim() ?? '');
  const cacheHome = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const home = environment['HF_HOME'] || join(cacheHome, 'huggingface');
  const token = environment['HF_TOKEN']?.trim();
  return {
    endpoint: (environment['HF_ENDPOINT']?.trim() || 'https://huggingface.co').replace(/\/+$/, ''),
    ...(token && { token }),
    cacheFolder: environment['HF_HUB_CACHE'] || environment['HUGGINGFACE_HUB_CACHE'] || join(home, 'hub'),
    isOffline: isSet('HF_HUB_OFFLINE') || isSet('TRANSFORMERS_OFFLINE'),
  };
}
