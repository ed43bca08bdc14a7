import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { configureFfmpeg, programPath } from '../../src/ingest/ffmpeg-paths.ts';
import {
  BitmapSubtitlesError,
  extractSubtitles,
  FfmpegError,
  FfmpegNotFoundError,
  ffmpegVersion,
  parseFfmpegVersion,
  passthroughOptions,
  runFfmpeg,
  runFfprobe,
  startFfmpeg,
} from '../../src/ingest/ffmpeg.ts';
import { makeClip } from './video/clips.ts';

const folder = mkdtempSync(join(tmpdir(), 'lectern-ffmpeg-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => configureFfmpeg({}));

/** A program that behaves as a line of shell says. */
function fakeProgram(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const endless = {
  path: '/dev/zero',
  inputOptions: ['-f', 'rawvideo', '-s', '64x64', '-pix_fmt', 'gray'],
  outputOptions: ['-f', 'rawvideo'],
  target: 'pipe:1',
};

describe('finding the programs', () => {
  it('takes the configured path, then the environment, then PATH', () => {
    const before = process.env['FFMPEG_PATH'];
    try {
      delete process.env['FFMPEG_PATH'];
      expect(programPath('ffmpeg')).toBe('ffmpeg');
      process.env['FFMPEG_PATH'] = '/opt/ffmpeg';
      expect(programPath('ffmpeg')).toBe('/opt/ffmpeg');
      configureFfmpeg({ ffmpegPath: '/usr/local/bin/ffmpeg' });
      expect(programPath('ffmpeg')).toBe('/usr/local/bin/ffmpeg');
    } finally {
      if (before === undefined) delete process.env['FFMPEG_PATH'];
      else process.env['FFMPEG_PATH'] = before;
    }
  });

  it('says where it looked and what to do when the program is missing', async () => {
    configureFfmpeg({ ffmpegPath: join(folder, 'absent'), ffprobePath: join(folder, 'absent') });
    const error = await ffmpegVersion().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FfmpegNotFoundError);
    expect(error).toMatchObject({ code: 'FFMPEG_NOT_FOUND', message: expect.stringContaining('absent') as string });
    await expect(runFfprobe('x.mp4', [])).rejects.toThrow(FfmpegNotFoundError);
  });

  it('asks again after the program has been installed', async () => {
    const path = join(folder, 'later');
    configureFfmpeg({ ffmpegPath: path });
    await expect(ffmpegVersion()).rejects.toThrow(FfmpegNotFoundError);
    fakeProgram('later', 'echo ffmpeg version 7.1');
    await expect(ffmpegVersion()).resolves.toMatchObject({ major: 7, minor: 1 });
  });
});

describe('versions', () => {
  it.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright', 5, 1],
    ['ffmpeg version n8.0 Copyright', 8, 0],
    ['ffmpeg version 7.1.1-essentials_build-www.gyan.dev', 7, 1],
    ['ffmpeg version 6 Copyright', 6, 0],
    ['ffmpeg version N-118000-gabcdef0 Copyright', Infinity, 0],
  ])('reads %s', (line, major, minor) => {
    expect(parseFfmpegVersion(line)).toMatchObject({ major, minor });
  });

  it.each([
    ['5.0.3', '-vsync'],
    ['5.1.0', '-fps_mode'],
    ['6.1.1', '-fps_mode'],
    ['7.1', '-fps_mode'],
    ['8.0', '-fps_mode'],
  ])('FFmpeg %s keeps times with %s', async (version, option) => {
    configureFfmpeg({ ffmpegPath: fakeProgram(`ffmpeg-${version}`, `echo ffmpeg version ${version}`) });
    expect(await passthroughOptions()).toEqual([option, 'passthrough']);
  });
});

describe('running', () => {
  it('carries the exit status and the last lines of stderr', async () => {
    const script = 'for i in $(seq 1 40); do echo "line $i" >&2; done; echo "Conversion failed!" >&2; exit 3';
    configureFfmpeg({ ffmpegPath: fakeProgram('failing', script) });
    const error = await runFfmpeg({ ...endless, path: 'a.mp4' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FfmpegError);
    const { exitCode, stderr, message } = error as FfmpegError;
    expect(exitCode).toBe(3);
    expect(stderr).toHaveLength(12);
    expect(stderr.at(-1)).toBe('Conversion failed!');
    expect(message).toContain('status 3: Conversion failed!');
  });

  it('a crash names the signal', async () => {
    configureFfmpeg({ ffmpegPath: fakeProgram('crashing', 'kill -SEGV $$') });
    await expect(runFfmpeg({ ...endless, path: 'a.mp4' })).rejects.toThrow('ended by SIGSEGV: it printed no reason');
  });

  it('an abort ends the process and rejects with the reason', async () => {
    const controller = new AbortController();
    const child = startFfmpeg(endless, controller.signal);
    child.stdout.resume();
    child.sideChannel.resume();
    controller.abort(new Error('enough'));
    await expect(child.exited).rejects.toThrow('enough');
    expect(isAlive(child.pid!)).toBe(false);
  });

  it('an aborted signal starts nothing', () => {
    expect(() => startFfmpeg(endless, AbortSignal.abort(new Error('too late')))).toThrow('too late');
  });

  it('disposing ends a process that nobody reads', async () => {
    let pid: number;
    {
      await using child = startFfmpeg(endless);
      pid = child.pid!;
      await sleep(50);
      expect(isAlive(pid)).toBe(true);
    }
    expect(isAlive(pid)).toBe(false);
  });

  it('passes names that look like options, protocols or patterns as files', async () => {
    const clip = await makeClip('mp4', ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1:r=5', '-c:v', 'mpeg4', 'OUT']);
    const { copyFileSync } = await import('node:fs');
    for (const name of ['-i.mp4', 'http:notes.mp4', 'a %03d b.mp4', "it's [1].mp4"]) {
      const path = join(folder, name);
      copyFileSync(clip, path);
      await expect(runFfprobe(path, ['-show_format'])).resolves.toHaveProperty('format');
    }
  });

  it('a playlist that points at the network opens nothing', async () => {
    const path = join(folder, 'list.m3u8');
    writeFileSync(path, '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://192.0.2.1/a.ts\n#EXT-X-ENDLIST\n');
    await expect(runFfprobe(path, ['-show_format'])).rejects.toThrow(FfmpegError);
  });
});

describe('subtitle streams', () => {
  const srt = join(folder, 'talk.srt');
  writeFileSync(
    srt,
    '1\n00:00:01,500 --> 00:00:03,000\nGrüße, <i>world</i>\n\n2\n00:00:04,000 --> 00:00:05,000\n世界\n',
  );
  const black = [
    '-f',
    'lavfi',
    '-i',
    'color=black:s=64x64:d=6:r=5',
    '-i',
    srt,
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'mpeg4',
  ];

  it('text in MP4 (mov_text) and MKV (srt) comes as WebVTT with its times', async () => {
    for (const [extension, codec] of [
      ['mp4', 'mov_text'],
      ['mkv', 'srt'],
    ] as const) {
      const clip = await makeClip(extension, [...black, '-c:s', codec, 'OUT']);
      const { format, text } = await extractSubtitles(clip, 1, codec);
      expect(format).toBe('vtt');
      expect(text).toContain('00:01.500 --> 00:03.000');
      expect(text).toContain('Grüße');
      expect(text).toContain('世界');
    }
  });

  it('ASS stays ASS', async () => {
    const clip = await makeClip('mkv', [...black, '-c:s', 'ass', 'OUT']);
    const { format, text } = await extractSubtitles(clip, 1, 'ass');
    expect(format).toBe('ass');
    expect(text).toContain('[Events]');
    expect(text).toMatch(/Dialogue: .*0:00:04\.00,0:00:05\.00.*世界/);
  });

  it('pictures are reported, not read', async () => {
    await expect(extractSubtitles('any.mkv', 3, 'hdmv_pgs_subtitle')).rejects.toThrow(BitmapSubtitlesError);
    const error = await extractSubtitles('any.mkv', 3, 'dvd_subtitle').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SUBTITLES_ARE_PICTURES' });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
