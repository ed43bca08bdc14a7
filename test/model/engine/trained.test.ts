// What the smaller formats cost in answers of the trained checkpoint, printed. All 14 clips in float32 go through `lectern generate`
// (surfaces/cli/generate.test.ts), all 14 in the shipped format on each device through bench/model/conformance.ts.
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

const shorter = trainedCases().filter(({ promptTokens }) => promptTokens < 1000);

describe.runIf(hasTrained)('lectern-slides-26m on the CPU', { timeout: 900_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-trained-'));
  let tokenizer: Tokenizer;
  let processor: ProcessorConfig;

  beforeAll(async () => {
    tokenizer = await readTokenizer(trainedFolder);
    processor = await readProcessorConfig(trainedFolder);
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true });
  });

  async function load(format: WeightFormat): Promise<Runtime> {
    const folder = mkdtempSync(join(scratch, format));
    await using checkpoint = await openCheckpoint(trainedFolder);
    await convertCheckpoint(checkpoint, folder, format);
    return await Runtime.load(folder, { device: 'cpu' });
  }

  async function answer(runtime: Runtime, prompt: Prompt): Promise<number[]> {
    const tokens: number[] = [];
    const stopTokenIds = runtime.config.eosTokenIds;
    for await (const token of runtime.generate(prompt, { maxTokens: 160, stopTokenIds })) tokens.push(token);
    return tokens;
  }

  test.each([
    ['fp16', 10],
    ['int8', 10],
    ['int4', 9],
  ] as const)(
    '%s: at least %d of the 10 shorter answers stay as they are; every other one is shown',
    async (format, atLeast) => {
      using runtime = await load(format);
      const differing: string[] = [];
      for (const one of shorter) {
        const encoded = await encodeCase(one, tokenizer, processor, runtime.config);
        const text = tokenizer.decode(await answer(runtime, runtime.visualRows.promptOf(encoded)));
        if (text === one.expected) continue;
        differing.push(`${one.name}: ${one.expected}\n    now ${text}${text === one.truth ? ' (which is true)' : ''}`);
      }
      console.log(
        `${format}: ${shorter.length - differing.length} of ${shorter.length} equal`,
        ...differing.map((line) => `\n  ${line}`),
      );
      expect(shorter).toHaveLength(10);
      expect(shorter.length - differing.length).toBeGreaterThanOrEqual(atLeast);
    },
  );
});
