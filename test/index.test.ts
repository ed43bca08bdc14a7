// The public surface as another program meets it: through the name of the package.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError, InterruptedError, openLibrary, UsageError, type IndexReport, type LecternLibrary } from 'lectern';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyMedia, type TinyMedia } from './surfaces/cli/tiny-media.ts';

const repository = path.dirname(import.meta.dirname);

let folder: string;
let media: TinyMedia;
let lectern: LecternLibrary;
const reports: IndexReport[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lectern-test-'));
  media = await writeTinyMedia(path.join(folder, 'media'));
  lectern = await openLibrary({ library: path.join(folder, 'library') });
  const paths = [media.transcript, media.manual];
  const outcome = await lectern.index(paths, { onReport: (report) => void reports.push(report) });
  expect(outcome).toEqual({ indexed: 2, unchanged: 0, failed: 0 });
});
afterAll(async () => {
  await lectern[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('a library that was opened', () => {
  it('told of progress and of each source while it indexed a caption file and a PDF', () => {
    const sources = reports.filter((report) => report.type === 'source');
    expect(sources.map(({ path: file, status }) => [file, status]).sort()).toEqual([
      [media.transcript, 'indexed'],
      [media.manual, 'indexed'],
    ]);
    expect(reports.some(({ type }) => type === 'progress')).toBe(true);
  });

  it('finds the second and the page, and says so where there is none', async () => {
    const { hits } = await lectern.search('add the salt', { limit: 1 });
    expect(hits).toHaveLength(1);
    expect(hits[0]).toMatchObject({ source: { path: media.transcript }, pageIndex: null });
    expect(hits[0]!.startMs).toBeLessThanOrEqual(10_000);
    const inManual = await lectern.search('warm water', { sources: ['pump'] });
    expect(inManual.hits.map(({ pageIndex, pageLabel }) => [pageIndex, pageLabel])).toEqual([[1, '1']]);
    expect(await lectern.search('xylophone')).toEqual({ query: 'xylophone', noMatch: true, hits: [] });
  });

  it('answers with verified quotes, or not at all', async () => {
    const { abstained, citations } = await lectern.ask('How often do I clean the filter?', { kind: 'document' });
    expect(abstained).toBe(false);
    expect(citations[0]).toMatchObject({ pageIndex: 1, verified: true });
    expect(citations[0]!.quote).toContain('Clean the filter every six weeks.');
    expect((await lectern.ask('Who won the football world cup in 1998?')).abstained).toBe(true);
    expect(await lectern.engine()).toMatchObject({ name: 'reader' });
  });

  it('gives overview, chapters and events of a source, by its record too', async () => {
    const source = await lectern.source('baking');
    const { summary, chapters } = await lectern.summarize(source, { words: 40 });
    expect(summary.overview).not.toBe('');
    expect(chapters).toEqual(await lectern.chapters('baking'));
    const [first] = await lectern.events(source, { fromMs: 0, toMs: 5000 });
    expect(first!.place).toMatchObject({ kind: 'time', startMs: 0 });
  });

  it('writes files for other programs', async () => {
    expect(await lectern.export(media.transcript, 'srt')).toContain('00:00:00,000 --> 00:00:05,000\nSourdough bread');
    await expect(lectern.export('pump', 'srt')).rejects.toMatchObject({ code: 'FORMAT_NEEDS_TIMES' });
  });

  it('says what indexing would do, and does nothing a second time', async () => {
    const { inputs } = await lectern.plan([media.captionedVideo, media.manual]);
    expect(inputs.map(({ action }) => action).sort()).toEqual(['index', 'skip']);
    expect(await lectern.index([media.manual])).toEqual({ indexed: 0, unchanged: 1, failed: 0 });
  });

  it('is interrupted by a signal before the work, and during it', async () => {
    const isOver = AbortSignal.abort(new Error('over'));
    await expect(lectern.search('water', { signal: isOver })).rejects.toThrow('over');
    const interrupt = new AbortController();
    const index = lectern.index([media.manual], {
      force: true,
      signal: interrupt.signal,
      onReport: () => interrupt.abort(),
    });
    await expect(index).rejects.toBeInstanceOf(InterruptedError);
  });

  it('rejects with errors that say what was wrong', async () => {
    await expect(lectern.search('water', { sources: ['nowhere'] })).rejects.toBeInstanceOf(InputError);
    await expect(lectern.chapters('nowhere')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(openLibrary({ fps: 5 })).rejects.toBeInstanceOf(UsageError);
  });

  it('forgets a source that is removed, and keeps its file', async () => {
    const copy = path.join(folder, 'copy.vtt');
    await writeFile(copy, 'WEBVTT\n\n00:00.000 --> 00:05.000\nA xylophone has wooden bars.\n');
    await lectern.index([copy]);
    expect((await lectern.remove('copy')).path).toBe(copy);
    expect((await lectern.sources()).map(({ path: file }) => file)).not.toContain(copy);
    expect(await readFile(copy, 'utf8')).toContain('xylophone');
  });
});

it('does what the README shows, as it stands there, in a folder with this checkout among its packages', async () => {
  const [, section] = (await readFile(path.join(repository, 'README.md'), 'utf8')).split('## From a program\n');
  const [, example] = /```js\n([\s\S]*?)```/.exec(section!)!;
  const home = path.join(folder, 'example');
  await mkdir(path.join(home, 'node_modules'), { recursive: true });
  await mkdir(path.join(home, 'lectures'));
  await symlink(repository, path.join(home, 'node_modules', 'lectern'));
  await cp(media.transcript, path.join(home, 'lectures', 'talk.vtt'));
  await cp(media.manual, path.join(home, 'manual.pdf'));
  await writeFile(path.join(home, 'example.mjs'), example!);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: home });
  expect(stderr).toBe('');
  expect(stdout).toContain(`indexed ${path.join(home, 'manual.pdf')}`);
  expect(stdout).toMatch(/page 2 file:.*manual\.pdf#page=2/);
  expect(stdout).toContain('Clean the filter every six weeks.');
  expect(stdout).toContain('00:00:00,000 --> 00:00:05,000');
});
