// Words of sources in many languages, found by other forms of them, in one library.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Library, PassageQuery } from '../../../src/store/library.ts';
import { SCHEMA_VERSION } from '../../../src/store/migrations.ts';
import { DATABASE_FILE } from '../../../src/store/database-file.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf, TemporaryFolder, temporaryLibrary } from '../fixture.ts';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  de: ['Die Häuser stehen an großen Straßen.', 'Wir hauen die alten Bäume um.', 'Ein Haus aus Karten'],
  en: ['The houses stand on a hill.', 'House rules come first.'],
  fr: ["L'erreur des réseaux de neurones", 'Les données générées'],
  es: ['La generalización de las redes neuronales', 'Las imágenes de la cámara'],
  ru: ['Нейронные сети учатся', 'Самолёты летают выше, gradients too'],
  ar: ['تتعلم الشبكات العصبية من البيانات', 'كتاب جديد'],
  ko: ['신경망을 배웁니다'],
  th: ['ภาษาไทยสวยงาม'],
};

async function manyLanguages() {
  const made = await temporaryLibrary();
  for (const [lang, texts] of Object.entries(TEXTS)) {
    await made.library.saveSource(sourceOf(lang, { lang }), eventsOf(...texts));
  }
  return made;
}

/** Where the passages are found, as language and number, in order of language. */
async function places(library: Library, query: Partial<PassageQuery>): Promise<string[]> {
  const hits = await library.searchPassages({ anyOf: [], limit: 20, ...query });
  return hits.map(({ lang, startMs }) => `${lang} ${startMs! / 10_000}`).sort();
}

describe('a word finds its other forms in the language of each source', () => {
  test.each([
    ['Haus', ['de 0', 'de 2']],
    ['Häusern', ['de 0', 'de 2']],
    ['house', ['en 0', 'en 1']],
    ['strasse', ['de 0']],
    ['réseau', ['fr 0']],
    ['reseaux', ['fr 0']],
    ['erreurs', ['fr 0']],
    ['red', ['es 0']],
    ['generalizacion', ['es 0']],
    ['imagen', ['es 1']],
    ['сетями', ['ru 0']],
    ['самолет', ['ru 1']],
    ['gradient', ['ru 1']],
    ['شبكة', ['ar 0']],
    ['الكتاب', ['ar 1']],
    ['신경망', ['ko 0']],
    ['ไทย', ['th 0']],
  ])('%s: %j', async (word, found) => {
    await using made = await manyLanguages();
    expect(await places(made.library, { anyOf: [word] })).toEqual(found);
  });
});

test('a stem of one language is no word of another: a German house is no blow, though the English stem of Haus is hau', async () => {
  await using made = await manyLanguages();
  expect(await places(made.library, { anyOf: ['Haus'] })).not.toContain('de 1');
  expect(await places(made.library, { anyOf: ['hauen'] })).toEqual(['de 1']);
});

test('phrases and exclusions hold for every form of their words', async () => {
  await using made = await manyLanguages();
  const { library } = made;
  expect(await places(library, { allOf: [['große', 'Straße']] })).toEqual(['de 0']);
  expect(await places(library, { allOf: [['Straße', 'große']] })).toEqual([]);
  expect(await places(library, { anyOf: ['Haus'], noneOf: [['Straße']] })).toEqual(['de 2']);
  expect(await places(library, { anyOf: ['Haus'], noneOf: [['große', 'Straße']] })).toEqual(['de 2']);
  expect(await places(library, { allOf: [['redes', 'neuronal']] })).toEqual(['es 0']);
});

test('a word is counted in all languages together', async () => {
  await using made = await manyLanguages();
  const { total, documentFrequency } = await made.library.countPassages(['Haus', 'house', 'zebra', '?'], {});
  expect({ total, documentFrequency }).toEqual({ total: 15, documentFrequency: [2, 2, 0, 0] });
});

test('languages are those of the sources; an unknown one is taken as English', async () => {
  await using made = await temporaryLibrary();
  const { library } = made;
  expect(await library.listLanguages()).toEqual([]);
  const german = sourceOf('a', { lang: 'de-AT' });
  await library.saveSource(german, eventsOf('Die Häuser'));
  expect(await library.listLanguages()).toEqual(['de']);
  await library.saveSource(sourceOf('b', { lang: null }), eventsOf('The houses'));
  await library.saveSource(sourceOf('c', { lang: 'de' }), eventsOf('Das Haus'));
  expect([...(await library.listLanguages())].sort()).toEqual(['de', 'en']);
  expect(await library.listLanguages([german.id])).toEqual(['de']);
  await library.removeSource(sourceOf('b').id);
  expect(await library.listLanguages()).toEqual(['de']);
});

test('a source that comes again in another language leaves no words of the first', async () => {
  await using made = await temporaryLibrary();
  const { library } = made;
  await library.saveSource(sourceOf('a', { lang: 'de' }), eventsOf('Die Häuser'));
  await library.saveSource(sourceOf('a', { lang: 'en' }), eventsOf('The houses'));
  expect(await places(library, { anyOf: ['Haus'] })).toEqual([]);
  expect(await places(library, { anyOf: ['house'] })).toEqual(['en 0']);
});

/** Made by the version before: a German lecture, an English, a Russian and a Korean one, and notes in no known language. */
function oldLibrary(): TemporaryFolder {
  const folder = new TemporaryFolder();
  const packed = readFileSync(join(import.meta.dirname, '../library-of-schema-3.db.gz'));
  writeFileSync(join(folder.path, DATABASE_FILE), gunzipSync(packed));
  return folder;
}

const ROWS = ['sources', 'events', 'cues', 'captions', 'passages', 'shards'];

function rowsOf(folder: string): Record<string, unknown> {
  const db = new Database(join(folder, DATABASE_FILE), { readonly: true });
  const rows = Object.fromEntries(ROWS.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]));
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return { ...rows, version };
}

describe('a library whose words were all read as English', () => {
  test('is indexed anew from its passages when it is opened, and keeps its rows', async () => {
    using folder = oldLibrary();
    const before = rowsOf(folder.path);
    expect(before['version']).toBe(3);
    const reports: (readonly [number, number])[] = [];
    {
      await using library = await openLibrary(folder.path, {
        onReindex: (done, total) => reports.push([done, total]),
      });
      expect(await places(library, { anyOf: ['Haus'] })).toEqual(['de 0', 'de 0']);
      expect(await places(library, { anyOf: ['Straße'], allOf: [['große', 'Straße']] })).toHaveLength(1);
      expect(await places(library, { anyOf: ['самолет'] })).toEqual(['ru 0']);
      expect(await places(library, { anyOf: ['신경망'] })).toEqual(['ko 0']);
      expect(await places(library, { anyOf: ['strasse'] })).toContain('null 0');
      expect(await places(library, { anyOf: ['house'] })).toEqual(['en 0', 'null 0']);
    }
    expect(reports.at(-1)).toEqual([9, 9]);
    const after = rowsOf(folder.path);
    expect(after['version']).toBe(SCHEMA_VERSION);
    // Hangul is counted in characters now; columns may have come since.
    for (const table of ROWS.slice(0, -1)) expect(after[table]).toMatchObject(before[table] as object[]);
  });

  test('has the index that saving its sources now would write', async () => {
    using folder = oldLibrary();
    using fresh = new TemporaryFolder();
    {
      await using old = await openLibrary(folder.path);
      await using library = await openLibrary(fresh.path);
      for (const source of await old.listSources()) {
        const content = {
          ...eventsOf(),
          captions: (await old.readCaptions(source.id)) ?? null,
          events: await old.readEvents(source.id),
        };
        await library.saveSource(source, content);
      }
    }
    expect(indexOf(folder.path)).toEqual(indexOf(fresh.path));
  });

  test('is not indexed again when it is opened again, and not by one that was interrupted', async () => {
    using folder = oldLibrary();
    const before = rowsOf(folder.path);
    const interrupted = openLibrary(folder.path, {
      onReindex: () => {
        throw new Error('interrupted');
      },
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(rowsOf(folder.path)).toEqual(before);
    await (await openLibrary(folder.path))[Symbol.asyncDispose]();
    let numReports = 0;
    await using library = await openLibrary(folder.path, { onReindex: () => numReports++ });
    expect(await library.listLanguages()).toContain('de');
    expect(numReports).toBe(0);
  });
});

/** By source and kind: terms and where they stand. */
function indexOf(folder: string): unknown {
  const db = new Database(join(folder, DATABASE_FILE), { readonly: true });
  const rows = db
    .prepare(
      `SELECT sources.id, postings.kind, term, num_passages, hex(positions) AS positions
       FROM postings JOIN terms ON terms.id = term_id JOIN sources ON no = source_no ORDER BY 1, 2, 3`,
    )
    .all();
  db.close();
  return rows;
}
