// Compounds of the words of a library, and libraries from before they were found.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { DATABASE_FILE } from '../../../src/store/database-file.ts';
import type { Library } from '../../../src/store/library.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf, TemporaryFolder, temporaryLibrary } from '../fixture.ts';

const GERMAN = [
  'Die Kamera liegt in der Tasche.',
  'Digitalkameras sind klein, ihre Anzeige ist digital.',
  'Eine Kameratasche aus Leder',
  'Der Filterwechsel: Ziehen Sie den alten Filter heraus.',
  'Die Zentralheizung heizt das ganze Haus, sein Zentrum und die Kamine.',
];

async function germanLibrary() {
  const made = await temporaryLibrary();
  await made.library.saveSource(sourceOf('handbuch', { lang: 'de' }), eventsOf(...GERMAN));
  await made.library.saveSource(sourceOf('manual', { lang: 'en' }), eventsOf('A workshop on network filters works.'));
  return made;
}

async function compoundsOf(library: Library, ...words: string[]): Promise<string[]> {
  const found = await library.findCompounds(words, {});
  return found.flat().map(({ stem, lang, relation }) => `${relation} ${stem}@${lang}`);
}

describe('a word finds', () => {
  test.each([
    ['kamera', ['head digitalkamera@de', 'modifier kameratasch@de']],
    ['tasche', ['head kameratasch@de']],
    ['heizung', ['head zentralheiz@de']],
    ['lederkamera', ['ownHead kamera@de', 'ownModifier led@de']],
    ['work', []],
    ['der', []],
  ])('%s: %j', async (word, found) => {
    await using made = await germanLibrary();
    expect(await compoundsOf(made.library, word)).toEqual(found);
  });

  test('a compound with a word that stands only in the query', async () => {
    await using made = await germanLibrary();
    expect(await compoundsOf(made.library, 'wechseln')).toEqual(['head filterwechsel@de']);
    expect(await compoundsOf(made.library, 'filter', 'wechsel')).toEqual([
      'modifier filterwechsel@de',
      'head filterwechsel@de',
    ]);
  });

  test('none in sources of other languages', async () => {
    await using made = await germanLibrary();
    const [found] = await made.library.findCompounds(['kamera'], { sourceIds: [sourceOf('manual').id] });
    expect(found).toEqual([]);
  });
});

test('passages that hold a compound match, and rank as one word would that is as frequent', async () => {
  await using made = await germanLibrary();
  const compounds = await made.library.findCompounds(['tasche'], {});
  const search = { anyOf: ['tasche'], limit: 10 };
  const texts = async (more: object) => {
    const hits = await made.library.searchPassages({ ...search, ...more });
    return hits.map(({ text }) => text).sort();
  };
  expect(await texts({})).toEqual([GERMAN[0]]);
  expect(await texts({ compounds })).toEqual([GERMAN[0], GERMAN[2]]);
  expect(await texts({ compounds, noneOf: [['tasche']] })).toEqual([GERMAN[2]]);
});

test('a library of schema 5 finds compounds once it is opened', async () => {
  using folder = new TemporaryFolder();
  {
    await using library = await openLibrary(folder.path);
    await library.saveSource(sourceOf('handbuch', { lang: 'de' }), eventsOf(...GERMAN));
  }
  const db = new Database(join(folder.path, DATABASE_FILE));
  db.exec('DROP TABLE term_ends; ALTER TABLE cues DROP COLUMN word_steps');
  db.exec('DELETE FROM migrations WHERE version > 5; PRAGMA user_version = 5');
  db.close();
  await using library = await openLibrary(folder.path);
  expect(await compoundsOf(library, 'tasche')).toEqual(['head kameratasch@de']);
});

test('a library in English alone keeps no words reversed', async () => {
  using folder = new TemporaryFolder();
  {
    await using library = await openLibrary(folder.path);
    await library.saveSource(sourceOf('manual', { lang: 'en' }), eventsOf('A workshop on network filters works.'));
  }
  const db = new Database(join(folder.path, DATABASE_FILE), { readonly: true });
  expect(db.prepare('SELECT count(*) FROM term_ends').pluck().get()).toBe(0);
  db.close();
});
