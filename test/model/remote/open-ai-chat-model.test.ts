import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { complete, type ChatMessage } from '../../../src/model/chat/chat-model.ts';
import { ServerContextError } from '../../../src/model/remote/errors.ts';
import { ask, framesAt, openModel } from './requests.ts';

const seenBy = (text: string) => JSON.parse(text) as unknown[];

describe('timed frames to vLLM', () => {
  it('gives the model the true times of irregular frames, as the reference writes them', async () => {
    const { server, model } = await openModel();
    const times = [1200, 1201, 1202.52, 1207.999, 3599.25];
    const { text } = await complete(model, { messages: ask(framesAt(times)), maxTokens: 50 });
    expect(seenBy(text)[1]).toEqual({
      video: ['<1200.5 seconds>', '<1205.3 seconds>', '<3599.3 seconds>'],
      frames: 5,
      size: '448x256',
    });
    expect(server.chats[0]!.media_io_kwargs).toEqual({
      video: {
        num_frames: -1,
        fps: 1000,
        frames_indices: [1_200_000, 1_201_000, 1_202_520, 1_207_999, 3_599_250],
        total_num_frames: 3_599_251,
        duration: 3599.251,
        do_sample_frames: false,
      },
    });
  });

  it('sends more than 32 frames, and all of them arrive', async () => {
    const { model } = await openModel();
    const frames = framesAt(Array.from({ length: 48 }, (_, i) => 600 + i));
    const { text } = await complete(model, { messages: ask(frames), maxTokens: 50 });
    expect(seenBy(text)[1]).toMatchObject({ frames: 48 });
  });

  it.each([
    [1280, 720, 3],
    [1281, 719, 7],
    [720, 1280, 2],
    [320, 240, 1],
  ])('shrinks or stretches %i x %i pixels (%i frames) to a size that the server leaves alone', async (w, h, n) => {
    const { server, model } = await openModel();
    const frames = framesAt(
      Array.from({ length: n }, (_, i) => i),
      w,
      h,
    );
    const { usage } = await complete(model, { messages: ask(frames), maxTokens: 50 });
    expect(server.prompts).toHaveLength(1);
    expect(await model.countTokens({ messages: ask(frames) })).toBeGreaterThanOrEqual(usage.prompt);
  });

  it('holds frames to the pixels that the request allows', async () => {
    const { model } = await openModel();
    const request = { messages: ask(framesAt([0, 1], 1280, 720)), maxTokens: 50, maxPixels: 448 * 256 };
    expect(seenBy((await complete(model, request)).text)[1]).toMatchObject({ size: '448x224' });
  });

  it('sends a JPEG of the right size byte for byte', async () => {
    const { server, model } = await openModel();
    const encoded = await sharp({ create: { width: 448, height: 256, channels: 3, background: 'teal' } })
      .jpeg({ quality: 30 })
      .toBuffer();
    await complete(model, { messages: ask([{ timeSec: 4, picture: { encoded } }]), maxTokens: 50 });
    expect(JSON.stringify(server.chats[0])).toContain(`video/jpeg;base64,${encoded.toString('base64')}"`);
  });

  it('refuses frames out of order before anything is sent', async () => {
    const { server, model } = await openModel();
    const act = complete(model, { messages: ask(framesAt([2, 1])), maxTokens: 50 });
    await expect(act).rejects.toMatchObject({ code: 'FRAMES' });
    expect(server.chats).toHaveLength(0);
  });
});

describe('media by id', () => {
  const frames = framesAt([10, 11, 12, 13]);

  it('sends the frames once, their id afterwards, and reports what was reused', async () => {
    const { server, model } = await openModel();
    const first = await complete(model, { messages: ask(frames), maxTokens: 50 });
    const second = await complete(model, { messages: ask(frames, 'And now?'), maxTokens: 50 });
    const [before, after] = server.chats.map((chat) => JSON.stringify(chat).length);
    expect(after).toBeLessThan(before! / 4);
    expect(seenBy(second.text)[1]).toEqual(seenBy(first.text)[1]);
    expect(first.usage.cached).toBe(0);
    expect(second.usage.cached).toBeGreaterThan(240);
    expect(second.usage.cached).toBeLessThan(second.usage.prompt);
  });

  it('sends the frames again where the server has lost them', async () => {
    const { server, model } = await openModel();
    await complete(model, { messages: ask(frames), maxTokens: 50 });
    server.cache.clear();
    const { text } = await complete(model, { messages: ask(frames, 'And now?'), maxTokens: 50 });
    expect(seenBy(text)[1]).toMatchObject({ frames: 4 });
    expect(server.chats.map((chat) => JSON.stringify(chat).includes('"video_url":null'))).toEqual([false, true, false]);
  });

  it('sends the frames again where the loss shows as a broken server', async () => {
    const { server, model } = await openModel();
    await complete(model, { messages: ask(frames), maxTokens: 50 });
    server.mishaps.push({ kind: 'status', status: 500, body: '{"error":{"message":"Expected a cached item"}}' });
    await complete(model, { messages: ask(frames, 'And now?'), maxTokens: 50 });
    expect(server.chats).toHaveLength(3);
  });

  it('gives other times, other pixels and other sizes other ids', async () => {
    const { server, model } = await openModel();
    for (const other of [
      frames,
      framesAt([10, 11, 12, 14]),
      [...framesAt([9]), ...framesAt([10, 11, 12, 13]).slice(1)],
    ]) {
      await complete(model, { messages: ask(other), maxTokens: 50 });
    }
    await complete(model, { messages: ask(frames), maxTokens: 50, maxPixels: 65_536 });
    expect(server.cache.size).toBe(4);
  });

  it('keeps ids from servers that are not vLLM', async () => {
    const { server, model } = await openModel({ owner: 'library' });
    await complete(model, { messages: ask(frames), maxTokens: 50, topK: 20, repetitionPenalty: 2, presencePenalty: 1 });
    expect(JSON.stringify(server.chats)).not.toMatch(/uuid|top_k|repetition_penalty|media_io_kwargs/);
    expect(JSON.stringify(server.chats)).toContain('"presence_penalty":1');
  });
});

describe('servers without timed frames', () => {
  const request = { messages: ask(framesAt([1.25, 2.5])), maxTokens: 50 };
  const interleaved = ['<1.2 seconds>', { image: '448x256' }, '<2.5 seconds>', { image: '448x256' }, 'What is shown?'];

  it.each([
    ['another server', { owner: 'library' }],
    ['a vLLM that drops the times', { readsFrameTimes: false }],
    ['a vLLM that allows no video', { videosAllowed: 0 }],
  ])('get pictures with the times between them: %s', async (_, options) => {
    const { server, model } = await openModel(options);
    const { text, usage } = await complete(model, request);
    expect(seenBy(text).slice(1)).toEqual(interleaved);
    expect(await model.countTokens(request)).toBeGreaterThanOrEqual(usage.prompt);
    expect(server.chats).toHaveLength(1);
  });

  it('include a vLLM whose model does not read times, and cuts pictures otherwise', async () => {
    const { model } = await openModel({ model: 'Qwen/Qwen2.5-VL-7B-Instruct', sidePx: 28 });
    const { text, usage } = await complete(model, request);
    expect(seenBy(text).slice(1, 3)).toEqual(['<1.2 seconds>', { image: '448x252' }]);
    expect(await model.countTokens(request)).toBeGreaterThanOrEqual(usage.prompt);
  });

  it('are treated so with two videos in one request, because times can be given for one only', async () => {
    const { model } = await openModel();
    const content = [framesAt([1]), framesAt([1])].map((frames) => ({ type: 'frames' as const, frames }));
    const { text } = await complete(model, { messages: [{ role: 'user', content }], maxTokens: 50 });
    expect(seenBy(text)).toEqual(['<1.0 seconds>', { image: '448x256' }, '<1.0 seconds>', { image: '448x256' }]);
  });
});

describe('the token budget', () => {
  const long = 'word, '.repeat(3000);

  it('comes from the server', async () => {
    const { model } = await openModel({ maxModelLen: 12_345 });
    expect(model.contextTokens).toBe(12_345);
  });

  it.each([true, false])('is never counted below the truth (tokenizer on the server: %s)', async (tokenizes) => {
    const { model } = await openModel({ tokenizes });
    const messages = ask(framesAt([0, 1, 2]), 'Änderungsrate: ∂f/∂x 学习率 🎓');
    const { usage } = await complete(model, { messages, maxTokens: 50 });
    const counted = await model.countTokens({ messages });
    expect(counted).toBeGreaterThanOrEqual(usage.prompt);
    expect(counted).toBeLessThan(usage.prompt + 160);
  });

  it('refuses what does not fit before anything is sent, with the numbers', async () => {
    const { server, model } = await openModel({ maxModelLen: 4096 });
    const act = complete(model, { messages: [{ role: 'user', content: long }], maxTokens: 50 });
    await expect(act).rejects.toBeInstanceOf(ServerContextError);
    await expect(act).rejects.toMatchObject({ code: 'CONTEXT_OVERFLOW', available: 4096 });
    expect(server.chats).toHaveLength(0);
  });

  it('learns from a server that counts more than we can know', async () => {
    const { server, model } = await openModel({ owner: 'library' });
    const messages: ChatMessage[] = [{ role: 'user', content: 'Short.' }];
    const before = await model.countTokens({ messages });
    const usage = { prompt_tokens: 2 * before, completion_tokens: 1 };
    server.mishaps.push({
      kind: 'event',
      afterPieces: 0,
      data: JSON.stringify({ choices: [{ delta: { content: 'x' }, finish_reason: 'stop' }], usage }),
    });
    await complete(model, { messages, maxTokens: 50 });
    expect(await model.countTokens({ messages })).toBe(2 * before);
  });

  it("says it in one sentence where only the server's own count is over", async () => {
    const { model } = await openModel({ maxModelLen: 4096, saysContext: false, owner: 'library' });
    const act = complete(model, { messages: [{ role: 'user', content: long }], maxTokens: 50 });
    await expect(act).rejects.toMatchObject({ code: 'CONTEXT_OVERFLOW', available: 4096 });
  });
});
