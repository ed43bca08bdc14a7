// The engine over a model, from the file to stored events: the model in the box on a real lecture, through the real command line.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelTotals } from '../../pipelines/rates.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { dumpLibrary } from '../helpers/dump-library.ts';
import { hasShared } from '../model/qwen3-vl/conformance.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';
import { repository, sourceLines, startLectern, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { addRandomModel } from '../helpers/random-model.ts';

/** Two windows: the model in the box takes 48 frames, one a second, and no window is much shorter than the others. */
const SECONDS = 50;
const MODEL = 'lectern-slides-26m';

interface Truth {
  readonly slides: readonly { readonly title: string }[];
  readonly shown: readonly { readonly slide: number; readonly start: number; readonly end: number }[];
}

interface StoredEvent {
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly summary: string;
  readonly engine: string;
  readonly status: string;
  readonly evidence: readonly { readonly kind: string; readonly text: string }[];
}

describe('the model in the box', () => {
  process.env['LECTERN_DEVICE'] = 'cpu';
  const library = temporaryFolder('model-engine');
  const run = lecternOn(library, { LECTERN_ENGINE: 'qwen3-vl' });
  let folder: string;
  let lecture: string;
  let stdout: string;
  let undisturbed: { rows: Awaited<ReturnType<typeof dumpLibrary>>; tokens: number };

  beforeAll(async () => {
    folder = smallLibraryFolder(SECONDS);
    lecture = path.join(folder, 'lecture.mp4');
    const outcome = await run(['index', folder, '--json']);
    expect(outcome.code, outcome.stderr).toBe(0);
    stdout = outcome.stdout;
    undisturbed = { rows: await dumpLibrary(library), tokens: await tokensOf(library) };
  }, 300_000);

  const tokensOf = async (library: string) => {
    await using opened = await openLibrary(library);
    return (await readModelTotals(opened, MODEL)).tokens;
  };

  const eventsOf = async (file: string) => {
    const { stdout } = await run(['events', file, '--json']);
    return (JSON.parse(stdout) as { events: StoredEvent[] }).events;
  };

  it('stores each slide under its exact title, within a second of when it is shown, joined with what is said', async () => {
    const truth = JSON.parse(readFileSync(path.join(repository, 'data/truth/gradient-descent.json'), 'utf8')) as Truth;
    const shown = truth.slides.flatMap(({ title }, slide) => {
      const states = truth.shown.filter((state) => state.slide === slide && state.start < SECONDS - 1);
      return states.length === 0
        ? []
        : [{ title, start: states[0]!.start, end: Math.min(SECONDS, states.at(-1)!.end) }];
    });
    const events = (await eventsOf(lecture)).filter(({ engine }) => engine === MODEL);
    expect(events.map(({ title }) => title)).toEqual(shown.map(({ title }) => title));
    for (const [i, { start, end, summary, evidence }] of events.entries()) {
      expect(Math.abs(start - shown[i]!.start)).toBeLessThanOrEqual(1);
      expect(Math.abs(end - shown[i]!.end)).toBeLessThanOrEqual(1);
      expect(summary).not.toBe('');
      expect(evidence.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['slide', 'quote']));
    }
  });

  it('says once for each source without slides that the reader describes it', async () => {
    for (const name of ['manual.pdf', 'notes.vtt']) {
      expect(stdout.split('\n').filter((line) => line.includes('warning') && line.includes(name))).toHaveLength(1);
      expect(new Set((await eventsOf(path.join(folder, name))).map(({ engine }) => engine))).toEqual(
        new Set(['reader']),
      );
    }
  });

  it('does nothing for unchanged files, and describes them anew for another engine', async () => {
    const again = await run(['index', folder, '--json']);
    expect([...sourceLines(again.stdout).values()].map(({ status }) => status)).toEqual(Array(3).fill('unchanged'));
    const other = await run(['index', lecture, '--json', '--engine', 'reader']);
    expect(sourceLines(other.stdout).get('lecture.mp4')?.status).toBe('indexed');
  });

  it('leaves questions and summaries to the reader, and says so on stderr', async () => {
    const { stdout, stderr } = await run(['ask', 'What is the loss function?', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'reader' });
    expect(stderr).toContain(`${MODEL} knows slides and nothing else`);
  });

  it('ended by SIGKILL, then by SIGINT in the middle of its windows, goes on with the next one and ends with the rows of an undisturbed run', async () => {
    const ended = temporaryFolder('ended');
    const index = ['index', folder, '--library', ended, '--engine', 'qwen3-vl', '--json'];
    const endedBy = async (how: 'SIGKILL' | 'SIGINT') => {
      const { child, finished } = startLectern(index);
      let seen = '';
      child.stdout!.on('data', (text: string) => {
        seen += text;
        // Once: what else it prints on its way out must not bring a second one, which ends it at once.
        if (!child.killed && seen.includes('"stage":"windows","done":1')) child.kill(how);
      });
      const { signal, status } = await finished;
      expect(how === 'SIGKILL' ? signal : status).toBe(how === 'SIGKILL' ? how : 130);
      const tokens = await tokensOf(ended);
      expect(tokens).toBeGreaterThan(0);
      expect(tokens).toBeLessThan(undisturbed.tokens);
      return tokens;
    };
    const first = await endedBy('SIGKILL');
    expect(await endedBy('SIGINT')).toBe(first);

    const rest = await startLectern(index).finished;
    expect(rest.status, rest.stderr).toBe(0);
    expect(await tokensOf(ended)).toBe(undisturbed.tokens);
    expect(await dumpLibrary(ended)).toEqual(undisturbed.rows);
  }, 400_000);
});

describe.skipIf(!hasShared)('a model that describes nothing (random weights)', () => {
  it('keeps the reader’s events in the window’s place, marked, and says what was wrong', async () => {
    const models = await addRandomModel(4096);
    const lecture = path.join(smallLibraryFolder(22), 'lecture.mp4');
    const environment = { LECTERN_ENGINE: 'qwen3-vl', LECTERN_DEVICE: 'cpu', LECTERN_MODELS: models };
    const run = lecternOn(temporaryFolder('random'), environment);
    const { code, stdout, stderr } = await run(['index', lecture, '--json']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/"warning".*"0:00-0:22: the (?:model|answer)/);
    const { stdout: listed } = await run(['events', lecture, '--json']);
    const { events } = JSON.parse(listed) as { events: (StoredEvent & { note: string })[] };
    expect(events.length).toBeGreaterThan(0);
    for (const { status, note, title } of events) {
      expect(title).not.toBe('');
      expect(status).toBe('partial');
      expect(note).not.toBe('');
    }
  }, 100_000);
});

describe('--plan', () => {
  it('prints windows, tokens, bytes and seconds before any work, and leaves the library empty', async () => {
    const run = lecternOn(temporaryFolder('plan'), { LECTERN_ENGINE: 'qwen3-vl', LECTERN_DEVICE: 'cpu' });
    const folder = smallLibraryFolder(SECONDS);
    const { stdout } = await run(['index', folder, '--plan', '--json']);
    const { inputs } = JSON.parse(stdout) as { inputs: { kind: string; model: Record<string, number> | null }[] };
    expect(inputs.find(({ kind }) => kind === 'media')?.model).toMatchObject({
      windows: 2,
      contextTokens: 262_144,
      rate: 'default',
    });
    const { weightBytes, kvBytes, promptTokens } = inputs.find(({ kind }) => kind === 'media')!.model!;
    expect(weightBytes).toBeGreaterThan(20_000_000);
    expect(kvBytes).toBeGreaterThan(10_000_000);
    expect(promptTokens).toBeGreaterThan(SECONDS * 56);
    expect(inputs.find(({ kind }) => kind === 'document')?.model).toBeNull();
    expect(JSON.parse((await run(['sources', '--json'])).stdout)).toEqual({ sources: [] });
  });
});
