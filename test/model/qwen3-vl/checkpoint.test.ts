import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import { SafetensorsFile } from '../../../src/model/qwen3-vl/safetensors.ts';
import { CONFORMANCE, FOLDERS, hasShared, scratchFolder, SHARED } from './conformance.ts';

async function copyOf(source: string): Promise<string> {
  const folder = await scratchFolder();
  await cp(join(CONFORMANCE, source), folder, { recursive: true });
  return folder;
}

/** Rewrites a safetensors file with a changed header; the data stays. */
async function changeHeader(path: string, change: (header: string) => string): Promise<void> {
  const file = await readFile(path);
  const length = Number(file.readBigUInt64LE(0));
  const header = Buffer.from(change(file.subarray(8, 8 + length).toString()));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  await writeFile(path, Buffer.concat([prefix, header, file.subarray(8 + length)]));
}

describe.skipIf(!hasShared)('openCheckpoint', () => {
  it.each(FOLDERS)('finds every tensor of $model/$layout in its shape', async ({ folder }) => {
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.tensorNames().length).toBeGreaterThan(100);
    for (const name of checkpoint.tensorNames()) {
      const tensor = checkpoint.tensor(name);
      expect(tensor.byteLength).toBe(tensor.shape.reduce((a, b) => a * b, 2));
    }
    expect(checkpoint.tensorNames().includes('lm_head.weight')).toBe(!checkpoint.config.text.tieWordEmbeddings);
  });

  it.each(['dense', 'moe'])('reads equal bytes for every tensor of %s from both folder layouts', async (model) => {
    await using plain = await openCheckpoint(join(CONFORMANCE, model, 'model'));
    await using released = await openCheckpoint(join(CONFORMANCE, model, 'model-released-layout'));
    expect(released.tensorNames()).toEqual(plain.tensorNames());
    for (const name of plain.tensorNames()) {
      const [a, b] = await Promise.all([plain.tensor(name).read(), released.tensor(name).read()]);
      expect(Buffer.compare(a, b), name).toBe(0);
    }
  });

  it('reads one expert alone, from [experts, in, out] too', async () => {
    await using checkpoint = await openCheckpoint(join(CONFORMANCE, 'moe/model-released-layout'));
    const experts = checkpoint.tensor('model.language_model.layers.2.mlp.experts.down_proj');
    expect(experts.shape).toEqual([8, 64, 48]);
    const all = await experts.read();
    expect(Buffer.compare(await experts.readRows(5, 2), all.subarray(5 * 64 * 48 * 2, 7 * 64 * 48 * 2))).toBe(0);
  });

  it('opens four shards of the trained checkpoint', async () => {
    await using checkpoint = await openCheckpoint(join(SHARED, 'models/lectern-slides-26m'));
    const sizes = checkpoint.tensorNames().map((name) => checkpoint.tensor(name).byteLength / 2);
    expect(sizes.reduce((a, b) => a + b) / 1e6).toBeCloseTo(26.5, 0);
  });

  it('reads shards without their index', async () => {
    const folder = await copyOf('dense/model-released-layout');
    await rm(join(folder, 'model.safetensors.index.json'));
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.tensor('model.language_model.norm.weight').shape).toEqual([64]);
  });

  it('accepts names without the leading model.', async () => {
    const folder = await copyOf('dense/model');
    await changeHeader(join(folder, 'model.safetensors'), (h) => h.replaceAll('"model.', '"'));
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.tensor('model.visual.merger.norm.weight').shape).toEqual([64]);
  });

  it('ties the head of an untied config that stores none', async () => {
    const folder = await copyOf('dense/model');
    const path = join(folder, 'config.json');
    const text = (await readFile(path, 'utf8')).replaceAll(
      '"tie_word_embeddings": true',
      '"tie_word_embeddings": false',
    );
    await writeFile(path, text);
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.config.text.tieWordEmbeddings).toBe(true);
  });

  it.each([
    ['with its index', false],
    ['without its index', true],
  ])('names a missing shard, %s', async (_how, removeIndex) => {
    const folder = await copyOf('dense/model-released-layout');
    await rm(join(folder, 'model-00002-of-00002.safetensors'));
    if (removeIndex) await rm(join(folder, 'model.safetensors.index.json'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_SHARD_MISSING' });
  });

  it.each([0, 7, 500, 2_000_000])('reports a file cut to %d bytes as truncated', async (bytes) => {
    const folder = await copyOf('dense/model');
    await truncate(join(folder, 'model.safetensors'), bytes);
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_TRUNCATED' });
  });

  it('reports a header of 2^60 bytes, a header of garbage, and offsets that contradict a shape', async () => {
    const folder = await copyOf('dense/model');
    const path = join(folder, 'model.safetensors');
    const original = await readFile(path);
    const huge = Buffer.from(original);
    huge.writeBigUInt64LE(1n << 60n);
    await writeFile(path, huge);
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_HEADER' });
    await writeFile(path, original);
    await changeHeader(path, (h) => h.replace('{', '['));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_HEADER' });
    await writeFile(path, original);
    await changeHeader(path, (h) => h.replace('"shape":[1024,64]', '"shape":[1024,65]'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_HEADER' });
  });

  it('reports weights of another shape, another dtype, and a tensor that is not there', async () => {
    const folder = await copyOf('dense/model');
    const path = join(folder, 'model.safetensors');
    const original = await readFile(path);
    await changeHeader(path, (h) => h.replace('"shape":[1024,64]', '"shape":[64,1024]'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_SHAPE' });
    await writeFile(path, original);
    await changeHeader(path, (h) => h.replaceAll('"BF16"', '"F8_E4M3"'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_DTYPE' });
    await writeFile(path, original);
    await changeHeader(path, (h) => h.replace('model.language_model.norm.weight', 'model.language_model.other.weight'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      code: 'CHECKPOINT_TENSOR_MISSING',
      message: expect.stringContaining('model.language_model.norm.weight') as string,
    });
  });

  it('refuses an index that points outside the folder', async () => {
    const folder = await copyOf('dense/model-released-layout');
    const path = join(folder, 'model.safetensors.index.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"model-00001-of', '"../model-00001-of'));
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_HEADER' });
  });

  it('reports a file that shrinks while it is open', async () => {
    const folder = await copyOf('dense/model');
    const path = join(folder, 'model.safetensors');
    await using file = await SafetensorsFile.open(path);
    await truncate(path, 100_000);
    await expect(file.read('model.visual.pos_embed.weight')).rejects.toMatchObject({ code: 'CHECKPOINT_TRUNCATED' });
  });
});
