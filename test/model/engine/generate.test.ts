// What generation does when things go wrong, and that the next request works.
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContextOverflowError } from '../../../src/model/engine/generate.ts';
import { Runtime } from '../../../src/model/engine/runtime.ts';
import { BrokenLogitsError } from '../../../src/model/engine/sampling.ts';
import { DeviceUnavailableError } from '../../../src/model/ort/errors.ts';
import {
  ModelFolderError,
  openModelFolder,
  type ModelFolder,
} from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { convert, hasConformance, promptOf, readCase } from './conformance.ts';

async function collect(tokens: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const token of tokens) all.push(token);
  return all;
}

describe.runIf(hasConformance)('Runtime', () => {
  const stack = new DisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-generate-'));
  let model: ModelFolder;
  let runtime: Runtime;
  const reference = hasConformance ? readCase('dense', 'video') : undefined!;
  const greedy = { maxTokens: 24, stopTokenIds: [] };

  beforeAll(async () => {
    model = stack.use(await convert('dense', 'fp32'));
    runtime = stack.use(await Runtime.load(model.folder, { device: 'cpu', chunkTokens: 16 }));
  });
  afterAll(() => {
    stack.dispose();
    rmSync(scratch, { recursive: true });
  });

  test('requests made at once run one after another, each with its own answer', async () => {
    const other = readCase('dense', 'image');
    const [a, b] = await Promise.all([
      collect(runtime.generate(promptOf(reference, runtime.vision), greedy)),
      collect(runtime.generate(promptOf(other, runtime.vision), greedy)),
    ]);
    expect(a).toEqual([...reference.greedy]);
    expect(b).toEqual([...other.greedy]);
  });

  test('a stop token ends the answer and is not part of it', async () => {
    const stop = reference.greedy[5]!;
    const tokens = await collect(
      runtime.generate(promptOf(reference, runtime.vision), { maxTokens: 24, stopTokenIds: [stop] }),
    );
    expect(tokens).toEqual([...reference.greedy.slice(0, 5)]);
  });

  test('a constraint decides what may come', async () => {
    const accepted: number[] = [];
    const constraint = {
      restrict: (logits: Float32Array) =>
        logits.forEach((_, id) => {
          if (id % 2 === 1) logits[id] = -Infinity;
        }),
      accept: (id: number) => accepted.push(id),
    };
    const tokens = await collect(runtime.generate(promptOf(reference, runtime.vision), { ...greedy, constraint }));
    expect(tokens.every((id) => id % 2 === 0)).toBe(true);
    expect(accepted).toEqual(tokens);
  });

  test('cancelled in mid-prefill, it rejects with the reason; the next request goes on from the finished chunks', async () => {
    runtime.prefixes.clear();
    const controller = new AbortController();
    const prompt = promptOf(reference, runtime.vision);
    const onPrefill = (done: number) => {
      if (done >= 48) controller.abort(new Error('changed my mind'));
    };
    await expect(
      collect(runtime.generate(prompt, { ...greedy, signal: controller.signal, onPrefill })),
    ).rejects.toThrow('changed my mind');
    const iterator = runtime.generate(prompt, greedy);
    const tokens: number[] = [];
    let step = await iterator.next();
    for (; !step.done; step = await iterator.next()) tokens.push(step.value);
    expect(tokens).toEqual([...reference.greedy]);
    expect(step.value.cachedTokens).toBeGreaterThan(20);
    expect(step.value.cachedTokens).toBeLessThanOrEqual(48);
  });

  test('a reader who stops early leaves a runtime that answers the next request', async () => {
    const prompt = promptOf(reference, runtime.vision);
    for await (const token of runtime.generate(prompt, greedy)) {
      expect(token).toBe(reference.greedy[0]);
      break;
    }
    expect(await collect(runtime.generate(prompt, greedy))).toEqual([...reference.greedy]);
  });

  test('a prompt and answer longer than the model takes are refused before anything runs, with the numbers', async () => {
    const prompt = promptOf(reference, runtime.vision);
    const tooMany = runtime.config.text.maxPositions;
    const error = await collect(runtime.generate(prompt, { ...greedy, maxTokens: tooMany })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ContextOverflowError);
    expect(error).toMatchObject({
      code: 'CONTEXT_OVERFLOW',
      needed: prompt.tokenIds.length + tooMany,
      available: tooMany,
    });
  });

  test('memory that can’t be had is an error with the numbers, and the next request works', async () => {
    using cache = runtime.decoder.newCache();
    await expect(cache.reserve(2_000_000_000)).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/^\d{13} bytes for float32\[1,2,\d+,128\]/) as string,
    });
    expect(cache.capacity).toBe(0);
    expect(await collect(runtime.generate(promptOf(reference, runtime.vision), greedy))).toEqual([...reference.greedy]);
  });

  test('NaN in the weights is an error of its own, and its keys and values are not kept', async () => {
    const folder = join(scratch, 'nan');
    cpSync(model.folder, folder, { recursive: true });
    const { offset } = model.weights.get('layers.0.input_norm')!;
    const file = openSync(join(folder, 'weights.bin'), 'r+');
    writeSync(file, new Uint8Array(Float32Array.of(NaN).buffer), 0, 4, offset);
    closeSync(file);
    using broken = await Runtime.load(folder, { device: 'cpu' });
    await expect(collect(broken.generate(promptOf(reference, broken.vision), greedy))).rejects.toThrow(
      BrokenLogitsError,
    );
    expect(broken.prefixes.numIdle).toBe(0);
  });

  test('weights cut short, weights missing, no model at all: each says which file and what to do', async () => {
    const folder = join(scratch, 'short');
    cpSync(model.folder, folder, { recursive: true });
    truncateSync(join(folder, 'weights.bin'), 100_000);
    await expect(Runtime.load(folder, { device: 'cpu' })).rejects.toThrow(
      /weights\.bin cut short: 100000 of \d+ bytes/,
    );
    rmSync(join(folder, 'weights.bin'));
    const missing = await Runtime.load(folder, { device: 'cpu' }).catch((reason: unknown) => reason);
    expect(missing).toBeInstanceOf(ModelFolderError);
    expect(missing).toMatchObject({ message: `${folder} holds no weights.bin`, code: 'MODEL_FOLDER' });
    await expect(openModelFolder(scratch)).rejects.toThrow(ModelFolderError);
  });

  test('a device named that can’t be used is refused; auto falls back and says why', async () => {
    const chosen = await Runtime.load(model.folder, { device: 'auto' });
    expect(chosen.deviceChoice.reason).not.toBe('');
    for (const { device } of chosen.deviceChoice.fallbacks) {
      await expect(Runtime.load(model.folder, { device })).rejects.toThrow(DeviceUnavailableError);
    }
    chosen[Symbol.dispose]();
  });
});
