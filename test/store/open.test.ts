import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { SCHEMA_VERSION } from '../../src/store/migrations.ts';
import { DATABASE_FILE } from '../../src/store/database-file.ts';
import { openDatabase } from '../../src/store/open.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { contentOf, eventsOf, sourceOf, temporaryLibrary, TemporaryFolder } from './fixture.ts';

const containing = (text: string): unknown => expect.stringContaining(text);

/** A closed library with one source in it. */
async function libraryFolder(): Promise<TemporaryFolder> {
  const folder = new TemporaryFolder();
  await using library = await openLibrary(folder.path);
  await library.saveSource(sourceOf('talk'), eventsOf('some words'));
  return folder;
}

test('a library is created with its folder, and nothing is lost by opening it again', async () => {
  using folder = new TemporaryFolder();
  const inner = join(folder.path, 'a', 'b');
  {
    await using library = await openLibrary(inner);
    expect(library.folder).toBe(inner);
    await library.saveSource(sourceOf('talk'), contentOf());
  }
  await using library = await openLibrary(inner);
  expect(await library.listSources()).toHaveLength(1);
});

test('each migration is recorded, and runs once', async () => {
  using folder = await libraryFolder();
  (await openDatabase(folder.path, {})).close();
  const db = await openDatabase(folder.path, { readonly: true });
  const versions = db.prepare('SELECT version FROM migrations ORDER BY version').pluck().all();
  expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1));
  db.close();
});

test('a library from before events and cues were found by their times finds them once it is opened', async () => {
  using folder = await libraryFolder();
  const source = sourceOf('talk');
  const cues = [
    { startMs: 0, endMs: 90_000, text: 'music' },
    { startMs: 80_000, endMs: 81_000, text: 'last words' },
  ];
  const captions = { origin: { kind: 'file', path: '/talk.vtt' } as const, lang: 'en', cues };
  {
    await using library = await openLibrary(folder.path);
    await library.saveSource(source, { ...contentOf(), captions });
  }
  const db = new Database(join(folder.path, DATABASE_FILE));
  db.exec('DROP INDEX events_by_start; DROP INDEX cues_by_start; ALTER TABLE captions DROP COLUMN longest_cue_ms');
  db.exec('DROP INDEX sources_by_lang; DROP TABLE term_ends; ALTER TABLE cues DROP COLUMN word_steps');
  db.exec('DELETE FROM migrations WHERE version > 2; PRAGMA user_version = 2');
  db.close();
  await using library = await openLibrary(folder.path);
  expect((await library.readCaptions(source.id, { fromMs: 80_500, toMs: 80_600 }))!.cues).toEqual(cues);
});

describe('opened for reading only', () => {
  test('a library answers, and refuses to be written', async () => {
    using folder = await libraryFolder();
    await using library = await openLibrary(folder.path, { readonly: true });
    expect(await library.searchPassages({ anyOf: ['words'], limit: 1 })).toHaveLength(1);
    await expect(library.removeSource(sourceOf('talk').id)).rejects.toMatchObject({ code: 'LIBRARY_READ_ONLY' });
  });

  test('a folder without a library is an error, and stays empty', async () => {
    using folder = new TemporaryFolder();
    const opening = openLibrary(folder.path, { readonly: true });
    await expect(opening).rejects.toMatchObject({
      code: 'LIBRARY_NOT_FOUND',
      remedy: containing('index'),
    });
  });

  test('a library sees what another connection has just written', async () => {
    await using it = await temporaryLibrary();
    await it.library.saveSource(sourceOf('first'), contentOf());
    await using reader = await openLibrary(it.folder, { readonly: true });
    await it.library.saveSource(sourceOf('second'), contentOf());
    expect(await reader.listSources()).toHaveLength(2);
  });
});

test('a library that its user may not write can be read, and says so when it is to be written', async (context) => {
  if (process.getuid?.() !== 0) {
    context.skip('only root can run a program as another user');
    return;
  }
  using folder = await libraryFolder();
  chmodSync(join(folder.path, DATABASE_FILE), 0o444);
  chmodSync(folder.path, 0o555);
  const program = resolve(import.meta.dirname, 'programs', 'read-as.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [program, folder.path, '65534'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const titles = ['talk'];
  expect(JSON.parse(stdout)).toEqual({
    reading: { titles },
    writing: { code: 'LIBRARY_READ_ONLY' },
    either: { titles },
  });
});

test.skipIf(process.getuid?.() !== 0).each([
  ['file', 0o000, 0o755],
  ['folder', 0o644, 0o000],
])('a library whose %s its user may not read says so', async (_, ofFile, ofFolder) => {
  using folder = await libraryFolder();
  chmodSync(join(folder.path, DATABASE_FILE), ofFile);
  chmodSync(folder.path, ofFolder);
  const program = resolve(import.meta.dirname, 'programs', 'read-as.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [program, folder.path, '65534'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const code = 'LIBRARY_UNREADABLE';
  expect(JSON.parse(stdout)).toMatchObject({ writing: { code }, either: { code } });
});

test.skipIf(process.platform === 'win32')(
  'a library file that is a link to itself is an error of the disk',
  async () => {
    using folder = new TemporaryFolder();
    symlinkSync(DATABASE_FILE, join(folder.path, DATABASE_FILE));
    await expect(openLibrary(folder.path)).rejects.toMatchObject({ code: 'LIBRARY_IO', message: containing('ELOOP') });
  },
);

test('a library on a read-only disk can be read, and says so when it is to be written', async (context) => {
  using folder = await libraryFolder();
  const program = resolve(import.meta.dirname, 'programs', 'read-as.ts');
  // A mount namespace of its own, gone with the process.
  const command = `mount --bind "${folder.path}" "${folder.path}" && mount -o remount,ro,bind "${folder.path}" || exit 77
    "${process.execPath}" "${program}" "${folder.path}" 0`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', command], { encoding: 'utf8' });
  if (status === 77 || status === null || stderr.includes('unshare')) {
    context.skip('this machine does not let a test mount a disk of its own');
    return;
  }
  const titles = ['talk'];
  expect([stderr, JSON.parse(stdout)]).toEqual([
    '',
    { reading: { titles }, writing: { code: 'LIBRARY_READ_ONLY' }, either: { titles } },
  ]);
});

describe('a file that is no library of ours', () => {
  test.each([
    ['text', Buffer.from('These are my notes, do not touch.\n'.repeat(100))],
    ['the first bytes of a database', Buffer.from('SQLite format 3\0 and then nothing')],
  ])('because it holds %s is refused and left as it is', async (_, bytes) => {
    using folder = new TemporaryFolder();
    const file = join(folder.path, DATABASE_FILE);
    writeFileSync(file, bytes);
    for (const readonly of [true, false]) {
      await expect(openLibrary(folder.path, { readonly })).rejects.toMatchObject({ code: 'LIBRARY_INVALID' });
    }
    expect(readFileSync(file)).toEqual(bytes);
  });

  test('because another program keeps its tables there is refused and left as it is', async () => {
    using folder = new TemporaryFolder();
    const file = join(folder.path, DATABASE_FILE);
    const other = new Database(file);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    const before = readFileSync(file);
    await expect(openLibrary(folder.path)).rejects.toMatchObject({ code: 'LIBRARY_INVALID' });
    expect(readFileSync(file)).toEqual(before);
  });
});

test('a library of a newer Lectern is refused by both ways of opening', async () => {
  using folder = await libraryFolder();
  const db = new Database(join(folder.path, DATABASE_FILE));
  db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  for (const readonly of [true, false]) {
    const opening = openLibrary(folder.path, { readonly });
    await expect(opening).rejects.toMatchObject({ code: 'LIBRARY_TOO_NEW', remedy: containing('Update') });
  }
});

test('a library locked by another program is read all the same, written after it, or given up with the reason', async () => {
  using folder = await libraryFolder();
  const other = new Database(join(folder.path, DATABASE_FILE));
  other.exec('BEGIN IMMEDIATE');
  {
    await using library = await openLibrary(folder.path, { lockTimeoutMs: 200 });
    expect(await library.listSources()).toHaveLength(1);
    const saving = library.saveSource(sourceOf('other'), contentOf());
    await expect(saving).rejects.toMatchObject({ code: 'LIBRARY_LOCKED' });
  }
  await using library = await openLibrary(folder.path);
  const saving = library.saveSource(sourceOf('other'), contentOf());
  setTimeout(() => other.exec('COMMIT'), 300);
  await saving;
  expect(await library.listSources()).toHaveLength(2);
  other.close();
});

describe('a damaged library', () => {
  test('that was cut off is reported as damaged', async () => {
    using folder = await libraryFolder();
    truncateSync(join(folder.path, DATABASE_FILE), 8192);
    const using_ = async () => {
      await using library = await openLibrary(folder.path);
      await library.listSources();
    };
    await expect(using_()).rejects.toMatchObject({ code: 'LIBRARY_DAMAGED', remedy: containing('index') });
  });

  test.each(['{', '[{"kind":"quote"}]', '3'])('with %s in a column of JSON is reported with its name', async (json) => {
    await using it = await temporaryLibrary();
    const source = sourceOf('talk');
    await it.library.saveSource(source, eventsOf('words'));
    const db = new Database(join(it.folder, DATABASE_FILE));
    db.prepare('UPDATE events SET evidence = ?').run(json);
    db.close();
    await expect(it.library.readEvents(source.id)).rejects.toMatchObject({
      code: 'LIBRARY_DAMAGED',
      message: containing('events.evidence'),
    });
  });
});
