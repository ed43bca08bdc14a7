// Summaries by a model behind a real HTTP server: what it is shown, and what becomes of what it writes.
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { SummaryFailedError, summarizeWithModel } from '../../src/query/model-summary.ts';
import { openModel } from '../model/remote/requests.ts';

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

  it('cuts what is too long where a chapter begins, and sums the parts up by their accounts and points', async () => {
    const { server, model } = await openModel({ maxModelLen: 8192 });
    server.pieces = [summaryOf(ENGLISH, 1)];
    const chapters = [0, 70, 140].map((first) => ({
      place: { kind: 'time' as const, startMs: first * 60_000, endMs: (first + 70) * 60_000 },
      title: `Chapter ${first}`,
      summary: '',
    }));
    await summarizeWithModel(model, { title: 'Descent', events: events(200), chapters, lang: 'en' });
    const shown = server.chats.map(({ messages }) => messages.at(-1)!.content as string);
    const firsts = shown.slice(0, -1).map((text) => /^\[(\d+)\]/m.exec(text)?.[1]);
    expect(firsts).toEqual(expect.arrayContaining(['1', '71', '141']));
    expect(shown.at(-1)).toContain(`Part of the source: ${ENGLISH}`);
  });

  it('asks again, more firmly, for the language it was asked for, and marks what comes in another one', async () => {
    const { server, model } = await openModel();
    server.pieces = [summaryOf(ENGLISH, 1)];
    const summary = await summarizeWithModel(model, { title: 'Descent', events: events(3), lang: 'de' });
    expect(summary).toMatchObject({
      overview: ENGLISH,
      lang: 'en',
      note: 'it is written in English, not in German',
    });
    expect(server.chats).toHaveLength(2);
    const [first, second] = server.chats.map(({ messages }) => messages.at(-1)!.content as string);
    expect(first).toContain('Write everything in German (Deutsch)');
    expect(second).toContain('Every sentence has to be German (Deutsch)');
    // The events come first: the second try reads them from the cache.
    expect(second!.startsWith(first!)).toBe(true);
  });

  it('names the source’s terms, which are to be kept, and writes its chapters in the language too', async () => {
    const { server, model } = await openModel();
    const place = { kind: 'time' as const, startMs: 0, endMs: 60_000 };
    const chapters = [
      { place, title: 'Weights', summary: 'They move.' },
      { place, title: 'Loss', summary: 'It is small.' },
    ];
    const german = 'Die Vorlesung erklärt, wie sich die Gewichte gegen den Gradienten bewegen und warum.';
    const written = [{ chapter: 1, title: 'Die Gewichte', summary: german }, { chapter: 9, title: 'Nichts' }, 7];
    server.pieces = [JSON.stringify({ overview: german, keyPoints: [], chapters: written })];
    const request = { title: 'Descent', events: events(9), chapters, lang: 'de', sourceLang: 'en' };
    const summary = await summarizeWithModel(model, request);
    expect(summary).toMatchObject({ overview: german, lang: 'de' });
    expect(summary?.note).toBeUndefined();
    expect(summary?.chapters).toEqual([{ place, title: 'Die Gewichte', summary: german }, chapters[1]]);
    const asked = server.chats[0]!.messages.at(-1)!.content as string;
    expect(asked).toContain("The source's own terms are: gradient, loss, weight. Keep them, in brackets");
  });

  it('keeps the chapters as they were, with a word, where they come in no form that can be read', async () => {
    const { server, model } = await openModel();
    const german = 'Die Vorlesung erklärt, wie sich die Gewichte gegen den Gradienten bewegen und warum.';
    server.pieces = [summaryOf(german, 1)];
    const chapters = [{ place: events(1)[0]!.place, title: 'Weights', summary: 'They move.' }];
    const request = { title: 'Descent', events: events(3), chapters, lang: 'de', sourceLang: 'en' };
    expect(await summarizeWithModel(model, request)).toMatchObject({
      overview: german,
      chapters,
      note: 'chapters stay as they were, because it is not the JSON asked for',
    });
  });

  it('fails where nothing can be read, twice', async () => {
    const { server, model } = await openModel();
    server.pieces = ['I would rather not.'];
    const ask = summarizeWithModel(model, { title: 'Descent', events: events(3), lang: 'de' });
    await expect(ask).rejects.toThrow(SummaryFailedError);
    expect(server.chats).toHaveLength(2);
  });
});
