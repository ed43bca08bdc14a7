// The model in the box: the files that ship with the project are what a conversion of the trained checkpoint gives today, and
// they answer. What the formats cost in answers is in engine/trained.test.ts.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { Runtime } from '../../src/model/engine/runtime.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import { openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { readProcessorConfig } from '../../src/model/qwen3-vl/processor-config.ts';
import { readTokenizer } from '../../src/model/qwen3-vl/tokenizer.ts';
import { encodeCase, hasTrained, trainedCases, trainedFolder } from './engine/trained.ts';

const SHIPPED = join(CARDS_FOLDER, 'lectern-slides-26m');

describe('the model in the box', () => {
  it('opens, and is an int4 model of 23 MB', async () => {
    const model = await openModelFolder(SHIPPED);
    expect(model.format).toBe('int4');
    const end = Math.max(...[...model.weights.values()].map(({ offset, byteLength }) => offset + byteLength));
    expect(end).toBe(23_033_344);
  });

  it('has the scales of an int8 KV cache with it, so that nothing is written into its folder', async () => {
    const scales = await readFile(join(SHIPPED, 'kv-int8.json'), 'utf8');
    expect(scales).toContain((await openModelFolder(SHIPPED)).weightsSha256);
  });

  it.runIf(hasTrained)('holds what a conversion of its checkpoint gives today', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
    const converted = await addModel(trainedFolder, join(folder, 'model'), 'int4');
    expect((await openModelFolder(SHIPPED)).weightsSha256).toBe(converted.weightsSha256);
    await rm(folder, { recursive: true });
  });

  it.runIf(hasTrained)('answers the short cases as the reference does in float32', async () => {
    const [tokenizer, processor] = await Promise.all([readTokenizer(SHIPPED), readProcessorConfig(SHIPPED)]);
    using runtime = await Runtime.load(SHIPPED, { device: 'cpu', threads: 2 });
    const short = trainedCases().filter(({ promptTokens }) => promptTokens < 500);
    expect(short.length).toBeGreaterThan(2);
    for (const item of short) {
      const encoded = await encodeCase(item, tokenizer, processor, runtime.config);
      const ids: number[] = [];
      const options = { maxTokens: 200, stopTokenIds: runtime.config.eosTokenIds };
      for await (const id of runtime.generate(runtime.visualRows.promptOf(encoded), options)) ids.push(id);
      expect(tokenizer.decode(ids), item.name).toBe(item.expected);
    }
  });
});
