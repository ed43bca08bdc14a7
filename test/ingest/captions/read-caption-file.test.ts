import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptionFileError } from '../../../src/ingest/captions/caption-error.ts';
import { findCompanionCaptions } from '../../../src/ingest/captions/companions.ts';
import { isCaptionFile, readCaptionFile } from '../../../src/ingest/captions/read-caption-file.ts';

const shared = resolve('../shared/data/captions_ableplayer');
const vtt = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nGrüße, schöne Welt\n';
let folder = '';
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'lectern-captions-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readCaptionFile', () => {
  it.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${vtt}`)],
    ['UTF-16 little-endian with a mark', Buffer.from(`\ufeff${vtt}`, 'utf16le')],
    ['UTF-16 little-endian without a mark', Buffer.from(vtt, 'utf16le')],
    ['UTF-16 big-endian with a mark', Buffer.from(`\ufeff${vtt}`, 'utf16le').swap16()],
    ['Latin-1', Buffer.from(vtt, 'latin1')],
  ])('reads %s', async (_name, bytes) => {
    const { track } = await readCaptionFile(write('encoded.vtt', bytes));
    expect(track.cues).toEqual([{ startMs: 1000, endMs: 2000, text: 'Grüße, schöne Welt' }]);
  });
  it('reads a Russian code page where the name says Russian', async () => {
    const bytes = Buffer.concat([
      Buffer.from('1\n00:00:01,000 --> 00:00:02,000\n'),
      Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]),
    ]);
    const { track } = await readCaptionFile(write('talk.ru.srt', bytes));
    expect(track.cues[0]!.text).toBe('Привет');
    expect(track.lang).toBe('ru');
  });
  it.each([
    ['empty.vtt', ''],
    ['header.vtt', 'WEBVTT\n'],
    ['letter.srt', 'Dear Sir'],
    ['binary.vtt', Buffer.from([0, 1, 2, 0, 0, 0, 255, 3, 0, 0])],
    ['package.json', '{"name":"x"}'],
  ])('refuses %s with one sentence', async (name, content) => {
    const path = write(name, content);
    const error = await readCaptionFile(path).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CaptionFileError);
    expect((error as CaptionFileError).message.startsWith(path)).toBe(true);
    expect((error as CaptionFileError).message).not.toContain('\n');
  });
  it('refuses a file that is not there', async () => {
    await expect(readCaptionFile(join(folder, 'none.vtt'))).rejects.toBeInstanceOf(CaptionFileError);
  });
  it('knows a caption file by its name, and Whisper JSON by how it begins', () => {
    expect(isCaptionFile('/a/talk.SRT')).toBe(true);
    expect(isCaptionFile('/a/talk.mp4')).toBe(false);
    expect(isCaptionFile(write('whisper.json', '{"text": " Hi", "segments": []}'))).toBe(true);
    expect(isCaptionFile(write('other.json', '{"name": "x"}'))).toBe(false);
  });
});

describe('findCompanionCaptions', () => {
  it('finds what belongs to the stem, best first, and nothing else', async () => {
    const names = [
      'talk.vtt',
      'talk.en.srt',
      'talk.de.forced.srt',
      'talk_captions_fr.vtt',
      'talk.pt-BR.vtt',
      'talk.chapters.vtt',
    ];
    for (const name of [...names, 'talk-2.vtt', 'talk2.srt', 'talkative.vtt', 'talk.notes.txt', 'talk.mp4'])
      write(name, vtt);
    const found = await findCompanionCaptions(join(folder, 'talk.mp4'), 'fr');
    const rows = found
      .filter((one) => !one.path.endsWith('talk.ru.srt'))
      .map((one) => [one.path.slice(folder.length + 1), one.lang, one.role]);
    expect(rows).toEqual([
      ['talk_captions_fr.vtt', 'fr', 'captions'],
      ['talk.vtt', undefined, 'captions'],
      ['talk.pt-BR.vtt', 'pt-BR', 'captions'],
      ['talk.en.srt', 'en', 'captions'],
      ['talk.de.forced.srt', 'de', 'forced'],
      ['talk.chapters.vtt', undefined, 'chapters'],
    ]);
  });
});

describe.skipIf(!existsSync(shared))('captions of real players (skipped where ../shared is absent)', () => {
  const files = existsSync(shared) ? readdirSync(shared) : [];
  it.each(files)('%s has cues in order, without markup, each text once at a time', async (name) => {
    const { track, kind } = await readCaptionFile(join(shared, name));
    expect(track.cues.length).toBeGreaterThan(1);
    for (const [i, cue] of track.cues.entries()) {
      expect(cue.endMs).toBeGreaterThan(cue.startMs);
      expect(cue.startMs).toBeGreaterThanOrEqual(track.cues[i - 1]?.startMs ?? 0);
      expect(cue.text).not.toMatch(/-->|<\/?[a-z]|\n/);
    }
    const named = /chapters|description|meta/
      .exec(name)?.[0]
      .replace(/description$/, 'descriptions')
      .replace('meta', 'metadata');
    expect(kind).toBe(/described-captions/.test(name) ? 'captions' : (named ?? 'captions'));
    const lang = /_([a-z]{2}(?:-[a-z]{2})?)(?:_test)?\.vtt$/.exec(name)?.[1];
    if (lang !== undefined) expect(track.lang?.toLowerCase()).toBe(lang);
  });
});
