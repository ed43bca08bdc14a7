// A library whose file is a database, and whose rows are not what was written: what reading it says, and that it ends.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { LecternError } from '../../src/errors.ts';
import { DATABASE_FILE } from '../../src/store/database-file.ts';
import { LibraryDamagedError } from '../../src/store/errors.ts';
import { explainByDamage } from '../../src/store/integrity.ts';
import { eventsOf, sourceOf, temporaryLibrary } from './fixture.ts';

const containing = (text: string): unknown => expect.stringContaining(text);
const talk = sourceOf('talk');

/** A definition of columns replaced by another, as damage does. */
const redefine = (columns: string, others: string) =>
  `PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, '${columns}', '${others}')`;

/** A library of one source in whose file statements were run by another program, one after the other. */
async function tampered(...statements: readonly string[]) {
  const it = await temporaryLibrary();
  await it.library.saveSource(talk, eventsOf('a step downhill', 'one step at a time'));
  for (const sql of statements) {
    const db = new Database(join(it.folder, DATABASE_FILE)).unsafeMode();
    db.pragma('foreign_keys = off');
    db.pragma('ignore_check_constraints = on');
    db.exec(sql);
    db.close();
  }
  return it;
}

describe('damaged rows', () => {
  test.each([
    ['a table is gone', 'DROP TABLE postings', 'no such table: postings'],
    ['postings are cut', 'UPDATE postings SET occurrences = substr(occurrences, 1, 8)', 'postings.occurrences'],
    ['postings are rubbish', "UPDATE postings SET occurrences = x'ffffffffff07'", 'postings.occurrences'],
    ['postings name too many passages', "UPDATE postings SET occurrences = x'000180808001010c0a0100'", 'occurrences'],
    ['positions are cut', 'UPDATE postings SET positions = zeroblob(0)', 'postings.positions'],
    ['positions never end', "UPDATE postings SET positions = x'8080'", 'postings.positions'],
    ['the number of a source is huge', 'UPDATE sources SET no = 4611686018427387904', 'sources.no'],
  ])('are told by a search where %s', async (_, sql, what) => {
    await using it = await tampered(sql);
    const query = { anyOf: ['downhill'], allOf: [['one', 'step']], sourceKind: 'video' as const, limit: 10 };
    const searching = it.library.searchPassages(query);
    await expect(searching).rejects.toMatchObject({ code: 'LIBRARY_DAMAGED', message: containing(what) });
  });

  test('are told by a search that finds passages of a source that is gone', async () => {
    await using it = await tampered('DELETE FROM sources');
    const searching = it.library.searchPassages({ anyOf: ['downhill'], limit: 10 });
    const message = containing('source that is not there');
    await expect(searching).rejects.toMatchObject({ code: 'LIBRARY_DAMAGED', message });
  });

  test('are told by a list of sources where one was indexed at no time', async () => {
    await using it = await tampered('UPDATE sources SET indexed_at = 9007199254740993');
    const message = containing('sources.indexed_at');
    await expect(it.library.listSources()).rejects.toMatchObject({ code: 'LIBRARY_DAMAGED', message });
  });

  test('are told by the removal of a source whose terms are no bytes, and it ends', async () => {
    await using it = await tampered(redefine('term_ids BLOB', 'term_ids ANY'), 'UPDATE shard_terms SET term_ids = 5');
    await expect(it.library.removeSource(talk.id)).rejects.toMatchObject({ code: 'LIBRARY_DAMAGED' });
  });

  test('are told in one line, though SQLite quotes several', () => {
    const { message } = new LibraryDamagedError('/lib', 'malformed database schema - near "x":\n id');
    expect(message).toBe('The library in /lib is damaged: malformed database schema - near "x":');
  });

  test('are mended by the next save where the id of a source was changed', async () => {
    await using it = await tampered("UPDATE sources SET id = 'nonsense'");
    expect(await it.library.searchPassages({ anyOf: ['downhill'], limit: 10 })).toHaveLength(1);
    await it.library.saveSource(talk, eventsOf('a step uphill'));
    expect((await it.library.listSources()).map(({ id }) => id)).toEqual([talk.id]);
    expect(await it.library.searchPassages({ anyOf: ['downhill', 'uphill'], limit: 10 })).toHaveLength(1);
  });
});

describe('an error that is not ours', () => {
  const defect = new TypeError("Cannot read properties of null (reading 'trim')");

  test.each([
    [
      'columns that must not be empty are',
      [
        redefine('title TEXT NOT NULL', 'title TEXT'),
        'UPDATE sources SET title = NULL',
        redefine('title TEXT', 'title TEXT NOT NULL'),
      ],
      'NULL',
    ],
    ['the source of rows is gone', ['DELETE FROM sources'], 'rows of'],
  ])('is told as damage where %s', async (_, statements, what) => {
    await using it = await tampered(...statements);
    const explained = await explainByDamage(defect, it.library);
    expect(explained).toMatchObject({ code: 'LIBRARY_DAMAGED', message: containing(what) });
  });

  test('stays what it is where the library is whole, and so does one of ours in any case', async () => {
    await using it = await tampered();
    expect(await explainByDamage(defect, it.library)).toBe(defect);
    const ours = new LecternError('No', { code: 'NO', remedy: 'None.' });
    expect(await explainByDamage(ours, it.library)).toBe(ours);
  });
});
