// A checkpoint folder becomes a model folder: everything that reading it needs is checked first, then the weights are converted
// and the small files copied beside them. The folder appears under its name only when it is whole.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { byteText } from '../../byte-text.ts';
import { LecternError } from '../../errors.ts';
import { freeDiskBytes } from '../disk-space.ts';
import { purposeOfCheckpoint, writePurpose, type ModelKind } from '../model-kind.ts';
import type { WriteWeightsOptions } from '../onnx/weight-file.ts';
import { readChatTemplate } from './chat-template.ts';
import { openCheckpoint } from './checkpoint.ts';
import { convertCheckpoint, openModelFolder, type ModelFolder } from './graphs/model-folder.ts';
import { weightFileBytes, type WeightFormat } from './graphs/weights.ts';
import { PROCESSOR_FILES, readProcessorConfig } from './processor-config.ts';
import { readTokenizer } from './tokenizer.ts';

/** The converted weights don't fit the disk. */
export class DiskFullError extends LecternError {
  constructor(folder: string, neededBytes: number, freeBytes: number, cause?: unknown) {
    super(`The disk is too full: ${byteText(neededBytes)} to write, ${byteText(freeBytes)} free at ${folder}`, {
      code: 'DISK_FULL',
      remedy: 'Free space, take smaller weights (--weights int4), or keep models elsewhere (LECTERN_MODELS).',
      cause,
    });
  }
}

/** The folder of models can't be written. */
export class ModelsNotWritableError extends LecternError {
  constructor(folder: string, cause: NodeJS.ErrnoException) {
    super(`${folder} can't be written (${cause.code})`, {
      code: 'MODELS_NOT_WRITABLE',
      remedy: 'Get write permission there, or keep models elsewhere (LECTERN_MODELS).',
      cause,
    });
  }
}

export interface AddModelOptions extends WriteWeightsOptions {
  /** What the checkpoint is called besides its folder: its repository. */
  readonly names?: readonly string[];
  /** What it is for, where neither its files nor its names tell. */
  readonly kind?: ModelKind;
  /** Writes what else belongs to the model into its folder, before that appears under its name. */
  readonly finish?: (folder: string) => Promise<void>;
}

/**
 * Converts `checkpointFolder` into `modelFolder`, which is replaced if it exists. Throws CheckpointError, ChatTemplateError,
 * DiskFullError, ModelsNotWritableError, the signal's reason, or the system's error; nothing is left behind then and what was there
 * stays.
 */
export async function addModel(
  checkpointFolder: string,
  modelFolder: string,
  format: WeightFormat,
  { names = [], kind, finish, ...options }: AddModelOptions = {},
): Promise<ModelFolder> {
  await using checkpoint = await openCheckpoint(checkpointFolder);
  await Promise.all([
    readTokenizer(checkpointFolder),
    readProcessorConfig(checkpointFolder),
    readChatTemplate(checkpointFolder),
  ]);
  // Each process writes a folder of its own: two that add one name would mix their files.
  const part = `${modelFolder}.${process.pid}.part`;
  // Everything else is small beside the weights.
  const neededBytes = weightFileBytes(checkpoint, format);
  try {
    await removeLeftovers(modelFolder);
    await mkdir(part, { recursive: true });
    await checkSpace(part, neededBytes);
    await convertCheckpoint(checkpoint, part, format, options);
    const present = new Set(await readdir(checkpointFolder));
    for (const name of PROCESSOR_FILES) {
      // Written, not copied: a cache's files may be read-only, and so would be the model's.
      if (present.has(name)) await writeFile(join(part, name), await readFile(join(checkpointFolder, name)));
    }
    const purpose = await purposeOfCheckpoint(checkpointFolder, names);
    await writePurpose(part, kind === undefined || kind === purpose.kind ? purpose : { kind });
    await finish?.(part);
    const model = await openModelFolder(part);
    await replaceFolder(part, modelFolder);
    return { ...model, folder: modelFolder };
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
    throw await explainWriting(error, dirname(modelFolder), neededBytes);
  }
}

/** What runs that were killed have left of a model of this name. */
async function removeLeftovers(modelFolder: string): Promise<void> {
  const parent = dirname(modelFolder);
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names.filter((one) => one.startsWith(`${basename(modelFolder)}.`))) {
    const pid = /^(?:(\d+)\.(?:old\.)?)?part$/.exec(name.slice(basename(modelFolder).length + 1));
    const isOurs =
      pid !== null && (pid[1] === undefined || Number(pid[1]) === process.pid || !isRunning(Number(pid[1])));
    if (isOurs) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be asked, and runs.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two renames and nothing between them: who looks for the model meanwhile finds it. Of two processes the later one's stays. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const aside = `${to}.${process.pid}.old.part`;
  const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? '';
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(to, aside).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      return await rename(from, to);
    } catch (error) {
      if (attempt === 5 || !['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
}

async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeDiskBytes(folder);
  if (neededBytes > freeBytes) throw new DiskFullError(dirname(folder), neededBytes, freeBytes);
}

/** What the file system refuses, said as one of ours. */
async function explainWriting(error: unknown, folder: string, neededBytes: number): Promise<unknown> {
  if (error instanceof LecternError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOSPC', 'EDQUOT'].includes(code)) {
    return new DiskFullError(folder, neededBytes, await freeDiskBytes(folder).catch(() => 0), error);
  }
  const isRefused = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code);
  return isRefused ? new ModelsNotWritableError(folder, error as NodeJS.ErrnoException) : error;
}
