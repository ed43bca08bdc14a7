// Requests that nobody waits for, several at once: each joins the batch when a row is free, all rows decode together, and questions
// go in between the runs. Where one row is all that fits, requests run one after another, and questions go in between all the same.
import { mayBeOutOfMemory } from '../ort/errors.ts';
import { BatchRows, type RowEnd, type RowRequest } from './batch-rows.ts';
import { numRowsFor } from './batch-size.ts';
import type { Decoder } from './decoder.ts';
import type { DeviceTurns } from './device-turns.ts';
import { checkRequest, generate, type GenerateOptions, type GenerateReport } from './generate.ts';
import type { PrefixCache } from './prefix-cache.ts';
import type { Prompt } from './prompt.ts';

export interface SchedulerOptions {
  /** Sequences that decode at once, at most. */
  readonly mostRows: number;
  readonly chunkTokens: number;
  /** Bytes of the device's memory that are not taken. */
  readonly freeBytes: () => number;
}

export type ScheduledOptions = Omit<GenerateOptions, 'chunkTokens' | 'turn'>;

/** A window that comes sooner finds the rows, and on CUDA their recordings, as they were; after that the memory is of more use. */
const IDLE_MS = 5000;

/** Rows are made with room to spare, so that a window a little longer than the first one fits too. */
const SPARE_ROOM = 1.25;

type Outcome = { readonly report: GenerateReport } | { readonly error: unknown };

export class Scheduler implements Disposable {
  readonly #decoder: Decoder;
  readonly #prefixes: PrefixCache;
  readonly #turns: DeviceTurns;
  readonly #options: SchedulerOptions;
  readonly #waiting: Scheduled[] = [];
  #rows: BatchRows<Scheduled> | undefined;
  #isWorking = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(decoder: Decoder, prefixes: PrefixCache, turns: DeviceTurns, options: SchedulerOptions) {
    this.#decoder = decoder;
    this.#prefixes = prefixes;
    this.#turns = turns;
    this.#options = options;
  }

  /** Yields token ids as `generate` does, together with the requests under way. Throws as it does. */
  async *generate(prompt: Prompt, options: ScheduledOptions): AsyncGenerator<number, GenerateReport> {
    checkRequest(this.#decoder, prompt, options.maxTokens);
    const request = new Scheduled(prompt, options);
    this.#waiting.push(request);
    if (!this.#isWorking) this.#work().catch((error: unknown) => this.#fail(error));
    return yield* request.read();
  }

  /** Lets go of the rows where nothing decodes in them. */
  freeIdle(): void {
    if (this.#isWorking) return;
    this.#rows?.[Symbol.dispose]();
    this.#rows = undefined;
  }

  /** Until nothing waits and nothing runs. What fails is told to the request it concerns. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (;;) {
      const next = this.#nextWaiting();
      // In its turn: nothing else may touch a card while a run on it is recorded.
      if (next && this.#isIdle) await this.#turns.between(async () => this.#makeRoomFor(next));
      const rows = this.#rows;
      if (next && !rows) {
        this.#waiting.shift();
        next.end(await this.#runAlone(next));
      } else if (next && rows?.hasFree && rows.capacity >= next.numSlots) {
        this.#waiting.shift();
        await this.#admit(rows, next);
      } else if (rows && !this.#isIdle) await this.#advance(rows);
      else break;
    }
    this.#isWorking = false;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.#turns.between(async () => this.freeIdle()), IDLE_MS).unref();
  }

  get #isIdle(): boolean {
    return this.#rows === undefined || this.#rows.requests.length === 0;
  }

  #nextWaiting(): Scheduled | undefined {
    for (const request of this.#waiting.filter(({ isUnwanted }) => isUnwanted)) {
      this.#waiting.splice(this.#waiting.indexOf(request), 1);
      request.end({ error: request.options.signal?.reason });
    }
    return this.#waiting[0];
  }

  /** Rows for a request that finds none, or none of its length: as many as memory gives; none where that is one. */
  #makeRoomFor({ numSlots }: Scheduled): void {
    if (this.#rows && this.#rows.capacity >= numSlots) return;
    this.#rows?.[Symbol.dispose]();
    this.#rows = undefined;
    const { mostRows, chunkTokens, freeBytes } = this.#options;
    const { maxPositions } = this.#decoder.config.text;
    const capacity = Math.min(maxPositions, Math.ceil(numSlots * SPARE_ROOM));
    const rowBytes = capacity * this.#decoder.kvBytesPerToken;
    const numRowsNow = () => (mostRows === 1 ? 1 : numRowsFor(mostRows, rowBytes, freeBytes()));
    let numRows = numRowsNow();
    if (numRows < mostRows && this.#prefixes.numIdle > 0) {
      // What earlier requests left to be reused is the first to go.
      this.#prefixes.clear();
      numRows = numRowsNow();
    }
    for (; numRows > 1 && !this.#rows; numRows >>= 1) {
      try {
        const options = { numRows, capacity, chunkTokens, turn: this.#turns.between };
        this.#rows = new BatchRows(this.#decoder, this.#prefixes, options);
      } catch (error) {
        // The device has less than was thought.
        if (!mayBeOutOfMemory(error)) throw error;
      }
    }
  }

  /** In a cache of its own, which takes over what it shares with a kept one. */
  async #runAlone(request: Scheduled): Promise<Outcome> {
    const options = {
      ...request.options,
      chunkTokens: this.#options.chunkTokens,
      turn: this.#turns.between,
      hasEnded: (tokenId: number) => request.onToken(tokenId) || request.isUnwanted,
    };
    try {
      const tokens = generate(this.#decoder, this.#prefixes, request.prompt, options);
      for (;;) {
        const next = await tokens.next();
        if (next.done) return { report: next.value };
      }
    } catch (error) {
      return { error };
    }
  }

  async #admit(rows: BatchRows<Scheduled>, request: Scheduled): Promise<void> {
    try {
      await rows.admit(request).catch(async (error: unknown) => {
        if (!mayBeOutOfMemory(error) || request.isUnwanted || this.#prefixes.numIdle === 0) throw error;
        // What is kept for later requests makes room for this one.
        await this.#turns.between(async () => this.#prefixes.clear());
        return rows.admit(request);
      });
    } catch (error) {
      request.end({ error });
    }
    await this.#end(rows, []);
  }

  async #advance(rows: BatchRows<Scheduled>): Promise<void> {
    try {
      await this.#end(rows, await rows.advance());
    } catch (error) {
      // Nobody knows what is in the rows now.
      const requests = rows.requests;
      await this.#turns.between(async () => this[Symbol.dispose]());
      for (const request of requests) request.end({ error });
    }
  }

  #fail(error: unknown): void {
    for (const request of [...this.#waiting.splice(0), ...(this.#rows?.requests ?? [])]) request.end({ error });
    this[Symbol.dispose]();
    this.#isWorking = false;
  }

  async #end(rows: BatchRows<Scheduled>, broken: readonly RowEnd<Scheduled>[]): Promise<void> {
    for (const ended of [...broken, ...(await rows.takeEnded(({ isUnwanted }) => isUnwanted))]) {
      ended.request.end(ended);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idleTimer);
    this.#rows?.[Symbol.dispose]();
    this.#rows = undefined;
  }
}

/** A request from when it is made until its last token is read. */
class Scheduled implements RowRequest {
  readonly prompt: Prompt;
  readonly options: ScheduledOptions;
  readonly #tokens: number[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #news = Promise.withResolvers<void>();
  #outcome: Outcome | undefined;
  #isLeft = false;

  constructor(prompt: Prompt, options: ScheduledOptions) {
    this.prompt = prompt;
    this.options = options;
  }

  /** In a cache: prompt and answer. */
  get numSlots(): number {
    return this.prompt.tokenIds.length + this.options.maxTokens;
  }

  /** Nobody reads on, or it was cancelled. */
  get isUnwanted(): boolean {
    return this.#isLeft || (this.options.signal?.aborted ?? false);
  }

  onToken(tokenId: number): boolean {
    this.#tokens.push(tokenId);
    this.#tell();
    return this.options.hasEnded?.(tokenId) ?? false;
  }

  end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#ended.resolve();
    this.#tell();
  }

  /** Token ids as they are chosen. Rejects with what the request failed with, or the signal's reason. */
  async *read(): AsyncGenerator<number, GenerateReport> {
    try {
      for (;;) {
        this.options.signal?.throwIfAborted();
        const tokenId = this.#tokens.shift();
        if (tokenId !== undefined) yield tokenId;
        else if (this.#outcome === undefined) await this.#news.promise;
        else if ('error' in this.#outcome) throw this.#outcome.error;
        else return this.#outcome.report;
      }
    } finally {
      this.#isLeft = true;
      // Nothing runs for it any more when the caller goes on: it may let go of the model.
      await this.#ended.promise;
    }
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
