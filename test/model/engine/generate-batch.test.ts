// Sequences that decode together answer as each does alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { generateBatch, type BatchAnswer, type BatchRequest } from '../../../src/model/engine/generate-batch.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { caseNames, convert, hasConformance, promptOf, readCase, type Kind } from './conformance.ts';

describe.runIf(hasConformance).each(['dense', 'moe'] as Kind[])('%s', (kind) => {
  const stack = new DisposableStack();
  let decoder: Decoder;
  let vision: VisionTower;

  beforeAll(async () => {
    const model = stack.use(await convert(kind, 'fp32'));
    decoder = stack.use(await Decoder.load(model));
    vision = stack.use(await VisionTower.load(model));
  });
  afterAll(() => stack.dispose());

  function requests(maxTokens: (index: number) => number = () => 24): BatchRequest[] {
    return caseNames(kind).map((name, i) => ({
      prompt: promptOf(readCase(kind, name), vision),
      maxTokens: maxTokens(i),
      stopTokenIds: [],
    }));
  }

  async function run(prefixes: PrefixCache, batch: BatchRequest[], rows: number, signal?: AbortSignal) {
    const answers: BatchAnswer[] = [];
    for await (const answer of generateBatch(decoder, prefixes, batch, { rows, chunkTokens: 64, signal })) {
      answers.push(answer);
    }
    return answers;
  }

  test.each([1, 3, 8])('%d rows: every case has the reference’s 24 tokens', async (rows) => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    const answers = await run(prefixes, requests(), rows);
    expect(answers.length).toBe(caseNames(kind).length);
    for (const { index, tokenIds, report } of answers) {
      const reference = readCase(kind, caseNames(kind)[index]!);
      expect(tokenIds, caseNames(kind)[index]).toEqual([...reference.greedy]);
      expect(report.promptTokens).toBe(reference.tokenIds.length);
      expect(report.finish).toBe('length');
    }
  });

  test('rows that end early are taken by the prompts that wait, and answers come as they end', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    const answers = await run(
      prefixes,
      requests((i) => (i === 0 ? 24 : i + 1)),
      2,
    );
    expect(answers.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(caseNames(kind).map((_, i) => i));
    expect(answers.at(0)!.index).not.toBe(0);
    for (const { index, tokenIds } of answers) {
      const { greedy } = readCase(kind, caseNames(kind)[index]!);
      expect(tokenIds).toEqual([...greedy.subarray(0, index === 0 ? 24 : index + 1)]);
    }
  });

  test('a stop token ends its row alone and is not given out', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    const [first, second] = requests();
    const { greedy } = readCase(kind, caseNames(kind)[0]!);
    const stop = greedy[5]!;
    const stopAt = greedy.indexOf(stop);
    const answers = await run(prefixes, [{ ...first!, stopTokenIds: [stop] }, second!], 2);
    const ended = answers.find(({ index }) => index === 0)!;
    expect(ended.report.finish).toBe('stop');
    expect(ended.tokenIds).toEqual([...greedy.subarray(0, stopAt)]);
    expect(answers.find(({ index }) => index === 1)!.tokenIds.length).toBe(24);
  });

  test('what was answered in a batch is reused by the next one', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 1 << 30 });
    const batch = requests();
    const cold = await run(prefixes, batch, 4);
    const warm = await run(prefixes, batch, 4);
    expect(cold.every(({ report }) => report.cachedTokens < report.promptTokens / 2)).toBe(true);
    for (const { index, tokenIds, report } of warm) {
      expect(tokenIds).toEqual([...readCase(kind, caseNames(kind)[index]!).greedy]);
      if (report.promptTokens > 40) expect(report.cachedTokens).toBeGreaterThan(report.promptTokens / 4);
    }
  });

  test('a cancelled batch rejects with the reason, and the decoder goes on working', async () => {
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    const controller = new AbortController();
    const batch = requests().map((request) => ({ ...request, onToken: () => controller.abort(new Error('enough')) }));
    await expect(run(prefixes, batch, 2, controller.signal)).rejects.toThrow('enough');
    const [answer] = await run(prefixes, requests().slice(0, 1), 1);
    expect(answer!.tokenIds).toEqual([...readCase(kind, caseNames(kind)[0]!).greedy]);
  });
});
