// What happens to a library when its writer is killed, when two write at once, and when there is no room left.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { translateError } from '../../src/store/errors.ts';
import { insertPassages } from '../../src/store/full-text/index-writer.ts';
import type { Library } from '../../src/store/library.ts';
import { DATABASE_FILE } from '../../src/store/database-file.ts';
import { openDatabase } from '../../src/store/open.ts';
import { derivePassages } from '../../src/store/full-text/passages.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf, TemporaryFolder } from './fixture.ts';

const containing = (text: string): unknown => expect.stringContaining(text);

const program = (name: string) => resolve(import.meta.dirname, 'programs', `${name}.ts`);

function expectIntact(folder: string): void {
  const db = new Database(join(folder, DATABASE_FILE));
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

/** Rows, passages and index of the one source all belong to one generation; returns it. */
async function generationOf(library: Library): Promise<number> {
  const [source] = await library.listSources();
  const generation = source!.title;
  const events = await library.readEvents(source!.id);
  expect(events).toHaveLength(300);
  expect(events.every(({ summary }) => summary.startsWith(`Generation ${generation} `))).toBe(true);
  const passages = await library.readPassages(source!.id, {});
  expect(passages.map(({ text }) => text)).toEqual(events.map(({ summary }) => summary));
  expect(await library.countPassages(['generation', generation], {})).toEqual({
    total: 300,
    documentFrequency: [300, 300],
  });
  const hits = await library.searchPassages({ anyOf: ['r299'], limit: 10 });
  expect(hits.map(({ text }) => text)).toEqual([`Generation ${generation} row r299`]);
  return Number(generation.slice(1));
}

test('a writer killed at any moment, 10 times, leaves all rows of the last source it reported or of the next', async () => {
  using folder = new TemporaryFolder();
  let generation = 0;
  for (let round = 0; round < 10; round++) {
    const child = spawn(process.execPath, [program('save-forever'), folder.path, String(generation + 1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let reported = generation;
    const lines = createInterface(child.stdout).on('line', (line) => (reported = Number(line)));
    await once(lines, 'line');
    await sleep(round * 17 + Math.random() * 50);
    child.kill('SIGKILL');
    await Promise.all([exited, once(lines, 'close')]);
    {
      await using library = await openLibrary(folder.path);
      generation = await generationOf(library);
    }
    expect([reported, reported + 1]).toContain(generation);
    expectIntact(folder.path);
  }
});

test('two processes create one library and write 20 sources each into it at the same time', async () => {
  using folder = new TemporaryFolder();
  const names = ['ada', 'ben'];
  const outputs = await Promise.all(
    names.map(async (name) => {
      const child = spawn(process.execPath, [program('save-many'), folder.path, name, '20'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const chunks = await child.stdout.setEncoding('utf8').toArray();
      return JSON.parse(chunks.join('')) as unknown;
    }),
  );
  expect(outputs).toEqual([{ saved: 20 }, { saved: 20 }]);
  {
    await using library = await openLibrary(folder.path, { readonly: true });
    expect(await library.listSources()).toHaveLength(40);
    expect(await library.countPassages(['shared', ...names, 'number7'], {})).toEqual({
      total: 2000,
      documentFrequency: [2000, 1000, 1000, 100],
    });
  }
  expectIntact(folder.path);
});

describe('without room', () => {
  test('a transaction that needs more pages than there are is undone and named', async () => {
    using folder = new TemporaryFolder();
    const db = await openDatabase(folder.path, {});
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 20}`);
    const passages = derivePassages(eventsOf(...Array.from({ length: 2000 }, (_, i) => `word${i} and more of them`)));
    const write = () => db.transaction(() => insertPassages(db, { no: 1, lang: 'en' }, passages)).immediate();
    let thrown: unknown;
    try {
      write();
    } catch (error) {
      thrown = translateError(error, folder.path);
    }
    expect(thrown).toMatchObject({ code: 'LIBRARY_FULL', remedy: containing('space') });
    expect(db.prepare('SELECT count(*) FROM passages').pluck().get()).toBe(0);
    expect(db.inTransaction).toBe(false);
    db.close();
    expectIntact(folder.path);
  });

  /** Runs save-many under a shell command that limits it, and expects everything it reported to be there afterwards. */
  async function expectStoppedIntact(folder: string, output: string, codes: readonly string[]): Promise<void> {
    const { saved, code } = JSON.parse(output) as { saved: number; code: string };
    expect(codes).toContain(code);
    expect(saved).toBeGreaterThan(0);
    {
      await using library = await openLibrary(folder);
      const titles = (await library.listSources()).map(({ title }) => title);
      expect(titles).toHaveLength(saved);
      expect((await library.countPassages(['shared'], {})).documentFrequency).toEqual([saved * 50]);
      await library.saveSource(sourceOf('afterwards'), eventsOf('there is room again'));
    }
    expectIntact(folder);
  }

  test('under a limit on the size of files, what was saved before stays, and saving goes on later', async (context) => {
    if (process.platform === 'win32') {
      context.skip('needs a POSIX shell with ulimit');
      return;
    }
    using folder = new TemporaryFolder();
    // ulimit -f counts blocks of 512 or 1024 bytes: one or two MiB.
    const command = `ulimit -f 2048 && exec "${process.execPath}" "${program('save-many')}" "${folder.path}" a 500`;
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    await expectStoppedIntact(folder.path, stdout, ['LIBRARY_IO', 'LIBRARY_FULL']);
  });

  test('on a full disk, what was saved before stays, and saving goes on later', async (context) => {
    using folder = new TemporaryFolder();
    using small = new TemporaryFolder();
    // A mount namespace of its own, gone with the process, so the result is copied out of it.
    const command = `mount -t tmpfs -o size=3m lectern "${small.path}" || exit 77
      "${process.execPath}" "${program('save-many')}" "${small.path}" a 500; cp "${small.path}"/* "${folder.path}"`;
    const { status, stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', command], { encoding: 'utf8' });
    if (status !== 0) {
      context.skip('this machine does not let a test mount a small disk of its own');
      return;
    }
    await expectStoppedIntact(folder.path, stdout, ['LIBRARY_FULL']);
  });
});
