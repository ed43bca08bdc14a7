import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DATABASE_FILE } from '../../src/store/database-file.ts';
import { contentOf, sourceOf, temporaryLibrary } from './fixture.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('an artifact comes back as it was, compressed in between, and unknown keys are nothing', async () => {
  await using it = await temporaryLibrary();
  const payload = bytesOf('the same line again and again\n'.repeat(10_000));
  await it.library.putArtifact('k', 'content', 'ocr', payload);
  await it.library.putArtifact('empty', 'content', 'ocr', new Uint8Array());
  expect(Buffer.from((await it.library.getArtifact('k'))!)).toEqual(Buffer.from(payload));
  expect(await it.library.getArtifact('empty')).toHaveLength(0);
  expect(await it.library.getArtifact('other')).toBeUndefined();
  const db = new Database(join(it.folder, DATABASE_FILE), { readonly: true });
  expect(db.prepare("SELECT length(payload) FROM artifacts WHERE key = 'k'").pluck().get()).toBeLessThan(1000);
  db.close();
});

test('a damaged artifact is none, and can be put there again', async () => {
  await using it = await temporaryLibrary();
  const db = new Database(join(it.folder, DATABASE_FILE));
  for (const damage of [
    'zeroblob(0)',
    'substr(payload, 1, 9)',
    'randomblob(100)',
    // The last byte is of the check, which nothing but a check can find wrong.
    "CAST(substr(payload, 1, length(payload) - 1) || x'00' AS BLOB)",
  ]) {
    await it.library.putArtifact('k', 'content', 'ocr', bytesOf('the same line'));
    db.exec(`UPDATE artifacts SET payload = ${damage}`);
    expect(await it.library.getArtifact('k'), damage).toBeUndefined();
  }
  db.close();
  await it.library.putArtifact('k', 'content', 'ocr', bytesOf('the same line'));
  expect(await it.library.getArtifact('k')).toHaveLength(13);
});

test('writing a key again changes nothing', async () => {
  await using it = await temporaryLibrary();
  await it.library.putArtifact('k', 'content', 'ocr', bytesOf('first'));
  await it.library.putArtifact('k', 'content', 'ocr', bytesOf('first'));
  expect(await it.library.getArtifact('k')).toHaveLength(5);
});

test('an artifact goes with the last source that uses it', async () => {
  await using it = await temporaryLibrary();
  const [a, b] = [sourceOf('a'), sourceOf('b')];
  for (const source of [a, b]) {
    await it.library.saveSource(source, contentOf());
    await it.library.putArtifact('shared', source.contentHash, 'ocr', bytesOf('x'));
    await it.library.putArtifact(`own ${source.title}`, source.contentHash, 'ocr', bytesOf('x'));
  }
  await it.library.removeSource(a.id);
  expect(await it.library.getArtifact('own a')).toBeUndefined();
  expect(await it.library.getArtifact('own b')).toBeDefined();
  expect(await it.library.getArtifact('shared')).toBeDefined();
  await it.library.removeSource(b.id);
  expect(await it.library.getArtifact('shared')).toBeUndefined();
});

test('indexing a source again keeps its artifacts; changed content at its path drops them', async () => {
  await using it = await temporaryLibrary();
  const source = sourceOf('a', { path: '/a.mp4' });
  await it.library.saveSource(source, contentOf());
  await it.library.putArtifact('k', source.contentHash, 'ocr', bytesOf('x'));
  await it.library.saveSource(source, contentOf());
  expect(await it.library.getArtifact('k')).toBeDefined();
  await it.library.saveSource(sourceOf('changed', { path: '/a.mp4' }), contentOf());
  expect(await it.library.getArtifact('k')).toBeUndefined();
});

test('what interrupted work left is kept for a month, then collected at the next removal', async () => {
  await using it = await temporaryLibrary();
  await it.library.putArtifact('young', 'never finished', 'frames', bytesOf('x'));
  await it.library.putArtifact('old', 'never finished either', 'frames', bytesOf('x'));
  const db = new Database(join(it.folder, DATABASE_FILE));
  db.prepare("UPDATE artifact_uses SET used_at = used_at - ? WHERE key = 'old'").run(31 * 24 * 3_600_000);
  db.close();
  const source = sourceOf('a');
  await it.library.saveSource(source, contentOf());
  await it.library.removeSource(source.id);
  expect(await it.library.getArtifact('young')).toBeDefined();
  expect(await it.library.getArtifact('old')).toBeUndefined();
});
