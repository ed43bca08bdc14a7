// Several prompts decoded together: each is prefilled in a row of a shared cache, all rows advance by one token a run, and a row
// whose answer has ended takes the next prompt. Reading the weights is what a step costs, so eight rows cost little more than one.
import { assert } from '../../errors.ts';
import type { BatchCache } from './batch-cache.ts';
import { Completion, type CompletionOptions } from './completion.ts';
import type { Decoder } from './decoder.ts';
import { ContextOverflowError, type GenerateReport } from './generate.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { prefill } from './prefill.ts';
import { checkPrompt, type Prompt } from './prompt.ts';
import { BrokenLogitsError } from './sampling.ts';
import { Sequence } from './sequence.ts';
import type { StepRow, TokenStep } from './token-step.ts';

export interface BatchRequest extends CompletionOptions {
  readonly prompt: Prompt;
  readonly onToken?: (tokenId: number) => void;
}

export interface BatchOptions {
  /** Sequences that decode at once. */
  readonly rows: number;
  readonly chunkTokens: number;
  readonly signal?: AbortSignal | undefined;
}

export interface BatchAnswer {
  /** Of the request. */
  readonly index: number;
  readonly tokenIds: readonly number[];
  readonly report: GenerateReport;
}

interface Row {
  readonly index: number;
  readonly request: BatchRequest;
  readonly sequence: Sequence;
  readonly completion: Completion;
  readonly cachedTokens: number;
  readonly prefillMs: number;
  readonly decodeStarted: number;
  /** Chosen, and not yet in the cache. */
  nextToken: number;
}

/**
 * Yields each answer when it ends. What a prompt shares with a kept sequence is copied from there; whole answers are kept when
 * `prefixes` has room. Throws ContextOverflowError before anything runs, OrtError, BrokenLogitsError, or the signal's reason.
 */
export async function* generateBatch(
  decoder: Decoder,
  prefixes: PrefixCache,
  requests: readonly BatchRequest[],
  options: BatchOptions,
): AsyncGenerator<BatchAnswer> {
  assert(decoder.canBatch, `${decoder.device} decodes one sequence at a time`);
  if (requests.length === 0) return;
  const { maxPositions } = decoder.config.text;
  for (const { prompt, maxTokens } of requests) {
    checkPrompt(prompt);
    const numTokens = prompt.tokenIds.length;
    if (numTokens + maxTokens > maxPositions) throw new ContextOverflowError(numTokens, maxTokens, maxPositions);
  }
  const numRows = Math.min(options.rows, requests.length);
  const capacity = Math.max(...requests.map(({ prompt, maxTokens }) => prompt.tokenIds.length + maxTokens));
  using cache = decoder.newBatchCache(numRows, capacity);
  using step = decoder.stepOf(numRows);
  const rows = new Array<Row | undefined>(numRows).fill(undefined);
  let next = 0;
  for (;;) {
    for (let slot = 0; slot < numRows; slot++) {
      while (rows[slot] === undefined && next < requests.length) {
        const index = next++;
        const row = await admit(decoder, prefixes, cache, slot, index, requests[index]!, options);
        if (row.completion.finish) yield await end(prefixes, row);
        else rows[slot] = row;
      }
    }
    if (rows.every((row) => row === undefined)) return;
    await advance(step, cache, rows, options.signal);
    for (const [slot, row] of rows.entries()) {
      if (!row?.completion.finish) continue;
      rows[slot] = undefined;
      yield await end(prefixes, row);
    }
  }
}

/** Prefills a request in a free row and chooses its first token. */
async function admit(
  decoder: Decoder,
  prefixes: PrefixCache,
  cache: BatchCache,
  slot: number,
  index: number,
  request: BatchRequest,
  { chunkTokens, signal }: BatchOptions,
): Promise<Row> {
  const started = performance.now();
  const { prompt } = request;
  const kv = cache.rows[slot]!;
  kv.rewind(0);
  const sequence = new Sequence(kv);
  const cachedTokens = await prefixes.copyInto(prompt, sequence);
  const { logits } = await prefill(decoder, sequence, prompt, { chunkTokens, signal });
  const decodeStarted = performance.now();
  const completion = new Completion(request, prompt.tokenIds);
  const row = { index, request, sequence, completion, cachedTokens, prefillMs: decodeStarted - started, decodeStarted };
  return { ...row, nextToken: take(row, () => completion.take(logits)) };
}

/** Appends each row's chosen token and chooses the next one. */
async function advance(
  step: TokenStep,
  cache: BatchCache,
  rows: readonly (Row | undefined)[],
  signal: AbortSignal | undefined,
): Promise<void> {
  // An empty row writes its first slot, which the prompt that comes next writes again.
  const steps = rows.map((row): StepRow => {
    if (!row) return { tokenId: 0, position: 0, length: 0 };
    return { tokenId: row.nextToken, position: nextPosition(row), length: row.sequence.length };
  });
  const needsLogits = rows.some((row) => row?.completion.needsLogits);
  const result = await step.run(cache, steps, { signal, needsLogits });
  rows.forEach((row, slot) => {
    if (!row) return;
    const position = nextPosition(row);
    row.sequence.cache.advance(1);
    row.sequence.push(row.nextToken, position, position, position);
    row.nextToken = take(row, () => row.completion.takeFrom(result, slot));
  });
}

/** The position of the token that is chosen and not yet in the cache. */
function nextPosition({ request: { prompt }, sequence }: Row): number {
  return prompt.nextPosition + sequence.length - prompt.tokenIds.length;
}

/** The next token, or -1 when the answer has ended. */
function take({ request, sequence }: Pick<Row, 'request' | 'sequence'>, choose: () => number | undefined): number {
  try {
    const tokenId = choose();
    if (tokenId === undefined) return -1;
    request.onToken?.(tokenId);
    return tokenId;
  } catch (error) {
    // Keys and values that gave no number would spoil every prompt that reuses them.
    if (error instanceof BrokenLogitsError) sequence.cut(0);
    throw error;
  }
}

async function end(prefixes: PrefixCache, row: Row): Promise<BatchAnswer> {
  const { index, request, sequence, completion, cachedTokens, prefillMs, decodeStarted } = row;
  const decodeMs = performance.now() - decodeStarted;
  await prefixes.keepCopy(sequence);
  const { tokenIds, finish } = completion;
  const report = {
    promptTokens: request.prompt.tokenIds.length,
    cachedTokens,
    completionTokens: tokenIds.length,
    prefillMs,
    decodeMs,
    finish: finish!,
  };
  return { index, tokenIds, report };
}
