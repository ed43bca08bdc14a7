// What can go wrong between us and a model server, each with what to do. No message ever holds a key: what a server says is
// passed through `redact` first, because some echo the request.
import { LecternError } from '../../errors.ts';

/** Nobody answers at the address, or the connection breaks before an answer. */
export class ServerUnreachableError extends LecternError {
  readonly url: string;

  constructor(url: string, reason: string, attempts: number, cause?: unknown) {
    const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
    super(`No model server answers at ${url}${tries}: ${reason}`, {
      code: 'SERVER_UNREACHABLE',
      remedy: 'Start the server (vllm serve MODEL), or set serverUrl to where it runs.',
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
        ? 'Put the key of this server into the environment variable that serverKeyEnv names.'
        : 'Check that the model reads pictures and that the server allows as many as were sent (--limit-mm-per-prompt).',
    });
    this.status = status;
    this.detail = detail;
  }
}

export class UnknownModelError extends LecternError {
  constructor(url: string, model: string | undefined, available: readonly string[]) {
    const list = available.length > 0 ? available.join(', ') : 'none';
    super(
      model === undefined
        ? `The server at ${url} has ${available.length} models and none was chosen: ${list}`
        : `The server at ${url} has no model ${model}; it has: ${list}`,
      { code: 'SERVER_MODEL', remedy: 'Set serverModel to one of them, or start the server with the model.' },
    );
  }
}

/** The request is longer than the model's context, by our count or by the server's. */
export class ServerContextError extends LecternError {
  /** Prompt and answer in tokens; undefined where only the server counted. */
  readonly needed: number | undefined;
  readonly available: number | undefined;

  constructor(message: string, needed: number | undefined, available: number | undefined) {
    super(message, {
      code: 'CONTEXT_OVERFLOW',
      remedy: 'Give fewer or smaller pictures (--fps, --max-pixels), a shorter window, or a smaller --max-tokens.',
    });
    this.needed = needed;
    this.available = available;
  }

  static counted(promptTokens: number, maxTokens: number, available: number): ServerContextError {
    const message = `The prompt has up to ${promptTokens} tokens and the answer may take ${maxTokens}; the server takes ${available} in all`;
    return new ServerContextError(message, promptTokens + maxTokens, available);
  }
}

/** The server can't hold an answer to a JSON schema. */
export class SchemaUnsupportedError extends LecternError {
  constructor(url: string, detail: string) {
    super(`The server at ${url} does not take this JSON schema for answers: ${detail}`, {
      code: 'SCHEMA_UNSUPPORTED',
      remedy: 'Use a server with structured output (vLLM 0.12 and newer, SGLang, llama.cpp), or another model.',
    });
  }
}

/** The answer is no event stream, or ends in the middle. `received` is the text that came before. */
export class BrokenStreamError extends LecternError {
  readonly received: string;

  constructor(url: string, problem: string, received: string, cause?: unknown) {
    super(`The answer of the server at ${url} broke off after ${received.length} characters: ${problem}`, {
      code: 'SERVER_STREAM',
      remedy: 'Run the command again; if it happens each time, look into the log of the server or a proxy before it.',
      cause,
    });
    this.received = received;
  }
}

/** Nothing came for as long as `serverTimeout` allows. */
export class ServerTimeoutError extends LecternError {
  constructor(url: string, timeoutMs: number) {
    super(`The server at ${url} sent nothing for ${timeoutMs / 1000} s`, {
      code: 'SERVER_TIMEOUT',
      remedy: 'Raise serverTimeout, or give the server shorter windows.',
    });
  }
}
