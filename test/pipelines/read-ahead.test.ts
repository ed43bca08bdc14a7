// Reading runs ahead of the model: while one source's windows are with it, the next source is decoded.
import path from 'node:path';
import { expect, it } from 'vitest';
import type { IndexReport } from '../../pipelines/index-sources.ts';
import { indexSources } from '../../pipelines/index-sources.ts';
import { resolveConfig } from '../../src/config.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { startServer } from '../model/remote/requests.ts';

it('reads the second of two sources before the first has its answer, one being read at a time', async () => {
  const server = await startServer();
  // The first window asked gets no answer until the client gives up.
  server.mishaps.push({ kind: 'silence', afterPieces: 0 });
  const folder = temporaryFolder('read-ahead');
  const config = resolveConfig(
    { library: folder, engine: 'openai', serverUrl: server.url, serverTimeout: 3, jobs: 1, ocr: 'off' },
    { env: {} },
  );
  const paths = [5, 6].map((seconds) => path.join(smallLibraryFolder(seconds), 'lecture.mp4'));
  const log: string[] = [];
  const report = (event: IndexReport) => {
    const file = event.type === 'source' ? event.path : event.source;
    log.push(`${paths.indexOf(file)} ${event.type === 'progress' ? event.stage : event.type}`);
  };
  await using library = await openLibrary(folder);
  const { indexed, failed } = await indexSources(library, config, {
    paths,
    signal: new AbortController().signal,
    report,
  });
  expect({ indexed, failed }).toEqual({ indexed: 1, failed: 1 });
  expect(log.lastIndexOf('0 slides')).toBeLessThan(log.indexOf('1 slides'));
  expect(log.indexOf('1 slides')).toBeLessThan(log.indexOf('0 source'));
}, 100_000);
