// Answers by a model behind a real HTTP server: what it is shown, and what becomes of what it writes.
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerWithModel } from '../../src/query/model-answer.ts';
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

describe('an answer about a manual', () => {
  const PAGES = [
    '# Intro\nThe pump moves water. It never\nmoves oil.',
    '# Start\nTurn the key to start the pump and wait\nuntil the lamp is green.',
    '',
    '# Stop\nThe red button stops the pump at once.',
  ];

  async function askManual(written: string, pages = PAGES, wholeTokens?: number, options = {}) {
    const fixture = await makeLibrary();
    onTestFinished(() => fixture[Symbol.asyncDispose]());
    const { server, model } = await openModel(options);
    const id = await addSource(fixture.library, '/manuals/pump.pdf', 'document', manual(...pages));
    server.pieces = [written];
    const ask = (question: string) =>
      answerWithModel(fixture.library, model, {
        question,
        sourceIds: [id],
        ...(wholeTokens !== undefined && { wholeTokens }),
      });
    return { server, ask };
  }

  it('is from its pages in order, each under its own number, and the question comes last', async () => {
    const { server, ask } = await askManual('The red button [4].\nQUOTES\n[4] "the red button stops the pump at once"');
    const { citations } = await ask('How do I stop the pump?');
    expect(citations).toMatchObject([
      {
        pageIndex: 3,
        quote: 'The red button stops the pump at once',
        verified: true,
        link: 'file:///manuals/pump.pdf#page=4',
      },
    ]);
    await ask('What does the pump move?');
    const [one, two] = server.chats.map(({ messages }) => messages);
    expect(one![0]).toEqual(two![0]);
    expect(one!.at(-1)!.content).toBe('How do I stop the pump?');
    const shown = one![0]!.content as string;
    expect(shown.match(/^\[\d+\] .*, page \d+:$/gm)).toEqual([1, 2, 4].map((n) => `[${n}] pump.pdf, page ${n}:`));
    expect(shown).toContain('wait\nuntil');
  });

  it('cites the page that a quote stands on, whatever number stands before it', async () => {
    const { ask } = await askManual('With the key [1].\nQUOTES\n[1] "Turn the key to start the pump"');
    const { citations } = await ask('How do I start it?');
    expect(citations).toMatchObject([{ pageIndex: 1, quote: 'Turn the key to start the pump', verified: true }]);
  });

  it('cites the page’s own sentence where a word was copied wrongly, and one of its sentences where none was', async () => {
    const wrong = await askManual(
      'Key [2].\nQUOTES\n[2] "Turn the key to start a pump and wait until the lamp is green"',
    );
    expect((await wrong.ask('start?')).citations).toMatchObject([
      { quote: 'Turn the key to start the pump and wait until the lamp is green.', verified: true },
    ]);
    const none = await askManual('It moves no oil, never [1].');
    expect((await none.ask('oil?')).citations).toMatchObject([{ quote: 'It never moves oil.', verified: true }]);
  });

  it('is from the pages that the search finds, whole, and the next ones, where the manual is too long', async () => {
    const filler = (i: number) => `# Valve ${i}\n${'Valves open and close by hand, slowly. '.repeat(30)}`;
    const long = [...PAGES.slice(0, 2), ...Array.from({ length: 60 }, (_, i) => filler(i))];
    const { server, ask } = await askManual('Wait [1].\nQUOTES\n[1] "wait until the lamp is green"', long, 4000);
    const { citations } = await ask('When is the lamp green?');
    expect(citations).toMatchObject([{ pageIndex: 1, verified: true }]);
    const shown = server.chats.at(-1)!.messages[0]!.content as string;
    expect(shown).toContain('[1] pump.pdf, page 2:\n');
    expect(shown).toContain('pump.pdf, page 3:\n');
    expect(shown.length).toBeLessThan(long.join('').length / 2);
  });

  it('says again how to answer behind the question, where the manual is long', async () => {
    const pages = [PAGES[1]!, 'Valves open and close by hand. '.repeat(1200)];
    const { server, ask } = await askManual('Wait [1].\nQUOTES\n[1] "wait until the lamp is green"', pages);
    await ask('When is the lamp green?');
    expect(server.chats[0]!.messages.at(-1)!.content).toMatch(/^When is the lamp green\?\n\nAnswer from the passages/);
  });

  it('is from what the search finds where the machine can’t take the whole after all', async () => {
    const { server, ask } = await askManual('Wait [1].\nQUOTES\n[1] "wait until the lamp is green"');
    const message = "This model's maximum context length is 512 tokens.";
    server.mishaps.push({ kind: 'status', status: 400, body: JSON.stringify({ error: { message } }) });
    expect((await ask('When is the lamp green?')).citations).toMatchObject([{ pageIndex: 1, verified: true }]);
    expect(server.chats).toHaveLength(2);
  });
});
