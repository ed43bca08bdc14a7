// Watching goes on while settings change: the next file is described by what the settings name then.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { watchSources } from '../../pipelines/watch-sources.ts';
import { resolveConfig, type EngineName } from '../../src/config.ts';
import { UsageError } from '../../src/errors.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';

const cues = (word: string) => `WEBVTT\n\n00:00.000 --> 00:04.000\nThis is about ${word}.\n`;

it('takes up the model that the settings name by now, and keeps the last one where they can’t be read', async () => {
  const library = temporaryFolder('watched-library');
  const folder = path.join(temporaryFolder('watched'), 'in');
  mkdirSync(folder);
  let engine: EngineName | undefined = 'reader';
  const readConfig = () => {
    if (engine === undefined) throw new UsageError('not JSON', 'Mend it.');
    return resolveConfig({ library, engine, device: 'cpu' }, { env: {} });
  };
  const controller = new AbortController();
  const engines: string[] = [];
  const notes: string[] = [];
  let count = 0;
  await using opened = await openLibrary(library);
  const watching = watchSources(opened, readConfig, {
    paths: [folder],
    signal: controller.signal,
    note: (remark) => notes.push(remark),
    report(event) {
      if (event.type !== 'source') return;
      engines.push(event.record!.engine);
      engine = undefined;
      if (notes.length > 0) controller.abort();
      else add();
    },
  });
  engine = 'qwen3-vl';
  function add() {
    writeFileSync(path.join(folder, `${++count}.vtt`), cues(`number ${count}`));
  }
  // A file that comes before the watcher is ready is found with the next one.
  const adding = setInterval(() => engines.length === 0 && add(), 3000);
  add();
  await watching.finally(() => clearInterval(adding));
  expect(new Set(engines)).toEqual(new Set(['lectern-slides-26m']));
  expect(notes).toContain('The settings stay as they were: not JSON.');
});

it('watches the folder of a glob, and tells a file that fails again only once', async () => {
  const folder = path.join(temporaryFolder('watched'), 'in');
  mkdirSync(folder);
  const libraryFolder = temporaryFolder('watched-library');
  await using library = await openLibrary(libraryFolder);
  const controller = new AbortController();
  const told: string[] = [];
  let count = 0;
  const add = () => writeFileSync(path.join(folder, `${++count}.vtt`), cues(`number ${count}`));
  writeFileSync(path.join(folder, 'broken.vtt'), 'WEBVTT\n');
  const watching = watchSources(
    library,
    () => resolveConfig({ library: libraryFolder, engine: 'reader' }, { env: {} }),
    {
      paths: [path.join(folder, '*.vtt')],
      signal: controller.signal,
      report(event) {
        if (event.type !== 'source') return;
        told.push(`${path.basename(event.path)} ${event.status}`);
        if (told.filter((line) => line.endsWith('indexed')).length === 1) add();
        else if (told.some((line) => line.startsWith('2.vtt'))) controller.abort();
      },
    },
  );
  const adding = setInterval(() => !told.some((line) => line.endsWith('indexed')) && add(), 3000);
  await watching.finally(() => clearInterval(adding));
  expect(told.filter((line) => line === 'broken.vtt failed')).toHaveLength(1);
});
