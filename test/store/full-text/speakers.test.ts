// What is said is found by who says it, also in libraries from before that.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { SourceContent } from '../../../src/store/library.ts';
import { DATABASE_FILE } from '../../../src/store/database-file.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf, TemporaryFolder } from '../fixture.ts';

const SAID = [
  ['Ada', 'The engine weaves patterns.'],
  ['Ben', 'Nobody will pay for the engine.'],
  ['Ada', 'I will pay for it.'],
] as const;

function meeting(): SourceContent {
  const cues = SAID.map(([speaker, text], i) => ({ startMs: i * 11_000, endMs: (i + 1) * 11_000, text, speaker }));
  return { ...eventsOf(), captions: { origin: { kind: 'file', path: '/meeting.vtt' }, lang: 'en', cues } };
}

async function titlesFor(folder: string, word: string): Promise<string[]> {
  await using library = await openLibrary(folder);
  const hits = await library.searchPassages({ anyOf: [word], limit: 10 });
  return hits.map(({ title, text }) => `${title}: ${text}`).sort();
}

test('a passage of captions is found by the name of its speaker', async () => {
  using folder = new TemporaryFolder();
  {
    await using library = await openLibrary(folder.path);
    await library.saveSource(sourceOf('a'), meeting());
  }
  expect(await titlesFor(folder.path, 'ada')).toEqual(['Ada: I will pay for it.', 'Ada: The engine weaves patterns.']);
});

test('a library of schema 4 has its passages indexed anew with their speakers, and no others', async () => {
  using folder = new TemporaryFolder();
  {
    await using library = await openLibrary(folder.path);
    await library.saveSource(sourceOf('a'), meeting());
    await library.saveSource(sourceOf('b'), eventsOf('Ada is named here.'));
  }
  const db = new Database(join(folder.path, DATABASE_FILE));
  db.exec("UPDATE passages SET title = '' WHERE kind = 1; DELETE FROM migrations WHERE version > 4");
  db.exec('DROP TABLE term_ends; ALTER TABLE cues DROP COLUMN word_steps');
  db.pragma('user_version = 4');
  db.close();
  expect(await titlesFor(folder.path, 'ben')).toEqual(['Ben: Nobody will pay for the engine.']);
  expect(await titlesFor(folder.path, 'ada')).toHaveLength(3);
});
