import { cp, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LecternError } from '../../../src/errors.ts';
import { writeWeightFile } from '../../../src/model/onnx/weight-file.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import { writerFor } from '../../../src/model/qwen3-vl/graphs/conversion.ts';
import { planWeights } from '../../../src/model/qwen3-vl/graphs/weights.ts';
import { readProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import { readTokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { CONFORMANCE, hasShared, scratchFolder } from './conformance.ts';

describe.skipIf(!hasShared)('addModel', () => {
  it.each(['model', 'model-released-layout'])('makes a folder that reads without %s', async (layout) => {
    const source = join(CONFORMANCE, 'moe', layout);
    const target = join(await scratchFolder(), 'moe');
    const model = await addModel(source, target, 'fp16');
    expect(model.format).toBe('fp16');
    const tokenizer = await readTokenizer(target);
    expect(tokenizer.encode('Hello')).toEqual((await readTokenizer(source)).encode('Hello'));
    expect(await readProcessorConfig(target)).toEqual(await readProcessorConfig(source));
    expect((await readdir(target)).some((name) => name.endsWith('.safetensors'))).toBe(false);
  });

  it('gives both layouts of a checkpoint the same weights', async () => {
    const folder = await scratchFolder();
    const hashes: string[] = [];
    for (const layout of ['model', 'model-released-layout']) {
      hashes.push((await addModel(join(CONFORMANCE, 'moe', layout), join(folder, layout), 'int4')).weightsSha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('leaves the old model and nothing half where it is stopped, and replaces it where it is not', async () => {
    const folder = await scratchFolder();
    const target = join(folder, 'dense');
    const source = join(CONFORMANCE, 'dense/model');
    const first = await addModel(source, target, 'fp32');
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('stop'));
    await expect(addModel(source, target, 'int4', { signal: controller.signal, onProgress })).rejects.toThrow('stop');
    expect(await readdir(folder)).toEqual(['dense']);
    await mkdir(`${target}.part`);
    await writeFile(join(`${target}.part`, 'weights.bin'), 'from a killed run');
    const second = await addModel(source, target, 'int4');
    expect([first.format, second.format]).toEqual(['fp32', 'int4']);
    expect(await readdir(folder)).toEqual(['dense']);
  });

  it('refuses a checkpoint without a tokenizer before a weight is read', async () => {
    const folder = await scratchFolder();
    const source = join(folder, 'source');
    await cp(join(CONFORMANCE, 'dense/model'), source, { recursive: true });
    await rm(join(source, 'tokenizer.json'));
    await expect(addModel(source, join(folder, 'x'), 'fp32')).rejects.toMatchObject({ code: 'CHECKPOINT_TOKENIZER' });
    expect(await readdir(folder)).toEqual(['source']);
  });

  it('refuses a weight that is no number, which its codes would hide, on one thread and on several', async () => {
    const folder = await scratchFolder();
    const source = join(folder, 'source');
    await cp(join(CONFORMANCE, 'dense/model'), source, { recursive: true });
    const shard = join(source, 'model.safetensors');
    await using file = await open(shard, 'r+');
    const headerBytes = Number((await file.read(Buffer.alloc(8), 0, 8, 0)).buffer.readBigUInt64LE());
    const header = (await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 8)).buffer.toString();
    const name = Object.keys(JSON.parse(header) as object).find((key) =>
      key.endsWith('layers.1.mlp.down_proj.weight'),
    )!;
    const { dtype, data_offsets: offsets } = (
      JSON.parse(header) as Record<string, { dtype: string; data_offsets: number[] }>
    )[name]!;
    const nan = dtype === 'F32' ? Buffer.from(Float32Array.of(NaN).buffer) : Buffer.from([0xc0, 0x7f]);
    await file.write(nan, 0, nan.length, 8 + headerBytes + offsets[0]! + 64);
    const refusal = { code: 'CHECKPOINT_NOT_FINITE', message: expect.stringContaining(name) as string };
    await expect(addModel(source, join(folder, 'x'), 'int4')).rejects.toMatchObject(refusal);
    expect(await readdir(folder)).toEqual(['source']);
    await using checkpoint = await openCheckpoint(source);
    const units = planWeights(checkpoint, 'int4');
    const byWorkers = writeWeightFile(join(folder, 'weights.bin'), units, {}, writerFor(checkpoint, 'int4', 0));
    await expect(byWorkers).rejects.toThrow(LecternError);
    await expect(byWorkers).rejects.toMatchObject(refusal);
  });

  it('says what is no folder, and what can’t be written', async () => {
    const folder = await scratchFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    const source = join(CONFORMANCE, 'dense/model');
    await expect(addModel(join(folder, 'none'), join(folder, 'x'), 'int4')).rejects.toThrow('does not exist');
    await expect(addModel(file, join(folder, 'x'), 'int4')).rejects.toThrow('is no folder');
    await expect(addModel(source, join(file, 'x'), 'int4')).rejects.toMatchObject({ code: 'MODELS_NOT_WRITABLE' });
  });

  it('says what a template lacks before a weight is read', async () => {
    const folder = await scratchFolder();
    const source = join(folder, 'source');
    await cp(join(CONFORMANCE, 'dense/model'), source, { recursive: true });
    await writeFile(join(source, 'chat_template.jinja'), '{{ messages');
    await expect(addModel(source, join(folder, 'x'), 'fp32')).rejects.toMatchObject({
      code: 'CHAT_TEMPLATE',
      remedy: expect.stringContaining('chat_template.json') as string,
    });
  });
});
