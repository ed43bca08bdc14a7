// A converted model on disk: `weights.bin` (mapped by ONNX Runtime) and `model.json` (configuration and where each weight lies).
// Graphs are not stored: they are written anew at every load, so a better graph needs no second conversion.
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LecternError } from '../../../errors.ts';
import {
  layoutBytes,
  writeWeightFile,
  type PlacedWeight,
  type WeightLayout,
  type WriteWeightsOptions,
} from '../../onnx/weight-file.ts';
import { dataTypes, type DataType } from '../../ort/data-type.ts';
import { Session, type SessionOptions } from '../../ort/session.ts';
import type { ModelConfig } from '../config.ts';
import type { KvScales } from './attention.ts';
import { buildDecoderGraph, LOGIT_BLOCK, type DecoderGraphOptions } from './decoder.ts';
import { buildExpansionGraph, type MatrixShape } from './expansion.ts';
import type { LayerOptions } from './layers.ts';
import { buildVisionGraph } from './vision.ts';
import { writerFor } from './conversion.ts';
import { planWeights, weightFormats, type WeightFormat, type WeightSource } from './weights.ts';

const WEIGHT_FILE = 'weights.bin';
const MODEL_FILE = 'model.json';
/** Raised when the meaning of the weight file changes. */
const FOLDER_VERSION = 1;

export interface ModelFolder {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly format: WeightFormat;
  readonly weights: WeightLayout;
  /** Hash of the weights as converted: equal models have equal ones, wherever they lie. */
  readonly weightsSha256: string;
}

/** The folder holds no converted model, or one that another version wrote. */
export class ModelFolderError extends LecternError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super(`${folder} ${problem}`, {
      code: 'MODEL_FOLDER',
      remedy: 'Convert the checkpoint again with `lectern models add`.',
      cause,
    });
  }
}

/** Writes a checkpoint's weights into `folder` (which exists), the description last: an interrupted conversion loads as none. */
export async function convertCheckpoint(
  checkpoint: WeightSource,
  folder: string,
  format: WeightFormat,
  options: WriteWeightsOptions = {},
): Promise<ModelFolder> {
  const units = planWeights(checkpoint, format);
  const writer = writerFor(checkpoint, format);
  const { layout, sha256 } = await writeWeightFile(join(folder, WEIGHT_FILE), units, options, writer);
  const { config } = checkpoint;
  const description = {
    version: FOLDER_VERSION,
    format,
    config,
    weightsSha256: sha256,
    weights: Object.fromEntries(layout),
  };
  const path = join(folder, MODEL_FILE);
  await writeFile(`${path}.part`, JSON.stringify(description));
  await rename(`${path}.part`, path);
  return { folder, config, format, weights: layout, weightsSha256: sha256 };
}

const placedSchema = z.object({
  type: z.enum(Object.keys(dataTypes) as [DataType, ...DataType[]]),
  shape: z.array(z.int().nonnegative()),
  offset: z.int().nonnegative(),
  byteLength: z.int().nonnegative(),
});

// The configuration was checked when the checkpoint was read; here it is only told apart from another version's.
const descriptionSchema = z.object({
  version: z.literal(FOLDER_VERSION),
  format: z.enum(weightFormats),
  config: z.custom<ModelConfig>((value) => typeof value === 'object' && value !== null && 'text' in value),
  weightsSha256: z.string(),
  weights: z.record(z.string(), placedSchema),
});

/** Throws ModelFolderError. */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const path = join(folder, MODEL_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ModelFolderError(folder, `holds no converted model (no readable ${MODEL_FILE})`, error);
  }
  const parsed = parseDescription(text);
  if (!parsed.success) {
    throw new ModelFolderError(folder, `holds a ${MODEL_FILE} of another version, or a damaged one`, parsed.error);
  }
  const { format, config, weightsSha256 } = parsed.data;
  const weights = new Map<string, PlacedWeight>(Object.entries(parsed.data.weights));
  await checkWeightFile(folder, weights);
  return { folder, config, format, weightsSha256, weights };
}

/** A weight file that ends early would be read as zeros, or end the process, where it is mapped. */
async function checkWeightFile(folder: string, weights: WeightLayout): Promise<void> {
  const path = join(folder, WEIGHT_FILE);
  const needed = layoutBytes(weights);
  let size: number;
  try {
    ({ size } = await stat(path));
  } catch (error) {
    throw new ModelFolderError(folder, `holds no ${WEIGHT_FILE}`, error);
  }
  if (size < needed) throw new ModelFolderError(folder, `holds a ${WEIGHT_FILE} cut short: ${size} of ${needed} bytes`);
}

function parseDescription(text: string) {
  try {
    return descriptionSchema.safeParse(JSON.parse(text));
  } catch (error) {
    return { success: false as const, error };
  }
}

export interface LoadOptions extends SessionOptions {
  /** Adds the hidden state after every layer to the decoder's outputs. */
  readonly exposeHidden?: boolean;
  /** Adds the largest logits of blocks; the device's way when it is left out, none on a CPU. */
  readonly blockMaxima?: DecoderGraphOptions['blockMaxima'];
  /** Keeps keys and values in int8: see DecoderGraphOptions. */
  readonly kvScales?: KvScales;
  /** See LayerOptions; the device's fast path when it is left out. */
  readonly accuracyLevel?: LayerOptions['accuracyLevel'];
  readonly widensMatrices?: LayerOptions['widensMatrices'];
  readonly expandsMatrices?: LayerOptions['expandsMatrices'];
}

/** float32 where a CPU computes, float16 on a GPU. */
export function activationsFor(device: SessionOptions['device']): LayerOptions['activations'] {
  return device === undefined || device === 'cpu' ? 'float32' : 'float16';
}

function maximaFor(device: SessionOptions['device'], vocabulary: number): DecoderGraphOptions['blockMaxima'] {
  if (device === 'cuda') return 'pooled';
  return device === 'webgpu' && vocabulary % LOGIT_BLOCK === 0 ? 'reduced' : undefined;
}

const fusedRotaryOf = { cpu: undefined, cuda: 'rows', webgpu: 'slots' } as const;

/** Throws OrtError (weights missing or cut short, out of memory), DeviceUnavailableError. */
export async function loadDecoder(model: ModelFolder, options: LoadOptions = {}): Promise<Session> {
  const { exposeHidden = false, kvScales, device = 'cpu' } = options;
  const { blockMaxima = maximaFor(device, model.config.text.vocabSize) } = options;
  // The kernels read 16 bytes at once.
  const isFused = model.config.text.headDim % 16 === 0;
  const fusedRotary = isFused ? fusedRotaryOf[device] : undefined;
  const layers = { ...layerOptions(options), exposeHidden, blockMaxima, fusedRotary, ...(kvScales && { kvScales }) };
  const graph = buildGraph(model, () => buildDecoderGraph(model.config, model.weights, WEIGHT_FILE, layers));
  return Session.fromBytes(graph, withWeights(model, options));
}

export async function loadVision(model: ModelFolder, options: LoadOptions = {}): Promise<Session> {
  const layers = { ...layerOptions(options), expandsMatrices: options.expandsMatrices };
  const graph = buildGraph(model, () => buildVisionGraph(model.config, model.weights, WEIGHT_FILE, layers));
  return Session.fromBytes(graph, withWeights(model, options));
}

export async function loadExpansion(
  model: ModelFolder,
  matrices: readonly MatrixShape[],
  options: LoadOptions,
): Promise<Session> {
  // Products as they are: an identity in int8 would round the matrix a second time.
  const layers: LayerOptions = { ...layerOptions(options), accuracyLevel: 0 };
  const graph = buildGraph(model, () => buildExpansionGraph(matrices, model.weights, WEIGHT_FILE, layers));
  return Session.fromBytes(graph, withWeights(model, options));
}

/** A description that names other weights than its configuration needs was not written by a conversion. */
function buildGraph({ folder }: ModelFolder, build: () => Uint8Array): Uint8Array {
  try {
    return build();
  } catch (error) {
    throw new ModelFolderError(
      folder,
      `holds weights that don't fit its configuration (${(error as Error).message})`,
      error,
    );
  }
}

function layerOptions(options: LoadOptions): LayerOptions {
  const { device, accuracyLevel = device === 'cuda' ? 0 : 4, widensMatrices = device === 'webgpu' } = options;
  return { activations: activationsFor(device), accuracyLevel, widensMatrices };
}

function withWeights({ folder }: ModelFolder, options: SessionOptions): SessionOptions {
  const config = { ...options.config, 'session.model_external_initializers_file_folder_path': folder };
  return { ...options, config };
}
