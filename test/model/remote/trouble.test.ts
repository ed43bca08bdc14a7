import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { toErrorDetail } from '../../../src/errors.ts';
import { complete, type ChatRequest } from '../../../src/model/chat/chat-model.ts';
import { OpenAiChatModel } from '../../../src/model/remote/open-ai-chat-model.ts';
import { ask, FAST_RETRY, framesAt, openModel, startServer } from './requests.ts';

const REQUEST: ChatRequest = { messages: [{ role: 'user', content: 'Hello' }], maxTokens: 50 };

const busy = (status: number, headers: Record<string, string> = {}) => ({ kind: 'status' as const, status, headers });

describe('a busy server', () => {
  it.each([429, 500, 502, 503])('that answers %i is asked again until it answers well', async (status) => {
    const { server, model } = await openModel();
    server.mishaps.push(busy(status), busy(status), busy(status));
    await complete(model, REQUEST);
    expect(server.chats).toHaveLength(4);
  });

  it('is asked as often as the policy says, then named with its words', async () => {
    const { server, model } = await openModel({}, { retry: { ...FAST_RETRY, attempts: 3 } });
    const body = '{"error":{"message":"queue is full"}}';
    for (let i = 0; i < 5; i++) server.mishaps.push({ kind: 'status', status: 503, body });
    const act = complete(model, REQUEST);
    await expect(act).rejects.toMatchObject({ code: 'SERVER_BUSY', status: 503 });
    await expect(act).rejects.toThrow(/503 to 3 attempts: queue is full/);
    expect(server.chats).toHaveLength(3);
  });

  it('is not asked earlier than its Retry-After', async () => {
    const { server, model } = await openModel();
    server.mishaps.push(busy(429, { 'retry-after': '0.3' }));
    await complete(model, REQUEST);
    expect(server.arrivals[1]! - server.arrivals[0]!).toBeGreaterThanOrEqual(299);
  });

  it('is not waited for where it says to come back tomorrow', async () => {
    const { server, model } = await openModel();
    server.mishaps.push(busy(429, { 'retry-after': '86400' }));
    await expect(complete(model, REQUEST)).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(server.chats).toHaveLength(1);
  });

  it('that hangs up before an answer is asked again', async () => {
    const { server, model } = await openModel();
    server.mishaps.push({ kind: 'hang-up' }, { kind: 'hang-up' });
    await complete(model, REQUEST);
    expect(server.chats).toHaveLength(3);
  });
});

describe('a server that is not there', () => {
  const nowhere = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const { port } = await new Promise<AddressInfo>((resolve) =>
      server.once('listening', () => resolve(server.address() as AddressInfo)),
    );
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}/v1`;
  };

  it('is named with its address, the reason and the remedy', async () => {
    const url = await nowhere();
    const act = OpenAiChatModel.open({ url, apiKey: 'sk-secret', retry: { ...FAST_RETRY, attempts: 2 } });
    await expect(act).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', url });
    await expect(act).rejects.toThrow(/after 2 attempts: ECONNREFUSED/);
  });

  it('is found once it is up', async () => {
    const { server, model } = await openModel();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const answer = complete(model, REQUEST).catch((error: unknown) => error);
    const late = await startServer({ port: Number(new URL(url).port) });
    expect(await answer).toMatchObject({ finish: 'stop' });
    expect(late.chats).toHaveLength(1);
  });
});

describe('what is wrong with a request', () => {
  it('an unknown model is answered with the models there are', async () => {
    const server = await startServer();
    const act = OpenAiChatModel.open({ url: server.url, model: 'gpt-9' });
    await expect(act).rejects.toMatchObject({ code: 'SERVER_MODEL' });
    await expect(act).rejects.toThrow(/has no model gpt-9; it has: Qwen\/Qwen3-VL-8B-Instruct/);
  });

  it('an address without the API is refused at the first question', async () => {
    const server = await startServer();
    // No list of models: the model may still be there.
    const model = await OpenAiChatModel.open({ url: server.url.replace('/v1', '/v2'), model: 'x' });
    await expect(complete(model, REQUEST)).rejects.toMatchObject({ code: 'SERVER_REFUSED', status: 404 });
  });

  it('a wrong key is told without the key, even where the server repeats it', async () => {
    const server = await startServer({ apiKey: 'sk-right' });
    const act = OpenAiChatModel.open({ url: server.url, apiKey: 'sk-wrong-0123' });
    const error: unknown = await act.catch((reason: unknown) => reason);
    expect(toErrorDetail(error)).toMatchObject({ code: 'SERVER_KEY' });
    expect(JSON.stringify(toErrorDetail(error)) + String((error as Error).stack)).not.toContain('sk-wrong-0123');
    expect(toErrorDetail(error).message).toContain('Bearer [key]');
  });

  it('the right key is sent', async () => {
    const { model } = await openModel({ apiKey: 'sk-right' });
    expect(await complete(model, REQUEST)).toMatchObject({ finish: 'stop' });
  });

  it("vLLM's refusal is passed on in its own words", async () => {
    const { model } = await openModel({ imagesAllowed: 0, videosAllowed: 0 });
    const act = complete(model, { messages: ask(framesAt([1])), maxTokens: 50 });
    await expect(act).rejects.toMatchObject({ code: 'SERVER_REFUSED', status: 400 });
    await expect(act).rejects.toThrow(/At most 0 image\(s\) may be provided in one prompt/);
  });

  it('a schema goes as response_format', async () => {
    const { server, model } = await openModel();
    const schema = { type: 'array', items: { type: 'string' } };
    await complete(model, { ...REQUEST, schema });
    expect(server.chats[0]!.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema, strict: true },
    });
  });

  it('a server without schemas is told from one with a bad request', async () => {
    const { model } = await openModel({ takesSchemas: false });
    const act = complete(model, { ...REQUEST, schema: { type: 'array' } });
    await expect(act).rejects.toMatchObject({ code: 'SCHEMA_UNSUPPORTED' });
  });
});

describe('the stream', () => {
  const answer = ['Grüße, ', '学习率 ', '🎓', ' fin\n'];

  it.each([1, 2, 3, 7, 64])('survives being cut into pieces of %i bytes', async (bytesAtOnce) => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: answer, bytesAtOnce });
    const pieces: string[] = [];
    for await (const piece of model.stream(REQUEST)) pieces.push(piece);
    expect(pieces).toEqual(answer);
  });

  it('gives characters whole that the server halves', async () => {
    const { server, model } = await openModel();
    server.pieces = ['a\ud83c', '\udf93b'];
    const pieces: string[] = [];
    for await (const piece of model.stream(REQUEST)) pieces.push(piece);
    expect(pieces).toEqual(['a', '🎓b']);
  });

  it('reports tokens, and that an answer was cut at its limit', async () => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: answer, finishReason: 'length' });
    const { text, finish, usage } = await complete(model, REQUEST);
    expect({ text, finish, usage }).toEqual({
      text: answer.join(''),
      finish: 'length',
      usage: { prompt: 9, cached: 0, completion: 4 },
    });
  });

  it.each(['cut', 'end'] as const)('that breaks (%s) is told with what came before', async (kind) => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: answer });
    server.mishaps.push({ kind, afterPieces: 2 });
    const act = complete(model, REQUEST);
    await expect(act).rejects.toMatchObject({ code: 'SERVER_STREAM', received: 'Grüße, 学习率 ' });
    expect(server.chats).toHaveLength(1);
  });

  it('that breaks before the first word is asked for once more', async () => {
    const { server, model } = await openModel();
    server.pieces = answer;
    server.mishaps.push({ kind: 'cut', afterPieces: 0 });
    expect((await complete(model, REQUEST)).text).toBe(answer.join(''));
    expect(server.chats).toHaveLength(2);
  });

  it.each([
    ['{"choices": [{"del', /not JSON/],
    ['[1, 2]', /no completion/],
    ['{"error": {"message": "CUDA out of memory"}}', /CUDA out of memory/],
  ])('with an event like %s ends in an error that says so', async (data, message) => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: answer });
    server.mishaps.push({ kind: 'event', afterPieces: 1, data });
    await expect(complete(model, REQUEST)).rejects.toThrow(message);
  });

  it('that falls silent is given up after the time set', async () => {
    const { server, model } = await openModel({}, { timeoutMs: 200 });
    Object.assign(server, { pieces: answer });
    server.mishaps.push({ kind: 'silence', afterPieces: 1 });
    await expect(complete(model, REQUEST)).rejects.toMatchObject({ code: 'SERVER_TIMEOUT' });
    await expect.poll(() => server.numAbandoned).toBe(1);
  });
});

describe('cancelling', () => {
  it('in the middle of an answer ends the request and gives the reason of the signal', async () => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: ['a', 'b', 'c'] });
    server.mishaps.push({ kind: 'silence', afterPieces: 1 });
    const cancel = new AbortController();
    const pieces = model.stream({ ...REQUEST, signal: cancel.signal });
    expect(await pieces.next()).toMatchObject({ value: 'a' });
    const reason = new Error('enough');
    setTimeout(() => cancel.abort(reason), 5);
    await expect(pieces.next()).rejects.toBe(reason);
    await expect.poll(() => server.numAbandoned).toBe(1);
  });

  it('while waiting to ask again ends at once', async () => {
    const { server, model } = await openModel();
    server.mishaps.push(busy(429, { 'retry-after': '200' }));
    const cancel = new AbortController();
    const act = complete(model, { ...REQUEST, signal: cancel.signal });
    setTimeout(() => cancel.abort(new Error('enough')), 30);
    await expect(act).rejects.toThrow('enough');
  });

  it('by leaving the loop ends the request', async () => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: ['a', 'b', 'c'] });
    server.mishaps.push({ kind: 'silence', afterPieces: 2 });
    for await (const piece of model.stream(REQUEST)) if (piece === 'a') break;
    await expect.poll(() => server.numAbandoned).toBe(1);
  });

  it('by closing the model ends what it streams', async () => {
    const { server, model } = await openModel();
    Object.assign(server, { pieces: ['a', 'b'] });
    server.mishaps.push({ kind: 'silence', afterPieces: 1 });
    const pieces = model.stream(REQUEST);
    await pieces.next();
    const rest = pieces.next();
    await model[Symbol.asyncDispose]();
    await expect(rest).rejects.toThrow('The model was closed');
  });
});
