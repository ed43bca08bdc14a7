// A folder of snapshots is everybody's: writers that die, writers of the same prefix, and others that add and remove files leave it
// usable, and no request fails because of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/engine/decoder.ts';
import { prefill } from '../../../src/model/engine/prefill.ts';
import type { Prompt } from '../../../src/model/engine/prompt.ts';
import { Sequence } from '../../../src/model/engine/sequence.ts';
import { listSnapshots, makeRoom } from '../../../src/model/engine/snapshot-folder.ts';
import { SnapshotStore } from '../../../src/model/engine/snapshot-store.ts';
import { VisionTower } from '../../../src/model/engine/vision-tower.ts';
import { convert, hasConformance, promptOf, readCase } from './conformance.ts';

describe.runIf(hasConformance)('a snapshot folder', () => {
  const stack = new DisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-snapshots-'));
  let decoder: Decoder;
  let prompt: Prompt;
  let sequence: Sequence;
  let modelFolder: string;

  beforeAll(async () => {
    const model = stack.use(await convert('dense', 'fp32'));
    modelFolder = model.folder;
    decoder = stack.use(await Decoder.load(model));
    prompt = promptOf(readCase('dense', 'video'), stack.use(await VisionTower.load(model)));
    sequence = stack.use(new Sequence(decoder.newCache()));
    await prefill(decoder, sequence, prompt, { chunkTokens: 512 });
  });
  afterAll(() => {
    stack.dispose();
    rmSync(scratch, { recursive: true });
  });

  const optionsOf = (name: string) =>
    ({ folder: join(scratch, name), maxBytes: 2 ** 30, format: 'fp', modelKey: 'test' }) as const;

  test('a writer that was killed leaves nothing that is read, and its file goes when the next one comes', async () => {
    const options = optionsOf('killed');
    const killed = join(import.meta.dirname, 'snapshot-killed.ts');
    expect(() => execFileSync(process.execPath, [killed, modelFolder, options.folder], { stdio: 'pipe' })).toThrow();
    const [part, ...others] = readdirSync(options.folder);
    expect(part).toMatch(/\.kv\..*\.part$/);
    expect(others).toEqual([]);
    const store = new SnapshotStore(options);
    expect(await store.longestPrefix(prompt)).toBeUndefined();
    await makeRoom(options.folder, 1, options);
    expect(readdirSync(options.folder)).toEqual([part]); // somebody may still be writing it
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(options.folder, part!), anHourAgo, anHourAgo);
    expect(await store.save(sequence, 20, 20)).toBe(true);
    expect(readdirSync(options.folder)).toEqual([expect.stringMatching(/\.kv$/)]);
  });

  test('two writers of one prefix leave one whole snapshot, which only its owner may read', async () => {
    const options = optionsOf('together');
    const stores = [new SnapshotStore(options), new SnapshotStore(options)];
    expect(await Promise.all(stores.map((store) => store.save(sequence, 20, 20)))).toEqual([true, true]);
    const [file, ...others] = await listSnapshots(options.folder);
    expect(others).toEqual([]);
    expect(readdirSync(options.folder)).toHaveLength(1);
    if (process.platform !== 'win32') expect(statSync(file!.path).mode & 0o077).toBe(0);
    const found = await stores[0]!.longestPrefix(prompt);
    using restored = (await stores[0]!.load(found!.prefixHash, decoder, 1000))!;
    expect(restored.tokenIds).toEqual(sequence.tokenIds.slice(0, 20));
    expect(restored.cache.capacity).toBeGreaterThanOrEqual(1000);
  });

  test('what another process writes is found without a restart; what it removes is computed again', async () => {
    const options = optionsOf('others');
    const store = new SnapshotStore(options);
    expect(await store.longestPrefix(prompt)).toBeUndefined();
    await new SnapshotStore(options).save(sequence, 20, 20);
    const found = await store.longestPrefix(prompt);
    expect(found?.length).toBe(20);
    for (const { path } of await listSnapshots(options.folder)) rmSync(path);
    expect(await store.load(found!.prefixHash, decoder)).toBeUndefined();
    expect(await store.longestPrefix(prompt)).toBeUndefined();
  });

  test('rounded keys and values are not given to who wants them exact, whose own take their place', async () => {
    const rounded = new SnapshotStore({ ...optionsOf('formats'), format: 'int8' });
    const exact = new SnapshotStore(optionsOf('formats'));
    const length = prompt.tokenIds.length - 1;
    await rounded.save(sequence, length, 0);
    const [small] = await listSnapshots(optionsOf('formats').folder);
    expect(await exact.longestPrefix(prompt)).toBeUndefined();
    await exact.save(sequence, length, 0);
    const [large, ...others] = await listSnapshots(optionsOf('formats').folder);
    expect(others).toEqual([]);
    expect(small!.bytes / large!.bytes).toBeLessThan(0.35);
    expect((await exact.longestPrefix(prompt))?.length).toBe(length);
  });

  test('a prefix is kept where writing it is faster than computing it was', async () => {
    const store = new SnapshotStore(optionsOf('worth'));
    expect(await store.save(sequence, 20, 20, { computeSeconds: 1e-9 })).toBe(false);
    expect(await listSnapshots(optionsOf('worth').folder)).toEqual([]);
    expect(await store.save(sequence, 20, 20, { computeSeconds: 60 })).toBe(true);
    expect(await store.save(sequence, 20, 20, { computeSeconds: 1e-9 })).toBe(true);
  });

  test('a cancelled write leaves nothing', async () => {
    const options = optionsOf('cancelled');
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await expect(new SnapshotStore(options).save(sequence, 20, 20, { signal })).rejects.toThrow('changed my mind');
    expect(readdirSync(options.folder)).toEqual([]);
  });

  test('a folder that can’t be made holds nothing, and says so only to who wants to write', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    const store = new SnapshotStore({ ...optionsOf('nowhere'), folder: join(file, 'snapshots') });
    expect(await store.longestPrefix(prompt)).toBeUndefined();
    await expect(store.save(sequence, 20, 20)).rejects.toThrow('ENOTDIR');
  });
});
