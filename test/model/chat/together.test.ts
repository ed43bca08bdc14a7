// Chat requests of a batch, several at once: each has the text, usage and ending that it has alone, whatever it asks for.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, type ChatRequest } from '../../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../../src/model/chat/local-chat-model.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import { CONFORMANCE, hasShared } from '../qwen3-vl/conformance.ts';

const schema = {
  type: 'object',
  properties: { found: { type: 'boolean' }, count: { type: 'integer', minimum: 0, maximum: 99 } },
  required: ['found', 'count'],
  additionalProperties: false,
};
const picture = { width: 64, height: 96, data: Uint8Array.from({ length: 64 * 96 * 3 }, (_, i) => (i * 31) % 251) };

const said = (text: string, maxTokens: number, own: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: text }],
  maxTokens,
  ...own,
});
const requests: readonly ChatRequest[] = [
  said('How many?', 60, { schema }),
  said('A longer question, which goes on for a while. '.repeat(12), 20, { ignoreEos: true }),
  said('Draw one.', 20, { ignoreEos: true, temperature: 0.8, topP: 0.9, seed: 11 }),
  {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', picture },
          { type: 'text', text: 'And this?' },
        ],
      },
    ],
    maxTokens: 16,
    ignoreEos: true,
  },
  said('How many more?', 60, { schema }),
];

describe.skipIf(!hasShared)('requests of a batch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-together-'));
  const options = { device: 'cpu', threads: 1, chunkTokens: 32, prefixBytes: 0, rows: 4 } as const;
  let model: LocalChatModel;

  beforeAll(async () => {
    await addModel(join(CONFORMANCE, 'dense/model'), folder, 'fp32');
    model = await LocalChatModel.open(folder, options);
  });
  afterAll(async () => {
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const untimed = ({ timing: _, ...answer }: Awaited<ReturnType<typeof complete>>) => answer;

  it('answer as alone: under a schema, drawn, with pictures, up to a stop string', async () => {
    const alone = [];
    for (const request of requests) alone.push(untimed(await complete(model, request)));
    // Ends in the middle of what it said alone.
    const stop = [alone[1]!.text.slice(6, 9)];
    const stopped = { ...requests[1]!, stop };
    const expected = [...alone, untimed(await complete(model, stopped))];
    const together = await Promise.all(
      [...requests, stopped].map((request) => complete(model, { ...request, urgency: 'batch' })),
    );
    expect(together.map(untimed)).toEqual(expected);
    for (const { timing } of together) expect(Math.min(timing.prefillMs, timing.decodeMs)).toBeGreaterThan(0);
    expect(together[5]).toMatchObject({
      finish: 'stop',
      text: alone[1]!.text.slice(0, alone[1]!.text.indexOf(stop[0]!)),
    });
  });

  it('leave the model whole where one is cancelled and one is left by its reader', async () => {
    const [first, second, third] = requests;
    const controller = new AbortController();
    const cancelled = complete(model, {
      ...first!,
      urgency: 'batch',
      signal: controller.signal,
      onPrefill: () => controller.abort(new Error('enough')),
    }).catch((error: unknown) => error);
    const left = (async () => {
      for await (const piece of model.stream({ ...second!, urgency: 'batch' })) return piece;
      return '';
    })();
    const drawn = await complete(model, { ...third!, urgency: 'batch' });
    expect(await cancelled).toMatchObject({ message: 'enough' });
    expect(await left).not.toBe('');
    expect(drawn.text).toBe((await complete(model, third!)).text);
  });
});
