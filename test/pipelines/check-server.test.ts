import { describe, expect, it } from 'vitest';
import { checkServer } from '../../pipelines/check-server.ts';
import { resolveConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { startServer } from '../model/remote/requests.ts';

const check = (environment: Record<string, string>) =>
  checkServer(resolveConfig({}, { env: { XDG_CONFIG_HOME: temporaryFolder('config'), ...environment } }));

describe('checkServer', () => {
  it('asks nobody where no server is named', async () => {
    expect(await check({})).toMatchObject({
      status: 'absent',
      remedy: expect.stringContaining('LECTERN_SERVER_URL') as string,
    });
  });

  it('says which model answers there, how long its context is, and how it is shown clips', async () => {
    const server = await startServer();
    expect(await check({ LECTERN_SERVER_URL: server.url })).toEqual({
      status: 'ok',
      message: `Qwen/Qwen3-VL-8B-Instruct at ${server.url} (vllm 0.25.1), 32768 tokens, clips with their true times`,
      remedy: '',
    });
    const other = await startServer({ owner: 'somebody' });
    expect((await check({ LECTERN_SERVER_URL: other.url })).message).toContain('pictures with times between them');
  });

  it('is broken where the engine needs it and nobody answers, or another model does', async () => {
    const nowhere = 'http://127.0.0.1:1/v1';
    expect(await check({ LECTERN_SERVER_URL: nowhere })).toMatchObject({ status: 'absent' });
    expect(await check({ LECTERN_SERVER_URL: nowhere, LECTERN_ENGINE: 'openai' })).toMatchObject({
      status: 'broken',
      message: expect.stringContaining(nowhere) as string,
    });
    const server = await startServer();
    const wrong = { LECTERN_SERVER_URL: server.url, LECTERN_SERVER_MODEL: 'nobody', LECTERN_ENGINE: 'openai' };
    expect(await check(wrong)).toMatchObject({
      status: 'broken',
      message: expect.stringContaining('Qwen/Qwen3-VL-8B-Instruct') as string,
    });
  });
});
