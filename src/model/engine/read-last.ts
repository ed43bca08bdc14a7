// A prompt without an answer: the decoder's state at the prompt's last token, which embedding and reranking read.
import { prefill, type PrefillOptions } from './prefill.ts';
import type { Decoder } from './decoder.ts';
import { ContextOverflowError } from './generate.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { checkPrompt, type Prompt } from './prompt.ts';
import { BrokenLogitsError } from './sampling.ts';

export interface LastToken {
  /** [hidden], after the final norm. */
  readonly hidden: Float32Array;
  /** [vocabulary] */
  readonly logits: Float32Array;
}

/** Throws ContextOverflowError before anything runs, OrtError, BrokenLogitsError, or the signal's reason. */
export async function readLast(
  decoder: Decoder,
  prefixes: PrefixCache,
  prompt: Prompt,
  options: PrefillOptions,
): Promise<LastToken> {
  checkPrompt(prompt);
  const numTokens = prompt.tokenIds.length;
  const { maxPositions, hiddenSize } = decoder.config.text;
  if (numTokens > maxPositions) throw new ContextOverflowError(numTokens, 0, maxPositions);
  const sequence = await prefixes.acquire(prompt);
  try {
    const hidden = new Float32Array(hiddenSize);
    const logits = await prefill(decoder, sequence, prompt, { ...options, hidden });
    if (!hidden.every(Number.isFinite)) {
      sequence.cut(0);
      throw new BrokenLogitsError();
    }
    return { hidden, logits };
  } finally {
    prefixes.keep(sequence);
  }
}
