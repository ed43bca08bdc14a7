import { mkdir, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { availableMemory, memoryNeeds } from '../../src/model/memory.ts';
import { openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { scratchFolder } from './qwen3-vl/conformance.ts';

async function groupOf(files: Record<string, string>): Promise<string> {
  const root = await scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'sys/fs/cgroup', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  return root;
}

describe('availableMemory', () => {
  it('is what a control group has left, its file pages counted as free', async () => {
    const root = await groupOf({
      'memory.max': '1000000\n',
      'memory.current': '900000\n',
      'memory.stat': 'anon 600000\ninactive_file 100000\nactive_file 50000\n',
    });
    expect(availableMemory(root)).toBe(250_000);
  });

  it('reads version 1 of control groups too', async () => {
    const root = await groupOf({
      'memory/memory.limit_in_bytes': '2000000',
      'memory/memory.usage_in_bytes': '500000',
      'memory/memory.stat': 'inactive_file 7\ntotal_inactive_file 100\n',
    });
    expect(availableMemory(root)).toBeGreaterThanOrEqual(1_500_000);
    expect(availableMemory(root)).toBeLessThanOrEqual(1_500_107);
  });

  it('is the machine’s free memory where there is no limit', async () => {
    const unlimited = await groupOf({ 'memory.max': 'max', 'memory.current': '5', 'memory.stat': '' });
    const absent = await scratchFolder();
    for (const root of [unlimited, absent]) {
      expect(Math.abs(availableMemory(root) - freemem())).toBeLessThan(freemem() / 2);
    }
  });
});

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
