import { describe, expect, it } from 'vitest';
import { readsTimes } from '../../../src/model/remote/abilities.ts';
import { probeServer } from '../../../src/model/remote/probe-server.ts';
import { startServer } from './requests.ts';

describe('a probe', () => {
  it('tells a vLLM that takes timed frames, its version, its model and its context', async () => {
    const server = await startServer({ maxModelLen: 128_000 });
    expect(await probeServer({ url: `${server.url}/` })).toEqual({
      url: server.url,
      models: ['Qwen/Qwen3-VL-8B-Instruct'],
      software: 'vllm',
      version: '0.25.1',
      model: 'Qwen/Qwen3-VL-8B-Instruct',
      contextTokens: 128_000,
      takesTimedFrames: true,
      countsTokens: true,
      tokenSidePx: 32,
    });
  });

  it('generates nothing: the only chat request is one that must be refused', async () => {
    const server = await startServer();
    await probeServer({ url: server.url });
    expect(server.chats).toHaveLength(1);
    expect(server.prompts).toHaveLength(0);
  });

  it('tells a vLLM that would drop the times of the frames', async () => {
    const server = await startServer({ readsFrameTimes: false });
    expect(await probeServer({ url: server.url })).toMatchObject({ software: 'vllm', takesTimedFrames: false });
  });

  it('takes any other server for one without timed frames, and sends it no probe', async () => {
    const server = await startServer({ owner: 'library', saysContext: false });
    const found = await probeServer({ url: server.url });
    expect(found).toMatchObject({ software: 'unknown', takesTimedFrames: false, contextTokens: undefined });
    expect(server.chats).toHaveLength(0);
  });
});

describe('models that read times', () => {
  it.each([
    'Qwen/Qwen3-VL-2B-Instruct',
    '/models/qwen3_vl_30b_fp8',
    'Qwen/Qwen3.5-35B-A3B',
    'nvidia/Cosmos-Reason2-8B',
    'lectern-slides-26m',
  ])('are told by name: %s', (name) => expect(readsTimes(name)).toBe(true));

  it.each(['Qwen/Qwen2.5-VL-7B-Instruct', 'Qwen/Qwen3-8B', 'OpenGVLab/InternVL3-8B', 'gpt-4o', 'google/gemma-3-4b-it'])(
    '%s is none of them',
    (name) => expect(readsTimes(name)).toBe(false),
  );
});
