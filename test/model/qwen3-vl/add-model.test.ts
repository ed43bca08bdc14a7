import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
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
});
