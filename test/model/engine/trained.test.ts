// The trained checkpoint answers as the reference does: in float32 token for token, and what the smaller formats cost is printed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Runtime } from '../../../src/model/engine/runtime.ts';
import type { Prompt } from '../../../src/model/engine/prompt.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import { convertCheckpoint } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import type { WeightFormat } from '../../../src/model/qwen3-vl/graphs/weights.ts';
import { readProcessorConfig, type ProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import { readTokenizer, type Tokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { encodeCase, hasTrained, trainedCases, trainedFolder } from './trained.ts';

describe.runIf(hasTrained)('lectern-slides-26m on the CPU', { timeout: 900_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-trained-'));
  let tokenizer: Tokenizer;
  let processor: ProcessorConfig;
  let exact: Runtime;

  beforeAll(async () => {
    tokenizer = await readTokenizer(trainedFolder);
    processor = await readProcessorConfig(trainedFolder);
    exact = await load('fp32');
  });
  afterAll(() => {
    exact[Symbol.dispose]();
    rmSync(scratch, { recursive: true });
  });

  async function load(format: WeightFormat): Promise<Runtime> {
    const folder = mkdtempSync(join(scratch, format));
    await using checkpoint = await openCheckpoint(trainedFolder);
    await convertCheckpoint(checkpoint, folder, format);
    // One thread: at this size a second one is little help, and on a busy machine a hindrance.
    return Runtime.load(folder, { device: 'cpu', threads: 1 });
  }

  async function answer(runtime: Runtime, prompt: Prompt): Promise<number[]> {
    const tokens: number[] = [];
    const stopTokenIds = runtime.config.eosTokenIds;
    for await (const token of runtime.generate(prompt, { maxTokens: 160, stopTokenIds })) tokens.push(token);
    return tokens;
  }

  test('fp32: all 14 answers are the reference’s, token for token', async () => {
    const runtime = exact;
    for (const one of trainedCases()) {
      const encoded = await encodeCase(one, tokenizer, processor, runtime.config);
      expect(encoded.tokenIds.length, `prompt of ${one.name}`).toBe(one.promptTokens);
      const tokens = await answer(runtime, runtime.visualRows.promptOf(encoded));
      expect(tokenizer.decode(tokens), `answer to ${one.name}`).toBe(one.expected);
      expect(tokens, `tokens of ${one.name}`).toEqual(one.tokens);
    }
  });

  test('times shifted by one second, or pictures by one frame group, change what it answers', async () => {
    const runtime = exact;
    const events = trainedCases().find(({ name }) => name === '06')!;
    const shifted = await encodeCase(events, tokenizer, processor, runtime.config, 1);
    const later = tokenizer.decode(await answer(runtime, runtime.visualRows.promptOf(shifted)));
    expect(later).not.toBe(events.expected);

    const prompt = runtime.visualRows.promptOf(await encodeCase(events, tokenizer, processor, runtime.config));
    const groups = prompt.groups.map((group, i) => {
      const before = prompt.groups[Math.max(0, i - 1)]!;
      return { ...before, start: group.start };
    });
    expect(tokenizer.decode(await answer(runtime, { ...prompt, groups }))).not.toBe(events.expected);
  });

  test.each([
    ['fp16', 14],
    ['int8', 14],
    ['int4', 12],
  ] as const)('%s: at least %d of 14 answers stay as they are; every other one is shown', async (format, atLeast) => {
    using runtime = await load(format);
    const differing: string[] = [];
    for (const one of trainedCases()) {
      const encoded = await encodeCase(one, tokenizer, processor, runtime.config);
      const text = tokenizer.decode(await answer(runtime, runtime.visualRows.promptOf(encoded)));
      if (text === one.expected) continue;
      differing.push(`${one.name}: ${one.expected}\n    now ${text}${text === one.truth ? ' (which is true)' : ''}`);
    }
    console.log(`${format}: ${14 - differing.length} of 14 equal`, ...differing.map((line) => `\n  ${line}`));
    expect(14 - differing.length).toBeGreaterThanOrEqual(atLeast);
  });
});
