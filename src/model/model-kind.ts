// What a checkpoint is for: to chat, to turn inputs into vectors, or to judge how well a document fits a query. The network is the
// same in all three, so config.json doesn't tell; the files of sentence-transformers beside it do, or else the released name.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { arrayOf, isString, isWhole, oneOf, optional, shape, type Check } from '../shape.ts';

export const MODEL_KINDS = ['chat', 'embedding', 'reranker'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Vocabulary ids whose odds are a reranker's score, where the checkpoint names them. */
export interface AnswerIds {
  readonly yes: number;
  readonly no: number;
}

export interface ModelPurpose {
  readonly kind: ModelKind;
  readonly answers?: AnswerIds | undefined;
}

const isPurpose = shape<ModelPurpose>({
  kind: oneOf(...MODEL_KINDS),
  answers: optional(shape<AnswerIds>({ yes: isWhole, no: isWhole })),
});
const areModules = arrayOf(shape<{ type: string; path: string }>({ type: isString, path: isString }));
const isScore = shape<{ true_token_id: number; false_token_id: number }>({
  true_token_id: isWhole,
  false_token_id: isWhole,
});

/** In a converted model's folder; a folder without it is a chat model's. */
const PURPOSE_FILE = 'kind.json';

/** @param names what the checkpoint is called besides its folder: its repository. */
export async function purposeOfCheckpoint(folder: string, names: readonly string[]): Promise<ModelPurpose> {
  const modules = (await readJson(join(folder, 'modules.json'), areModules)) ?? [];
  const score = modules.find(({ type }) => /(LogitScore|ScoreHead)$/.test(type));
  if (score) {
    const ids = await readJson(join(folder, score.path, 'config.json'), isScore);
    return { kind: 'reranker', ...(ids && { answers: { yes: ids.true_token_id, no: ids.false_token_id } }) };
  }
  if (modules.some(({ type }) => type.endsWith('Pooling'))) return { kind: 'embedding' };
  const called = [folder, ...names].map((name) => basename(name)).join(' ');
  if (/rerank/i.test(called)) return { kind: 'reranker' };
  return { kind: /embedding/i.test(called) ? 'embedding' : 'chat' };
}

export async function writePurpose(modelFolder: string, purpose: ModelPurpose): Promise<void> {
  if (purpose.kind !== 'chat') await writeFile(join(modelFolder, PURPOSE_FILE), JSON.stringify(purpose));
}

export async function readPurpose(modelFolder: string): Promise<ModelPurpose> {
  return (await readJson(join(modelFolder, PURPOSE_FILE), isPurpose)) ?? { kind: 'chat' };
}

/** Whether a models folder holds any model but chat models, told without reading one. */
export async function holdsSpecialModels(modelsFolder: string): Promise<boolean> {
  const names = await readdir(modelsFolder).catch(() => []);
  return names.some((name) => existsSync(join(modelsFolder, name, PURPOSE_FILE)));
}

async function readJson<T>(file: string, check: Check<T>): Promise<T | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
