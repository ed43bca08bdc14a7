// Search by meaning from outside: an embedding model and a reranker are added, sources get vectors, hits come without a common word,
// and what is too far off is no match. Random weights: which places are near means nothing, that they are found does.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLibrary } from 'lectern';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkMeaning } from '../../../pipelines/check-meaning.ts';
import { resolveConfig } from '../../../src/config.ts';
import { CONFORMANCE, hasShared } from '../../model/qwen3-vl/conformance.ts';
import { lecternOn, parseJson, parseLines } from './run-lectern.ts';

const Hit = z.object({
  start: z.number(),
  text: z.string(),
  score: z.number(),
  source: z.object({ title: z.string() }),
});
const Found = z.object({ query: z.string(), noMatch: z.boolean(), hits: z.array(Hit) });

const Plan = z.object({
  inputs: z.array(z.object({ action: z.string(), vectors: z.object({ places: z.number() }).nullable() })),
});

const cue = (second: number, text: string) => `00:00:${second}.000 --> 00:00:${second + 9}.000\n${text}\n`;
const talk = ['WEBVTT\n', cue(10, 'Today we derive the update rule.'), cue(30, 'The learning rate scales each step.')];

describe.skipIf(!hasShared)('search by meaning', () => {
  let folder: string;
  let lectern: ReturnType<typeof lecternOn>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-test-'));
    const environment = { LECTERN_MODELS: path.join(folder, 'models'), LECTERN_DEVICE: 'cpu' };
    lectern = lecternOn(path.join(folder, 'library'), environment);
    await writeFile(path.join(folder, 'talk.vtt'), talk.join('\n'));
    await writeFile(path.join(folder, 'notes.vtt'), ['WEBVTT\n', cue(10, 'Colour palettes of plots.')].join('\n'));
    await addSpecial('tiny-embedding', []);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A reference checkpoint as a released one of its kind comes. */
  async function addSpecial(name: string, modules: readonly object[], score?: object): Promise<void> {
    const checkpoint = path.join(folder, name);
    await cp(path.join(CONFORMANCE, 'dense/model'), checkpoint, { recursive: true });
    await writeFile(path.join(checkpoint, 'modules.json'), JSON.stringify(modules));
    if (score) {
      await mkdir(path.join(checkpoint, '1_LogitScore'));
      await writeFile(path.join(checkpoint, '1_LogitScore', 'config.json'), JSON.stringify(score));
    }
    expect((await lectern(['models', 'add', checkpoint, '--quiet'])).code).toBe(0);
  }

  /** Answers to several queries of one process. */
  const search = async (floor: string, queries: readonly string[], ...args: string[]) => {
    const file = path.join(folder, 'queries.txt');
    await writeFile(file, queries.join('\n'));
    const asked = lecternOn(path.join(folder, 'library'), {
      ...{ LECTERN_MODELS: path.join(folder, 'models'), LECTERN_DEVICE: 'cpu', LECTERN_SIMILARITY_FLOOR: floor },
    });
    return parseLines(Found, await asked(['search', '--queries', file, ...args, '--json']));
  };

  it('is there for a library that was opened and searched before it had vectors', async () => {
    const settings = {
      library: path.join(folder, 'opened'),
      models: path.join(folder, 'models'),
      device: 'cpu',
    } as const;
    await using opened = await openLibrary({ ...settings, similarityFloor: -1 });
    expect((await opened.search('unspoken')).noMatch).toBe(true);
    await opened.index([path.join(folder, 'talk.vtt')]);
    expect((await opened.search('unspoken')).hits.length).toBeGreaterThan(0);
    expect((await opened.search('unspoken', { wordsOnly: true })).noMatch).toBe(true);
  });

  it('gives sources that were indexed before their vectors, once, and tells', async () => {
    const before = lecternOn(path.join(folder, 'library'));
    expect((await before(['index', folder, '--quiet'])).code).toBe(0);
    const { inputs } = parseJson(Plan, await lectern(['index', folder, '--plan', '--json']));
    expect(inputs.map(({ action, vectors }) => [action, vectors?.places])).toEqual([
      ['index', 1],
      ['index', 1],
    ]);
    const lines = parseLines(z.looseObject({ type: z.string() }), await lectern(['index', folder, '--json']));
    expect(lines.map(({ type, stage, status }) => stage ?? status ?? type).sort()).toEqual([
      'indexed',
      'indexed',
      'vectors',
      'vectors',
    ]);
    const again = parseLines(z.looseObject({ type: z.string() }), await lectern(['index', folder, '--json']));
    expect(again.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
    const config = { library: path.join(folder, 'library'), models: path.join(folder, 'models') };
    expect(await checkMeaning(resolveConfig(config))).toMatchObject({
      status: 'ok',
      message: 'tiny-embedding (64 dimensions), 2 of 2 sources have its vectors',
    });
    expect(await checkMeaning(resolveConfig({ ...config, embedding: 'off' }))).toMatchObject({ status: 'absent' });
  });

  it('finds what no word of the query stands in, keeps to the floor, and leaves the models alone where asked', async () => {
    // A phrase in quotation marks has to be there, whatever the rest means.
    const [word, phrase] = await search('-1', ['zebra', '"zebra crossing"']);
    expect(word!.noMatch).toBe(false);
    expect(word!.hits.map(({ text }) => text).sort()).toEqual([
      'Colour palettes of plots.',
      expect.stringContaining('update rule'),
    ]);
    expect(phrase).toMatchObject({ noMatch: true, hits: [] });
    expect(await search('1', ['zebra'])).toMatchObject([{ noMatch: true, hits: [] }]);
    expect(await search('-1', ['zebra'], '--words-only')).toMatchObject([{ noMatch: true, hits: [] }]);
  });

  it('lets a reranker put the hits in order', async () => {
    const score = { true_token_id: 72, false_token_id: 75 };
    await addSpecial(
      'tiny-judge',
      [{ type: 'sentence_transformers.cross_encoder.LogitScore', path: '1_LogitScore' }],
      score,
    );
    const [{ hits }] = (await search('-1', ['step'])) as [z.infer<typeof Found>];
    expect(hits).toHaveLength(2);
    const scores = hits.map((hit) => hit.score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    // Odds of yes rather than no, where ranks would give at most 2/61.
    expect(scores[0]).toBeGreaterThan(0.1);
    const { stdout } = await lectern(['models', 'list']);
    expect(stdout).toMatch(/tiny-embedding .*embedding\n/);
    expect(stdout).toMatch(/tiny-judge .*reranker\n/);
    expect(stdout).toMatch(/lectern-slides-26m .*default\n/);
  });
});
