// One source for one content, wherever it lies: copies and moves through the pipeline itself, on a real library.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { indexSources } from '../../pipelines/index-sources.ts';
import { resolveConfig } from '../../src/config.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';

const CAPTIONS = 'WEBVTT\n\n00:00.000 --> 00:02.000\nSaturn has rings made of ice.\n';

function makeClip(file: string): void {
  const clip = ['-f', 'lavfi', '-i', 'smptebars=s=160x90:r=5:d=2', '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...clip, file]);
}

async function openInputs() {
  const folder = temporaryFolder('places');
  const library = await openLibrary(temporaryFolder('places-library'));
  const config = resolveConfig({ library: library.folder, engine: 'reader' }, { env: {} });
  /** File name -> status. */
  const index = async (...names: string[]) => {
    const statuses: Record<string, string> = {};
    await indexSources(library, config, {
      paths: names.map((name) => path.join(folder, name)),
      signal: new AbortController().signal,
      report(event) {
        if (event.type === 'source') statuses[path.relative(folder, event.path)] = event.status;
      },
    });
    return statuses;
  };
  const sources = async () =>
    (await library.listSources()).map(({ path: file, title }) => [path.relative(folder, file), title]);
  return { folder, library, index, sources, [Symbol.asyncDispose]: () => library[Symbol.asyncDispose]() };
}

it('finds a moved file at its new place, under its new name', async () => {
  await using inputs = await openInputs();
  writeFileSync(path.join(inputs.folder, 'rings.vtt'), CAPTIONS);
  await inputs.index('.');
  mkdirSync(path.join(inputs.folder, 'week 1'));
  renameSync(path.join(inputs.folder, 'rings.vtt'), path.join(inputs.folder, 'week 1', 'saturn.vtt'));
  expect(await inputs.index('.')).toEqual({ 'week 1/saturn.vtt': 'unchanged' });
  expect(await inputs.sources()).toEqual([['week 1/saturn.vtt', 'saturn']]);
});

it('keeps a source where it was read while a copy comes and goes', async () => {
  await using inputs = await openInputs();
  writeFileSync(path.join(inputs.folder, 'a.vtt'), CAPTIONS);
  await inputs.index('.');
  writeFileSync(path.join(inputs.folder, 'b.vtt'), CAPTIONS);
  expect(await inputs.index('.')).toEqual({ 'a.vtt': 'unchanged', 'b.vtt': 'unchanged' });
  expect(await inputs.sources()).toEqual([['a.vtt', 'a']]);
  rmSync(path.join(inputs.folder, 'a.vtt'));
  expect(await inputs.index('.')).toEqual({ 'b.vtt': 'unchanged' });
  expect(await inputs.sources()).toEqual([['b.vtt', 'b']]);
});

it('reads two copies of one video once, with the captions that only one of them has', async () => {
  await using inputs = await openInputs();
  const at = (name: string) => path.join(inputs.folder, name);
  makeClip(at('copy.mp4'));
  copyFileSync(at('copy.mp4'), at('talk.mp4'));
  writeFileSync(at('talk.vtt'), CAPTIONS);
  await inputs.index('.');
  const [source] = await inputs.library.listSources();
  expect(source?.path).toBe(at('talk.mp4'));
  expect((await inputs.library.readCaptions(source!.id))?.cues.map(({ text }) => text)).toEqual([
    'Saturn has rings made of ice.',
  ]);
  for (const names of [['.'], ['copy.mp4'], ['talk.mp4', 'copy.mp4'], ['copy.mp4', 'talk.mp4']]) {
    expect(new Set(Object.values(await inputs.index(...names))), names.join()).toEqual(new Set(['unchanged']));
  }
  expect(await inputs.sources()).toEqual([['talk.mp4', 'talk']]);
});

it('works on copies that are new in the same run one after the other', async () => {
  await using inputs = await openInputs();
  for (const name of ['a.vtt', 'b.vtt', 'c.vtt']) writeFileSync(path.join(inputs.folder, name), CAPTIONS);
  const statuses = Object.values(await inputs.index('.'));
  expect(statuses.sort()).toEqual(['indexed', 'unchanged', 'unchanged']);
});
