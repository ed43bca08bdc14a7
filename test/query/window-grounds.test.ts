// A question put to a window that was read: what the model is shown, and what becomes of places in its answer.
import { describe, expect, it } from 'vitest';
import type { ChatModel } from '../../src/model/chat/chat-model.ts';
import { answerWithModel, type WindowsRead } from '../../src/query/model-answer.ts';
import type { WindowPlace } from '../../src/query/window-grounds.ts';
import { openModel } from '../model/remote/requests.ts';
import { addSource, makeLibrary, manual, talk } from './library-fixture.ts';

const TOLD = [
  'Today we look at gradient descent.',
  'The gradient points uphill, so we step against it.',
  'The learning rate says how far each step goes.',
  'Too large a rate makes the loss explode.',
  'Momentum remembers the steps before.',
  'A schedule lowers the learning rate over time.',
];
const SYSTEM = 'You index lectures.';

/** A server's model that says of itself that it has read windows: those that begin with SYSTEM. */
async function setUp() {
  const fixture = await makeLibrary();
  const { server, model } = await openModel();
  const remembers: ChatModel = new Proxy(model, {
    get(target, key) {
      if (key === 'reuse') {
        return async (request: Parameters<ChatModel['countTokens']>[0]) => {
          const numTokens = await target.countTokens(request);
          const wasRead = request.messages[0]!.content === SYSTEM;
          return { numTokens, reused: wasRead ? numTokens - 5 : 0, fetchBytes: 1000 };
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const readAt = (place: WindowPlace, text: string, tokensPerSec = 10): WindowsRead => ({
    tokensPerSec,
    windowsOf: async () => [
      { place, beginning: async () => ({ system: SYSTEM, parts: [{ type: 'text' as const, text }] }) },
    ],
  });
  const shown = () => JSON.stringify(server.chats.at(-1)!.messages);
  return {
    ...{ server, model: remembers, library: fixture.library, readAt, shown },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

const FIRST_20_S: WindowPlace = { kind: 'time', startMs: 0, endMs: 20_000 };
const WINDOW =
  '[0.0-5.0 s] Today we look at gradient descent.\n[15.0-20.0 s] Too large a rate makes the loss explode.\n';

describe('a question to a window that was read', () => {
  it('begins as the window did, and seconds in the answer become citations that are found again', async () => {
    await using it = await setUp();
    const id = await addSource(it.library, '/talks/descent.mp4', 'video', talk(...TOLD));
    it.server.pieces = [
      'It grows [15',
      '.0-20.0 s].\nQUOTES\n[15.0-20.0 s] "Too large a rate makes the loss explode."',
    ];
    const pieces: string[] = [];
    const answer = await answerWithModel(it.library, it.model, {
      question: 'What makes the loss explode?',
      sourceIds: [id],
      read: it.readAt(FIRST_20_S, WINDOW),
      onText: (piece) => pieces.push(piece),
    });
    expect(answer).toMatchObject({
      answer: 'It grows [1].',
      citations: [{ quote: TOLD[3], startMs: 15_000, endMs: 20_000, verified: true }],
    });
    expect(pieces.join('')).toBe('It grows [1].');
    expect(it.shown()).toContain(JSON.stringify(WINDOW).slice(1, -1));
    expect(it.shown()).toContain(SYSTEM);
  });

  it('has behind it what the search finds elsewhere in the source', async () => {
    await using it = await setUp();
    const id = await addSource(
      it.library,
      '/talks/descent.mp4',
      'video',
      talk(...TOLD, ...TOLD.map(() => 'So it is.'), 'At last the learning rate is lowered by a schedule.'),
    );
    it.server.pieces = ['It is lowered [62].\nQUOTES\n[62] "the learning rate is lowered"'];
    const { citations } = await answerWithModel(it.library, it.model, {
      question: 'What says how far each step of the learning rate goes?',
      sourceIds: [id],
      read: it.readAt(FIRST_20_S, WINDOW),
    });
    expect(it.shown()).toContain('From elsewhere in it:');
    expect(citations).toMatchObject([{ quote: 'the learning rate is lowered', startMs: 60_000, verified: true }]);
  });

  it('of pages is answered with pages', async () => {
    await using it = await setUp();
    const pages = ['The pump moves water.', 'The valve stops it.', 'The lid closes the tank.'];
    const id = await addSource(it.library, '/manuals/machine.pdf', 'document', manual(...pages));
    it.server.pieces = ['The valve does [page 2].\nQUOTES\n[page 2] "The valve stops it."'];
    const answer = await answerWithModel(it.library, it.model, {
      question: 'Which part stops it, the valve?',
      sourceIds: [id],
      read: it.readAt({ kind: 'pages', pageIndex: 0, endPageIndex: 2 }, '[page 2]\nThe valve stops it.\n\n'),
    });
    expect(answer.answer).toBe('The valve does [1].');
    expect(answer.citations).toMatchObject([{ pageIndex: 1, verified: true }]);
  });

  it('gives way to the whole source where the answer is not in the window, and tokens of both are counted', async () => {
    await using it = await setUp();
    const id = await addSource(it.library, '/talks/descent.mp4', 'video', talk(...TOLD));
    it.server.pieces = ['NOT IN THE SOURCES'];
    const { abstained, usage } = await answerWithModel(it.library, it.model, {
      question: 'What makes the loss explode?',
      sourceIds: [id],
      read: it.readAt(FIRST_20_S, WINDOW),
    });
    expect(abstained).toBe(true);
    expect(it.server.chats).toHaveLength(2);
    expect(it.shown()).not.toContain(SYSTEM);
    // The window alone is shorter than the whole.
    const [window, whole] = it.server.chats.map(({ messages }) => JSON.stringify(messages).length);
    expect(window).toBeLessThan(whole!);
    expect(usage.prompt).toBeGreaterThan(0);
  });

  it.each([
    ['the best of what is found stands elsewhere', { kind: 'time', startMs: 20_000, endMs: 40_000 }, 10],
    ['a prompt of its own is as fast', FIRST_20_S, 1e9],
  ] as const)('is not asked where %s', async (_, place, tokensPerSec) => {
    await using it = await setUp();
    const id = await addSource(it.library, '/talks/descent.mp4', 'video', talk(...TOLD));
    it.server.pieces = ['It grows [1].'];
    await answerWithModel(it.library, it.model, {
      question: 'What makes the loss explode?',
      sourceIds: [id],
      read: it.readAt(place, WINDOW, tokensPerSec),
    });
    expect(it.shown()).not.toContain(SYSTEM);
  });
});
