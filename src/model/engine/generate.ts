// Prompt in, tokens out: acquire a sequence, prefill what it lacks, then decode one token after another until an end token, a
// limit or a cancellation. Text, stop strings and UTF-8 borders are the caller's.
import { LecternError } from '../../errors.ts';
import type { Decoder } from './decoder.ts';
import { prefill } from './prefill.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { checkPrompt, type Prompt } from './prompt.ts';
import { BrokenLogitsError, Sampler, type SamplingOptions } from './sampling.ts';
import type { Sequence } from './sequence.ts';

/** Narrows what may come next, as a grammar does. */
export interface TokenConstraint {
  /** Sets the logits of tokens that may not come to -Infinity. */
  restrict(logits: Float32Array): void;
  /** Notes the token that was chosen. */
  accept(tokenId: number): void;
}

export interface GenerateOptions extends SamplingOptions {
  readonly maxTokens: number;
  /** Tokens that end the answer; they are not given out. Empty runs to maxTokens. */
  readonly stopTokenIds: readonly number[];
  readonly chunkTokens: number;
  readonly constraint?: TokenConstraint | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPrefill?: ((doneTokens: number, totalTokens: number) => void) | undefined;
}

export interface GenerateReport {
  readonly promptTokens: number;
  /** Prompt tokens whose keys and values were reused. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly finish: 'stop' | 'length';
}

const ANSWER_ROOM = 1024;

/** Prompt and answer don't fit what the model was trained for, or what was allowed. */
export class ContextOverflowError extends LecternError {
  readonly needed: number;
  readonly available: number;

  constructor(promptTokens: number, maxTokens: number, available: number) {
    super(
      `The prompt has ${promptTokens} tokens and the answer may take ${maxTokens}; the model takes ${available} in all`,
      {
        code: 'CONTEXT_OVERFLOW',
        remedy: 'Give fewer or smaller pictures (--fps, --max-pixels), a shorter window, or a smaller --max-tokens.',
      },
    );
    this.needed = promptTokens + maxTokens;
    this.available = available;
  }
}

/**
 * Yields token ids as they are chosen and returns the report. Throws ContextOverflowError before anything runs, OrtError,
 * BrokenLogitsError, or the signal's reason; the sequence is kept for reuse as far as it is whole.
 */
export async function* generate(
  decoder: Decoder,
  prefixes: PrefixCache,
  prompt: Prompt,
  options: GenerateOptions,
): AsyncGenerator<number, GenerateReport> {
  checkPrompt(prompt);
  const numTokens = prompt.tokenIds.length;
  const { maxTokens, stopTokenIds, constraint, signal } = options;
  const { maxPositions } = decoder.config.text;
  if (numTokens + maxTokens > maxPositions) throw new ContextOverflowError(numTokens, maxTokens, maxPositions);

  const started = performance.now();
  const sequence = await prefixes.acquire(prompt);
  try {
    const cachedTokens = sequence.length;
    // Room for a usual answer at once; a longer one makes the cache grow, which copies it.
    await sequence.cache.reserve(numTokens + Math.min(maxTokens, ANSWER_ROOM));
    const { chunkTokens, onPrefill: onProgress } = options;
    let { logits } = await prefill(decoder, sequence, prompt, { chunkTokens, signal, onProgress });
    const decodeStarted = performance.now();
    const report = (completionTokens: number, finish: 'stop' | 'length'): GenerateReport => ({
      promptTokens: numTokens,
      cachedTokens,
      completionTokens,
      prefillMs: decodeStarted - started,
      decodeMs: performance.now() - decodeStarted,
      finish,
    });

    const sampler = new Sampler(options, prompt.tokenIds);
    const stops = new Set(stopTokenIds);
    for (let count = 0; count < maxTokens; count++) {
      constraint?.restrict(logits);
      const tokenId = sampler.next(logits);
      if (stops.has(tokenId)) return report(count, 'stop');
      constraint?.accept(tokenId);
      yield tokenId;
      if (count + 1 < maxTokens) {
        ({ logits } = await decodeToken(decoder, sequence, tokenId, prompt.nextPosition + count, signal));
      }
    }
    return report(maxTokens, 'length');
  } catch (error) {
    // Keys and values that gave no number would spoil every prompt that reuses them.
    if (error instanceof BrokenLogitsError) sequence.cut(0);
    throw error;
  } finally {
    // Also when the reader stops early or a run was cancelled: what is written is whole, token by token.
    prefixes.keep(sequence);
  }
}

/** Appends one token and gives the logits after it. */
async function decodeToken(
  decoder: Decoder,
  sequence: Sequence,
  tokenId: number,
  position: number,
  signal: AbortSignal | undefined,
): Promise<{ logits: Float32Array }> {
  const result = await decoder.forward(
    sequence.cache,
    { tokenIds: Int32Array.of(tokenId), positions: Int32Array.of(position, position, position), logitRows: [0] },
    signal,
  );
  sequence.push(tokenId, position, position, position);
  return result;
}
