// What a kept sequence is worth to the next question: its memory too, and whose it is while somebody uses it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { generate } from '../../../src/model/engine/generate.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import type { Prompt } from '../../../src/model/engine/prompt.ts';
import { convert, hasConformance } from './conformance.ts';

/** The same evidence before each question, whose tokens differ from the first one on. */
function promptOf(evidence: number, question: number, seed: number): Prompt {
  const numTokens = evidence + question;
  return {
    tokenIds: Int32Array.from({ length: numTokens }, (_, i) => (i < evidence ? i % 400 : 400 + seed)),
    positions: Int32Array.from({ length: 3 * numTokens }, (_, i) => i % numTokens),
    nextPosition: numTokens,
    groups: [],
  };
}

describe.runIf(hasConformance)('kept sequences', () => {
  const stack = new DisposableStack();
  let decoder: Decoder;
  beforeAll(async () => {
    decoder = stack.use(await Decoder.load(stack.use(await convert('dense', 'fp32'))));
  });
  afterAll(() => stack.dispose());

  async function cachedBy(prefixes: PrefixCache, prompt: Prompt): Promise<number> {
    const answer = generate(decoder, prefixes, prompt, { maxTokens: 2, stopTokenIds: [], chunkTokens: 512 });
    let next = await answer.next();
    while (!next.done) next = await answer.next();
    return next.value.cachedTokens;
  }

  test('a question that is 500 tokens longer than the one before goes on in the memory of that one', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    const first = promptOf(300, 10, 1);
    await cachedBy(prefixes, first);
    const kept = prefixes.takeHolding(first, 300)!;
    const [tensor] = kept.cache.tensors;
    prefixes.keep(kept);
    expect(await cachedBy(prefixes, promptOf(300, 510, 2))).toBe(300);
    expect(prefixes.numIdle).toBe(1);
    using again = prefixes.takeHolding(promptOf(300, 10, 3), 300)!;
    expect(again.cache.tensors[0]).toBe(tensor);
  });

  test('one that is being used, as for a snapshot, is not there for others, and is afterwards', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    const prompt = promptOf(100, 10, 1);
    await cachedBy(prefixes, prompt);
    expect(prefixes.takeHolding(promptOf(100, 10, 2), 101)).toBeUndefined();
    const used = prefixes.takeHolding(prompt, 100)!;
    prefixes.clear();
    expect(await cachedBy(prefixes, prompt)).toBe(0);
    expect(used.tokenIds.slice(0, 100)).toEqual([...prompt.tokenIds.slice(0, 100)]);
    prefixes.keep(used);
    expect(prefixes.numIdle).toBe(2);
  });
});
