// A checkpoint folder becomes a model folder: everything that reading it needs is checked first, then the weights are converted
// and the small files copied beside them. The folder appears under its name only when it is whole.
import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LecternError } from '../../errors.ts';
import { purposeOfCheckpoint, writePurpose, type ModelKind } from '../model-kind.ts';
import { layOutWeights, type WriteWeightsOptions } from '../onnx/weight-file.ts';
import { readChatTemplate } from './chat-template.ts';
import { openCheckpoint } from './checkpoint.ts';
import { convertCheckpoint, openModelFolder, type ModelFolder } from './graphs/model-folder.ts';
import { planWeights, type WeightFormat, type WeightSource } from './graphs/weights.ts';
import { PROCESSOR_FILES, readProcessorConfig } from './processor-config.ts';
import { readTokenizer } from './tokenizer.ts';

/** The converted weights don't fit the disk. */
export class DiskFullError extends LecternError {
  constructor(folder: string, neededBytes: number, freeBytes: number, cause?: unknown) {
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
    super(`${gigabytes(neededBytes)} GB to write, ${gigabytes(freeBytes)} GB free at ${folder}`, {
      code: 'DISK_FULL',
      remedy: 'Free space, take smaller weights (--weights int4), or keep models elsewhere (LECTERN_MODELS).',
      cause,
    });
  }
}

export interface AddModelOptions extends WriteWeightsOptions {
  /** What the checkpoint is called besides its folder: its repository. */
  readonly names?: readonly string[];
  /** What it is for, where neither its files nor its names tell. */
  readonly kind?: ModelKind;
}

/**
 * Converts `checkpointFolder` into `modelFolder`, which is replaced if it exists. Throws CheckpointError, ChatTemplateError,
 * DiskFullError, the signal's reason, or the system's error; nothing is left behind then and what was there stays.
 */
export async function addModel(
  checkpointFolder: string,
  modelFolder: string,
  format: WeightFormat,
  { names = [], kind, ...options }: AddModelOptions = {},
): Promise<ModelFolder> {
  await using checkpoint = await openCheckpoint(checkpointFolder);
  await Promise.all([
    readTokenizer(checkpointFolder),
    readProcessorConfig(checkpointFolder),
    readChatTemplate(checkpointFolder),
  ]);
  const part = `${modelFolder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await checkSpace(part, checkpoint, format);
    await convertCheckpoint(checkpoint, part, format, options);
    const present = new Set(await readdir(checkpointFolder));
    for (const name of PROCESSOR_FILES) {
      // Written, not copied: a cache's files may be read-only, and so would be the model's.
      if (present.has(name)) await writeFile(join(part, name), await readFile(join(checkpointFolder, name)));
    }
    const purpose = await purposeOfCheckpoint(checkpointFolder, names);
    await writePurpose(part, kind === undefined || kind === purpose.kind ? purpose : { kind });
    await rm(modelFolder, { recursive: true, force: true });
    await rename(part, modelFolder);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  return openModelFolder(modelFolder);
}

async function checkSpace(folder: string, checkpoint: WeightSource, format: WeightFormat): Promise<void> {
  const layout = layOutWeights(planWeights(checkpoint, format).flat());
  const needed = Math.max(...[...layout.values()].map(({ offset, byteLength }) => offset + byteLength));
  const { bavail, bsize } = await statfs(folder);
  if (needed > bavail * bsize) throw new DiskFullError(folder, needed, bavail * bsize);
}
