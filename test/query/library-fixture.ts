// A library in a temporary folder, filled with small sources written in the test itself.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../../src/hash.ts';
import type { Library, SourceContent, SourceKind } from '../../src/store/library.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';

export const NO_CONTENT: SourceContent = {
  captions: null,
  slides: [],
  slideTexts: [],
  pages: [],
  document: null,
  events: [],
  chapters: [],
  summary: null,
};

export interface LibraryFixture extends AsyncDisposable {
  readonly library: Library;
}

export async function makeLibrary(): Promise<LibraryFixture> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lectern-query-'));
  const library = await openLibrary(folder);
  return {
    library,
    async [Symbol.asyncDispose]() {
      await library[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Saves a source at `path`, in a language; returns its id. */
export async function addSource(
  library: Library,
  at: string,
  kind: SourceKind,
  content: Partial<SourceContent>,
  lang: string | null = 'en',
): Promise<string> {
  const contentHash = sha256(at);
  const id = contentHash.slice(0, 16);
  const full = { ...NO_CONTENT, ...content };
  const durationMs = full.captions?.cues.at(-1)?.endMs ?? null;
  await library.saveSource(
    {
      id,
      contentHash,
      path: at,
      kind,
      title: path.basename(at),
      durationMs,
      numPages: kind === 'document' ? full.pages.length : null,
      numEvents: full.events.length,
      status: 'indexed',
      error: null,
      engine: 'reader',
      lang,
      video: null,
      fingerprint: 'test',
      indexedAt: new Date(0),
    },
    full,
  );
  return id;
}

/** A talk of one sentence a cue, five seconds each from 0:00 on. */
export function talk(...sentences: readonly string[]): Partial<SourceContent> {
  const cues = sentences.map((text, i) => ({ startMs: i * 5000, endMs: (i + 1) * 5000, text }));
  return { captions: { origin: { kind: 'file', path: '/talk.vtt' }, lang: 'en', cues } };
}

/** A document of the given page texts; a first line that begins with `# ` is the page's heading. */
export function manual(...texts: readonly string[]): Partial<SourceContent> {
  const pages = texts.map((raw, pageIndex) => {
    const text = raw.replace(/^# /, '');
    const headings = raw.startsWith('# ') ? [{ text: text.split('\n')[0]!, level: 1, offset: 0 }] : [];
    return { pageIndex, label: null, text, headings, links: [], textSource: 'text' as const };
  });
  const document = { numPages: pages.length, title: null, outline: [], outlineSource: 'headings' as const };
  return { pages, document };
}
