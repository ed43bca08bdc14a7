import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexSources } from '../../pipelines/index-sources.ts';
import { resolveConfig } from '../../src/config.ts';
import { answerQuestion } from '../../src/query/answer.ts';
import { cite } from '../../src/query/citations.ts';
import { gatherDefinitions } from '../../src/query/evidence.ts';
import { search } from '../../src/query/search.ts';
import type { Library } from '../../src/store/library.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { addSource, makeLibrary, manual } from './library-fixture.ts';

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

/** The term is defined in passing, and then talked about a lot. */
const TALK = `WEBVTT

00:00.000 --> 00:05.000
Today we follow one idea: gradient descent.

00:05.000 --> 00:10.000
It is the method behind nearly every trained network.

${Array.from({ length: 30 }, (_, i) => {
  const at = (sec: number) =>
    `00:${String(Math.floor(sec / 60)).padStart(2, '0')}:${String(sec % 60).padStart(2, '0')}.000`;
  return `${at(120 + 8 * i)} --> ${at(126 + 8 * i)}\nStochastic gradient descent takes step ${i + 1}, and gradient descent with it.`;
}).join('\n\n')}
`;

const MEETING = `WEBVTT

00:00.000 --> 00:11.000
<v Ada>The deadline is far too early, I would move it to May.

00:11.000 --> 00:14.000
<v Ben>I would keep the deadline,

00:14.000 --> 00:15.000
[laughter]

00:15.000 --> 00:22.000
<v Ben>the printers are waiting.
`;

const TALK_OF_TWO = `WEBVTT

00:00.000 --> 00:06.000
<v Cid>The budget will pay for everything.

00:06.000 --> 00:12.000
<v Eve>Then it has to grow by the paper.
`;

describe('answerQuestion', () => {
  let library: Library;

  beforeAll(async () => {
    const folder = temporaryFolder('answer');
    writeFileSync(path.join(folder, 'lecture.vtt'), LECTURE);
    writeFileSync(path.join(folder, 'talk.vtt'), TALK);
    writeFileSync(path.join(folder, 'meeting.vtt'), MEETING);
    writeFileSync(path.join(folder, 'two.vtt'), TALK_OF_TWO);
    library = await openLibrary(path.join(folder, 'library'));
    const config = resolveConfig({ library: library.folder }, { env: {} });
    await indexSources(library, config, {
      paths: ['lecture', 'talk', 'meeting', 'two'].map((name) => path.join(folder, `${name}.vtt`)),
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

  it('quotes the one who is asked about', async () => {
    const ask = async (name: string) =>
      (await answerQuestion(library, { question: `What did ${name} say about the deadline?` })).citations[0]!;
    expect((await ask('Ada')).quote).toMatch(/^The deadline is far too early/);
    const { quote, verified } = await ask('Ben');
    // The laughter between is left out, and the quote is still found again.
    expect(quote).toBe('I would keep the deadline, the printers are waiting.');
    expect(verified).toBe(true);
  });

  it('makes no one quotation of what two people say', async () => {
    const { citations } = await answerQuestion(library, { question: 'Will the budget pay and grow?' });
    expect(citations.map(({ quote }) => quote)).not.toContainEqual(expect.stringMatching(/everything.*paper/s));
    const eve = await answerQuestion(library, { question: 'What did Eve say about the paper?' });
    expect(eve.citations[0]!.quote).toBe('Then it has to grow by the paper.');
  });

  it('gives one citation where one place holds all that is asked', async () => {
    const { citations } = await answerQuestion(library, { question: 'What is dropout?' });
    expect(citations).toHaveLength(1);
  });

  it('says what a term means where a talk does so in passing', async () => {
    const { citations } = await answerQuestion(library, { question: 'What is gradient descent?' });
    expect(citations[0]).toMatchObject({ startMs: 0, verified: true });
    expect(citations[0]!.quote).toContain('It is the method behind nearly every trained network.');
    // Also where the search leads elsewhere.
    const { hits } = await search(library, { query: 'stochastic steps', limit: 1 });
    expect(hits[0]!.startMs).toBeGreaterThan(100_000);
    const found = await gatherDefinitions(library, hits, (said, i) => said[i]!.text.endsWith('gradient descent.'));
    expect(found).toHaveLength(1);
    expect(found[0]!.hit).toMatchObject({ startMs: 0, source: hits[0]!.source });
    expect(found[0]!.sentences[1]!.text).toBe('It is the method behind nearly every trained network.');
  });

  it('abstains, without citations, from a question whose words the source holds only by half', async () => {
    const answer = await answerQuestion(library, { question: 'Who invented the transistor in Bell laboratories?' });
    expect(answer).toMatchObject({ abstained: true, citations: [] });
    const half = await answerQuestion(library, { question: 'What does the learning rate cost on eBay?' });
    expect(half.citations.every(({ verified }) => verified)).toBe(true);
  });

  it('takes several rare words in one place for evidence, though others of the question are not there', async () => {
    const question = 'Does dropout switch neurons off at random in mainframes with transistors?';
    expect((await answerQuestion(library, { question })).citations[0]).toMatchObject({ startMs: 40_000 });
    const one = await answerQuestion(library, { question: 'Does dropout need mainframes?' });
    expect(one.abstained).toBe(true);
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

describe('a question about a figure', () => {
  const STATEMENT = `# Statement of Income

                      2022       2021
Net revenue         86,392     79,474
Cost of sales       40,576     37,075

Net revenue grew because people bought more drinks in all of our regions.`;

  async function ask(question: string) {
    await using fixture = await makeLibrary();
    await addSource(fixture.library, '/report.pdf', 'document', manual(STATEMENT, '# Risks\nPrices may rise.'));
    return await answerQuestion(fixture.library, { question });
  }

  it('is answered with the row that tells it, and the head of the column that is asked for', async () => {
    const { answer, citations } = await ask('What was net revenue in 2022?');
    expect(answer.replace(/ +/g, ' ')).toBe('Net revenue, 2022: 86,392');
    expect(citations).toMatchObject([{ pageIndex: 0, verified: true }]);
  });
  it('and one about anything else with what is said about it', async () => {
    const { answer } = await ask('Why did net revenue grow?');
    expect(answer).toMatch(/^Net revenue grew because/);
  });
});
