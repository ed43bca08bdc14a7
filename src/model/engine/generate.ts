// Prompt in, tokens out: acquire a sequence, prefill what it lacks, then decode one token after another until an end token, a
// limit or a cancellation. Text, stop strings and UTF-8 borders are the caller's.
import { LecternError } from '../../errors.ts';
import { Completion, type CompletionOptions, type Finish } from './completion.ts';
import type { Decoder } from './decoder.ts';
import { atOnce, type TakeTurn } from './device-turns.ts';
import { prefill } from './prefill.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { checkPrompt, type Prompt } from './prompt.ts';
import { BrokenLogitsError } from './sampling.ts';

export interface GenerateOptions extends CompletionOptions {
  readonly chunkTokens: number;
  /** Asked with each token before it is given out: whether the answer ends with it, as a stop string does. */
  readonly hasEnded?: ((tokenId: number) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPrefill?: ((doneTokens: number, totalTokens: number) => void) | undefined;
  /** Gives each run its turn on the device; at once where it is left out. */
  readonly turn?: TakeTurn | undefined;
}

export interface GenerateReport {
  readonly promptTokens: number;
  /** Prompt tokens whose keys and values were reused. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly finish: Finish;
}

/** A prompt's answer under way. */
export interface Answer {
  readonly prompt: Prompt;
  readonly completion: Completion;
  readonly cachedTokens: number;
  readonly prefillMs: number;
  /** By `performance.now()`. */
  readonly decodeStarted: number;
}

export function reportOf(answer: Answer, finish: Finish): GenerateReport {
  const { prompt, completion, cachedTokens, prefillMs, decodeStarted } = answer;
  return {
    promptTokens: prompt.tokenIds.length,
    cachedTokens,
    completionTokens: completion.tokenIds.length,
    prefillMs,
    decodeMs: performance.now() - decodeStarted,
    finish,
  };
}

const ANSWER_ROOM = 1024;
const QUESTION_ROOM = 512;

/** Prompt and answer don't fit what the model was trained for, or what was allowed. */
export class ContextOverflowError extends LecternError {
  readonly needed: number;
  readonly available: number;

  constructor(promptTokens: number, maxTokens: number, available: number) {
    super(
      `The prompt has ${promptTokens} tokens and the answer may take ${maxTokens}; the model takes ${available} in all`,
      {
        code: 'CONTEXT_OVERFLOW',
        remedy: 'Give fewer or smaller pictures (--max-pixels), a shorter clip, or a smaller --max-tokens.',
      },
    );
    this.needed = promptTokens + maxTokens;
    this.available = available;
  }
}

/** Throws ContextOverflowError. */
export function checkRequest(decoder: Decoder, prompt: Prompt, maxTokens: number): void {
  checkPrompt(prompt);
  const numTokens = prompt.tokenIds.length;
  const { maxPositions } = decoder.config.text;
  if (numTokens + maxTokens > maxPositions) throw new ContextOverflowError(numTokens, maxTokens, maxPositions);
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
  checkRequest(decoder, prompt, options.maxTokens);
  const numTokens = prompt.tokenIds.length;
  const { maxTokens, stopTokenIds, hasEnded, signal, turn = atOnce } = options;
  const started = performance.now();
  // Room at once for a usual answer, and for the next question to be a longer one: a cache that grows is copied.
  const capacity = numTokens + Math.min(maxTokens, ANSWER_ROOM);
  const roomy = capacity + QUESTION_ROOM;
  const sequence = await turn(() => prefixes.acquire(prompt, roomy));
  try {
    const cachedTokens = sequence.length;
    await turn(() => prefixes.reserve(sequence, sequence.length === 0 ? roomy : capacity));
    const { chunkTokens, onPrefill: onProgress } = options;
    const logits = await prefill(decoder, sequence, prompt, { chunkTokens, signal, onProgress, turn });
    const decodeStarted = performance.now();
    const completion = new Completion(options, prompt.tokenIds);
    const answer = { prompt, completion, cachedTokens, prefillMs: decodeStarted - started, decodeStarted };
    let tokenId = completion.take(logits);
    while (tokenId !== undefined) {
      const ends = hasEnded?.(tokenId) ?? false;
      yield tokenId;
      if (ends) return reportOf(answer, 'stop');
      if (completion.finish) break;
      const position = prompt.nextPosition + completion.tokenIds.length - 1;
      const { needsLogits } = completion;
      const appended = tokenId;
      const ahead = { tokens: maxTokens - completion.tokenIds.length, stopTokenIds };
      const step = { signal, needsLogits, ahead };
      const result = await turn(() => decoder.step(sequence.cache, appended, position, step));
      sequence.push(tokenId, position, position, position);
      tokenId = completion.takeFrom(result, 0);
    }
    return reportOf(answer, completion.finish!);
  } catch (error) {
    // Keys and values that gave no number would spoil every prompt that reuses them.
    if (error instanceof BrokenLogitsError) sequence.cut(0);
    throw error;
  } finally {
    // Also when the reader stops early or a run was cancelled: what is written is whole, token by token.
    prefixes.keep(sequence);
  }
}
