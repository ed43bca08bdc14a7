// What the tests of the store build on: libraries in folders that vanish, and sources with as much content as a test needs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/events/event.ts';
import { sha256 } from '../../src/hash.ts';
import type { SourceContent, SourceRecord } from '../../src/store/library.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';

export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'lectern-store-'));

  [Symbol.dispose]() {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A library in a folder of its own; both end with the scope. */
export async function temporaryLibrary() {
  const folder = new TemporaryFolder();
  const library = await openLibrary(folder.path);
  return {
    library,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await library[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** The record of a source whose content is the given text, so that equal text means equal id. */
export function sourceOf(content: string, changes: Partial<SourceRecord> = {}): SourceRecord {
  const contentHash = sha256(content);
  return {
    id: contentHash.slice(0, 16),
    contentHash,
    path: `/lectures/${content}.mp4`,
    kind: 'video',
    title: content,
    durationMs: 60_000,
    numPages: null,
    numEvents: 0,
    status: 'indexed',
    error: null,
    engine: 'reader',
    lang: 'en',
    video: null,
    fingerprint: 'fingerprint',
    indexedAt: new Date('2026-05-04T03:02:01.123Z'),
    ...changes,
  };
}

export function contentOf(changes: Partial<SourceContent> = {}): SourceContent {
  return {
    captions: null,
    slides: [],
    slideTexts: [],
    pages: [],
    document: null,
    events: [],
    chapters: [],
    summary: null,
    ...changes,
  };
}

/** An event of ten seconds, the n-th of its source. */
export function eventOf(n: number, title: string, summary: string): Event {
  return {
    place: { kind: 'time', startMs: n * 10_000, endMs: (n + 1) * 10_000 },
    title,
    summary,
    evidence: [],
    engine: 'reader',
    status: 'complete',
  };
}

/** One event for each text, with the text as its summary. */
export function eventsOf(...texts: readonly string[]): SourceContent {
  return contentOf({ events: texts.map((text, n) => eventOf(n, '', text)) });
}
