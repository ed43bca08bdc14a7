// Steps of decoding: the most likely token, told from block maxima or from all logits, and what a step may be given.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import { argmax } from '../../../src/model/engine/sampling.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { convert, hasConformance, promptOf, readCase } from './conformance.ts';

describe.runIf(hasConformance)('a step', () => {
  const stack = new DisposableStack();
  let vision: VisionTower;
  let plain: Decoder;
  let pooled: Decoder;
  let reduced: Decoder;
  let joined: Decoder;

  beforeAll(async () => {
    const model = stack.use(await convert('dense', 'fp32'));
    vision = stack.use(await VisionTower.load(model));
    plain = stack.use(await Decoder.load(model));
    pooled = stack.use(await Decoder.load(model, { blockMaxima: 'pooled' }));
    reduced = stack.use(await Decoder.load(model, { blockMaxima: 'reduced' }));
    joined = stack.use(await Decoder.load(model, { widensMatrices: true }));
  });
  afterAll(() => stack.dispose());

  test('gives the reference’s token and logits, with block maxima and without, and with matrices joined', async () => {
    const reference = readCase('dense', 'video');
    const prompt = promptOf(reference, vision);
    for (const decoder of [plain, pooled, reduced, joined]) {
      using sequence = new Sequence(decoder.newCache());
      await prefill(decoder, sequence, prompt, { chunkTokens: 64 });
      for (let i = 0; i + 1 < reference.greedy.length; i++) {
        const position = prompt.nextPosition + i;
        const needsLogits = i % 2 === 0;
        const result = await decoder.step(sequence.cache, reference.greedy[i]!, position, { needsLogits });
        expect(result.best(0)).toBe(reference.greedy[i + 1]);
        if (needsLogits) expect(argmax(result.logits(0))).toBe(reference.greedy[i + 1]);
        else expect(() => result.logits(0)).toThrow('not asked for');
      }
    }
  });

  test('of several rows tells each row’s token', async () => {
    for (const decoder of [pooled, reduced]) await tellsEachRow(decoder);
  });

  async function tellsEachRow(decoder: Decoder): Promise<void> {
    using batch = decoder.newBatchCache(3, 64);
    using step = decoder.stepOf(3);
    const rows = [5, 900, 77].map((tokenId) => ({ tokenId, position: 0, length: 0 }));
    const fromBlocks = await step.run(batch, rows, { needsLogits: false });
    const tokens = rows.map((_, row) => fromBlocks.best(row));
    const fromLogits = await step.run(batch, rows, { needsLogits: true });
    expect(rows.map((_, row) => argmax(fromLogits.logits(row)))).toEqual(tokens);
    expect(new Set(tokens).size).toBeGreaterThan(1);
  }

  test('beyond a row’s room is refused before it runs', async () => {
    using batch = plain.newBatchCache(1, 64);
    using step = plain.stepOf(1);
    const rows = [{ tokenId: 1, position: 0, length: batch.capacity }];
    await expect(step.run(batch, rows, { needsLogits: true })).rejects.toThrow('a step to 257 slots in a cache of 256');
  });
});
