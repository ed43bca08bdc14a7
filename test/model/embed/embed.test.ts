// Embedding and reranking on the reference checkpoints: the states are the reference's own, and what is made of them is plain
// arithmetic on the checkpoint's tensors. Random weights, so the numbers mean nothing beyond that.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PromptEncoder } from '../../../src/model/chat/prompt-encoder.ts';
import { EmbeddingModel } from '../../../src/model/embed/embedding-model.ts';
import { Reranker } from '../../../src/model/embed/reranker.ts';
import { Runtime } from '../../../src/model/engine/runtime.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { caseNames, hasConformance, promptOf, readCase, relativeError } from '../engine/conformance.ts';
import { CONFORMANCE } from '../qwen3-vl/conformance.ts';

const device = { device: 'cpu' as const, threads: 1 };
const source = join(CONFORMANCE, 'dense-untied/model');

function checks(size: number): RgbImage {
  const data = Uint8Array.from({ length: 128 * 128 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 128, Math.floor(i / 384)];
    return (Math.floor(x / size) + Math.floor(y / size)) % 2 === 0 ? 0 : 255;
  });
  return { width: 128, height: 128, data };
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe.runIf(hasConformance)('on a reference checkpoint', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  const folder = join(scratch, 'model');
  beforeAll(() => addModel(source, folder, 'fp32'));
  afterAll(() => rm(scratch, { recursive: true }));

  it('Runtime.readLast gives the reference’s last hidden state and logits, in any chunks, again and again', async () => {
    for (const chunkTokens of [7, 512]) {
      using runtime = await Runtime.load(folder, { ...device, chunkTokens });
      for (const name of caseNames('dense-untied')) {
        const item = readCase('dense-untied', name);
        for (let run = 0; run < 2; run++) {
          const { hidden, logits } = await runtime.readLast(promptOf(item, runtime.vision));
          expect(relativeError(hidden, item.hiddenAfterLayers.slice(-hidden.length)), name).toBeLessThan(1e-3);
          expect(relativeError(logits, item.logitsLast.slice(-logits.length)), name).toBeLessThan(1e-3);
        }
      }
    }
  });

  describe('EmbeddingModel', () => {
    it('is the last state of the prompt that the checkpoints were trained with, cut and brought to length 1', async () => {
      const encoder = await PromptEncoder.open(folder);
      using runtime = await Runtime.load(folder, device);
      await using model = await EmbeddingModel.open(folder, device);
      expect(model.dimensions).toBe(64);
      for (const [instruction, sentence] of [
        [undefined, "Represent the user's input."],
        ['Find the page', 'Find the page.'],
        ['Which page?', 'Which page?'],
      ] as const) {
        const messages = [
          { role: 'system' as const, content: sentence },
          { role: 'user' as const, content: 'gradient descent' },
        ];
        const encoded = await encoder.encode({ messages });
        expect(encoder.tokenizer.decode(encoded.tokenIds, { keepSpecial: true })).toBe(
          `<|im_start|>system\n${sentence}<|im_end|>\n<|im_start|>user\ngradient descent<|im_end|>\n<|im_start|>assistant\n`,
        );
        const { hidden } = await runtime.readLast(runtime.visualRows.promptOf(encoded));
        for (const dimensions of [64, 16]) {
          const kept = hidden.slice(0, dimensions);
          const length = Math.hypot(...kept);
          const vector = await model.embed(
            { text: 'gradient descent' },
            { dimensions, ...(instruction && { instruction }) },
          );
          expect(vector.length).toBe(dimensions);
          expect(
            relativeError(
              vector,
              kept.map((value) => value / length),
            ),
          ).toBeLessThan(1e-5);
          expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        }
      }
    });

    it('sees pictures and frames, tells them apart, and takes nothing for the word NULL', async () => {
      await using model = await EmbeddingModel.open(folder, device);
      const wide = await model.embed({ images: [checks(32)] });
      const same = await model.embed({ images: [checks(32)] });
      const fine = await model.embed({ images: [checks(4)] });
      expect(dot(wide, same)).toBeCloseTo(1, 5);
      expect(dot(wide, fine)).toBeLessThan(0.99999);
      const frames = Array.from({ length: 70 }, (_, i) => ({ timeSec: i, picture: checks(32) }));
      expect((await model.embed({ frames, text: 'a clip' })).length).toBe(64);
      expect(relativeError(await model.embed({}), await model.embed({ text: 'NULL' }))).toBeLessThan(1e-5);
    });

    it('refuses more dimensions than there are', async () => {
      await using model = await EmbeddingModel.open(folder, device);
      await expect(model.embed({ text: 'x' }, { dimensions: 65 })).rejects.toMatchObject({ code: 'USAGE' });
    });
  });

  describe('Reranker', () => {
    it('scores by the head’s rows of yes and no: sigmoid(h · (yes - no))', async () => {
      // The checkpoint's small vocabulary has no words; two letters stand for them.
      const answers = { yes: 'y', no: 'n' };
      await using reranker = await Reranker.open(folder, { ...device, answers });
      const score = await reranker.score({ text: 'how to plot' }, { text: 'plot draws a curve' });

      const encoder = await PromptEncoder.open(folder);
      const text =
        '<Instruct>: Given a search query, retrieve relevant candidates that answer the query.' +
        '<Query>:how to plot\n<Document>:plot draws a curve';
      const task =
        'Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".';
      const messages = [
        { role: 'system' as const, content: task },
        { role: 'user' as const, content: text },
      ];
      using runtime = await Runtime.load(folder, device);
      const prompt = runtime.visualRows.promptOf(await encoder.encode({ messages }));
      const { hidden } = await runtime.readLast(prompt);
      await using checkpoint = await openCheckpoint(source);
      const head = checkpoint.tensor('lm_head.weight');
      const bytes = await head.read();
      const row = (word: string) => {
        const id = encoder.tokenizer.encode(word)[0]!;
        const values = new Float32Array(hidden.length);
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const bits = new Uint32Array(1);
        values.forEach((_, i) => {
          bits[0] = view.getUint16(2 * (id * hidden.length + i), true) << 16;
          values[i] = new Float32Array(bits.buffer)[0]!;
        });
        return values;
      };
      expect(head.dtype).toBe('BF16');
      const odds = dot(hidden, row('y')) - dot(hidden, row('n'));
      expect(score).toBeCloseTo(1 / (1 + Math.exp(-odds)), 5);
      expect(Math.abs(score - 0.5)).toBeGreaterThan(1e-4);
    });

    it('takes pictures on both sides, and names an answer that is no single token', async () => {
      await using reranker = await Reranker.open(folder, { ...device, answers: { yes: 'y', no: 'n' } });
      const query = { images: [checks(32)], text: 'a board' };
      const [a, b] = [
        await reranker.score(query, { images: [checks(16)] }),
        await reranker.score(query, { images: [checks(4)] }),
      ];
      expect(a).toBeGreaterThan(0);
      expect(a).toBeLessThan(1);
      expect(a).not.toBe(b);
      const none = Reranker.open(folder, { ...device, answers: { yes: 'xqzj', no: 'n' } });
      await expect(none).rejects.toMatchObject({ code: 'CHECKPOINT_TOKENIZER' });
    });
  });
});
