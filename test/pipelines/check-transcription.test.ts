import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkTranscription } from '../../pipelines/check-transcription.ts';
import { TranscriptionServer } from '../ingest/speech/transcription-server.ts';
import { installWhisper } from '../ingest/speech/whisper-program.ts';

async function startServer() {
  const server = await TranscriptionServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, settings: { url: server.url, model: 'whisper-1', retry: { baseMs: 4, maxMs: 20 } } };
}

describe('what writes down speech', () => {
  it('is nothing where nothing is configured', async () => {
    expect(await checkTranscription({})).toMatchObject({ status: 'absent' });
  });

  it('is a program that lacks its model, where nothing is configured and whisper-cli is on the path', async () => {
    const { program, folder } = installWhisper();
    const before = process.env['PATH'];
    process.env['PATH'] = `${folder}${path.delimiter}${before}`;
    onTestFinished(() => void (process.env['PATH'] = before));
    expect(await checkTranscription({})).toMatchObject({
      status: 'absent',
      message: expect.stringContaining(program) as string,
      remedy: expect.stringContaining('LECTERN_WHISPER_MODEL') as string,
    });
  });

  it('is whisper-cli with its model, found by path', async () => {
    const whisper = installWhisper();
    expect(await checkTranscription({ whisper })).toMatchObject({ status: 'ok' });
  });

  it('is refused where the program or the model is missing', async () => {
    const { program, model } = installWhisper();
    const check = (whisper: { program: string; model: string }) => expect(checkTranscription({ whisper })).rejects;
    await check({ program: 'no-such-whisper', model }).toThrow(/^no-such-whisper was not found on PATH$/);
    await check({ program: '/nowhere/whisper', model }).toThrow(/^\/nowhere\/whisper is no program that can be run$/);
    await check({ program, model: `${model}.gone` }).toThrow(/ggml-base\.bin\.gone .*can't be read/);
  });

  it('is a server that answers, or the reason why it does not', async () => {
    const { server, settings } = await startServer();
    server.apiKey = 'sk-1';
    await expect(checkTranscription({ server: settings })).rejects.toMatchObject({ code: 'SERVER_KEY' });
    const nobody = { ...settings, url: 'http://127.0.0.1:9/v1' };
    await expect(checkTranscription({ server: nobody })).rejects.toThrow(/No server answers/);
  });

  it('is a server before a program', async () => {
    const { settings } = await startServer();
    const found = await checkTranscription({ server: settings, whisper: installWhisper() });
    expect(found.message).toBe(`whisper-1 (server at ${settings.url})`);
  });
});
