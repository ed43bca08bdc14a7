import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { memoryNeeds } from '../../src/model/memory.ts';
import { openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';

describe('memoryNeeds', () => {
  it('counts weights once, keys and values for prompt and answer, and more activations for pictures', async () => {
    const model = await openModelFolder(join(CARDS_FOLDER, 'lectern-slides-26m'));
    const text = memoryNeeds(model, { promptTokens: 1000, maxTokens: 500, visualTokens: 0, largestPatches: 0 });
    expect(text.weights).toBeGreaterThan(22e6);
    expect(text.weights).toBeLessThan(24e6);
    // 6 layers of 2 heads of 128, key and value, float32.
    expect(text.cache).toBe(1500 * 6 * 2 * 128 * 2 * 4);
    const codes = memoryNeeds(model, {
      promptTokens: 1000,
      maxTokens: 500,
      visualTokens: 0,
      largestPatches: 0,
      kv: 'int8',
    });
    expect(codes).toEqual({ ...text, cache: text.cache / 4 });
    const seen = memoryNeeds(model, { promptTokens: 1000, maxTokens: 500, visualTokens: 900, largestPatches: 448 });
    expect(seen.activations).toBeGreaterThan(text.activations);
  });

  it('counts the pixels of a picture, which are more than its rows: 200 million take 5 GB as floats', async () => {
    const model = await openModelFolder(join(CARDS_FOLDER, 'lectern-slides-26m'));
    const tokens = 195_312;
    const request = { promptTokens: tokens, maxTokens: 1, visualTokens: tokens, largestPatches: 4 * tokens };
    const { activations } = memoryNeeds(model, request);
    // 256 wide with 1024 between, in floats: what the vision tower has between its layers.
    const tower = 4 * tokens * (8 * 256 + 2 * 1024) * 4;
    expect(activations - tower).toBeGreaterThan(4.8e9 + 3 * 200e6);
  });
});
