import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCuda, checkModels, checkOnnxRuntime, checkSnapshots, checkWebGpu } from '../../pipelines/check-models.ts';
import { resolveConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/lectern.ts';

const configWith = (models: string, model?: string) =>
  resolveConfig({ library: models, models, model }, { env: { XDG_CONFIG_HOME: models } });

describe('checkModels', () => {
  it('finds the model in the box, which is the default', async () => {
    const finding = await checkModels(configWith(temporaryFolder('models')));
    expect(finding).toEqual({ status: 'ok', message: 'lectern-slides-26m (int4, default)', remedy: '' });
  });

  it('says when the model that is set is not installed', async () => {
    const finding = await checkModels(configWith(temporaryFolder('models'), 'qwen3-vl-4b-instruct'));
    expect(finding).toMatchObject({ status: 'broken' });
    expect(finding.remedy).toContain('models pull qwen3-vl-4b-instruct');
    const own = await checkModels(configWith(temporaryFolder('models'), 'mine'));
    expect(own.remedy).toContain('models add FOLDER --as mine');
  });

  it('names a damaged model', async () => {
    const models = temporaryFolder('models');
    await mkdir(path.join(models, 'half'));
    await writeFile(path.join(models, 'half', 'model.json'), '{');
    const finding = await checkModels(configWith(models));
    expect(finding).toMatchObject({ status: 'broken', message: expect.stringContaining('half') as string });
  });
});

describe('checkSnapshots', () => {
  const check = (snapshots: string, snapshotGB = 8) =>
    checkSnapshots({ ...configWith(temporaryFolder('snapshots')), snapshots, snapshotGB });

  it('says what is kept where, that nothing is, or that it can’t be', async () => {
    const folder = temporaryFolder('snapshots');
    await writeFile(path.join(folder, `${'a'.repeat(64)}.kv`), Buffer.alloc(60_000_000));
    expect(await check(folder)).toEqual({
      status: 'ok',
      message: `${folder}, 1 kept (fp), 0.1 of 8 GB used`,
      remedy: '',
    });
    expect(await check(folder, 0)).toMatchObject({ status: 'absent', message: 'switched off' });
    const finding = await check(path.join(folder, `${'a'.repeat(64)}.kv`, 'within'));
    expect(finding).toMatchObject({ status: 'absent', message: expect.stringContaining('ENOTDIR') as string });
    expect(finding.remedy).toContain('snapshotGB');
  });
});

describe('the devices', () => {
  it('can compute on the CPU', async () => {
    expect(await checkOnnxRuntime()).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^ONNX Runtime \d/) as string,
    });
  });

  it.each([
    ['cuda', checkCuda],
    ['webgpu', checkWebGpu],
  ])('has %s, or says what is missing and what to do', async (_, check) => {
    const { status, message, remedy } = await check();
    expect(['ok', 'absent']).toContain(status);
    expect(message).not.toBe('');
    if (status === 'absent' && process.platform === 'linux') expect(remedy).toMatch(/install|copy/i);
  });
});
