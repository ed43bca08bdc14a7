// What a checkpoint is for, told by its files, by its name, or by the caller.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledModels, noteOrigin } from '../../src/model/installed-models.ts';
import { purposeOfCheckpoint } from '../../src/model/model-kind.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import { CONFORMANCE, hasShared } from './qwen3-vl/conformance.ts';

const module = (type: string, path: string) => ({ idx: 1, name: '1', path, type: `sentence_transformers.${type}` });

describe('purposeOfCheckpoint', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes the files of sentence-transformers before any name', async () => {
    const checkpoint = join(folder, 'some-reranker');
    await mkdir(join(checkpoint, '1_LogitScore'), { recursive: true });
    await writeFile(join(checkpoint, 'modules.json'), JSON.stringify([module('models.Pooling', '1_Pooling')]));
    expect(await purposeOfCheckpoint(checkpoint, [])).toEqual({ kind: 'embedding' });

    const score = module('cross_encoder.modules.LogitScore', '1_LogitScore');
    await writeFile(join(checkpoint, 'modules.json'), JSON.stringify([score]));
    expect(await purposeOfCheckpoint(checkpoint, [])).toEqual({ kind: 'reranker' });
    const ids = { true_token_id: 9693, false_token_id: 2152 };
    await writeFile(join(checkpoint, '1_LogitScore', 'config.json'), JSON.stringify(ids));
    expect(await purposeOfCheckpoint(checkpoint, [])).toEqual({ kind: 'reranker', answers: { yes: 9693, no: 2152 } });
  });

  it('takes the released name where no file tells, of the folder or the repository and of no folder above', async () => {
    expect(await purposeOfCheckpoint(join(folder, 'Qwen3-VL-Embedding-2B'), [])).toEqual({ kind: 'embedding' });
    expect(await purposeOfCheckpoint(join(folder, 'a1b2'), ['Qwen/Qwen3-VL-Reranker-8B'])).toEqual({
      kind: 'reranker',
    });
    expect(await purposeOfCheckpoint(join(folder, 'embeddings', 'qwen3-vl-2b-instruct'), [])).toEqual({ kind: 'chat' });
  });
});

describe.skipIf(!hasShared)('InstalledModels', () => {
  let folder: string;
  let models: InstalledModels;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
    models = new InstalledModels([folder]);
    const checkpoint = join(folder, '..', `${folder}-qwen3-vl-embedding-tiny`);
    await cp(join(CONFORMANCE, 'dense/model'), checkpoint, { recursive: true });
    for (const [name, kind] of [['first'], ['judge', 'reranker'], ['vectors']] as const) {
      const source = name === 'first' ? join(CONFORMANCE, 'dense/model') : checkpoint;
      await addModel(source, models.folderFor(name), 'int4', kind && { kind });
      await noteOrigin(models.folderFor(name), { from: source, addedAt: new Date().toISOString() });
    }
    await rm(checkpoint, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('chats with the chat model added last, whatever else came later', async () => {
    const { models: all, defaultName } = await models.list();
    const kinds = all.filter(({ isShipped }) => !isShipped).map(({ name, kind }) => [name, kind]);
    expect(kinds).toEqual([
      ['first', 'chat'],
      ['judge', 'reranker'],
      ['vectors', 'embedding'],
    ]);
    expect(defaultName).toBe('first');
    expect((await models.findDefault()).name).toBe('first');
    expect((await models.findLast('embedding'))?.name).toBe('vectors');
    expect((await models.findLast('reranker'))?.name).toBe('judge');
  });

  it('refuses a model for what it is not for, and says what it is', async () => {
    await expect(models.findOfKind('vectors', 'chat')).rejects.toMatchObject({
      code: 'USAGE',
      message: 'vectors is an embedding model, and a chat model is needed',
    });
    expect((await models.findOfKind('vectors', 'embedding')).name).toBe('vectors');
  });
});
