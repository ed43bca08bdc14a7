// Reuse is exact: chunked prefill, a prefix cut anywhere it may be cut, and a snapshot read by another process all give the
// logits of one uninterrupted pass.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { generate, type GenerateReport } from '../../../src/model/engine/generate.ts';
import { PrefixCache } from '../../../src/model/engine/prefix-cache.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import type { Prompt } from '../../../src/model/engine/prompt.ts';
import { isInsideGroup, Sequence } from '../../../src/model/engine/sequence.ts';
import { SnapshotStore } from '../../../src/model/engine/snapshot-store.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { openModelFolder, type ModelFolder } from '../../../src/model/qwen3-vl/graphs/model-folder.ts';
import { caseNames, convert, hasConformance, promptOf, readCase, relativeError, type Kind } from './conformance.ts';

const LIMIT = 1e-5;

describe.runIf(hasConformance).each(['dense', 'dense-untied', 'moe'] as Kind[])('%s', (kind) => {
  const stack = new DisposableStack();
  let model: ModelFolder;
  let decoder: Decoder;
  let vision: VisionTower;
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-reuse-'));

  beforeAll(async () => {
    model = stack.use(await convert(kind, 'fp32'));
    decoder = stack.use(await Decoder.load(model));
    vision = stack.use(await VisionTower.load(model));
  });
  afterAll(() => {
    stack.dispose();
    rmSync(scratch, { recursive: true });
  });

  async function logitsOf(sequence: Sequence, prompt: Prompt, chunkTokens: number): Promise<Float32Array> {
    return await prefill(decoder, sequence, prompt, { chunkTokens });
  }

  async function run(prefixes: PrefixCache, prompt: Prompt): Promise<{ tokens: number[]; report: GenerateReport }> {
    const tokens: number[] = [];
    const iterator = generate(decoder, prefixes, prompt, { maxTokens: 24, stopTokenIds: [], chunkTokens: 512 });
    for (;;) {
      const step = await iterator.next();
      if (step.done) return { tokens, report: step.value };
      tokens.push(step.value);
    }
  }

  test.each(caseNames(kind))('%s: every chunk size from 1 to 64 gives the logits of one pass', async (name) => {
    const prompt = promptOf(readCase(kind, name), vision);
    using whole = new Sequence(decoder.newCache());
    const expected = await logitsOf(whole, prompt, prompt.tokenIds.length);
    for (let chunkTokens = 1; chunkTokens <= 64; chunkTokens++) {
      using sequence = new Sequence(decoder.newCache());
      const logits = await logitsOf(sequence, prompt, chunkTokens);
      expect(relativeError(logits, expected), `chunks of ${chunkTokens}`).toBeLessThan(LIMIT);
    }
  });

  test.each(caseNames(kind).filter((name) => name !== 'video_long'))(
    '%s: a prefix cut at each allowed place and run on gives the logits of one pass',
    async (name) => {
      const prompt = promptOf(readCase(kind, name), vision);
      using sequence = new Sequence(decoder.newCache());
      const expected = await logitsOf(sequence, prompt, 512);
      let cuts = 0;
      for (let cut = prompt.tokenIds.length - 1; cut >= 0; cut--) {
        if (isInsideGroup(prompt.groups, cut)) {
          expect(() => sequence.rewind(cut)).toThrow('inside a picture');
          continue;
        }
        sequence.rewind(cut);
        expect(relativeError(await logitsOf(sequence, prompt, 512), expected), `cut at ${cut}`).toBeLessThan(LIMIT);
        cuts++;
      }
      expect(cuts).toBeGreaterThan(prompt.groups.length);
    },
  );

  test('the same question again reuses all but its last token and gives the same answer', async () => {
    const reference = readCase(kind, 'video');
    const prompt = promptOf(reference, vision);
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    const first = await run(prefixes, prompt);
    const again = await run(prefixes, prompt);
    expect(first.report.cachedTokens).toBe(0);
    expect(again.report.cachedTokens).toBe(prompt.tokenIds.length - 1);
    expect(first.tokens).toEqual([...reference.greedy]);
    expect(again.tokens).toEqual([...reference.greedy]);
    expect(prefixes.numIdle).toBe(1);
  });

  test('a picture with other pixels behind the same placeholders ends the shared prefix before it', async () => {
    const prompt = promptOf(readCase(kind, 'two_images'), vision);
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    await run(prefixes, prompt);
    const second = prompt.groups[1]!;
    const other = { ...prompt, groups: [prompt.groups[0]!, { ...second, pixelHash: 'of another picture' }] };
    const { report } = await run(prefixes, other);
    expect(report.cachedTokens).toBe(second.start);
  });

  test('a prompt that shares little leaves a long sequence whole and starts from a copy', async () => {
    const video = promptOf(readCase(kind, 'video'), vision);
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30 });
    await run(prefixes, video);
    const shared = video.groups[0]!.start + video.groups[0]!.length;
    const question = {
      tokenIds: Int32Array.from([...video.tokenIds.slice(0, shared), 65, 66, 67]),
      positions: Int32Array.from(
        [0, 1, 2].flatMap((axis) => {
          const start = axis * video.tokenIds.length;
          const next = Math.max(...[0, 1, 2].map((a) => video.positions[a * video.tokenIds.length + shared - 1]!)) + 1;
          return [...video.positions.slice(start, start + shared), next, next + 1, next + 2];
        }),
      ),
      nextPosition: 1000,
      groups: video.groups.slice(0, 1),
    };
    const withCopy = await run(prefixes, question);
    expect(prefixes.numIdle).toBe(2);
    prefixes.clear();
    const alone = await run(prefixes, question);
    expect(withCopy.tokens).toEqual(alone.tokens);
    expect(withCopy.report.cachedTokens).toBe(shared);
  });

  test('a snapshot read back by a new process gives the same logits and tokens without running the prefix again', async () => {
    const reference = readCase(kind, 'video');
    const prompt = promptOf(reference, vision);
    const length = prompt.groups.at(-1)!.start + prompt.groups.at(-1)!.length;
    const folder = join(scratch, 'snapshots');
    const store = new SnapshotStore({ folder, maxBytes: 2 ** 30, format: 'fp', modelKey: 'test' });
    using sequence = new Sequence(decoder.newCache());
    const expected = await logitsOf(sequence, prompt, 512);
    expect(await store.save(sequence, length, 0)).toBe(true);
    const output = execFileSync(
      process.execPath,
      [join(import.meta.dirname, 'snapshot-reader.ts'), model.folder, folder, kind, 'video'],
      { encoding: 'utf8' },
    );
    const answer = JSON.parse(output) as { cachedTokens: number; tokens: number[]; logits: number[] };
    expect(answer.cachedTokens).toBe(length);
    expect(answer.tokens).toEqual([...reference.greedy]);
    expect(relativeError(Float32Array.from(answer.logits), expected)).toBeLessThan(LIMIT);
  });

  test('an int8 snapshot changes the logits by less than 3 % of the largest', async () => {
    const prompt = promptOf(readCase(kind, 'video'), vision);
    const folder = join(scratch, 'int8');
    const store = new SnapshotStore({ folder, maxBytes: 2 ** 30, format: 'int8', modelKey: 'test' });
    using sequence = new Sequence(decoder.newCache());
    const expected = await logitsOf(sequence, prompt, 512);
    await store.save(sequence, prompt.tokenIds.length - 1, 0);
    const found = await store.longestPrefix(prompt);
    using restored = (await store.load(found!.prefixHash, decoder))!;
    expect(restored.length).toBe(prompt.tokenIds.length - 1);
    const error = relativeError(await logitsOf(restored, prompt, 512), expected);
    console.log(`int8 snapshot, ${kind}: ${(100 * error).toFixed(2)} % of the largest logit`);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.03);
  });

  test('a snapshot cut short or foreign is removed and the prefix computed anew', async () => {
    const reference = readCase(kind, 'image');
    const prompt = promptOf(reference, vision);
    const folder = join(scratch, 'broken');
    const options = { folder, maxBytes: 2 ** 30, format: 'fp', modelKey: 'test' } as const;
    using sequence = new Sequence(decoder.newCache());
    await logitsOf(sequence, prompt, 512);
    await new SnapshotStore(options).save(sequence, prompt.tokenIds.length - 1, 0);
    truncateSync(join(folder, readdirSync(folder)[0]!), 2000);
    writeFileSync(join(folder, `${'0'.repeat(64)}.kv`), 'not a snapshot at all');
    writeFileSync(join(folder, 'drawing.kv'), 'of another program');
    using prefixes = new PrefixCache(decoder, { maxBytes: 2 ** 30, snapshots: new SnapshotStore(options) });
    const { tokens, report } = await run(prefixes, prompt);
    expect(report.cachedTokens).toBe(0);
    expect(tokens).toEqual([...reference.greedy]);
    expect(readdirSync(folder)).toEqual(['drawing.kv']);
  });

  test('snapshots over the byte budget go, the least recently written first', async () => {
    const folder = join(scratch, 'budget');
    const prompt = promptOf(readCase(kind, 'text'), vision);
    using sequence = new Sequence(decoder.newCache());
    await logitsOf(sequence, prompt, 512);
    // Regions of whole pages, and the header: room for one of the two, and for no longer one.
    const maxBytes = 22 * sequence.cache.kvBytesPerToken + sequence.cache.tensors.length * 4096 + 8192;
    const store = new SnapshotStore({ folder, maxBytes, format: 'fp', modelKey: 'test' });
    expect(await store.save(sequence, 10, 10)).toBe(true);
    expect(await store.save(sequence, 20, 20)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    expect((await store.longestPrefix(prompt))?.length).toBe(20);
    expect(await store.save(sequence, 30, 30)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('another model’s snapshots are not seen', async () => {
    const folder = join(scratch, 'models');
    const prompt = promptOf(readCase(kind, 'text'), vision);
    using sequence = new Sequence(decoder.newCache());
    await logitsOf(sequence, prompt, 512);
    await new SnapshotStore({ folder, maxBytes: 2 ** 30, format: 'fp', modelKey: 'one' }).save(sequence, 20, 20);
    const other = new SnapshotStore({ folder, maxBytes: 2 ** 30, format: 'fp', modelKey: 'two' });
    expect(await other.longestPrefix(prompt)).toBeUndefined();
    expect((await openModelFolder(model.folder)).weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  });
});
