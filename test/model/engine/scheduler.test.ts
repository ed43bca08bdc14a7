// Requests that decode together answer as each does alone, whatever comes in between.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { DeviceTurns } from '../../../src/model/engine/device-turns.ts';
import type { GenerateReport } from '../../../src/model/engine/generate.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { Runtime } from '../../../src/model/engine/runtime.ts';
import { Scheduler, type ScheduledOptions } from '../../../src/model/engine/scheduler.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import type { ModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { caseNames, convert, hasConformance, promptOf, readCase, type Kind } from './conformance.ts';

interface Answer {
  readonly tokenIds: number[];
  readonly report: GenerateReport;
}

async function read(tokens: AsyncGenerator<number, GenerateReport>): Promise<Answer> {
  const tokenIds: number[] = [];
  for (;;) {
    const next = await tokens.next();
    if (next.done) return { tokenIds, report: next.value };
    tokenIds.push(next.value);
  }
}

async function firstOf(tokens: AsyncIterable<number>): Promise<number | undefined> {
  for await (const tokenId of tokens) return tokenId;
  return undefined;
}

describe.runIf(hasConformance).each(['dense', 'moe'] as Kind[])('%s', (kind) => {
  const stack = new DisposableStack();
  let model: ModelFolder;
  let decoder: Decoder;
  let vision: VisionTower;
  const names = caseNames(kind);
  const references = names.map((name) => readCase(kind, name));
  const greedy = (i: number, length = 24) => [...references[i]!.greedy.subarray(0, length)];

  beforeAll(async () => {
    model = stack.use(await convert(kind, 'fp32'));
    decoder = stack.use(await Decoder.load(model, { threads: 1 }));
    vision = stack.use(await VisionTower.load(model, { threads: 1 }));
  });
  afterAll(() => stack.dispose());

  const prompt = (i: number) => promptOf(references[i]!, vision);
  const usual: ScheduledOptions = { maxTokens: 24, stopTokenIds: [] };

  function schedulerOf({ mostRows = 3, maxBytes = 0, freeBytes = Infinity } = {}) {
    const prefixes = new PrefixCache(decoder, { maxBytes });
    const options = { mostRows, chunkTokens: 64, freeBytes: () => freeBytes };
    const scheduler = new Scheduler(decoder, prefixes, new DeviceTurns(), options);
    return Object.assign(scheduler, {
      all: (optionsOf: (i: number) => ScheduledOptions = () => usual) =>
        Promise.all(names.map((_, i) => read(scheduler.generate(prompt(i), optionsOf(i))))),
    });
  }

  test.each([1, 3, 8])('%d rows: every case has the reference’s 24 tokens, with its own report', async (mostRows) => {
    using scheduler = schedulerOf({ mostRows });
    for (const [i, { tokenIds, report }] of (await scheduler.all()).entries()) {
      expect(tokenIds, names[i]).toEqual(greedy(i));
      expect(report).toMatchObject({
        promptTokens: references[i]!.tokenIds.length,
        completionTokens: 24,
        finish: 'length',
      });
    }
  });

  test('as many rows as memory gives: with room for one row, requests run one after another', async () => {
    using scheduler = schedulerOf({ mostRows: 8, freeBytes: 1000 });
    for (const [i, { tokenIds }] of (await scheduler.all()).entries()) expect(tokenIds, names[i]).toEqual(greedy(i));
  });

  test('rows that end early are taken by the requests that wait; one too long for the rows waits for new ones', async () => {
    using scheduler = schedulerOf({ mostRows: 2 });
    const order: number[] = [];
    const lengthOf = (i: number) => (i === 0 ? 24 : i + 1);
    const answers = await Promise.all(
      names.map(async (_, i) => {
        const maxTokens = i === names.length - 1 ? 2000 : lengthOf(i);
        let count = 0;
        const hasEnded = () => ++count === lengthOf(i);
        const answer = await read(scheduler.generate(prompt(i), { ...usual, maxTokens, hasEnded }));
        order.push(i);
        return answer;
      }),
    );
    expect(order[0]).not.toBe(0);
    for (const [i, { tokenIds, report }] of answers.entries()) {
      expect(tokenIds).toEqual(greedy(i, lengthOf(i)));
      expect(report.finish).toBe('stop');
    }
  });

  test('a stop token ends its row alone and is not given out; sampling and constraints are each request’s own', async () => {
    using scheduler = schedulerOf();
    const stop = references[0]!.greedy[5]!;
    const even = {
      restrict: (logits: Float32Array) => logits.forEach((_, id) => (logits[id] = id % 2 ? -Infinity : logits[id]!)),
      accept: () => undefined,
    };
    const drawn = { ...usual, temperature: 1, seed: 7 };
    const options = [{ ...usual, stopTokenIds: [stop] }, { ...usual, constraint: even }, drawn];
    const together = await Promise.all(options.map((one, i) => read(scheduler.generate(prompt(i), one))));
    expect(together[0]).toMatchObject({
      tokenIds: greedy(0, references[0]!.greedy.indexOf(stop)),
      report: { finish: 'stop' },
    });
    expect(together[1]!.tokenIds.every((id) => id % 2 === 0)).toBe(true);
    using alone = schedulerOf({ mostRows: 1 });
    expect(together[1]!.tokenIds).toEqual((await read(alone.generate(prompt(1), options[1]!))).tokenIds);
    expect(together[2]!.tokenIds).toEqual((await read(alone.generate(prompt(2), drawn))).tokenIds);
  });

  test('what was answered in a batch is reused by the next one', async () => {
    using scheduler = schedulerOf({ mostRows: 4, maxBytes: 1 << 30 });
    const cold = await scheduler.all();
    expect(cold.every(({ report }) => report.cachedTokens < report.promptTokens / 2)).toBe(true);
    for (const [i, { tokenIds, report }] of (await scheduler.all()).entries()) {
      expect(tokenIds).toEqual(greedy(i));
      if (report.promptTokens > 40) expect(report.cachedTokens).toBeGreaterThan(report.promptTokens / 4);
    }
  });

  test('a cancelled request rejects with its reason, one whose reader stops goes, and the others don’t notice', async () => {
    using scheduler = schedulerOf();
    const controller = new AbortController();
    const onPrefill = () => controller.abort(new Error('enough'));
    const cancelled = read(scheduler.generate(prompt(1), { ...usual, signal: controller.signal, onPrefill }));
    const late = new AbortController();
    const hasEnded = () => (late.abort(new Error('too long')), false);
    const cancelledLater = read(scheduler.generate(prompt(2), { ...usual, signal: late.signal, hasEnded }));
    const left = firstOf(scheduler.generate(prompt(3), { ...usual, maxTokens: 2000 }));
    const neverStarted = read(scheduler.generate(prompt(0), { ...usual, signal: AbortSignal.abort(new Error('no')) }));
    const whole = read(scheduler.generate(prompt(0), usual));
    const failures = await Promise.allSettled([cancelled, cancelledLater, neverStarted]);
    expect(failures.map((one) => 'reason' in one && (one.reason as Error).message)).toEqual([
      'enough',
      'too long',
      'no',
    ]);
    expect(await left).toBe(greedy(3)[0]);
    expect((await whole).tokenIds).toEqual(greedy(0));
    expect((await read(scheduler.generate(prompt(0), usual))).tokenIds).toEqual(greedy(0));
  });

  test.each([1, 2])(
    '%d rows: a question waits for one chunk of a window or one step, and no token changes',
    async (rows) => {
      const log: string[] = [];
      const longest = references.reduce((best, { tokenIds }, i) => {
        return tokenIds.length > references[best]!.tokenIds.length ? i : best;
      }, 0);
      using runtime = await Runtime.load(model.folder, { device: 'cpu', chunkTokens: 16, prefixBytes: 0, rows });
      const noting = (name: string, mark: number) => ({
        ...usual,
        onPrefill: (done: number) => {
          log.push(`${name} ${done}`);
          if (done === mark) ask();
        },
        hasEnded: () => {
          if (log.at(-1) !== `${name} token`) log.push(`${name} token`);
          return false;
        },
      });
      const questions: Promise<Answer>[] = [];
      const ask = () => questions.push(read(runtime.generate(prompt(0), noting('question', -1))));
      const window = await read(runtime.generate(prompt(longest), { ...noting('window', 32), urgency: 'batch' }));
      expect(window.tokenIds).toEqual(greedy(longest));
      // All of its chunks and tokens come between the window's chunk during which it was asked and the next one.
      const begins = log.indexOf('question 16');
      const resumes = log.indexOf('window 48');
      expect(log[begins - 1]).toBe('window 32');
      expect(log[resumes - 1]).toBe('question token');
      expect(log.slice(begins, resumes).every((line) => line.startsWith('question'))).toBe(true);

      log.length = 0;
      let numTokens = 0;
      const hasEnded = () => {
        log.push('window token');
        if (++numTokens === 5) ask();
        return false;
      };
      const decoding = await read(runtime.generate(prompt(longest), { ...usual, hasEnded, urgency: 'batch' }));
      expect(decoding.tokenIds).toEqual(greedy(longest));
      const asked = log.filter((line) => line.startsWith('question'));
      expect(log.slice(5, 5 + asked.length)).toEqual(asked);
      for (const { tokenIds } of await Promise.all(questions)) expect(tokenIds).toEqual(greedy(0));
    },
  );
});
