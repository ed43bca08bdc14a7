import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { lectern, repository, sourceLines, temporaryFolder } from '../helpers/lectern.ts';

const shared = path.resolve(repository, '../shared/data');

/** Indexes files and folders as a user would and checks what holds for any folder, however odd its files. */
async function indexOdd(paths: readonly string[], ...options: readonly string[]) {
  const library = temporaryFolder('odd');
  const { status, signal, stdout, stderr } = await lectern(
    'index',
    ...paths,
    '--library',
    library,
    '--json',
    ...options,
  );
  expect(signal).toBeNull();
  const lines = sourceLines(stdout);
  for (const { path: file, error } of [...lines.values()].filter((line) => line.status === 'failed')) {
    expect(error?.code, file).not.toBe('INTERNAL');
    expect(error?.message, file).toMatch(/^\S[^\n]+$/);
    expect(error?.remedy, file).toMatch(/^\S[^\n]+$/);
  }
  const numFailed = [...lines.values()].filter((line) => line.status === 'failed').length;
  expect(status, stderr).toBe(numFailed > 0 ? 3 : 0);
  return { lines, stderr, numFailed };
}

describe('odd files', () => {
  const videos = path.join(shared, 'videos/files');
  it.skipIf(!existsSync(videos))(
    'every odd video and sound file is indexed, its neighbours unharmed',
    async () => {
      const { lines, numFailed } = await indexOdd([videos]);
      expect([...lines.keys()].sort()).toEqual(readdirSync(videos).sort());
      expect(numFailed).toBe(0);
      expect(lines.get('jfk.flac')?.duration).toBeCloseTo(11, 0);
    },
    400_000,
  );

  const pdfs = path.join(shared, 'pdfs_scanned_and_odd');
  it.skipIf(!existsSync(pdfs))(
    'every scanned and odd PDF is indexed or refused with one sentence',
    async () => {
      const { lines } = await indexOdd([pdfs], '--ocr', 'off');
      const refused = [...lines].filter(([, line]) => line.status === 'failed').map(([name]) => name);
      expect(refused.sort()).toEqual(['invalid.pdf', 'libreoffice-writer-password.pdf']);
      const numFiles = readdirSync(pdfs, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(pdf|png)$/.test(name),
      ).length;
      expect(lines.size).toBe(numFiles);
    },
    500_000,
  );

  const scans = ['jbig2.pdf', 'cmyk-image.pdf', 'blank.pdf', 'linn.png'];
  it.skipIf(!existsSync(pdfs))(
    'scans of several encodings are read, and one with nothing on it is read as nothing',
    async () => {
      const all = readdirSync(pdfs, { recursive: true, encoding: 'utf8' });
      const paths = all.filter((name) => scans.includes(path.basename(name))).map((name) => path.join(pdfs, name));
      // A third of the page is read as its whole is.
      const part = path.join(temporaryFolder('scan'), 'linn.png');
      const linn = paths.findIndex((file) => file.endsWith('linn.png'));
      const { width, height } = await sharp(paths[linn]).metadata();
      await sharp(paths[linn])
        .extract({ left: 0, top: 0, width, height: Math.ceil(height / 3) })
        .toFile(part);
      paths[linn] = part;
      const { lines, numFailed } = await indexOdd(paths);
      expect([...lines.keys()].sort()).toEqual([...scans].sort());
      expect(numFailed).toBe(0);
    },
    200_000,
  );

  it('broken inputs of every kind fail one by one and leave a good one indexed', async () => {
    const folder = temporaryFolder('broken');
    const put = (name: string, content: string | Uint8Array) => writeFileSync(path.join(folder, name), content);
    put('empty.mp4', '');
    put('text.mp4', 'this is no video');
    put('junk.pdf', '%PDF-1.7\njunk');
    put('blank.vtt', '');
    put('no-cues.vtt', 'WEBVTT\n\nNOTE nothing here\n');
    put('junk.png', 'not a picture');
    put(
      'binary.srt',
      Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) % 256),
    );
    put('good.vtt', 'WEBVTT\n\n00:00.000 --> 00:04.000\nThe gradient points uphill, so we step the other way.\n');
    mkdirSync(path.join(folder, 'folder.pdf'));
    symlinkSync('nowhere', path.join(folder, 'dangling.mp4'));
    const { lines, numFailed } = await indexOdd([folder]);
    expect(lines.get('good.vtt')?.status).toBe('indexed');
    expect(numFailed).toBe(7);
  });
});
