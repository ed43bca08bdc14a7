// What can go wrong between us and a server, each with what to do. No message ever holds a key: what a server says is passed
// through `redact` first, because some echo the request.
import { LecternError } from '../errors.ts';

/** Nobody answers at the address, or the connection breaks before an answer. */
export class ServerUnreachableError extends LecternError {
  readonly url: string;

  constructor(url: string, reason: string, attempts: number, cause?: unknown) {
    const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
    super(`No server answers at ${url}${tries}: ${reason}`, {
      code: 'SERVER_UNREACHABLE',
      remedy:
        'Start the server (vllm serve MODEL, say), or set LECTERN_SERVER_URL, for speech LECTERN_TRANSCRIPTION_URL, to where it runs.',
      cause,
    });
    this.url = url;
  }
}

/** The server stays busy (429) or broken (5xx) through every retry. */
export class ServerBusyError extends LecternError {
  readonly status: number;

  constructor(url: string, status: number, detail: string, attempts: number) {
    super(`The server at ${url} answered ${status} to ${attempts} attempts: ${detail}`, {
      code: 'SERVER_BUSY',
      remedy:
        status === 429
          ? 'Wait, or lower the number of sources worked on at once (--jobs).'
          : 'Look into the log of the server; it may be out of memory or still loading.',
    });
    this.status = status;
  }
}

/** The server understood and said no. */
export class ServerRefusedError extends LecternError {
  readonly status: number;
  readonly detail: string;

  constructor(url: string, status: number, detail: string) {
    const isAboutKey = status === 401 || status === 403;
    super(`The server at ${url} refused the request (${status}): ${detail}`, {
      code: isAboutKey ? 'SERVER_KEY' : 'SERVER_REFUSED',
      remedy: isAboutKey
        ? 'Put the key of this server into the environment: OPENAI_API_KEY, or the variable that serverKeyEnv (for speech transcriptionKeyEnv) names.'
        : 'Check that the model takes what was sent, and as much of it (vLLM: --limit-mm-per-prompt).',
    });
    this.status = status;
    this.detail = detail;
  }
}

/** Nothing came for as long as `serverTimeout` allows. */
export class ServerTimeoutError extends LecternError {
  constructor(url: string, timeoutMs: number) {
    super(`The server at ${url} sent nothing for ${timeoutMs / 1000} s`, {
      code: 'SERVER_TIMEOUT',
      remedy: 'Raise LECTERN_SERVER_TIMEOUT (seconds, up to 300), or give the server less at once (--jobs 1).',
    });
  }
}
