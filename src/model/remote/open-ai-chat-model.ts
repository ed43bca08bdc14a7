// A chat model behind an OpenAI-compatible server, vLLM first: counts before it sends, sends media once and names it afterwards,
// and streams the answer.
import { ServerBusyError, ServerRefusedError } from '../../http/errors.ts';
import { ServerConnection } from '../../http/connection.ts';
import type { ChatModel, ChatReport, ChatRequest, MeasuredRequest } from '../chat/chat-model.ts';
import type { ServerAbilities } from './abilities.ts';
import { readCompletion } from './completion-stream.ts';
import { layOut, type WireLayout } from './layout.ts';
import { countText, probeConnection, type ServerAddress } from './probe-server.ts';
import { readEvents } from './server-sent-events.ts';
import { encodeConversation, writeBody, type EncodedConversation } from './wire-body.ts';
import { BrokenStreamError, SchemaUnsupportedError, ServerContextError, UnknownModelError } from './errors.ts';

export interface ServerModelOptions extends ServerAddress {
  /** Prompt and answer together, where the server doesn't say. */
  readonly contextTokens?: number | undefined;
}

/** Where neither the server nor the caller knows: what every current model of this kind takes. */
const UNKNOWN_CONTEXT = 32_768;
/** Room for what the server's chat template adds: role tokens, a default system text. */
const TEMPLATE_TOKENS = 64;
const MESSAGE_TOKENS = 8;
/** Joining texts for one count can hide a token or two at each joint. */
const JOINT_TOKENS = 2;
/** Ids of media that the server is taken to have. */
const MAX_KNOWN_MEDIA = 4096;

const NOTHING: ReadonlySet<string> = new Set();

/** A request ready to be sent. */
interface PreparedRequest {
  readonly conversation: EncodedConversation;
  readonly request: ChatRequest;
  /** Its tokens, by our count. */
  readonly counted: number;
  readonly signal: AbortSignal;
}

export class OpenAiChatModel implements ChatModel {
  readonly name: string;
  readonly contextTokens: number;
  readonly abilities: ServerAbilities;
  readonly #connection: ServerConnection;
  readonly #knownMedia = new Set<string>();
  readonly #closed = new AbortController();
  /** How far the server's own count went above ours: another family's pictures may cost more than we know. */
  #correction = 1;

  private constructor(connection: ServerConnection, abilities: ServerAbilities, contextTokens: number) {
    this.#connection = connection;
    this.abilities = abilities;
    this.name = abilities.model;
    this.contextTokens = contextTokens;
  }

  /** Asks the server what it is. Rejects as probeServer does. */
  static async open(options: ServerModelOptions, signal?: AbortSignal): Promise<OpenAiChatModel> {
    const connection = new ServerConnection(options.url, options);
    const abilities = await probeConnection(connection, options.model, signal);
    const contextTokens = abilities.contextTokens ?? options.contextTokens ?? UNKNOWN_CONTEXT;
    return new OpenAiChatModel(connection, abilities, contextTokens);
  }

  /** Never less than the truth: by the server's tokenizer where it has one for us, otherwise one token a byte of text. */
  async countTokens(request: MeasuredRequest): Promise<number> {
    return this.#count(await this.#layOut(request));
  }

  async *stream(request: ChatRequest): AsyncGenerator<string, ChatReport> {
    const signal = AbortSignal.any([this.#closed.signal, ...(request.signal ? [request.signal] : [])]);
    signal.throwIfAborted();
    const layout = await this.#layOut(request);
    const counted = await this.#count(layout, signal);
    if (counted + request.maxTokens > this.contextTokens) {
      throw ServerContextError.counted(counted, request.maxTokens, this.contextTokens);
    }
    const conversation = await encodeConversation(layout, signal);
    const prepared = { conversation, request, counted, signal };
    const known = conversation.uuids.filter((uuid) => this.#knownMedia.has(uuid));
    try {
      return yield* this.#answer(prepared, new Set(known));
    } catch (error) {
      if (signal.aborted || !isWorthRepeating(error, known.length > 0)) throw error;
    }
    // The server may have dropped what it was asked to remember: once more, with everything.
    for (const uuid of known) this.#knownMedia.delete(uuid);
    return yield* this.#answer(prepared, NOTHING);
  }

  /** Ends what is still streaming. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new DOMException('The model was closed', 'AbortError'));
  }

  #layOut({ messages, minPixels, maxPixels }: MeasuredRequest) {
    return layOut(messages, this.abilities, { minPixels, maxPixels });
  }

  async #count({ messages, mediaTokens, text, numTextParts }: WireLayout, signal?: AbortSignal): Promise<number> {
    const { countsTokens, model } = this.abilities;
    const exact = countsTokens && text !== '' ? await countText(this.#connection, model, text, signal) : undefined;
    // A token of a byte-level vocabulary is one byte at least.
    const textTokens = (exact ?? Buffer.byteLength(text)) + numTextParts * JOINT_TOKENS;
    const frame = TEMPLATE_TOKENS + messages.length * MESSAGE_TOKENS;
    return Math.ceil((mediaTokens + textTokens + frame) * this.#correction);
  }

  /** `omitted`: media that the server has already. */
  async #send({ conversation, request, signal }: PreparedRequest, omitted: ReadonlySet<string>) {
    const connection = this.#connection;
    const response = await connection.request(`${connection.url}/chat/completions`, {
      method: 'POST',
      body: writeBody(conversation, request, this.abilities, omitted),
      signal,
      is5xxAnswer: omitted.size > 0,
    });
    if (!response.ok) throw this.#refusal(response.status, await connection.readDetail(response), request);
    const redact = (text: string) => connection.redact(text);
    return readCompletion(readEvents(connection.read(response)), connection.url, redact);
  }

  async *#answer(prepared: PreparedRequest, omitted: ReadonlySet<string>): AsyncGenerator<string, ChatReport> {
    const { conversation, counted, signal } = prepared;
    const startedAt = performance.now();
    const pieces = await this.#send(prepared, omitted);
    let firstAt: number | undefined;
    let received = '';
    try {
      for (;;) {
        const next = await pieces.next();
        if (!next.done) {
          firstAt ??= performance.now();
          received += next.value;
          yield next.value;
          continue;
        }
        const { finish, usage, numChunks } = next.value;
        this.#remember(conversation.uuids);
        if (usage) this.#correction *= Math.max(1, usage.prompt / counted);
        const prefilledAt = firstAt ?? performance.now();
        return {
          finish,
          usage: usage ?? { prompt: counted, cached: 0, completion: numChunks },
          timing: { prefillMs: prefilledAt - startedAt, decodeMs: performance.now() - prefilledAt },
        };
      }
    } catch (error) {
      signal.throwIfAborted();
      // The platform's own words for a connection that is cut.
      if (error instanceof TypeError) throw new BrokenStreamError(this.#connection.url, error.message, received, error);
      throw error;
    } finally {
      await pieces.return(undefined as never).catch(() => {});
    }
  }

  #remember(uuids: readonly string[]): void {
    if (this.abilities.software !== 'vllm') return;
    for (const uuid of uuids) {
      this.#knownMedia.delete(uuid);
      this.#knownMedia.add(uuid);
    }
    for (const oldest of this.#knownMedia) {
      if (this.#knownMedia.size <= MAX_KNOWN_MEDIA) break;
      this.#knownMedia.delete(oldest);
    }
  }

  #refusal(status: number, detail: string, request: ChatRequest): Error {
    const { url } = this.#connection;
    if (status >= 500) return new ServerBusyError(url, status, detail, 1);
    if (status === 404 && /model/i.test(detail)) return new UnknownModelError(url, this.name, []);
    if (/context (?:length|size|window)|max_model_len|maximum model length|prompt is too long/i.test(detail)) {
      const available = /context (?:length|size|window)(?: is| of)? (?:only )?(\d+)/i.exec(detail)?.[1];
      const message = `The server at ${url} finds the request too long: ${detail}`;
      return new ServerContextError(message, undefined, available === undefined ? undefined : Number(available));
    }
    const isAboutSchema = /response_format|json.?schema|structured.?output|guided|grammar|schema/i.test(detail);
    if (request.schema !== undefined && isAboutSchema) return new SchemaUnsupportedError(url, detail);
    return new ServerRefusedError(url, status, detail);
  }
}

/** Nothing was said yet: a stream that broke at once, or media by id that were refused. */
function isWorthRepeating(error: unknown, wasMediaOmitted: boolean): boolean {
  if (error instanceof BrokenStreamError) return error.received === '';
  return wasMediaOmitted && (error instanceof ServerRefusedError || error instanceof ServerBusyError);
}
