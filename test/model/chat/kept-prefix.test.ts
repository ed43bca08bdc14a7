// What a request says will come again is kept on disk: a model that is opened anew runs only what is new, and answers as without.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, type ChatMessage, type ChatRequest } from '../../../src/model/chat/chat-model.ts';
import { LocalChatModel, type LocalChatOptions } from '../../../src/model/chat/local-chat-model.ts';
import { PictureGoneError } from '../../../src/model/chat/picture.ts';
import { PromptEncoder } from '../../../src/model/chat/prompt-encoder.ts';
import { listSnapshots } from '../../../src/model/engine/snapshot-folder.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import { CONFORMANCE, hasShared } from '../qwen3-vl/conformance.ts';

function stripes(seed: number): RgbImage {
  const data = Uint8Array.from({ length: 96 * 64 * 3 }, (_, i) => (Math.floor(i / 9) * seed * 37) % 256);
  return { width: 96, height: 64, data };
}

const frames = [0, 1, 2, 3, 4, 5].map((i) => ({ timeSec: 10 + i, picture: stripes(i + 1) }));
const evidence = Array.from({ length: 40 }, (_, i) => `[${i}] Passage ${i} of a manual.`).join('\n');

const aboutText = (question: string): ChatRequest => ({
  messages: [
    { role: 'system', content: evidence },
    { role: 'user', content: question },
  ],
  reusable: { messages: 1 },
  maxTokens: 12,
  ignoreEos: true,
});
const aboutClip = (question: string): ChatRequest => ({
  ...aboutText(question),
  messages: [
    { role: 'system', content: evidence },
    {
      role: 'user',
      content: [
        { type: 'frames', frames },
        { type: 'text', text: question },
      ],
    },
  ],
  reusable: { messages: 1, parts: 1 },
});

describe.skipIf(!hasShared)('a prefix that is kept on disk', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-kept-'));
  const folder = join(scratch, 'dense');
  beforeAll(() => addModel(join(CONFORMANCE, 'dense/model'), folder, 'fp32'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  const settingsOf = (name: string) => ({ folder: join(scratch, name), maxBytes: 1e9, format: 'fp' }) as const;
  /** Each answer by a model that was opened for it, as by a process of its own. */
  async function answer(request: ChatRequest, options: LocalChatOptions = {}) {
    await using model = await LocalChatModel.open(folder, { device: 'cpu', threads: 1, ...options });
    const { text, tokenIds, usage } = await complete(model, request);
    return { text, tokenIds, usage };
  }

  it.each([
    ['text', aboutText],
    ['a clip', aboutClip],
  ])('a second question about %s runs nothing else, and is answered as without', async (name, ask) => {
    const snapshots = settingsOf(name);
    expect((await answer(ask('Which page?'), { snapshots })).usage.cached).toBe(0);
    expect(await listSnapshots(snapshots.folder)).toHaveLength(1);
    const second = await answer(ask('And who wrote it?'), { snapshots });
    const { usage, ...alone } = await answer(ask('And who wrote it?'));
    expect(second).toMatchObject(alone);
    expect(second.usage.cached).toBeGreaterThan(300);
    // The question, and the template's words around it.
    expect(usage.prompt - second.usage.cached).toBeLessThan(32);
    expect(await listSnapshots(snapshots.folder)).toHaveLength(1);
  });

  it('with other pictures reuses what comes before them', async () => {
    const snapshots = settingsOf('pictures');
    await answer(aboutText('Which page?'), { snapshots });
    const { usage } = await answer(aboutClip('Which page?'), { snapshots });
    expect(usage.cached).toBeGreaterThan(300);
    expect(await listSnapshots(snapshots.folder)).toHaveLength(2);
  });

  it('is cut where no question changes it, behind the last added token', async () => {
    const encoder = await PromptEncoder.open(folder);
    for (const ask of [aboutText, aboutClip]) {
      const cuts = new Set<number>();
      for (const question of ['a', ' a', '\n\nb', '́c', '.', '-', '- x', '<|im_end|>', '']) {
        const request = ask(question);
        const prompt = await encoder.measure(request);
        const cut = await encoder.beginningTokens(request, request.reusable!, prompt);
        expect(encoder.tokenizer.isAdded(prompt.tokenIds[cut - 1]!)).toBe(true);
        expect(prompt.groups.every(({ start, length }) => start + length < cut)).toBe(true);
        cuts.add(cut);
      }
      expect(cuts.size).toBe(1);
    }
    const user: ChatMessage = { role: 'user', content: 'all of it comes again' };
    const whole = { messages: [user] };
    const prompt = await encoder.measure(whole);
    expect(await encoder.beginningTokens(whole, { messages: 1 }, prompt)).toBeGreaterThan(5);
    expect(await encoder.beginningTokens(whole, { messages: 0 }, prompt)).toBeLessThan(5);
  });

  it('of a text of which a part comes again is cut at its last line, and found by another request', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `[${i}.0-${i}.9 s] Sentence ${i} of a lecture.\n`).join('');
    const about = (instruction: string): ChatRequest => ({
      messages: [
        { role: 'system', content: evidence },
        {
          role: 'user',
          content: [
            { type: 'frames', frames: frames.slice(0, 1) },
            { type: 'text', text: lines + instruction },
          ],
        },
      ],
      reusable: { messages: 1, parts: 1, characters: lines.length },
      maxTokens: 12,
      ignoreEos: true,
    });
    const encoder = await PromptEncoder.open(folder);
    const cuts = new Set<number>();
    for (const instruction of ['List them.', 'Who', 'a', '']) {
      const request = about(instruction);
      const prompt = await encoder.measure(request);
      const cut = await encoder.beginningTokens(request, request.reusable!, prompt);
      expect(encoder.tokenizer.decode([...prompt.tokenIds.slice(0, cut)])).toMatch(/lecture\.\n$/);
      cuts.add(cut);
    }
    expect(cuts.size).toBe(1);

    const snapshots = settingsOf('lines');
    await using model = await LocalChatModel.open(folder, { device: 'cpu', threads: 1, snapshots });
    const { pixelHashes } = await complete(model, about('List them.'));
    // Without the pixels, and before anything is loaded: as long as it is kept.
    await using later = await LocalChatModel.open(folder, { device: 'cpu', threads: 1, snapshots });
    const question = about('Who says so?');
    const seen = { timeSec: frames[0]!.timeSec, picture: { width: 96, height: 64, pixelHash: pixelHashes![0]! } };
    const content = [
      { type: 'frames' as const, frames: [seen] },
      { type: 'text' as const, text: `${lines}Who says so?` },
    ];
    const unseen = { ...question, messages: [question.messages[0]!, { role: 'user' as const, content }] };
    await model[Symbol.asyncDispose]();
    const [cut] = cuts;
    expect(await later.reuse(unseen)).toMatchObject({ reused: cut });
    expect((await later.reuse(unseen)).fetchBytes).toBeGreaterThan(1e5);
    const { text, usage } = await complete(later, unseen);
    expect(usage.cached).toBe(cut);
    expect(text).toBe((await answer(question)).text);
    expect(await later.reuse(unseen)).toMatchObject({ reused: usage.prompt - 1, fetchBytes: 0 });
    await using without = await LocalChatModel.open(folder, { device: 'cpu', threads: 1 });
    await expect(complete(without, unseen)).rejects.toThrow(PictureGoneError);
  });

  it('that nobody has asked for makes none go that was used since', async () => {
    const snapshots = { ...settingsOf('foreseen'), keepsAll: true };
    const other = aboutText('Which page?');
    const messages = [{ role: 'system' as const, content: `Another manual.\n${evidence}` }, other.messages[1]!];
    const foreseen = { ...other, messages, reusable: { messages: 1, isForeseen: true } };
    {
      await using model = await LocalChatModel.open(folder, { device: 'cpu', threads: 1, snapshots });
      await complete(model, aboutText('Which page?'));
    }
    const [used] = await listSnapshots(snapshots.folder);
    // Room for one of them.
    const narrow = { ...snapshots, maxBytes: 1.9 * used!.bytes };
    {
      await using model = await LocalChatModel.open(folder, { device: 'cpu', threads: 1, snapshots: narrow });
      await complete(model, aboutText('Who wrote it?'));
      await complete(model, foreseen);
    }
    expect((await listSnapshots(snapshots.folder)).map(({ path }) => path)).toEqual([used!.path]);
    await answer(foreseen, { snapshots: narrow });
    expect((await listSnapshots(snapshots.folder)).map(({ path }) => path)).not.toContain(used!.path);
  });

  it('takes a third of the bytes in int8, from which a question goes on', async () => {
    const exact = settingsOf('exact');
    const rounded = { ...settingsOf('rounded'), format: 'int8' } as const;
    for (const snapshots of [exact, rounded]) {
      await answer(aboutText('Which page?'), { snapshots });
      expect((await answer(aboutText('And who?'), { snapshots })).usage.cached).toBeGreaterThan(300);
    }
    const [[large], [small]] = [await listSnapshots(exact.folder), await listSnapshots(rounded.folder)];
    expect(small!.bytes / large!.bytes).toBeLessThan(1 / 3);
  });

  it('is not kept where it is short, over the budget, or nobody says that it comes again', async () => {
    const snapshots = settingsOf('nothing');
    const short = { ...aboutText('Which page?'), messages: [{ role: 'user' as const, content: 'Which page?' }] };
    const { reusable: _, ...once } = aboutText('Which page?');
    for (const request of [short, once]) await answer(request, { snapshots });
    await answer(aboutText('Which page?'), { snapshots: { ...snapshots, maxBytes: 1e5 } });
    expect(await listSnapshots(snapshots.folder)).toEqual([]);
  });

  it('that can’t be written is told, and the question answered all the same', async () => {
    writeFileSync(join(scratch, 'file'), '');
    const snapshots = { ...settingsOf('file'), folder: join(scratch, 'file', 'snapshots') };
    const failures: unknown[] = [];
    const onSnapshotFailure = (error: unknown) => failures.push(error);
    const { text } = await answer(aboutText('Which page?'), { snapshots, onSnapshotFailure });
    expect(text).toBe((await answer(aboutText('Which page?'))).text);
    expect(failures).toMatchObject([{ code: 'ENOTDIR' }]);
  });
});
