// The engine `openai` through the real command line, against a server that reads requests as strictly as vLLM does.
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, sourceLines } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { startServer } from '../model/remote/requests.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';

describe('the engine openai', () => {
  let folder: string;
  let lecture: string;

  beforeAll(() => {
    folder = smallLibraryFolder(30);
    lecture = path.join(folder, 'lecture.mp4');
  });

  const entry = {
    start: 19,
    end: 30,
    title: 'What it means to learn',
    summary: 'A model has weights.',
    quote: '',
    shown: 'A slide with three bullets.',
  };

  it('stores the events of a server’s model, joined with the slides, and streams a cited answer', async () => {
    const server = await startServer();
    const run = lecternOn(temporaryFolder('server-engine'), {
      LECTERN_ENGINE: 'openai',
      LECTERN_SERVER_URL: server.url,
    });
    server.pieces = [JSON.stringify({ events: [entry] })];
    const indexed = await run(['index', lecture, '--json']);
    expect(indexed.code, indexed.stderr).toBe(0);
    const { events } = JSON.parse((await run(['events', lecture, '--json'])).stdout) as { events: object[] };
    const [event] = events;
    // The slide comes on at 19.16 s: the model's whole second is put right.
    expect(event).toMatchObject({
      start: 19.16,
      title: entry.title,
      summary: entry.summary,
      engine: server.rules.model,
    });
    expect(server.chats.at(-1)?.response_format?.type).toBe('json_schema');

    server.pieces = ['It begins with ', 'weights [1].\nQUOTES\n[1] "not said by anybody"'];
    const { stdout } = await run(['ask', 'What does a model begin with?', '--source', lecture, '--stream']);
    expect(stdout.split('\n')[0]).toBe('It begins with weights [1].');
    expect(stdout).toContain('not found in the source');

    // Whatever breaks off ends its line, so that the reason stands on one of its own.
    server.mishaps.push({ kind: 'cut', afterPieces: 1 });
    const broken = await run(['ask', 'What does a model begin with?', '--source', lecture, '--stream']);
    expect([broken.code, broken.stdout]).toEqual([1, 'It begins with\n']);
    expect(broken.stderr).toContain('broke off');
  }, 100_000);

  it('fails the source with the server’s own reason where no window is answered, and says what to do', async () => {
    const server = await startServer();
    const run = lecternOn(temporaryFolder('server-refuses'), {
      LECTERN_ENGINE: 'openai',
      LECTERN_SERVER_URL: server.url,
    });
    const body = JSON.stringify({ error: { message: 'the cluster is being moved' } });
    server.mishaps.push({ kind: 'status', status: 403, body }, { kind: 'status', status: 403, body });
    const { code, stdout } = await run(['index', lecture, '--json']);
    expect(code).toBe(1);
    expect(sourceLines(stdout).get('lecture.mp4')?.error?.message).toContain('the cluster is being moved');
  }, 100_000);

  it('keeps the reader’s events where one window fails, and asks for that window alone at the next run', async () => {
    // A context so short that a minute takes several windows.
    const server = await startServer({ maxModelLen: 3584 });
    const environment = { LECTERN_ENGINE: 'openai', LECTERN_SERVER_URL: server.url };
    const run = lecternOn(temporaryFolder('server-fails-once'), environment);
    const longer = path.join(smallLibraryFolder(60), 'lecture.mp4');
    const questions = () => server.chats.filter(({ max_tokens }) => max_tokens !== 1).length;
    server.pieces = [JSON.stringify({ events: [{ ...entry, start: 0, end: 60, title: 'All of it' }] })];
    server.mishaps.push({ kind: 'status', status: 403, body: JSON.stringify({ error: { message: 'not now' } }) });

    const first = await run(['index', longer, '--json']);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/"warning".*not now/);
    const numWindows = questions();
    expect(numWindows).toBeGreaterThan(1);
    const { events } = JSON.parse((await run(['events', longer, '--json'])).stdout) as {
      events: { engine: string; status: string; note?: string }[];
    };
    const kept = events.filter(({ engine }) => engine === 'reader');
    expect(kept.length).toBeGreaterThan(0);
    for (const { status, note } of kept)
      expect([status, note]).toEqual(['partial', expect.stringContaining('not now')]);
    expect(events.some(({ engine }) => engine === server.rules.model)).toBe(true);

    const second = await run(['index', longer, '--json']);
    expect(sourceLines(second.stdout).get('lecture.mp4')?.status).toBe('indexed');
    expect(questions()).toBe(numWindows + 1);
    const third = await run(['index', longer, '--json']);
    expect(sourceLines(third.stdout).get('lecture.mp4')?.status).toBe('unchanged');
  }, 200_000);
});
