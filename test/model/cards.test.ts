import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, computeCosts, readCards } from '../../src/model/cards.ts';
import { openCheckpoint } from '../../src/model/qwen3-vl/checkpoint.ts';
import { convertCheckpoint } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { weightFileBytes } from '../../src/model/qwen3-vl/graphs/weights.ts';
import { expectedTensors } from '../../src/model/qwen3-vl/tensor-names.ts';
import { CONFORMANCE, hasShared, scratchFolder, SHARED } from './qwen3-vl/conformance.ts';

const cards = await readCards();
const cardOf = (name: string) => cards.find((card) => card.name === name)!;

describe('model cards', () => {
  it('name every released size, Instruct and Thinking, and our own', () => {
    const sizes = ['2b', '4b', '8b', '32b', '30b-a3b', '235b-a22b'];
    const names = sizes.flatMap((size) => [`qwen3-vl-${size}-instruct`, `qwen3-vl-${size}-thinking`]);
    expect(cards.map((card) => card.name).sort()).toEqual([...names, 'lectern-slides-26m'].sort());
    expect(cardOf('qwen3-vl-30b-a3b-thinking').repository).toBe('Qwen/Qwen3-VL-30B-A3B-Thinking');
    expect(cardOf('lectern-slides-26m').repository).toBeUndefined();
  });

  it.each(cards)('$name states the costs that its shapes have', (card) => {
    expect(card.costs).toEqual(computeCosts(card.shapes));
  });

  it.each([
    ['2b', 2.13],
    ['4b', 4.44],
    ['8b', 8.77],
    ['32b', 33.4],
    ['30b-a3b', 31.1],
    ['235b-a22b', 235.8],
  ])('%s has about %d billion parameters', (size, billions) => {
    const { parameters } = cardOf(`qwen3-vl-${size}-instruct`).costs;
    expect(Math.abs(parameters / 1e9 / billions - 1)).toBeLessThan(0.01);
  });

  it.each([
    ['2b', 112],
    ['4b', 144],
    ['8b', 144],
    ['32b', 256],
    ['30b-a3b', 96],
    ['235b-a22b', 188],
  ])('%s keeps %d KiB a token in float16', (size, kib) => {
    expect(cardOf(`qwen3-vl-${size}-thinking`).costs.kvBytesPerToken).toBe(kib * 1024);
  });

  it('adds 28 GiB of keys and values to the weights of 2B at 256K tokens', () => {
    const { memoryBytes, weightBytes } = cardOf('qwen3-vl-2b-instruct').costs;
    expect(memoryBytes.int4['262144']! - weightBytes.int4).toBe(28 * 2 ** 30);
    expect(weightBytes.int4).toBeLessThan(weightBytes.fp16 / 2.5);
  });

  it('refuses a card without a repository name of two parts, one that is no JSON, and one under another name', async () => {
    const folder = await scratchFolder();
    const path = join(folder, 'x', 'card.json');
    await mkdir(join(folder, 'x'));
    for (const text of [
      '{',
      JSON.stringify({ ...cards[0], name: 'x', repository: 'one' }),
      JSON.stringify({ ...cards[0], name: 'y' }),
    ]) {
      await writeFile(path, text);
      await expect(readCards(folder)).rejects.toMatchObject({ code: 'MODEL_CARD' });
    }
  });

  describe.skipIf(!hasShared)('against real checkpoints', () => {
    it.each(['dense', 'dense-untied', 'moe'])(
      'weightFileBytes of %s is what a conversion writes, in every format',
      async (name) => {
        await using checkpoint = await openCheckpoint(join(CONFORMANCE, name, 'model'));
        for (const format of ['fp32', 'fp16', 'int4'] as const) {
          const folder = await scratchFolder();
          await convertCheckpoint(checkpoint, folder, format);
          const { size } = await stat(join(folder, 'weights.bin'));
          expect(weightFileBytes(checkpoint, format), format).toBe(size);
        }
      },
    );

    it('lectern-slides-26m has the shapes of its checkpoint', async () => {
      await using checkpoint = await openCheckpoint(join(SHARED, 'models/lectern-slides-26m'));
      const config = configOf(cardOf('lectern-slides-26m').shapes);
      expect([...expectedTensors(config)]).toEqual([...expectedTensors(checkpoint.config)]);
      expect(config.text.rope).toEqual(checkpoint.config.text.rope);
    });
  });
});
