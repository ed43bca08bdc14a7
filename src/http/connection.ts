// One HTTP server: requests with the key, retries while it is busy, a limit on silence, and errors that say what it said. It
// knows status codes and bytes, not chat and not speech.
import { setTimeout as sleep } from 'node:timers/promises';
import { LecternError } from '../errors.ts';
import { backoffMs, DEFAULT_RETRY, parseRetryAfter, type RetryPolicy } from './backoff.ts';
import { ServerBusyError, ServerTimeoutError, ServerUnreachableError } from './errors.ts';

export interface ConnectionOptions {
  /** Sent as a bearer token; never in any message. */
  readonly apiKey?: string | undefined;
  /** Longest silence before an answer and within it. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: string | FormData;
  readonly signal?: AbortSignal | undefined;
  /** 1 for questions that may well be refused, such as probes. */
  readonly attempts?: number;
  /** Gives a 5xx back at once: for requests whose refusal says something. */
  readonly is5xxAnswer?: boolean;
}

/** The platform's fetch gives up after this much silence whatever we set. */
const MAX_TIMEOUT_MS = 300_000;

export class ServerConnection {
  /** The base URL as given, without a slash at its end: `http://localhost:8000/v1`. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly #apiKey: string | undefined;
  readonly #retry: RetryPolicy;

  constructor(url: string, { apiKey, timeoutMs = MAX_TIMEOUT_MS, retry = {} }: ConnectionOptions = {}) {
    this.url = url.replace(/\/+$/, '');
    this.timeoutMs = Math.min(timeoutMs, MAX_TIMEOUT_MS);
    this.#apiKey = apiKey === '' ? undefined : apiKey;
    this.#retry = { ...DEFAULT_RETRY, ...retry };
  }

  /** Beside the API: vLLM, SGLang and llama.cpp have /version, /tokenize and more above /v1. */
  get root(): string {
    return this.url.replace(/\/v1$/, '');
  }

  /**
   * The response, whatever its status but 429 and 5xx: those are asked again, as are connections that fail. Rejects with
   * ServerUnreachableError, ServerBusyError, ServerTimeoutError, or the signal's reason.
   */
  async request(url: string, request: HttpRequest = {}): Promise<Response> {
    const { method = 'GET', body, signal, attempts, is5xxAnswer = false } = request;
    const numAttempts = attempts ?? this.#retry.attempts;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      let failure: LecternError;
      let waitMs: number | undefined;
      try {
        const response = await this.#send(url, method, body, signal);
        if (response.status !== 429 && (response.status < 500 || is5xxAnswer)) return response;
        waitMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
        const detail = await this.readDetail(response);
        failure = new ServerBusyError(this.url, response.status, detail, attempt);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof LecternError) throw error;
        failure = new ServerUnreachableError(this.url, reasonOf(error), attempt, error);
        if (isForGood(error)) throw failure;
      }
      if (attempt >= numAttempts || (waitMs ?? 0) > this.#retry.maxRetryAfterMs) throw failure;
      const backoff = backoffMs(attempt + 1, this.#retry, Math.random());
      await sleep(Math.max(backoff, waitMs ?? 0), undefined, signal && { signal }).catch(() =>
        signal?.throwIfAborted(),
      );
    }
  }

  /** The bytes of a response; rejects with ServerTimeoutError where they stop coming. */
  async *read(response: Response): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    try {
      for (;;) {
        const next = await this.#beforeTimeout(reader.read());
        if (next.done) return;
        yield next.value as Uint8Array;
      }
    } finally {
      // Ends the request where the caller stopped early; the server then stops computing.
      await reader.cancel().catch(() => {});
    }
  }

  /** What the server says about a failure: OpenAI's `error.message`, FastAPI's `detail`, or the text itself. */
  async readDetail(response: Response): Promise<string> {
    const text = await this.#beforeTimeout(response.text()).catch(() => '');
    return this.redact(detailOf(text)).slice(0, 600) || response.statusText || 'it gave no reason';
  }

  redact(text: string): string {
    return this.#apiKey === undefined ? text : text.replaceAll(this.#apiKey, '[key]');
  }

  async #send(url: string, method: string, body: HttpRequest['body'], signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {};
    if (typeof body === 'string') headers['content-type'] = 'application/json';
    if (this.#apiKey !== undefined) headers['authorization'] = `Bearer ${this.#apiKey}`;
    const giveUp = new AbortController();
    const request = fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      signal: signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal,
    });
    return this.#beforeTimeout(request, () => giveUp.abort());
  }

  async #beforeTimeout<T>(promise: Promise<T>, onTimeout?: () => void): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        onTimeout?.();
        reject(new ServerTimeoutError(this.url, this.timeoutMs));
      }, this.timeoutMs);
    });
    // Whichever loses the race is nobody's concern any more.
    promise.catch(() => {});
    return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
  }
}

function detailOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  }
  const { error, message, detail } = (value ?? {}) as Record<string, unknown>;
  const found = (error as { message?: unknown } | undefined)?.message ?? error ?? message ?? detail ?? value;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

/** Certificates that are not trusted, and servers that speak no TLS. */
const TLS_TROUBLE = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Asking again changes nothing: what the network refuses has a code, and what fetch itself refuses (`bad port`) has none. */
function isForGood(error: unknown): boolean {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {};
  return code === undefined || code === 'ERR_INVALID_URL' || TLS_TROUBLE.test(code);
}

/** `fetch failed` says nothing; the cause says ECONNREFUSED. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}
