import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { discoverInputs } from '../../src/ingest/discover.ts';

let folder: string;

function put(name: string, content = 'x'): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const names = ({ inputs }: Awaited<ReturnType<typeof discoverInputs>>) =>
  inputs.map((input) => `${path.relative(folder, input.path)}:${input.kind}`);

describe('discoverInputs', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-discover-'));
  });

  it('walks a folder in natural order and leaves out what it does not read', async () => {
    for (const name of ['week10.mp4', 'week2.mp4', 'sub/manual.pdf', 'notes.txt', '.hidden.mp4', 'node_modules/x.mp4'])
      put(name);
    expect(names(await discoverInputs([folder]))).toEqual([
      'sub/manual.pdf:document',
      'week2.mp4:media',
      'week10.mp4:media',
    ]);
  });

  it('gives captions beside a video to the video, and takes those that stand alone', async () => {
    for (const name of ['talk.mp4', 'talk.vtt', 'talk.en.srt', 'talk.part2.vtt', 'other.srt', 'talk2.vtt']) put(name);
    expect(names(await discoverInputs([folder]))).toEqual([
      'other.srt:transcript',
      'talk.mp4:media',
      'talk.part2.vtt:transcript',
      'talk2.vtt:transcript',
    ]);
  });

  it('takes a caption file that is named itself, even beside its video', async () => {
    put('talk.mp4');
    expect(names(await discoverInputs([put('talk.vtt')]))).toEqual(['talk.vtt:transcript']);
  });

  it('believes the first bytes over the extension', async () => {
    put('a.mp4', '%PDF-1.7\n');
    put('b.bin', 'WEBVTT\n');
    expect(names(await discoverInputs([path.join(folder, 'a.mp4'), path.join(folder, 'b.bin')]))).toEqual([
      'a.mp4:document',
      'b.bin:transcript',
    ]);
  });

  it('tells a picture from a video by its brand where both begin alike', async () => {
    const begin = (brand: string) => `\0\0\0 ftyp${brand}\0\0\0\0`;
    const files = ['avif', 'heic', 'mif1', 'isom'].map((brand) => put(`brands/${brand}`, begin(brand)));
    const { inputs } = await discoverInputs(files);
    expect(inputs.map(({ kind }) => kind)).toEqual(['document', 'document', 'document', 'media']);
  });
  it('takes a JSON file of a folder only if it looks like a transcript', async () => {
    put('settings.json', '{"theme": "dark"}');
    put('whisper.json', '{"text": "hello", "segments": []}');
    expect(names(await discoverInputs([folder]))).toEqual(['whisper.json:transcript']);
  });

  it('expands globs, and lists each file once', async () => {
    put('a/one.pdf');
    put('b/two.pdf');
    put('b/three.mp4');
    const found = await discoverInputs([`${folder}/**/*.pdf`, folder]);
    expect(names(found)).toEqual(['a/one.pdf:document', 'b/two.pdf:document', 'b/three.mp4:media']);
  });

  it('refuses an empty file, a missing path and an unknown kind, each with its reason, and keeps the rest', async () => {
    const { inputs, refused } = await discoverInputs([
      put('empty.mp4', ''),
      path.join(folder, 'missing.pdf'),
      put('spreadsheet.xlsx'),
      put('good.pdf'),
    ]);
    expect(inputs).toHaveLength(1);
    expect(refused.map(({ error }) => error.code)).toEqual(['EMPTY_FILE', 'NOT_FOUND', 'UNKNOWN_KIND']);
  });

  it('never enters the folders it is told to ignore', async () => {
    put('library/still.png');
    put('page.png');
    expect(names(await discoverInputs([folder], [path.join(folder, 'library')]))).toEqual(['page.png:document']);
  });

  it('follows links to files in a folder, and no links to folders, pipes or nowhere', async () => {
    const elsewhere = mkdtempSync(path.join(os.tmpdir(), 'lectern-discover-elsewhere-'));
    writeFileSync(path.join(elsewhere, 'talk.mp4'), 'x');
    mkdirSync(path.join(folder, 'called.mp4'));
    for (const [link, target] of [
      ['linked.mp4', path.join(elsewhere, 'talk.mp4')],
      ['called.mp4/up', '..'],
      ['nowhere.mp4', path.join(elsewhere, 'none.mp4')],
      ['zero.mp4', '/dev/zero'],
    ] as const)
      symlinkSync(target, path.join(folder, link));
    execFileSync('mkfifo', [path.join(folder, 'pipe.mp4')]);
    const found = await discoverInputs([folder]);
    expect(names(found)).toEqual(['linked.mp4:media']);
    expect(found.refused).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('keeps a backslash that is part of a name', async () => {
    put('C:\\talks\\week 1.vtt', 'WEBVTT');
    const { inputs, refused } = await discoverInputs([folder]);
    expect(refused).toEqual([]);
    expect(inputs.map((input) => path.basename(input.path))).toEqual(['C:\\talks\\week 1.vtt']);
  });

  // The superuser may read every folder.
  it.skipIf(process.getuid?.() === 0)(
    'refuses folders that it may not open, and takes what lies beside them',
    async () => {
      put('talk.mp4');
      put('closed/other.mp4');
      chmodSync(path.join(folder, 'closed'), 0o000);
      const found = await discoverInputs([folder]);
      expect(names(found)).toEqual(['talk.mp4:media']);
      expect(found.refused.map(({ error }) => error.message)).toEqual([
        expect.stringContaining('closed could not be opened'),
      ]);
      chmodSync(path.join(folder, 'closed'), 0o700);
    },
  );

  it('says what a pipe, a device, a name without extension and an empty path are', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe.mp4')]);
    const { inputs, refused } = await discoverInputs([path.join(folder, 'pipe.mp4'), '/dev/zero', put('README'), '']);
    expect(inputs).toEqual([]);
    expect(refused.map(({ error }) => error.message)).toEqual([
      `${path.join(folder, 'pipe.mp4')} is a pipe, a socket or a device, not a file`,
      '/dev/zero is a pipe, a socket or a device, not a file',
      `${path.join(folder, 'README')} is of a kind that Lectern does not read (no extension)`,
      'An empty path was given',
    ]);
    expect(refused.at(-1)!.path).toBe('');
  });

  it.runIf(process.platform === 'linux')('blames the name of a file that is not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.mp4')]), 'x');
    const { refused } = await discoverInputs([folder]);
    expect(refused.map(({ error }) => error.remedy)).toEqual([expect.stringContaining('not UTF-8')]);
  });
});
