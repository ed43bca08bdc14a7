// Runs a prompt through the decoder in chunks, from where the sequence already agrees with it.
import { assert } from '../../errors.ts';
import { Tensor } from '../ort/tensor.ts';
import type { Chunk, Decoder } from './decoder.ts';
import { PromptChunks } from './chunks.ts';
import { atOnce, type TakeTurn } from './device-turns.ts';
import type { Prompt } from './prompt.ts';
import type { Sequence } from './sequence.ts';

export interface PrefillOptions {
  /** Tokens in one run: bounds the activations, and how long a cancellation or a question waits. */
  readonly chunkTokens: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneTokens: number, totalTokens: number) => void) | undefined;
  /** Gives each chunk its turn on the device; at once where it is left out. */
  readonly turn?: TakeTurn | undefined;
  /** Filled with the last token's hidden state [hidden] after the final norm. */
  readonly hidden?: Float32Array | undefined;
}

/**
 * Appends the prompt's tokens from `sequence.length` on and gives the logits [vocabulary] of its last token. When it rejects, the
 * sequence holds the chunks that were finished, and prefill can go on from there.
 */
export async function prefill(
  decoder: Decoder,
  sequence: Sequence,
  prompt: Prompt,
  { chunkTokens, signal, onProgress, hidden, turn = atOnce }: PrefillOptions,
): Promise<Float32Array> {
  const numTokens = prompt.tokenIds.length;
  assert(chunkTokens > 0, `a chunk of ${chunkTokens} tokens`);
  assert(sequence.length < numTokens, `nothing of ${numTokens} prompt tokens is left to run`);
  using chunks = new PromptChunks(prompt, decoder.visualWidth);
  const prepare = async (first: number): Promise<Chunk> => {
    const end = Math.min(first + chunkTokens, numTokens);
    const chunk = await chunks.between(first, end, signal);
    return { ...chunk, rope: decoder.ropeTables(chunk.positions), logitRows: [end - first - 1] };
  };
  using hiddenTensor = hidden && Tensor.over('float32', [1, hidden.length], hidden);
  const lastOutputs = hiddenTensor ? { hidden: hiddenTensor } : {};
  let chunk = await prepare(sequence.length);
  for (;;) {
    using _visual = chunk.visual;
    const first = sequence.length;
    const end = first + chunk.tokenIds.length;
    let next: Promise<Chunk> | undefined;
    const logits = await turn(() => {
      signal?.throwIfAborted();
      const running = decoder.forward(sequence.cache, chunk, signal, end < numTokens ? {} : lastOutputs);
      // The next chunk is made ready, its pictures encoded, while this one runs.
      next = end < numTokens ? prepare(end) : undefined;
      next?.catch(() => undefined); // heard of below, unless the run itself rejects first
      return running;
    }).catch(async (error: unknown) => {
      (await next?.catch(() => undefined))?.visual?.[Symbol.dispose]();
      throw error;
    });
    sequence.follow(prompt, first, end);
    onProgress?.(end, numTokens);
    if (!next) return logits;
    chunk = await next;
  }
}
