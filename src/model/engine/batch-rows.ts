// Sequences that decode together, each in a row of a shared cache: a prompt is prefilled in a free row, all taken rows advance by
// one token a run, and a row whose answer has ended is free again. Reading the weights is what a step costs, so eight rows cost
// little more than one.
import { assert } from '../../errors.ts';
import { mayBeOutOfMemory } from '../ort/errors.ts';
import type { BatchCache } from './batch-cache.ts';
import { Completion, type CompletionOptions } from './completion.ts';
import type { Decoder } from './decoder.ts';
import type { TakeTurn } from './device-turns.ts';
import { reportOf, type Answer, type GenerateReport } from './generate.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { prefill } from './prefill.ts';
import type { Prompt } from './prompt.ts';
import { BrokenLogitsError } from './sampling.ts';
import { Sequence } from './sequence.ts';
import type { StepRow } from './step-room.ts';
import type { TokenStep } from './token-step.ts';

export interface RowOptions extends CompletionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onPrefill?: ((doneTokens: number, totalTokens: number) => void) | undefined;
}

export interface RowRequest {
  readonly prompt: Prompt;
  readonly options: RowOptions;
  /** Gets each token as it is chosen. True where the answer ends with it, as with a stop string. */
  onToken(tokenId: number): boolean;
}

/** A row's answer as it ended: with a report, or with what was wrong with it alone. */
export type RowEnd<R> = { readonly request: R } & ({ readonly report: GenerateReport } | { readonly error: unknown });

interface Row<R> extends Answer {
  readonly request: R;
  readonly sequence: Sequence;
  /** Chosen, and not yet in the cache. */
  nextToken: number;
  isStopped: boolean;
}

export interface BatchRowsOptions {
  readonly numRows: number;
  /** Slots of each row: prompt and answer. */
  readonly capacity: number;
  readonly chunkTokens: number;
  readonly turn: TakeTurn;
}

export class BatchRows<R extends RowRequest> implements Disposable {
  readonly #decoder: Decoder;
  readonly #prefixes: PrefixCache;
  readonly #cache: BatchCache;
  readonly #options: BatchRowsOptions;
  readonly #rows: (Row<R> | undefined)[];
  /** By the number of rows that they advance. */
  readonly #steps = new Map<number, TokenStep>();

  /** Throws OrtError when memory runs out. */
  constructor(decoder: Decoder, prefixes: PrefixCache, options: BatchRowsOptions) {
    assert(decoder.canBatch, `${decoder.device} decodes one sequence at a time`);
    this.#decoder = decoder;
    this.#prefixes = prefixes;
    this.#options = options;
    this.#cache = decoder.newBatchCache(options.numRows, options.capacity);
    this.#rows = new Array<Row<R> | undefined>(options.numRows).fill(undefined);
  }

  /** Tokens that a row takes, prompt and answer together. */
  get capacity(): number {
    return this.#cache.capacity;
  }

  get hasFree(): boolean {
    return this.#rows.includes(undefined);
  }

  /** Requests whose answers have not ended. */
  get requests(): R[] {
    return this.#rows.flatMap((row) => row?.request ?? []);
  }

  /**
   * Prefills a request in a free row and chooses its first token. What its prompt shares with a kept sequence is copied from there.
   * Rejects with OrtError, BrokenLogitsError or the signal's reason; the row is free then, and what was read of the prompt is kept.
   */
  async admit(request: R): Promise<void> {
    const started = performance.now();
    const { prompt, options } = request;
    const { signal, onPrefill: onProgress } = options;
    const { chunkTokens, turn } = this.#options;
    // The lowest one, so that steps are over few rows.
    const slot = this.#rows.indexOf(undefined);
    const kv = this.#cache.rows[slot]!;
    kv.rewind(0);
    const sequence = new Sequence(kv);
    try {
      const cachedTokens = await turn(() => this.#prefixes.copyInto(prompt, sequence));
      const logits = await prefill(this.#decoder, sequence, prompt, { chunkTokens, signal, onProgress, turn });
      const decodeStarted = performance.now();
      const completion = new Completion(options, prompt.tokenIds);
      const answer = { prompt, completion, cachedTokens, prefillMs: decodeStarted - started, decodeStarted };
      const row: Row<R> = { ...answer, request, sequence, nextToken: -1, isStopped: false };
      take(row, () => completion.take(logits));
      this.#rows[slot] = row;
    } catch (error) {
      await this.#keep(sequence);
      throw error;
    }
  }

  /** Appends each row's chosen token and chooses the next one. Rejects with OrtError, which concerns all rows. */
  async advance(): Promise<RowEnd<R>[]> {
    const numRows = stepSize(this.#rows.findLastIndex((row) => row !== undefined) + 1, this.#rows.length);
    const rows = this.#rows.slice(0, numRows);
    // An empty row writes its first slot, which the prompt that comes next writes again.
    const steps = rows.map((row): StepRow => {
      if (!row) return { tokenId: 0, position: 0, length: 0 };
      return { tokenId: row.nextToken, position: nextPosition(row), length: row.sequence.length };
    });
    const needsLogits = rows.some((row) => row?.completion.needsLogits);
    const step = () => this.#stepOf(numRows).run(this.#cache.first(numRows), steps, { needsLogits });
    const result = await this.#options.turn(step);
    const broken: RowEnd<R>[] = [];
    rows.forEach((row, slot) => {
      if (!row) return;
      const position = nextPosition(row);
      row.sequence.cache.advance(1);
      row.sequence.push(row.nextToken, position, position, position);
      try {
        take(row, () => row.completion.takeFrom(result, slot));
      } catch (error) {
        this.#rows[slot] = undefined;
        broken.push({ request: row.request, error });
      }
    });
    return broken;
  }

  /** Takes the answers that have ended, and those whose requests are `unwanted`, out of their rows. */
  async takeEnded(unwanted: (request: R) => boolean): Promise<RowEnd<R>[]> {
    const ended: RowEnd<R>[] = [];
    for (const [slot, row] of this.#rows.entries()) {
      if (!row || !(row.completion.finish || row.isStopped || unwanted(row.request))) continue;
      this.#rows[slot] = undefined;
      const report = reportOf(row, row.isStopped ? 'stop' : (row.completion.finish ?? 'length'));
      await this.#keep(row.sequence);
      ended.push({ request: row.request, report });
    }
    return ended;
  }

  /** For the next one that begins alike; where memory has run out, that one is computed anew. */
  async #keep(sequence: Sequence): Promise<void> {
    try {
      await this.#options.turn(() => this.#prefixes.keepCopy(sequence));
    } catch (error) {
      if (!mayBeOutOfMemory(error)) throw error;
    }
  }

  #stepOf(numRows: number): TokenStep {
    const known = this.#steps.get(numRows);
    if (known) return known;
    const step = this.#decoder.stepOf(numRows);
    this.#steps.set(numRows, step);
    return step;
  }

  [Symbol.dispose](): void {
    for (const step of this.#steps.values()) step[Symbol.dispose]();
    this.#cache[Symbol.dispose]();
  }
}

/** A power of two, or all of them: each size has buffers, and on CUDA a recording, of its own. */
function stepSize(taken: number, numRows: number): number {
  return Math.min(numRows, 2 ** Math.ceil(Math.log2(taken)));
}

/** The position of the token that is chosen and not yet in the cache. */
function nextPosition({ prompt, sequence }: Row<RowRequest>): number {
  return prompt.nextPosition + sequence.length - prompt.tokenIds.length;
}

/** Throws BrokenLogitsError. */
function take(row: Row<RowRequest>, choose: () => number | undefined): void {
  try {
    const tokenId = choose();
    if (tokenId === undefined) return;
    row.nextToken = tokenId;
    row.isStopped = row.request.onToken(tokenId);
  } catch (error) {
    // Keys and values that gave no number would spoil every prompt that reuses them.
    if (error instanceof BrokenLogitsError) row.sequence.cut(0);
    throw error;
  }
}
