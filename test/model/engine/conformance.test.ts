// Every case of every conformance checkpoint against what transformers computed in float32, from the reference's own pixels.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PromptChunks } from '../../../src/model/engine/chunks.ts';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { generate } from '../../../src/model/engine/generate.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { caseNames, convert, promptOf, readCase, relativeError, type Kind } from './conformance.ts';

const checkpoints: [Kind, 'model' | 'model-released-layout'][] = [
  ['dense', 'model'],
  ['dense', 'model-released-layout'],
  ['dense-untied', 'model'],
  ['moe', 'model'],
  ['moe', 'model-released-layout'],
];

const LIMIT = 1e-3;

describe.each(checkpoints)('%s, %s, fp32 on the CPU', (kind, layout) => {
  const stack = new DisposableStack();
  let decoder: Decoder;
  let vision: VisionTower;

  beforeAll(async () => {
    const model = stack.use(await convert(kind, 'fp32', layout));
    decoder = stack.use(await Decoder.load(model, { exposeHidden: true }));
    vision = stack.use(await VisionTower.load(model));
  });
  afterAll(() => stack.dispose());

  test.each(caseNames(kind))('%s: vision rows and DeepStack rows are the reference’s', async (name) => {
    const { hiddenSize } = decoder.config.text;
    for (const { pixelValues, grids, features } of readCase(kind, name).media) {
      const patchValues = 1536;
      let patch = 0;
      let row = 0;
      for (const [slices, rows, columns] of grids) {
        const patches = rows * columns;
        const sources = Array.from({ length: slices }, (_, i) => () => {
          return pixelValues.subarray((patch + i * patches) * patchValues, (patch + (i + 1) * patches) * patchValues);
        });
        for (const slice of await vision.encode(sources, [rows, columns])) {
          const encoded = await slice.read();
          features.forEach((reference, part) => {
            const column = columnsOf(encoded as Float32Array, decoder.visualWidth, part * hiddenSize, hiddenSize);
            const expected = reference.subarray(row * hiddenSize, row * hiddenSize + column.length);
            expect(relativeError(column, expected)).toBeLessThan(LIMIT);
          });
          row += patches / 4;
        }
        patch += slices * patches;
      }
      expect(row * hiddenSize).toBe(features[0]!.length);
    }
  });

  test.each(caseNames(kind))(
    '%s: hidden states and logits of the last 16 positions are the reference’s',
    async (name) => {
      const reference = readCase(kind, name);
      const prompt = promptOf(reference, vision);
      const { hiddenSize, numLayers } = decoder.config.text;
      const numTokens = prompt.tokenIds.length;
      using cache = decoder.newCache();
      const hidden = Array.from({ length: numLayers }, () => Tensor.zeros('float32', [1, numTokens, hiddenSize]));
      const last = Tensor.zeros('float32', [16, hiddenSize]);
      const logits = await decoder.forward(
        cache,
        {
          ...(await new PromptChunks(prompt, decoder.visualWidth).between(0, numTokens)),
          logitRows: Array.from({ length: 16 }, (_, i) => numTokens - 16 + i),
        },
        undefined,
        { ...Object.fromEntries(hidden.map((tensor, i) => [`hidden.${i}`, tensor])), hidden: last },
      );
      expect(relativeError(logits, reference.logitsLast)).toBeLessThan(LIMIT);
      const layer = (i: number) => reference.hiddenAfterLayers.subarray(i * 16 * hiddenSize, (i + 1) * 16 * hiddenSize);
      hidden.forEach((tensor, i) => {
        const positions = (tensor.data as Float32Array).subarray(-16 * hiddenSize);
        expect(relativeError(positions, layer(i)), `hidden state ${i}`).toBeLessThan(LIMIT);
      });
      expect(relativeError(last.data as Float32Array, layer(numLayers)), 'after the final norm').toBeLessThan(LIMIT);
    },
  );

  test.each(caseNames(kind))('%s: all 24 greedy tokens are the reference’s', async (name) => {
    const reference = readCase(kind, name);
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    const tokens: number[] = [];
    const options = { maxTokens: 24, stopTokenIds: [], chunkTokens: 4096 };
    for await (const token of generate(decoder, prefixes, promptOf(reference, vision), options)) tokens.push(token);
    expect(tokens).toEqual([...reference.greedy]);
  });
});

function columnsOf(rows: Float32Array, width: number, first: number, count: number): Float32Array {
  const result = new Float32Array((rows.length / width) * count);
  for (let row = 0; row < rows.length / width; row++) {
    result.set(rows.subarray(row * width + first, row * width + first + count), row * count);
  }
  return result;
}
