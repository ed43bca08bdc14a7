// Answers and summaries by a model behind a real HTTP server: what it is shown, and what becomes of what it writes.
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { answerWithModel } from '../../src/query/model-answer.ts';
import { SummaryFailedError, summarizeWithModel } from '../../src/query/model-summary.ts';
import { openModel } from '../model/remote/requests.ts';
import { addSource, makeLibrary, manual, talk } from './library-fixture.ts';

const SENTENCES = [
  'Today we look at gradient descent.',
  'The gradient points uphill, so we step against it.',
  'The learning rate says how far each step goes.',
  'Too large a rate makes the loss explode.',
];

async function setUp() {
  const fixture = await makeLibrary();
  const id = await addSource(fixture.library, '/talks/descent.mp4', 'video', talk(...SENTENCES));
  return {
    ...(await openModel()),
    library: fixture.library,
    id,
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

describe('an answer by a model', () => {
  it('cites the words of the source at the second they are said, found there again', async () => {
    await using it = await setUp();
    it.server.pieces = [
      'It says how far ',
      'each step goes [',
      '1].\nQUOTES\n[1] "the learning rate says how far each step goes"\n',
    ];
    const pieces: string[] = [];
    const question = 'What is the learning rate?';
    const answer = await answerWithModel(it.library, it.model, {
      question,
      sourceIds: [it.id],
      onText: (piece) => pieces.push(piece),
    });
    expect(answer).toMatchObject({
      question,
      answer: 'It says how far each step goes [1].',
      abstained: false,
      engine: it.model.name,
      citations: [
        { quote: 'The learning rate says how far each step goes', startMs: 10_000, endMs: 15_000, verified: true },
      ],
    });
    expect(answer.usage.prompt).toBeGreaterThan(50);
    expect(pieces.join('')).toBe(answer.answer);
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('shows a source that fits whole, the question last, so that the next question reuses the rest', async () => {
    await using it = await setUp();
    it.server.pieces = ['Uphill [1].\nQUOTES\n[1] "The gradient points uphill"'];
    const ask = (question: string) => answerWithModel(it.library, it.model, { question, sourceIds: [it.id] });
    expect((await ask('Where does the gradient point?')).usage.cached).toBe(0);
    const { usage } = await ask('What makes the loss explode?');
    expect(usage.cached).toBeGreaterThan(usage.prompt! / 2);
    const shown = JSON.stringify(it.server.chats.at(-1)!.messages);
    for (const sentence of SENTENCES) expect(shown).toContain(sentence);
    expect(shown.indexOf('What makes the loss explode?')).toBeGreaterThan(shown.indexOf(SENTENCES[3]!));
  });

  it('marks a quote that the source does not hold, and takes out numbers of passages that there are not', async () => {
    await using it = await setUp();
    it.server.pieces = ['It is always 0.1 [1], they say [7].\n**QUOTES:**\n[1] "the learning rate is always 0.1"'];
    const { answer, citations } = await answerWithModel(it.library, it.model, {
      question: 'rate?',
      sourceIds: [it.id],
    });
    expect(answer).toBe('It is always 0.1 [1], they say.');
    expect(citations).toMatchObject([{ quote: 'the learning rate is always 0.1', verified: false }]);
  });

  it('without quotes rests on the sentence of the passage that shares most words with the answer', async () => {
    await using it = await setUp();
    it.server.pieces = ['Too large a rate makes the loss grow without end [1].'];
    const { citations } = await answerWithModel(it.library, it.model, { question: 'rate?', sourceIds: [it.id] });
    expect(citations).toMatchObject([{ quote: SENTENCES[3], startMs: 15_000, verified: true }]);
  });

  it.each([
    ['the model says so', 'NOT IN THE SOURCES'],
    ['it rests on no passage', 'Berlin has four million inhabitants.'],
    ['it rests on a passage that there is not', 'Berlin has four million inhabitants [9].'],
  ])('abstains where %s', async (_, written) => {
    await using it = await setUp();
    it.server.pieces = [written];
    const answer = await answerWithModel(it.library, it.model, {
      question: 'How large is Berlin?',
      sourceIds: [it.id],
    });
    expect(answer).toMatchObject({ abstained: true, citations: [] });
    expect(answer.answer).not.toContain('million');
  });

  it('asks no model where the search finds nothing', async () => {
    await using it = await setUp();
    const answer = await answerWithModel(it.library, it.model, { question: 'xylophone quartets' });
    expect(answer.abstained).toBe(true);
    expect(it.server.chats).toHaveLength(0);
  });

  it('cites pages of a manual that is searched', async () => {
    await using it = await setUp();
    await addSource(
      it.library,
      '/manuals/plot.pdf',
      'document',
      manual('# Intro\nPlots are drawn.', '# Output\nThe command set output names the file.'),
    );
    it.server.pieces = ['Use set output [1].\nQUOTES\n[1] "set output names the file"'];
    const { citations } = await answerWithModel(it.library, it.model, {
      question: 'Which command names the output file?',
    });
    expect(citations).toMatchObject([
      { pageIndex: 1, startMs: null, quote: 'set output names the file', verified: true },
    ]);
  });
});

const events = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({
    place: { kind: 'time' as const, startMs: i * 60_000, endMs: (i + 1) * 60_000 },
    title: `Step ${i + 1}`,
    summary: `In this step the weight number ${i + 1} moves against the gradient until the loss is small.`,
    evidence: [],
    engine: 'reader',
    status: 'complete' as const,
  }));
const summaryOf = (overview: string, event: number) =>
  JSON.stringify({ overview, keyPoints: [{ text: 'The weights move.', event }] });
const ENGLISH = 'The lecture explains how the weights move against the gradient, and why the loss is small in the end.';

describe('a summary by a model', () => {
  it('gives each key point the place of the event it is about, and drops those about none', async () => {
    const { server, model } = await openModel();
    const points = [
      { text: 'One.', event: 2 },
      { text: 'Two.', event: 44 },
    ];
    server.pieces = ['```json\n', JSON.stringify({ overview: ENGLISH, keyPoints: points }), '\n```'];
    const summary = await summarizeWithModel(model, { title: 'Descent', events: events(3), lang: 'en' });
    expect(summary).toEqual({
      overview: ENGLISH,
      keyPoints: [{ text: 'One.', place: { kind: 'time', startMs: 60_000, endMs: 120_000 } }],
      engine: model.name,
      lang: 'en',
    });
  });

  it('sums up hours in parts first, each within the context', async () => {
    const { server, model } = await openModel({ maxModelLen: 4096 });
    server.pieces = [summaryOf(ENGLISH, 1)];
    const summary = await summarizeWithModel(model, { title: 'Descent', events: events(200), lang: 'en' });
    expect(server.chats.length).toBeGreaterThan(3);
    expect(summary?.overview).toBe(ENGLISH);
    expect(JSON.stringify(server.chats.map(({ messages }) => messages))).toContain('Step 200');
  });

  it('asks again for the language it was asked for, and refuses what comes in another one', async () => {
    const { server, model } = await openModel();
    server.pieces = [summaryOf(ENGLISH, 1)];
    const ask = summarizeWithModel(model, { title: 'Descent', events: events(3), lang: 'de' });
    await expect(ask).rejects.toThrow(SummaryFailedError);
    await expect(ask).rejects.toThrow(/English, not in German/);
    expect(server.chats).toHaveLength(2);
  });
});
