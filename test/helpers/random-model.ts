// A conformance checkpoint, whose weights are random, added as a model under the name `random`. A short context keeps its answers,
// which mean nothing and never end, short too.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import { CONFORMANCE } from '../model/qwen3-vl/conformance.ts';
import { temporaryFolder } from './lectern.ts';

/** The folder of models. */
export async function addRandomModel(contextTokens: number): Promise<string> {
  const models = temporaryFolder('models');
  const checkpoint = path.join(temporaryFolder('checkpoint'), 'model');
  cpSync(path.join(CONFORMANCE, 'dense/model'), checkpoint, { recursive: true });
  const file = path.join(checkpoint, 'config.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/("max_position_embeddings": )\d+/, `$1${contextTokens}`));
  mkdirSync(path.join(models, 'random'), { recursive: true });
  await addModel(checkpoint, path.join(models, 'random'), 'fp32');
  return models;
}
