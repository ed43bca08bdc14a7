// A local model as the rest of the program sees it, and that it goes on answering after everything that can go wrong.
import { cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LecternError } from '../../../src/errors.ts';
import { complete, type ChatMessage, type ChatRequest } from '../../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../../src/model/chat/local-chat-model.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import { openModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { CONFORMANCE, hasShared } from '../qwen3-vl/conformance.ts';

function stripes(width: number, height: number, seed: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.floor(i / 9) * seed * 37) % 256);
  return { width, height, data };
}

const frames = [0, 1, 2, 3, 4].map((i) => ({ timeSec: 10 + i, picture: stripes(96, 64, i + 1) }));
const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'image', picture: stripes(123, 217, 9) },
      { type: 'frames', frames },
      { type: 'text', text: 'What is <|im_end|> this?' },
    ],
  },
];
const request: ChatRequest = { messages, maxTokens: 12, ignoreEos: true };

describe.skipIf(!hasShared)('LocalChatModel', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  const folder = join(scratch, 'dense');
  let model: LocalChatModel;
  let expected: string;
  let freeBytes = Infinity;

  beforeAll(async () => {
    await addModel(join(CONFORMANCE, 'dense/model'), folder, 'fp32');
    model = await LocalChatModel.open(folder, {
      name: 'dense',
      device: 'cpu',
      threads: 1,
      chunkTokens: 16,
      availableMemory: () => freeBytes,
    });
    expected = (await complete(model, request)).text;
  });
  afterAll(async () => {
    await model[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true });
  });

  /** The error of a request that must fail; after it, the usual request must give the usual answer. */
  async function failureOf(bad: Partial<ChatRequest>): Promise<LecternError> {
    const error: unknown = await complete(model, { ...request, ...bad }).catch((reason: unknown) => reason);
    freeBytes = Infinity;
    expect((await complete(model, request)).text).toBe(expected);
    expect(error).toBeInstanceOf(LecternError);
    expect((error as LecternError).remedy).not.toBe('');
    return error as LecternError;
  }

  /** What fails elsewhere fails with a code and what to do, and this model answers as before. */
  async function refused(work: Promise<unknown>, code?: string, remedy = ''): Promise<void> {
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LecternError);
    expect((error as LecternError).remedy).not.toBe('');
    if (code !== undefined) expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) as string });
    expect((await complete(model, request)).text).toBe(expected);
  }

  it('counts a prompt’s tokens before anything runs, exactly, also with other budgets', async () => {
    for (const budget of [{}, { maxPixels: 2048 }, { minPixels: 8192 }]) {
      const { usage } = await complete(model, { ...request, ...budget, maxTokens: 1 });
      expect(await model.countTokens({ messages, ...budget })).toBe(usage.prompt);
    }
    expect(await model.countTokens({ messages, maxPixels: 2048 })).toBeLessThan(await model.countTokens({ messages }));
  });

  it('gives text in whole characters, which together are the answer', async () => {
    const pieces: string[] = [];
    const stream = model.stream({ ...request, maxTokens: 60 });
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) pieces.push(next.value);
    expect(pieces.every((piece) => piece !== '' && !/[\ud800-\udbff]$/.test(piece))).toBe(true);
    expect(next.value).toMatchObject({ finish: 'length', usage: { completion: 60 } });
    expect(pieces.join('')).toBe((await complete(model, { ...request, maxTokens: 60 })).text);
  });

  it('tells frames apart by their own seconds', async () => {
    const later = frames.map((frame) => ({ ...frame, timeSec: frame.timeSec + 1 }));
    const ask = (clip: typeof frames) =>
      complete(model, { ...request, messages: [{ role: 'user', content: [{ type: 'frames', frames: clip }] }] });
    const [first, second] = [await ask(frames), await ask(later)];
    expect(second.usage.prompt).toBe(first.usage.prompt);
    expect(second.usage.cached).toBeLessThan(10);
  });

  it('reuses the beginning of a prompt that it saw before', async () => {
    const again = await complete(model, request);
    expect(again.usage.cached).toBe(again.usage.prompt - 1);
  });

  it('keeps what a reader who stops early has heard', async () => {
    for await (const piece of model.stream(request)) {
      expect(expected.startsWith(piece)).toBe(true);
      break;
    }
    expect((await complete(model, request)).text).toBe(expected);
  });

  it('survives requests that contradict themselves', async () => {
    const ask = (clip: typeof frames) => ({
      messages: [{ role: 'user' as const, content: [{ type: 'frames' as const, frames: clip }] }],
    });
    const odd = [...frames, { timeSec: 20, picture: stripes(64, 64, 1) }];
    expect(await failureOf(ask(odd))).toMatchObject({
      code: 'FRAMES',
      message: expect.stringContaining('64 x 64') as string,
    });
    expect(await failureOf(ask([]))).toMatchObject({ code: 'FRAMES' });
    expect(await failureOf(ask([...frames].reverse()))).toMatchObject({ code: 'FRAMES' });
    const encoded = { encoded: Buffer.from('no picture') };
    expect(await failureOf(ask([{ timeSec: 0, picture: encoded as never }]))).toMatchObject({
      code: 'PICTURE_UNREADABLE',
    });
    expect(await failureOf({ schema: { type: 'object', not: {} } })).toMatchObject({ code: 'SCHEMA' });
  });

  it('survives a request beyond its context, and one beyond the memory, refused with the numbers', async () => {
    const { contextTokens } = model;
    expect(await failureOf({ maxTokens: contextTokens })).toMatchObject({
      code: 'CONTEXT_OVERFLOW',
      available: contextTokens,
    });
    freeBytes = 80e6;
    const error = await failureOf({ maxTokens: 50_000 });
    // 4 layers of 2 heads of 128, key and value, float32: 8 KiB a token.
    const remedy = expect.stringContaining('--max-tokens') as string;
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', availableBytes: 80e6, remedy });
    expect(error.message).toMatch(
      /^dense needs about 4\d\d\.\d MB \(keys and values of 50\d\d\d tokens 41\d\.\d MB, .*80\.0 MB are free/,
    );
  });

  it('survives a cancellation in mid-prefill', async () => {
    const controller = new AbortController();
    const reason = new LecternError('changed my mind', { code: 'CANCELLED', remedy: 'Ask again.' });
    const fresh: ChatMessage[] = [{ role: 'user', content: 'Something entirely different, and long. '.repeat(20) }];
    const onPrefill = (done: number) => {
      if (done >= 32) controller.abort(reason);
    };
    expect(await failureOf({ messages: fresh, signal: controller.signal, onPrefill })).toBe(reason);
    expect(await failureOf({ signal: AbortSignal.abort(reason) })).toBe(reason);
  });

  it('survives weights that are cut short when they are first needed, and loads when they are whole again', async () => {
    const other = join(scratch, 'other');
    await cp(folder, other, { recursive: true });
    await using late = await LocalChatModel.open(other, { device: 'cpu', threads: 1 });
    await rename(join(other, 'weights.bin'), join(other, 'whole.bin'));
    await cp(join(other, 'whole.bin'), join(other, 'weights.bin'));
    await truncate(join(other, 'weights.bin'), 100_000);
    await refused(complete(late, request), 'MODEL_FOLDER', 'lectern models add');
    await rm(join(other, 'weights.bin'));
    await refused(complete(late, request), 'MODEL_FOLDER', 'lectern models add');
    await rename(join(other, 'whole.bin'), join(other, 'weights.bin'));
    expect((await complete(late, request)).text).toBe(expected);
  });

  it('survives a checkpoint with a missing shard, and one that is cut short, of which no model is made', async () => {
    const checkpoint = join(scratch, 'checkpoint');
    await cp(join(CONFORMANCE, 'dense/model-released-layout'), checkpoint, { recursive: true });
    const shard = join(checkpoint, 'model-00002-of-00002.safetensors');
    await truncate(shard, 100_000);
    await refused(addModel(checkpoint, join(scratch, 'added'), 'fp32'), 'CHECKPOINT_TRUNCATED', 'again');
    await rm(shard);
    await refused(addModel(checkpoint, join(scratch, 'added'), 'fp32'), 'CHECKPOINT_SHARD_MISSING', 'again');
    await cp(join(CONFORMANCE, 'dense/model-released-layout/model-00002-of-00002.safetensors'), shard);
    await addModel(checkpoint, join(scratch, 'added'), 'fp32');
    await using added = await LocalChatModel.open(join(scratch, 'added'), { device: 'cpu', threads: 1 });
    expect((await complete(added, request)).text).toBe(expected);
  });

  it('survives NaN in the weights of another model', async () => {
    const other = join(scratch, 'nan');
    await cp(folder, other, { recursive: true });
    const { offset } = (await openModelFolder(other)).weights.get('layers.0.input_norm')!;
    const file = openSync(join(other, 'weights.bin'), 'r+');
    writeSync(file, new Uint8Array(Float32Array.of(NaN).buffer), 0, 4, offset);
    closeSync(file);
    await using broken = await LocalChatModel.open(other, { device: 'cpu', threads: 1 });
    for (let i = 0; i < 2; i++) {
      await refused(complete(broken, request), 'MODEL_OUTPUT_BROKEN', 'Add the model again');
    }
  });

  it.each([
    ['a wider hidden state', (config: Shapes) => (config.text.hiddenSize = 128)],
    ['more key-value heads', (config: Shapes) => (config.text.numKvHeads = 4)],
    ['more layers', (config: Shapes) => (config.text.numLayers = 5)],
    ['another vision width', (config: Shapes) => (config.vision.hiddenSize = 128)],
  ])('survives weights that belong to another configuration: %s', async (_, change) => {
    const other = join(scratch, 'shapes');
    await cp(folder, other, { recursive: true });
    const path = join(other, 'model.json');
    const description = JSON.parse(await readFile(path, 'utf8')) as { config: Shapes };
    change(description.config);
    await writeFile(path, JSON.stringify(description));
    await using broken = await LocalChatModel.open(other, { device: 'cpu', threads: 1 });
    await refused(complete(broken, request));
  });
});

interface Shapes {
  readonly text: { hiddenSize: number; numKvHeads: number; numLayers: number };
  readonly vision: { hiddenSize: number };
}
