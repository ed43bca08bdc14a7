// A model server for tests: reads requests as strictly as vLLM does (its multimodal/media/video.py, its chat parser, its error
// texts), computes the prompt that Qwen3-VL would see, and answers with an event stream. It shares no code with our client.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, readPrompt, type ChatBody, type SeenPrompt, type ServerRules } from './read-prompt.ts';

export interface ModelServerOptions extends Partial<ServerRules> {
  /** As `owned_by` in the list of models: vllm, sglang, llamacpp, anything else. */
  readonly owner?: string;
  readonly apiKey?: string;
  /** Has /tokenize: counts words and signs. */
  readonly tokenizes?: boolean;
  /** false: the list of models doesn't say how long a context may be. */
  readonly saysContext?: boolean;
  /** A free one where absent. */
  readonly port?: number;
}

/** What happens to one chat request in place of a good answer. */
export type Mishap =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** The connection is cut before a byte is sent. */
  | { readonly kind: 'hang-up' }
  /** The stream is cut, ended, or goes on with something else after so many pieces. */
  | { readonly kind: 'cut' | 'end' | 'silence'; readonly afterPieces: number }
  | { readonly kind: 'event'; readonly afterPieces: number; readonly data: string };

export class ModelServer implements AsyncDisposable {
  readonly rules: ServerRules;
  /** Chat requests as they came, probes included. */
  readonly chats: ChatBody[] = [];
  /** Times at which they came, in milliseconds. */
  readonly arrivals: number[] = [];
  /** What was understood of those that were answered. */
  readonly prompts: SeenPrompt[] = [];
  /** For the next chat requests, in order. */
  readonly mishaps: Mishap[] = [];
  /** Requests whose client went away before the end. */
  numAbandoned = 0;
  numTokenizations = 0;
  /** Pieces of the next answers; by default one piece: what the model saw, as JSON. */
  pieces: readonly string[] | undefined;
  /** Bytes written at a time: small numbers split characters and lines. */
  bytesAtOnce = Infinity;
  finishReason = 'stop';
  /** Media by uuid, as vLLM's processor cache keeps them. */
  readonly cache = new Map<string, string>();
  readonly #options: ModelServerOptions;
  readonly #http: Server;

  private constructor(options: ModelServerOptions) {
    this.#options = options;
    this.rules = {
      model: 'Qwen/Qwen3-VL-8B-Instruct',
      maxModelLen: 32_768,
      videosAllowed: 1,
      imagesAllowed: 999,
      readsFrameTimes: true,
      takesSchemas: true,
      sidePx: 32,
      ...options,
    };
    this.#http = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(options: ModelServerOptions = {}): Promise<ModelServer> {
    const server = new ModelServer(options);
    server.#http.listen(options.port ?? 0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    request.setEncoding('utf8');
    for await (const chunk of request) text += chunk as string;
    const { apiKey, owner = 'vllm', tokenizes = true, saysContext = true } = this.#options;
    try {
      if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
        throw new Refusal(401, `Unauthorized: ${request.headers.authorization ?? 'no key'}`);
      }
      switch (request.url) {
        case '/v1/models': {
          const model = { id: this.rules.model, object: 'model', owned_by: owner, root: this.rules.model };
          const context = saysContext ? { max_model_len: this.rules.maxModelLen } : {};
          return json(response, 200, { object: 'list', data: [{ ...model, ...context }] });
        }
        case '/version':
          if (owner !== 'vllm') break;
          return json(response, 200, { version: '0.25.1' });
        case '/tokenize':
          if (!tokenizes) break;
          this.numTokenizations++;
          return json(response, 200, { count: countWords((JSON.parse(text) as { prompt: string }).prompt) });
        case '/v1/chat/completions':
          return await this.#chat(JSON.parse(text) as ChatBody, response);
      }
      json(response, 404, { detail: 'Not Found' });
    } catch (error) {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, String(error));
      json(response, status, { error: { message, type: 'BadRequestError', param: null, code: status } });
    }
  }

  async #chat(body: ChatBody, response: ServerResponse): Promise<void> {
    this.chats.push(body);
    this.arrivals.push(performance.now());
    const isProbe = body.max_tokens === 1;
    const mishap = isProbe ? undefined : this.mishaps.shift();
    if (mishap?.kind === 'hang-up') return void response.destroy();
    if (mishap?.kind === 'status') {
      response.writeHead(mishap.status, mishap.headers);
      return void response.end(mishap.body ?? '');
    }
    const prompt = await readPrompt(body, this.rules, this.cache, countWords);
    const cached = this.#cachedTokens(prompt);
    this.prompts.push(prompt);
    response.on('close', () => (this.numAbandoned += response.writableFinished ? 0 : 1));
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const pieces = this.pieces ?? [JSON.stringify(prompt.seen)];
    await this.#send(response, event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }));
    for (const [i, piece] of pieces.entries()) {
      if (mishap !== undefined && mishap.afterPieces === i) return this.#misbehave(mishap, response);
      await this.#send(response, event({ choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] }));
    }
    await this.#send(response, event({ choices: [{ index: 0, delta: {}, finish_reason: this.finishReason }] }));
    if (body.stream_options?.include_usage) {
      const usage = { prompt_tokens: prompt.numTokens, completion_tokens: pieces.length };
      await this.#send(
        response,
        event({ choices: [], usage: { ...usage, prompt_tokens_details: { cached_tokens: cached } } }),
      );
    }
    await this.#send(response, 'data: [DONE]\n\n');
    response.end();
  }

  async #misbehave(mishap: Exclude<Mishap, { kind: 'status' | 'hang-up' }>, response: ServerResponse): Promise<void> {
    // What was written has to leave first.
    await sleep(20);
    if (mishap.kind === 'cut') response.destroy();
    else if (mishap.kind === 'end') response.end();
    else if (mishap.kind === 'event') response.end(`data: ${mishap.data}\n\n`);
    // Silence: the connection stays open and nothing comes.
  }

  /** Tokens of the longest common beginning with an earlier prompt, in units of parts. */
  #cachedTokens({ parts }: SeenPrompt): number {
    const shared = this.prompts.map((earlier) => {
      const end = parts.findIndex((part, i) => part.key !== earlier.parts[i]?.key);
      return parts.slice(0, end < 0 ? parts.length : end).reduce((sum, part) => sum + part.numTokens, 0);
    });
    return Math.max(0, ...shared);
  }

  async #send(response: ServerResponse, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length && !response.destroyed; at += this.bytesAtOnce) {
      response.write(bytes.subarray(at, Math.min(bytes.length, at + this.bytesAtOnce)));
      // A moment for the bytes to leave on their own.
      if (this.bytesAtOnce < bytes.length) await sleep(1);
    }
  }
}

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** The server's tokenizer: each word and each sign is a token, each digit one of its own. */
export function countWords(text: string): number {
  return text.match(/\p{L}+|\d|[^\p{L}\d\s]/gu)?.length ?? 0;
}
