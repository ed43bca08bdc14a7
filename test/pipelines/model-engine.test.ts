// The engine over a model, from the file to stored events: the model in the box on a real lecture, through the real command line.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';
import { repository, sourceLines, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';

const SECONDS = 60;
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
  const library = temporaryFolder('model-engine');
  const run = lecternOn(library, { LECTERN_ENGINE: 'qwen3-vl', LECTERN_DEVICE: 'cpu' });
  let folder: string;
  let lecture: string;
  let stdout: string;

  beforeAll(async () => {
    folder = smallLibraryFolder(SECONDS);
    lecture = path.join(folder, 'lecture.mp4');
    const outcome = await run(['index', folder, '--json']);
    expect(outcome.code, outcome.stderr).toBe(0);
    stdout = outcome.stdout;
  }, 300_000);

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
});
