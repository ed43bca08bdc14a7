import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexSources } from '../../pipelines/index-sources.ts';
import { resolveConfig } from '../../src/config.ts';
import { answerQuestion } from '../../src/query/answer.ts';
import { cite } from '../../src/query/citations.ts';
import { search } from '../../src/query/search.ts';
import type { Library } from '../../src/store/library.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';

const LECTURE = `WEBVTT

00:00.000 --> 00:06.000
The learning rate decides how far each step goes.

00:06.000 --> 00:12.000
If it is too large, the loss diverges.

00:40.000 --> 00:46.000
Dropout switches neurons off at random while training.

00:46.000 --> 00:52.000
It keeps the network from relying on a single feature.
`;

describe('answerQuestion', () => {
  let library: Library;

  beforeAll(async () => {
    const folder = temporaryFolder('answer');
    writeFileSync(path.join(folder, 'lecture.vtt'), LECTURE);
    library = await openLibrary(path.join(folder, 'library'));
    const config = resolveConfig({ library: library.folder }, { env: {} });
    await indexSources(library, config, {
      paths: [path.join(folder, 'lecture.vtt')],
      signal: new AbortController().signal,
      report: () => {},
    });
  });

  afterAll(() => library[Symbol.asyncDispose]());

  it('answers with the sentence that holds the question, at its second, verified', async () => {
    const answer = await answerQuestion(library, { question: 'What does dropout do to neurons?' });
    expect(answer.abstained).toBe(false);
    expect(answer.answer).toContain('Dropout switches neurons off at random');
    expect(answer.citations[0]).toMatchObject({ startMs: 40_000, pageIndex: null, verified: true });
    expect(answer.citations[0]!.link).toMatch(/lecture\.vtt#t=40,/);
  });

  it('gives one citation where one place holds all that is asked', async () => {
    const { citations } = await answerQuestion(library, { question: 'What is dropout?' });
    expect(citations).toHaveLength(1);
  });

  it('abstains, without citations, from a question whose words the source holds only by half', async () => {
    const answer = await answerQuestion(library, { question: 'Who invented the transistor in Bell laboratories?' });
    expect(answer).toMatchObject({ abstained: true, citations: [] });
    const half = await answerQuestion(library, { question: 'What does the learning rate cost on eBay?' });
    expect(half.citations.every(({ verified }) => verified)).toBe(true);
  });

  it('does not verify a quote that the source does not say at that place', async () => {
    const { hits } = await search(library, { query: 'dropout', limit: 1 });
    const [hit] = hits;
    const place = { startMs: hit!.startMs, endMs: hit!.endMs, pageIndex: null, pageLabel: null };
    const said = await cite(library, { hit: hit!, ...place, quote: 'switches neurons off' });
    const invented = await cite(library, { hit: hit!, ...place, quote: 'Dropout doubles the learning rate' });
    expect([said.verified, invented.verified]).toEqual([true, false]);
  });
});
