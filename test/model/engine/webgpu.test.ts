// The attention kernel of WebGPU reads rotary rows at the slots of tokens: they must be those of the run, wherever it begins.
import { describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { argmax } from '../../../src/model/engine/sampling.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { isWebGpuThere } from '../ort/webgpu.ts';
import { convert, hasConformance, promptOf, readCase, relativeError } from './conformance.ts';

describe.runIf(hasConformance && (await isWebGpuThere()))('a decoder on WebGPU', () => {
  test('gives the reference’s logits in chunks of any size, after a cut, and in steps', async () => {
    using model = await convert('dense', 'fp16');
    using vision = await VisionTower.load(model, { device: 'webgpu' });
    using decoder = await Decoder.load(model, { device: 'webgpu' });
    const reference = readCase('dense', 'video');
    const prompt = promptOf(reference, vision);
    const vocabulary = decoder.config.text.vocabSize;
    const expected = reference.logitsLast.slice(-vocabulary);
    using sequence = new Sequence(decoder.newCache());
    for (const [chunkTokens, kept] of [
      [512, 0],
      [13, 0],
      [7, 5],
    ] as const) {
      sequence.rewind(kept);
      const logits = await prefill(decoder, sequence, prompt, { chunkTokens });
      // Half precision, in whatever order a driver adds.
      expect(relativeError(logits, expected)).toBeLessThan(0.1);
    }
    sequence.rewind(prompt.tokenIds.length - 1);
    const position = prompt.nextPosition - 1;
    const last = prompt.tokenIds.at(-1)!;
    const step = await decoder.step(sequence.cache, last, position, { needsLogits: true });
    expect(relativeError(step.logits(0), expected)).toBeLessThan(0.1);
    const likely = argmax(step.logits(0));
    for (const needsLogits of [false, true, false]) {
      sequence.rewind(prompt.tokenIds.length - 1);
      const again = await decoder.step(sequence.cache, last, position, { needsLogits });
      expect(again.best(0)).toBe(likely);
    }
  });

  test('replays steps that it recorded for each cache, also when the cache has grown, as if each ran by itself', async () => {
    using model = await convert('dense', 'fp16');
    using recording = await Decoder.load(model, { device: 'webgpu' });
    using plain = await Decoder.load(model, { device: 'webgpu', recordsRuns: false });
    expect([recording, plain].map(({ session }) => session.recordsRuns)).toEqual([true, false]);
    const tokens = Array.from({ length: 12 }, (_, i) => (i * 389) % 1000);
    const logits = async (decoder: Decoder) => {
      using a = decoder.newCache();
      using b = decoder.newCache();
      const results: Float32Array[] = [];
      for (const [i, tokenId] of tokens.entries()) {
        if (i === 7) await a.reserve(a.capacity + 1);
        for (const cache of [a, b]) {
          const token = cache === a ? tokenId : (tokenId + 1) % 1000;
          results.push((await decoder.step(cache, token, i, { needsLogits: true })).logits(0).slice());
        }
      }
      return results;
    };
    const expected = await logits(plain);
    for (const [i, result] of (await logits(recording)).entries()) {
      expect(relativeError(result, expected[i]!), `step ${i}`).toBeLessThan(0.02);
    }
  });
});
