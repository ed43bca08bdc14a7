// Two models where memory takes one: every request is answered as it would be alone, and whoever waits for an answer goes first.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, type ChatRequest } from '../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../src/model/chat/local-chat-model.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import { WeightsRoom, type WeightsRoomOptions } from '../../src/model/weights-room.ts';
import { CONFORMANCE, hasShared } from './qwen3-vl/conformance.ts';

const names = ['dense', 'moe'] as const;
type Name = (typeof names)[number];

describe.skipIf(!hasShared)('two models and room for one', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-room-'));
  const alone = new Map<string, string>();

  beforeAll(async () => {
    for (const name of names) {
      await addModel(join(CONFORMANCE, name, 'model'), join(scratch, name), 'fp32');
      await using model = await LocalChatModel.open(join(scratch, name), { device: 'cpu', threads: 1 });
      for (const word of ['one', 'two', 'three']) alone.set(`${name} ${word}`, await textOf(model, word));
    }
  });
  afterAll(() => rm(scratch, { recursive: true }));

  const textOf = async (model: LocalChatModel, word: string, own: Partial<ChatRequest> = {}) =>
    (await complete(model, { messages: [{ role: 'user', content: word }], maxTokens: 12, ignoreEos: true, ...own }))
      .text;

  async function openBoth(options: WeightsRoomOptions) {
    const room = new WeightsRoom(options);
    const open = (name: Name) => LocalChatModel.open(join(scratch, name), { name, device: 'cpu', threads: 1, room });
    return { dense: await open('dense'), moe: await open('moe') };
  }

  /** Fits either, not both. */
  async function limitFor({ dense, moe }: Record<Name, LocalChatModel>) {
    return 1.1 * Math.max(await dense.roomNeeded(), await moe.roomNeeded());
  }

  async function withRoomForOne() {
    const switches: string[] = [];
    const limitBytes = await limitFor(await openBoth({}));
    const models = await openBoth({ limitBytes, onSwitch: (from, to) => switches.push(`${from} to ${to}`) });
    const ended: string[] = [];
    const ask = async (name: Name, word: string, own: Partial<ChatRequest> = {}) => {
      const text = await textOf(models[name], word, own);
      ended.push(`${name} ${word}`);
      return expect(text, `${name} ${word}`).toBe(alone.get(`${name} ${word}`));
    };
    const close = async () => {
      for (const model of Object.values(models)) await model[Symbol.asyncDispose]();
    };
    return { ask, switches, ended, [Symbol.asyncDispose]: close };
  }

  const batch = { urgency: 'batch' } as const;

  it('answers windows of both with two loads instead of six', async () => {
    await using both = await withRoomForOne();
    const words = ['one', 'two', 'three'];
    await Promise.all(words.flatMap((word) => names.map((name) => both.ask(name, word, batch))));
    expect(both.switches).toEqual(['dense to moe']);
    expect(both.ended).toHaveLength(6);
  });

  it('a question goes before windows that wait, whichever model is there; none of them is lost', async () => {
    await using both = await withRoomForOne();
    let question: Promise<void> | undefined;
    const onPrefill = () => void (question ??= both.ask('dense', 'two'));
    const underWay = both.ask('moe', 'one', { ...batch, onPrefill });
    const alongside = both.ask('moe', 'three', batch);
    const later = underWay.then(() => both.ask('moe', 'two', batch));
    await Promise.all([underWay, alongside, later]);
    await question;
    expect(both.switches).toEqual(['moe to dense', 'dense to moe']);
    expect(both.ended.slice(2)).toEqual(['dense two', 'moe two']);
  });

  it('one that is cancelled while it waits rejects with its reason, and holds nobody up', async () => {
    await using both = await withRoomForOne();
    const controller = new AbortController();
    let cancelled: Promise<unknown> | undefined;
    const onPrefill = () => {
      cancelled ??= both.ask('dense', 'two', { signal: controller.signal }).catch((error: unknown) => error);
      controller.abort(new Error('never mind'));
    };
    await both.ask('moe', 'one', { onPrefill });
    expect(await cancelled).toMatchObject({ message: 'never mind' });
    await both.ask('moe', 'two');
    expect(both.switches).toEqual([]);
  });

  it('one that would only be early is loaded where there is room, and makes nobody go', async () => {
    const switches: string[] = [];
    const limitBytes = await limitFor(await openBoth({}));
    const { dense, moe } = await openBoth({ limitBytes, onSwitch: (from) => switches.push(from) });
    await Promise.all([dense.makeReady({}), dense.makeReady({})]);
    await moe.makeReady({});
    expect({ dense: dense.isLoaded, moe: moe.isLoaded }).toEqual({ dense: true, moe: false });
    expect(await textOf(dense, 'one')).toBe(alone.get('dense one'));
    expect(switches).toEqual([]);
    expect(await textOf(moe, 'one')).toBe(alone.get('moe one'));
    expect(switches).toEqual(['dense']);
    await Promise.all([dense[Symbol.asyncDispose](), moe[Symbol.asyncDispose]()]);
  });

  it('both stay where both fit', async () => {
    const switches: string[] = [];
    const { dense, moe } = await openBoth({ onSwitch: (from) => switches.push(from) });
    for (const word of ['one', 'two']) {
      expect(await textOf(dense, word)).toBe(alone.get(`dense ${word}`));
      expect(await textOf(moe, word)).toBe(alone.get(`moe ${word}`));
    }
    expect(switches).toEqual([]);
    await Promise.all([dense[Symbol.asyncDispose](), moe[Symbol.asyncDispose]()]);
  });
});
