// A library of several languages through the real command line: indexed, searched by other forms of its words, and one from an
// older version brought up to date.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { reindexNotice } from '../../../src/surfaces/cli/reindex-notice.ts';
import { lecternOn, parseJson } from './run-lectern.ts';

const LECTURES: Readonly<Record<string, readonly string[]>> = {
  'vorlesung.vtt': [
    'Heute sprechen wir darüber, wie die alten Häuser der Stadt gebaut worden sind.',
    'Sie sind aus Stein, und die Straßen zwischen ihnen sind sehr breit.',
    'Das ist nicht nur schön, sondern auch praktisch für die Leute, die dort leben.',
  ],
  'lecture.vtt': [
    'Today we talk about how the old houses of the town were built.',
    'They are made of stone, and the streets between them are very wide.',
    'That is not only beautiful but also practical for the people who live there.',
  ],
  'лекция.vtt': [
    'Сегодня мы поговорим о том, как устроены нейронные сети и почему они так хорошо работают.',
    'Ещё мы посмотрим на самолёты, которые летают над нашим городом.',
  ],
};

const hits = z.looseObject({
  noMatch: z.boolean(),
  hits: z.array(z.looseObject({ source: z.looseObject({ path: z.string(), lang: z.string().nullable() }) })),
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lectern-languages-'));
  for (const [name, sentences] of Object.entries(LECTURES)) await writeFile(path.join(folder, name), toVtt(sentences));
  const { code } = await lecternOn(path.join(folder, 'library'))(['index', folder]);
  expect(code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function toVtt(sentences: readonly string[]): string {
  const cues = sentences.map((text, i) => `00:00:${10 + 10 * i}.000 --> 00:00:${20 + 10 * i}.000\n${text}\n`);
  return `WEBVTT\n\n${cues.join('\n')}`;
}

async function found(library: string, ...query: string[]): Promise<string[]> {
  const outcome = await lecternOn(library)(['search', '--json', ...query]);
  const { hits: of } = parseJson(hits, outcome);
  return [...new Set(of.map(({ source }) => `${source['lang'] as string} ${path.basename(source.path)}`))].sort();
}

describe('lectern search', () => {
  it('finds a word in another form in the language of each source', async () => {
    const library = path.join(folder, 'library');
    expect(await found(library, 'Haus')).toEqual(['de vorlesung.vtt']);
    expect(await found(library, 'house')).toEqual(['en lecture.vtt']);
    expect(await found(library, 'strasse')).toEqual(['de vorlesung.vtt']);
    expect(await found(library, 'нейронной сетью')).toEqual(['ru лекция.vtt']);
    expect(await found(library, 'самолет')).toEqual(['ru лекция.vtt']);
    expect(await found(library, '"breite Straße"')).toEqual([]);
    expect(await found(library, '"altes Haus"')).toEqual(['de vorlesung.vtt']);
  }, 120_000);

  it('brings a library of an older version up to date, and finds its words', async () => {
    const library = path.join(folder, 'old');
    const packed = await readFile(path.join(import.meta.dirname, '../../store/library-of-schema-3.db.gz'));
    await mkdir(library);
    await writeFile(path.join(library, 'library.db'), gunzipSync(packed));
    expect(await found(library, 'Haus')).toEqual(['de Vorlesung.mp4']);
    expect(await found(library, 'самолет')).toEqual(['ru лекция.mp4']);
  }, 120_000);
});

describe('what is said while words are indexed anew', () => {
  it('is how far it is, on stderr, once people would wonder, and nothing with --quiet', () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      const report = reindexNotice({}, { patienceMs: 0, everyMs: 0 });
      report(1, 4);
      report(3, 4);
      reindexNotice({ quiet: true }, { patienceMs: 0 })(1, 4);
      reindexNotice({})(1, 4);
    } finally {
      spy.mockRestore();
    }
    expect(written).toEqual([
      'This library was made by an older version. Its words are indexed anew, once: 25 %\n',
      'Words indexed anew: 75 %\n',
    ]);
  });
});
