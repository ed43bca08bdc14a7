import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../../src/model/qwen3-vl/read-config.ts';
import { CONFORMANCE, hasShared, scratchFolder, SHARED } from './conformance.ts';

type Json = Record<string, unknown> & { text_config: Record<string, unknown>; vision_config: Record<string, unknown> };

/** A folder that holds a changed copy of a conformance config.json and nothing else. */
async function changedConfig(source: string, change: (config: Json) => void): Promise<string> {
  const folder = await scratchFolder();
  const config = JSON.parse(await readFile(join(CONFORMANCE, source, 'config.json'), 'utf8')) as Json;
  change(config);
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

describe.skipIf(!hasShared)('readModelConfig', () => {
  it('reads the same values from rope_parameters (transformers 5) and from rope_scaling with rope_theta (4)', async () => {
    const five = await readModelConfig(join(CONFORMANCE, 'moe/model'));
    const four = await readModelConfig(join(CONFORMANCE, 'moe/model-released-layout'));
    expect(four).toEqual(five);
    expect(five.text.rope).toEqual({ theta: 5_000_000, mropeSection: [24, 20, 20] });
    expect(five.text.moe).toEqual({
      numExperts: 8,
      topK: 2,
      intermediateSize: 48,
      normTopkProb: true,
      sparseLayers: [true, true, true, true],
    });
  });

  it('keeps head_dim 128 where hidden_size / heads is 16', async () => {
    const { text } = await readModelConfig(join(CONFORMANCE, 'dense/model'));
    expect([text.hiddenSize, text.numHeads, text.headDim]).toEqual([64, 4, 128]);
    expect(text.tieWordEmbeddings).toBe(true);
  });

  it('takes the end-of-text ids from generation_config.json first', async () => {
    const config = await readModelConfig(join(SHARED, 'models/lectern-slides-26m'));
    expect(config.eosTokenIds).toEqual([2050, 2048]);
    const folder = await changedConfig('dense/model', (json) => (json.text_config['eos_token_id'] = 7));
    expect((await readModelConfig(folder)).eosTokenIds).toEqual([7]);
  });

  it('reads YaRN with its own attention factor 0.1 ln 3 + 1', async () => {
    const folder = await changedConfig('dense/model-released-layout', ({ text_config }) => {
      text_config['rope_scaling'] = {
        rope_type: 'yarn',
        factor: 3,
        mrope_section: [24, 20, 20],
        original_max_position_embeddings: 262_144,
      };
    });
    const { yarn } = (await readModelConfig(folder)).text.rope;
    expect(yarn).toMatchObject({ factor: 3, originalMaxPositions: 262_144, betaFast: 32, betaSlow: 1 });
    expect(yarn!.attentionFactor).toBeCloseTo(1.10986, 5);
  });

  it('marks the layers of mlp_only_layers and between sparse steps as dense', async () => {
    const folder = await changedConfig('moe/model', ({ text_config }) => {
      text_config['decoder_sparse_step'] = 2;
      text_config['mlp_only_layers'] = [3];
    });
    expect((await readModelConfig(folder)).text.moe!.sparseLayers).toEqual([false, true, false, false]);
  });

  it.each<[string, string, (config: Json) => void]>([
    ['another architecture', 'CHECKPOINT_UNSUPPORTED', (c) => (c['model_type'] = 'qwen2_5_vl')],
    ['no architecture', 'CHECKPOINT_UNSUPPORTED', (c) => delete c['model_type']],
    ['attention biases', 'CHECKPOINT_CONFIG', (c) => (c.text_config['attention_bias'] = true)],
    ['another activation', 'CHECKPOINT_CONFIG', (c) => (c.vision_config['hidden_act'] = 'relu')],
    ['no rope_theta', 'CHECKPOINT_CONFIG', (c) => delete c.text_config['rope_parameters']],
    ['a fractional layer count', 'CHECKPOINT_CONFIG', (c) => (c.text_config['num_hidden_layers'] = 3.5)],
    ['DeepStack after a block that is not there', 'CHECKPOINT_CONFIG', (c) => (c.vision_config['depth'] = 3)],
    ['a vision tower of another width', 'CHECKPOINT_CONFIG', (c) => (c.vision_config['out_hidden_size'] = 65)],
    ['quantised weights', 'CHECKPOINT_DTYPE', (c) => (c['quantization_config'] = { quant_method: 'fp8' })],
  ])('refuses %s with %s', async (_what, code, change) => {
    const folder = await changedConfig('dense/model', change);
    await expect(readModelConfig(folder)).rejects.toMatchObject({
      code,
      remedy: expect.stringMatching(/\w/) as string,
    });
  });

  it('says that a folder holds no config.json', async () => {
    const folder = await scratchFolder();
    await expect(readModelConfig(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    await cp(join(CONFORMANCE, 'dense/cases.json'), join(folder, 'config.json'));
    await writeFile(join(folder, 'config.json'), '{"model_type": ');
    await expect(readModelConfig(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_CONFIG' });
  });
});
