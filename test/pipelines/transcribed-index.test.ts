import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { lectern, sourceLines, temporaryFolder } from '../helpers/lectern.ts';
import { nameOf, tonesEvery, writeTones } from '../ingest/speech/tones.ts';
import { TranscriptionServer } from '../ingest/speech/transcription-server.ts';
import { installWhisper } from '../ingest/speech/whisper-program.ts';

const tones = tonesEvery(2300, 30_000);

function soundWithoutCaptions(): string {
  const file = path.join(temporaryFolder('spoken'), 'talk.wav');
  writeTones(file, tones, 30_000);
  return file;
}

/** Indexes one file with settings of its own, as a user would. */
function indexing(file: string, settings: Record<string, unknown>) {
  const folder = temporaryFolder('transcribed');
  const config = path.join(folder, 'config.json');
  const library = path.join(folder, 'library');
  writeFileSync(config, JSON.stringify({ serverTimeout: 5, ...settings }));
  return {
    async run() {
      const { status, stdout, stderr } = await lectern(
        'index',
        file,
        '--library',
        library,
        '--config',
        config,
        '--json',
      );
      expect(status, stderr).toBe(0);
      const warnings = stdout.split('\n').filter((line) => line.includes('"type":"warning"'));
      return { status: sourceLines(stdout).get(path.basename(file))!.status, warnings };
    },
    async captions() {
      await using opened = await openLibrary(library);
      const [source] = await opened.listSources();
      return (await opened.readCaptions(source!.id)) ?? null;
    },
    search: (query: string) => lectern('search', query, '--library', library, '--json'),
  };
}

async function startServer() {
  const server = await TranscriptionServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

describe('a sound file without captions', () => {
  it('is written down by the server that is configured, found at its second, and asked for once', async () => {
    const server = await startServer();
    const index = indexing(soundWithoutCaptions(), { transcriptionUrl: server.url });
    expect(await index.run()).toMatchObject({ status: 'indexed' });
    const captions = await index.captions();
    expect(captions?.origin).toEqual({ kind: 'transcription', model: 'whisper-1' });
    expect(captions?.cues.map(({ text }) => text)).toEqual(tones.map((tone) => `${nameOf(tone)}.`));
    const { hits } = JSON.parse((await index.search('"tone 420"')).stdout) as {
      hits: { start: number; end: number }[];
    };
    expect(hits[0]!.start).toBeLessThanOrEqual(tones[6]!.startMs / 1000);
    expect(hits[0]!.end).toBeGreaterThanOrEqual(tones[6]!.endMs / 1000 - 0.05);
    expect(await index.run()).toMatchObject({ status: 'unchanged' });
    expect(server.heard).toHaveLength(1);
  });

  it('is indexed with a warning where the server refuses, and read again once it does not', async () => {
    const server = await startServer();
    server.apiKey = 'sk-1';
    const index = indexing(soundWithoutCaptions(), { transcriptionUrl: server.url });
    const { status, warnings } = await index.run();
    expect(status).toBe('indexed');
    expect(warnings.join()).toMatch(/Incorrect API key provided; the speech is left out/);
    expect(await index.captions()).toBeNull();
    server.apiKey = undefined;
    expect(await index.run()).toMatchObject({ status: 'indexed', warnings: [] });
    expect((await index.captions())?.cues).toHaveLength(tones.length);
  });

  it('is written down by whisper-cli where that is configured', async () => {
    const { program, model } = installWhisper();
    const index = indexing(soundWithoutCaptions(), { whisperPath: program, whisperModel: model });
    await index.run();
    expect((await index.captions())?.cues).toHaveLength(tones.length);
  });

  it('is read again when a recogniser is configured later', async () => {
    const server = await startServer();
    const file = soundWithoutCaptions();
    const index = indexing(file, {});
    const { warnings } = await index.run();
    expect(warnings.join()).toMatch(/no speech recognition is set up/);
    expect(await index.captions()).toBeNull();
    process.env['LECTERN_TRANSCRIPTION_URL'] = server.url;
    onTestFinished(() => void delete process.env['LECTERN_TRANSCRIPTION_URL']);
    expect(await index.run()).toMatchObject({ status: 'indexed' });
    expect((await index.captions())?.cues).toHaveLength(tones.length);
  });
});

describe('a file with captions', () => {
  it('is not sent to the server', async () => {
    const server = await startServer();
    const file = soundWithoutCaptions();
    writeFileSync(file.replace('.wav', '.vtt'), 'WEBVTT\n\n00:01.000 --> 00:04.000\nWritten by hand.\n');
    const index = indexing(file, { transcriptionUrl: server.url });
    await index.run();
    expect((await index.captions())?.cues).toMatchObject([{ text: 'Written by hand.' }]);
    expect(server.heard).toHaveLength(0);
  });
});
