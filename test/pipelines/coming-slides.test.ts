// A model is asked about the first minutes of a video while later ones are decoded; what is asked and stored is the same as when all
// of it was read before.
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { indexSources } from '../../pipelines/index-sources.ts';
import { resolveConfig, type ConfigOverrides } from '../../src/config.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { dumpLibrary } from '../helpers/dump-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { startServer } from '../model/remote/requests.ts';
import type { ModelServer } from '../model/remote/model-server.ts';

describe('windows of a video that is still being read', () => {
  let lecture: string;
  beforeAll(() => {
    lecture = path.join(smallLibraryFolder(75), 'lecture.mp4');
  });

  async function index(folder: string, server: ModelServer, settings: ConfigOverrides) {
    const config = resolveConfig({ library: folder, serverUrl: server.url, ...settings }, { env: {} });
    await using library = await openLibrary(folder);
    const { indexed } = await indexSources(library, config, {
      paths: [lecture],
      force: true,
      signal: new AbortController().signal,
      report: () => {},
    });
    expect(indexed).toBe(1);
  }

  it('are asked in the words, and stored as the rows, of one that was read before', async () => {
    const server = await startServer({ maxModelLen: 3000 });
    const entry = { start: 3, end: 9, title: 'A thing', summary: 'It is told.', quote: '', shown: '' };
    server.pieces = [JSON.stringify({ events: [entry] })];
    const runs = [];
    for (const isRead of [false, true]) {
      const folder = temporaryFolder('rows');
      if (isRead) await index(folder, server, { engine: 'reader' });
      server.chats.length = 0;
      await index(folder, server, { engine: 'openai' });
      const asked = questionsTo(server);
      runs.push({ asked, rows: await dumpLibrary(folder) });
      // Each answer was kept under what it depends on.
      await index(folder, server, { engine: 'openai' });
      expect(questionsTo(server)).toHaveLength(asked.length);
    }
    expect(runs[0]!.asked.length).toBeGreaterThan(2);
    expect(runs[0]!.asked).toEqual(runs[1]!.asked);
    expect(runs[0]!.rows).toEqual(runs[1]!.rows);
  }, 300_000);
});

/** About windows: a server is tried out with other ones first. */
function questionsTo({ chats }: ModelServer): string[] {
  return chats
    .map(({ messages }) => JSON.stringify(messages))
    .filter((words) => words.includes('List the events'))
    .sort();
}
