// Keys and values in int8. What it costs is a fact about a checkpoint, printed here and bounded. Cutting, growing, copying, storing and
// batching cost nothing more, because attention reads the codes of the newest tokens too.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { DeviceTurns } from '../../../src/model/engine/device-turns.ts';
import { generate } from '../../../src/model/engine/generate.ts';
import { KvFormatUnavailableError, kvScalesHash, kvScalesOf } from '../../../src/model/engine/kv-calibration.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import type { Prompt } from '../../../src/model/engine/prompt.ts';
import { Runtime, withKv } from '../../../src/model/engine/runtime.ts';
import { Scheduler } from '../../../src/model/engine/scheduler.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { SnapshotStore } from '../../../src/model/engine/snapshot-store.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import type { KvScales } from '../../../src/model/qwen3-vl/graphs/attention.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import { convertCheckpoint, type ModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { readProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import { readTokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { caseNames, convert, hasConformance, promptOf, readCase, relativeError, type Kind } from './conformance.ts';
import { encodeCase, hasTrained, trainedCases, trainedFolder } from './trained.ts';

const conformance = resolve(import.meta.dirname, '../../../../shared/conformance');

/** Of the logits at the last token, relative to the reference's largest. Random weights are not robust: see formats.test.ts. */
const bounds: Record<Kind, number> = { dense: 0.1, 'dense-untied': 0.1, moe: 0.5 };
/**
 * Between two ways of chunking. The dense ones agree to the bit; a mixture sums a token's experts in another order, and a value that
 * lies between two codes then takes the other one: 2 of 178,176 codes, and 7e-5 of the largest logit.
 */
const sameLogits: Record<Kind, number> = { dense: 1e-5, 'dense-untied': 1e-5, moe: 1e-3 };
const MAX_OTHER_CODES = 1e-4;

describe.runIf(hasConformance).each(Object.keys(bounds) as Kind[])('%s', (kind) => {
  const stack = new DisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-kv-int8-'));
  let model: ModelFolder;
  let scales: KvScales;
  let decoder: Decoder;
  let vision: VisionTower;

  beforeAll(async () => {
    model = stack.use(await convert(kind, 'fp32'));
    copyFileSync(join(conformance, kind, 'model', 'tokenizer.json'), join(model.folder, 'tokenizer.json'));
    scales = await kvScalesOf(model, {});
    decoder = stack.use(await Decoder.load(model, { kvScales: scales, threads: 1 }));
    vision = stack.use(await VisionTower.load(model, { threads: 1 }));
  });
  afterAll(() => {
    stack.dispose();
    rmSync(scratch, { recursive: true });
  });

  async function logitsOf(sequence: Sequence, prompt: Prompt, chunkTokens = 512): Promise<Float32Array> {
    return await prefill(decoder, sequence, prompt, { chunkTokens });
  }

  async function answer(prefixes: PrefixCache, prompt: Prompt) {
    const tokens: number[] = [];
    const iterator = generate(decoder, prefixes, prompt, { maxTokens: 24, stopTokenIds: [], chunkTokens: 512 });
    let step = await iterator.next();
    for (; !step.done; step = await iterator.next()) tokens.push(step.value);
    return { tokens, report: step.value };
  }

  test(`logits differ from the reference’s by less than ${bounds[kind]} of the largest`, async () => {
    const errors: string[] = [];
    let equal = 0;
    for (const name of caseNames(kind)) {
      const reference = readCase(kind, name);
      const prompt = promptOf(reference, vision);
      using sequence = new Sequence(decoder.newCache());
      const logits = await logitsOf(sequence, prompt);
      const error = relativeError(logits, reference.logitsLast.slice(-logits.length));
      errors.push(`${name} ${error.toFixed(4)}`);
      expect(error, name).toBeLessThan(bounds[kind]);
      using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
      const { tokens } = await answer(prefixes, prompt);
      if (tokens.every((token, i) => token === reference.greedy[i])) equal++;
    }
    console.log(`${kind}: ${errors.join(', ')}; all 24 tokens equal in ${equal} of ${errors.length}`);
  });

  test('a token takes a quarter of the bytes of a float32 cache', async () => {
    using cache = decoder.newCache();
    await cache.reserve(1);
    const { numLayers, numKvHeads, headDim } = model.config.text;
    expect(cache.type).toBe('int8');
    expect(cache.kvBytesPerToken).toBe(2 * numLayers * numKvHeads * headDim);
    expect(cache.tensors.reduce((sum, { data }) => sum + data.byteLength, 0)).toBe(
      cache.capacity * cache.kvBytesPerToken,
    );
  });

  test('chunks of any size, a cut and another run, and a cache that grew give the logits of one pass', async () => {
    const prompt = promptOf(readCase(kind, 'video'), vision);
    using whole = new Sequence(decoder.newCache());
    const expected = await logitsOf(whole, prompt);
    for (const chunkTokens of [1, 7, 16, 64]) {
      using sequence = new Sequence(decoder.newCache());
      expect(relativeError(await logitsOf(sequence, prompt, chunkTokens), expected)).toBeLessThan(sameLogits[kind]);
      const { share, largest } = await otherCodes(whole, sequence);
      expect(share, `codes that differ in chunks of ${chunkTokens}`).toBeLessThan(MAX_OTHER_CODES);
      expect(largest).toBeLessThanOrEqual(1);
    }
    for (const length of [prompt.tokenIds.length - 1, prompt.groups[1]!.start, prompt.groups[0]!.start]) {
      whole.rewind(length);
      expect(relativeError(await logitsOf(whole, prompt), expected), `cut at ${length}`).toBeLessThan(sameLogits[kind]);
    }
    whole.rewind(prompt.groups[1]!.start);
    const { capacity } = whole.cache;
    await whole.cache.reserve(capacity + 1);
    expect(whole.cache.capacity).toBeGreaterThan(capacity);
    expect(relativeError(await logitsOf(whole, prompt), expected), 'grown').toBeLessThan(sameLogits[kind]);
  });

  test('100,000 positions further on, where keys are turned elsewhere, the error is bounded as at the beginning', async () => {
    for (const name of caseNames(kind)) {
      const reference = readCase(kind, name);
      const prompt = promptOf(reference, vision);
      using sequence = new Sequence(decoder.newCache());
      const logits = await logitsOf(sequence, { ...prompt, positions: prompt.positions.map((p) => p + 100_000) });
      expect(relativeError(logits, reference.logitsLast.slice(-logits.length)), name).toBeLessThan(bounds[kind]);
    }
  });

  test('the same question again reuses all but its last token and gives the same answer', async () => {
    const prompt = promptOf(readCase(kind, 'video'), vision);
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    const first = await answer(prefixes, prompt);
    const again = await answer(prefixes, prompt);
    expect(again.report.cachedTokens).toBe(prompt.tokenIds.length - 1);
    expect(again.tokens).toEqual(first.tokens);
  });

  test.each(['fp', 'int8'] as const)('a snapshot (%s) holds the codes as they are', async (format) => {
    const prompt = promptOf(readCase(kind, 'video'), vision);
    const numTokens = prompt.tokenIds.length - 1;
    const folder = join(scratch, format);
    const store = new SnapshotStore({ folder, maxBytes: 2 ** 30, format, modelKey: 'test' });
    using sequence = new Sequence(decoder.newCache());
    const expected = await logitsOf(sequence, prompt);
    await store.save(sequence, numTokens, 0);
    const [file] = readdirSync(folder);
    const bytes = numTokens * (sequence.cache.kvBytesPerToken + 16);
    // Each tensor's region, the tokens and the header are whole pages.
    expect(statSync(join(folder, file!)).size - bytes).toBeLessThan((sequence.cache.tensors.length + 2) * 4096);
    const found = await store.longestPrefix(prompt);
    using restored = (await store.load(found!.prefixHash, decoder))!;
    expect(restored.length).toBe(numTokens);
    for (let i = 0; i < restored.cache.tensors.length; i++) {
      using was = await sequence.cache.take(i, 0, numTokens);
      using is = await restored.cache.take(i, 0, numTokens);
      expect(is.data).toEqual(was.data);
    }
    expect(relativeError(await logitsOf(restored, prompt), expected)).toBeLessThan(sameLogits[kind]);
  });

  test('sequences that decode together answer as each does alone', async () => {
    const names = caseNames(kind).slice(0, 4);
    using prefixes = new PrefixCache(decoder, { maxBytes: 0 });
    using scheduler = new Scheduler(decoder, prefixes, new DeviceTurns(), {
      mostRows: 3,
      chunkTokens: 64,
      freeBytes: () => Infinity,
    });
    const prompts = names.map((name) => promptOf(readCase(kind, name), vision));
    const tokensOf = async (prompt: Prompt) => {
      const tokens: number[] = [];
      for await (const token of scheduler.generate(prompt, { maxTokens: 24, stopTokenIds: [] })) tokens.push(token);
      return tokens;
    };
    const together = await Promise.all(prompts.map(tokensOf));
    for (const [i, prompt] of prompts.entries()) {
      expect(together[i], names[i]).toEqual((await answer(prefixes, prompt)).tokens);
    }
  });

  test('scales are kept in the folder; where they are damaged or of other weights, equal ones are found again', async () => {
    const path = join(model.folder, 'kv-int8.json');
    const written = readFileSync(path, 'utf8');
    expect(kvScalesHash(await kvScalesOf(model, {}))).toBe(kvScalesHash(scales));
    for (const damaged of [written.slice(0, 100), written.replace(model.weightsSha256, '0'.repeat(64))]) {
      writeFileSync(path, damaged);
      const again = await kvScalesOf(model, {});
      again.forEach((layer, i) => expect(relativeError(layer, scales[i]!)).toBeLessThan(1e-4));
      expect(readFileSync(path, 'utf8')).toContain(model.weightsSha256);
    }
  });

  test('a runtime with int8 keys and values answers, and sees no snapshot of a float one', async () => {
    const snapshots = { folder: join(scratch, 'runtime'), maxBytes: 2 ** 30, format: 'fp' } as const;
    using whole = await Runtime.load(model.folder, { device: 'cpu', snapshots });
    using runtime = await Runtime.load(model.folder, { device: 'cpu', snapshots, kv: 'int8' });
    const prompt = promptOf(readCase(kind, 'text'), vision);
    const tokens: number[] = [];
    for await (const token of runtime.generate(prompt, { maxTokens: 4, stopTokenIds: [] })) tokens.push(token);
    expect(tokens).toHaveLength(4);
    using sequence = await runtime.prefixes.acquire(prompt);
    await runtime.snapshots!.save(sequence, 20, 20);
    expect((await runtime.snapshots!.longestPrefix(prompt))?.length).toBe(20);
    expect(await whole.snapshots!.longestPrefix(prompt)).toBeUndefined();
  });

  test('on WebGPU, which takes no int8 cache, a runtime says so before it loads anything', async () => {
    const deviceChoice = { device: 'webgpu', reason: 'chosen by a test', fallbacks: [] } as const;
    await expect(Runtime.load(model.folder, { deviceChoice, kv: 'int8' })).rejects.toThrow(KvFormatUnavailableError);
  });

  test('where nobody names a device, WebGPU makes way for the CPU, and says why', () => {
    const webgpu = { device: 'webgpu', reason: 'the fastest device that works here', fallbacks: [] } as const;
    const cpu = withKv(webgpu, 'int8');
    expect(cpu).toMatchObject({ device: 'cpu', reason: 'webgpu keeps no keys and values in int8' });
    expect(cpu.fallbacks.map(({ device }) => device)).toEqual(['webgpu']);
    expect(withKv(webgpu, 'fp')).toBe(webgpu);
    expect(withKv(cpu, 'int8')).toBe(cpu);
  });
});

/** The share of codes in which two caches of one length differ, and by how much at most. */
async function otherCodes(one: Sequence, other: Sequence): Promise<{ share: number; largest: number }> {
  let differing = 0;
  let count = 0;
  let largest = 0;
  for (let i = 0; i < one.cache.tensors.length; i++) {
    using a = await one.cache.take(i, 0, one.length);
    using b = await other.cache.take(i, 0, one.length);
    const codes = b.data as Int8Array;
    (a.data as Int8Array).forEach((code, at) => {
      const difference = Math.abs(code - codes[at]!);
      largest = Math.max(largest, difference);
      if (difference > 0) differing++;
    });
    count += codes.length;
  }
  return { share: differing / count, largest };
}

/** Seven clips, one of them with an answer of 72 tokens. */
const shorter = trainedCases().filter(({ promptTokens }) => promptTokens < 600);

describe.runIf(hasTrained)('lectern-slides-26m', { timeout: 900_000 }, () => {
  test.each([
    ['fp32', 7],
    ['int4', 7],
  ] as const)(
    '%s weights: at least %d of the 7 shorter answers stay as they are; every other one is shown',
    async (format, atLeast) => {
      const folder = mkdtempSync(join(tmpdir(), 'lectern-kv-int8-'));
      await using checkpoint = await openCheckpoint(trainedFolder);
      await convertCheckpoint(checkpoint, folder, format);
      copyFileSync(join(trainedFolder, 'tokenizer.json'), join(folder, 'tokenizer.json'));
      const [tokenizer, processor] = await Promise.all([readTokenizer(folder), readProcessorConfig(trainedFolder)]);
      using runtime = await Runtime.load(folder, { device: 'cpu', kv: 'int8' });
      const differing: string[] = [];
      for (const one of shorter) {
        const prompt = runtime.visualRows.promptOf(await encodeCase(one, tokenizer, processor, runtime.config));
        const tokens: number[] = [];
        const options = { maxTokens: 160, stopTokenIds: runtime.config.eosTokenIds };
        for await (const token of runtime.generate(prompt, options)) tokens.push(token);
        const text = tokenizer.decode(tokens);
        if (text !== one.expected) differing.push(`${one.name}: ${one.expected}\n    now ${text}`);
      }
      console.log(
        `${format} weights, int8 keys and values: ${shorter.length - differing.length} of ${shorter.length} equal`,
        ...differing.map((line) => `\n  ${line}`),
      );
      expect(shorter.length - differing.length).toBeGreaterThanOrEqual(atLeast);
      rmSync(folder, { recursive: true });
    },
  );
});
