import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTranscriber } from '../../../src/ingest/speech/open-transcriber.ts';
import { transcribeSpeech, type TranscribeOptions } from '../../../src/ingest/speech/transcribe.ts';
import type { Transcriber } from '../../../src/ingest/speech/transcriber.ts';
import { probeMedia } from '../../../src/ingest/video/probe.ts';
import { temporaryFolder } from '../../helpers/lectern.ts';
import { nameOf, tonesEvery, writeTones, type Tone } from './tones.ts';
import { TranscriptionServer } from './transcription-server.ts';
import { installWhisper } from './whisper-program.ts';

const folder = temporaryFolder('speech');
const SHORT = { maxMs: 20_000, overlapMs: 4000 };

function soundFile(name: string, tones: readonly Tone[], durationMs: number, loudness?: number): string {
  const file = path.join(folder, `${name}.wav`);
  writeTones(file, tones, durationMs, loudness);
  return file;
}

function convert(file: string, target: string, ...options: string[]): string {
  const output = path.join(folder, target);
  const run = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', file, ...options, output]);
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return output;
}

async function startServer() {
  const server = await TranscriptionServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const settings = { url: server.url, model: 'whisper-1', retry: { baseMs: 4, maxMs: 20 } };
  return { server, settings, transcriber: (await openTranscriber({ server: settings }))! };
}

async function cuesOf(file: string, transcriber: Transcriber, options: TranscribeOptions = { limits: SHORT }) {
  const track = await transcribeSpeech(file, await probeMedia(file), transcriber, options);
  return track!.cues;
}

/** Every tone once, in order, none more than `withinMs` off. */
function expectTones(cues: readonly { startMs: number; text: string }[], tones: readonly Tone[], withinMs = 25): void {
  expect(cues.map(({ text }) => text)).toEqual(tones.map((tone) => `${nameOf(tone)}.`));
  const worst = Math.max(...cues.map(({ startMs }, i) => Math.abs(startMs - tones[i]!.startMs)));
  expect(worst).toBeLessThanOrEqual(withinMs);
}

describe('a transcription server', () => {
  it('gets 16 kHz mono pieces that it can answer in time, and an hour later the times are still right', async () => {
    const durationMs = 62 * 60_000;
    const tones = tonesEvery(2700, durationMs);
    const { server, transcriber } = await startServer();
    expectTones(await cuesOf(soundFile('hour', tones, durationMs), transcriber, {}), tones);
    expect(server.heard.length).toBeGreaterThanOrEqual(25);
    for (const { sampleRate, channels, durationMs: length } of server.heard) {
      expect({ sampleRate, channels }).toEqual({ sampleRate: 16_000, channels: 1 });
      expect(length).toBeLessThanOrEqual(150_000);
    }
    const heardMs = server.heard.reduce((sum, { durationMs: length }) => sum + length, 0);
    expect(heardMs).toBe(durationMs);
  });

  it('gives a track with its model and language', async () => {
    const tones = tonesEvery(2000, 9000);
    const { server, transcriber } = await startServer();
    const file = soundFile('track', tones, 9000);
    const track = await transcribeSpeech(file, await probeMedia(file), transcriber, { lang: 'en-GB' });
    expect(track).toMatchObject({ origin: { kind: 'transcription', model: 'whisper-1' }, lang: 'en-GB' });
    expect(server.forms[0]).toMatchObject({ model: 'whisper-1', language: 'en', response_format: 'verbose_json' });
    const found = await transcribeSpeech(file, await probeMedia(file), transcriber);
    expect(found?.lang).toBe('en');
  });

  const tones = tonesEvery(2300, 60_000);

  it.each([
    ['an MP3 of variable bit rate', 'vbr.mp3', ['-ar', '44100', '-q:a', '7']],
    ['AAC in MP4', 'sound.m4a', ['-c:a', 'aac']],
    ['Opus', 'sound.opus', ['-c:a', 'libopus']],
  ])('hears %s at its true times', async (_, target, options) => {
    const { transcriber } = await startServer();
    const file = convert(soundFile('formats', tones, 60_000), target, ...options);
    expectTones(await cuesOf(file, transcriber), tones, 60);
  });

  it('hears a file whose times start at 90 s, in the times of the file', async () => {
    const { transcriber } = await startServer();
    const file = convert(soundFile('offset', tones, 60_000), 'offset.mkv', '-c:a', 'flac', '-output_ts_offset', '90');
    const later = tones.map((tone) => ({ ...tone, startMs: tone.startMs + 90_000 }));
    expectTones(await cuesOf(file, transcriber), later);
  });

  it('hears sound that begins three seconds after the picture where it is heard', async () => {
    const { transcriber } = await startServer();
    const sound = soundFile('late', tones, 60_000);
    const picture = ['-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=63', '-itsoffset', '3'];
    const file = path.join(folder, 'late.mkv');
    const run = spawnSync('ffmpeg', ['-v', 'error', '-y', ...picture, '-i', sound, '-c:a', 'flac', file]);
    expect(run.status).toBe(0);
    const later = tones.map((tone) => ({ ...tone, startMs: tone.startMs + 3000 }));
    expectTones(await cuesOf(file, transcriber), later);
  });

  it('hears what follows a gap in the recording after the gap', async () => {
    const { transcriber } = await startServer();
    const gap = ['-af', "asetpts='if(gt(T,30.2),PTS+5/TB,PTS)'", '-c:a', 'pcm_s16le'];
    const file = convert(soundFile('gap', tones, 60_000), 'gap.mkv', ...gap);
    const later = tones.map((tone) => (tone.startMs > 30_000 ? { ...tone, startMs: tone.startMs + 5000 } : tone));
    const cues = await cuesOf(file, transcriber);
    const worst = Math.max(...later.slice(-5).map((tone, i) => Math.abs(tone.startMs - cues.slice(-5)[i]!.startMs)));
    expect(worst).toBeLessThanOrEqual(200);
  });

  it('hears nothing twice and misses nothing where speech has no pauses', async () => {
    const { server, transcriber } = await startServer();
    // Tones that touch: quiet for 0.12 s only, too short for a pause.
    const dense = tonesEvery(920, 60_000);
    const cues = await cuesOf(soundFile('dense', dense, 60_000), transcriber);
    expect(server.heard.length).toBeGreaterThan(3);
    expectTones(cues, dense);
  });

  it('finds the pauses of a faint recording', async () => {
    const { server, transcriber } = await startServer();
    const faint = convert(soundFile('faint', tones, 60_000), 'faint.flac', '-af', 'volume=-35dB');
    expectTones(await cuesOf(faint, transcriber), tones);
    expect(server.heard.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(60_000);
  });

  it('is not believed what it dreams up behind the end of a piece', async () => {
    const { server, transcriber } = await startServer();
    server.dreams = [{ start: 29, end: 31, text: 'Thanks for watching!' }];
    const cues = await cuesOf(soundFile('dream', tones, 60_000), transcriber);
    expectTones(cues, tones);
  });

  it('may answer in words', async () => {
    const { server, transcriber } = await startServer();
    server.answersIn = 'words';
    expectTones(await cuesOf(soundFile('words', tones, 60_000), transcriber), tones);
  });

  it('that gives no times is refused with what to use instead', async () => {
    const { server, transcriber } = await startServer();
    server.answersIn = 'text';
    const act = cuesOf(soundFile('text', tones, 60_000), transcriber);
    await expect(act).rejects.toMatchObject({ code: 'TRANSCRIPTION_FAILED' });
    await expect(act).rejects.toThrow(/no times \(it has: text\)/);
  });

  it('that is busy is asked again; finished pieces are not sent twice after a failure', async () => {
    const { server, transcriber } = await startServer();
    const kept = new Map<string, Uint8Array>();
    const cache = {
      get: async (name: string) => kept.get(name),
      put: async (name: string, bytes: Uint8Array) => void kept.set(name, bytes),
    };
    const file = soundFile('cache', tones, 60_000);
    server.refusals.push(503, 429);
    const cues = await cuesOf(file, { ...transcriber, concurrency: 1 }, { limits: SHORT, cache });
    expectTones(cues, tones);
    const numPieces = server.heard.length;
    kept.delete([...kept.keys()].at(-1)!);
    expect(await cuesOf(file, transcriber, { limits: SHORT, cache })).toEqual(cues);
    expect(server.heard).toHaveLength(numPieces + 1);
  });

  it('stops when cancelled', async () => {
    const { server, transcriber } = await startServer();
    server.refusals.push(...new Array<number>(50).fill(503));
    const cancel = new AbortController();
    const file = soundFile('cancel', tones, 60_000);
    const act = cuesOf(file, transcriber, { limits: SHORT, signal: cancel.signal });
    setTimeout(() => cancel.abort(new Error('enough')), 300);
    await expect(act).rejects.toThrow();
  });

  it('hears nothing in a file without sound', async () => {
    const { transcriber } = await startServer();
    const file = path.join(folder, 'mute.mp4');
    spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=2', file]);
    expect(await transcribeSpeech(file, await probeMedia(file), transcriber)).toBeUndefined();
  });
});

describe('whisper-cli', () => {
  const tones = tonesEvery(2300, 45_000);

  it('writes down pieces one by one at their true times', async () => {
    const whisper = installWhisper();
    const transcriber = (await openTranscriber({ whisper }))!;
    const file = soundFile('cli', tones, 45_000);
    const track = await transcribeSpeech(file, await probeMedia(file), transcriber, { limits: SHORT });
    expectTones(track!.cues, tones);
    expect(track).toMatchObject({ origin: { model: 'ggml-base' }, lang: 'en' });
  });

  it('is given ten minutes at a time', async () => {
    const durationMs = 11 * 60_000;
    const long = tonesEvery(2700, durationMs);
    const transcriber = (await openTranscriber({ whisper: installWhisper() }))!;
    const names: string[] = [];
    const cache = { get: async () => undefined, put: async (name: string) => void names.push(name) };
    expectTones(await cuesOf(soundFile('cli-long', long, durationMs), transcriber, { cache }), long);
    expect(names).toHaveLength(2);
  });

  it('that fails is told with its last words', async () => {
    const { program, model } = installWhisper('broken.bin');
    const transcriber = (await openTranscriber({ whisper: { program, model } }))!;
    const act = cuesOf(soundFile('cli-broken', tones, 45_000), transcriber);
    await expect(act).rejects.toThrow(/ended with status 3: error: failed to initialize whisper context/);
  });
});
