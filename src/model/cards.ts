// Model cards (models/NAME/card.json): which checkpoint a name means, its shapes, and what it costs in bytes on disk and in
// memory. The costs are computed from the shapes with the same plan that writes the weight file, and a test holds the cards to it.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { LecternError } from '../errors.ts';
import { elementCount } from './ort/data-type.ts';
import { kvBytesPerToken, type ModelConfig } from './qwen3-vl/config.ts';
import { weightFileBytes, type WeightSource } from './qwen3-vl/graphs/weights.ts';
import { expectedTensors } from './qwen3-vl/tensor-names.ts';

const whole = z.int().positive();

const textShapes = z.strictObject({
  hiddenSize: whole,
  intermediateSize: whole,
  numLayers: whole,
  numHeads: whole,
  numKvHeads: whole,
  headDim: whole,
  vocabSize: whole,
  tieWordEmbeddings: z.boolean(),
  /** Every layer is a mixture of experts where this is given. */
  moe: z.strictObject({ numExperts: whole, topK: whole, intermediateSize: whole }).optional(),
});

const visionShapes = z.strictObject({
  depth: whole,
  hiddenSize: whole,
  intermediateSize: whole,
  numHeads: whole,
  deepstackIndexes: z.array(z.int().nonnegative()),
});

const shapesSchema = z.strictObject({ text: textShapes, vision: visionShapes });

const costsSchema = z.strictObject({
  parameters: whole,
  /** The released bfloat16 files: what has to be downloaded. */
  checkpointBytes: whole,
  /** weights.bin in each format; the same in memory, because it is mapped. */
  weightBytes: z.strictObject({ fp16: whole, int4: whole }),
  /** Keys and values of one token in float16, all layers. */
  kvBytesPerToken: whole,
  /** Weights, keys and values together by context tokens; activations come on top (a few hundred MB). */
  memoryBytes: z.strictObject({
    fp16: z.record(z.string(), whole),
    int4: z.record(z.string(), whole),
  }),
});

const eventsTaste = z.strictObject({
  /** The words it was trained on. */
  instruction: z.string().min(1),
  fps: z.number().positive(),
  /** Frames of one clip. */
  maxFrames: whole,
  /** Pixels of a frame, whatever the shape of the video. */
  frame: z.strictObject({ width: whole, height: whole }),
  /** Captions and slide text may stand beside the frames. */
  readsText: z.boolean(),
});

const cardSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9.-]+$/),
  family: z.literal('qwen3-vl'),
  /** What it is good for, in one sentence. */
  about: z.string().min(1),
  licence: z.string(),
  /** OWNER/NAME on the hub; absent for a checkpoint that ships with the project. */
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/)
    .optional(),
  /** Thinking checkpoints write their reasoning before `</think>`. */
  variant: z.enum(['instruct', 'thinking']),
  contextTokens: whole,
  /** How it is asked for the events of a stretch of video, where it knows one way only. */
  events: eventsTaste.optional(),
  shapes: shapesSchema,
  costs: costsSchema,
});

export type ModelShapes = z.infer<typeof shapesSchema>;
export type ModelCosts = z.infer<typeof costsSchema>;
export type EventsTaste = z.infer<typeof eventsTaste>;
export type ModelCard = z.infer<typeof cardSchema>;

/** Context lengths that the cards state memory for. */
export const CARD_CONTEXTS: readonly number[] = [4096, 32_768, 131_072, 262_144];

export class ModelCardError extends LecternError {
  constructor(path: string, problem: string, cause?: unknown) {
    super(`${path}: ${problem}`, {
      code: 'MODEL_CARD',
      remedy: 'Restore the file from the release, or write the cards anew with `node scripts/model-cards.ts`.',
      cause,
    });
  }
}

/** The configuration that such a checkpoint has, with what all sizes share filled in (spec section 1.1). */
export function configOf({ text, vision }: ModelShapes): ModelConfig {
  const { moe, ...dense } = text;
  return {
    architecture: moe ? 'qwen3_vl_moe' : 'qwen3_vl',
    text: {
      ...dense,
      maxPositions: 262_144,
      rmsNormEps: 1e-6,
      rope: { theta: 5_000_000, mropeSection: [24, 20, 20] },
      ...(moe && {
        moe: { ...moe, normTopkProb: true, sparseLayers: new Array<boolean>(text.numLayers).fill(true) },
      }),
    },
    vision: {
      ...vision,
      patchSize: 16,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      inChannels: 3,
      outHiddenSize: text.hiddenSize,
      numPositionEmbeddings: 2304,
    },
    imageTokenId: 151_655,
    videoTokenId: 151_656,
    visionStartTokenId: 151_652,
    visionEndTokenId: 151_653,
    eosTokenIds: [151_645, 151_643],
  };
}

/** What a checkpoint of these shapes costs, byte for byte. */
export function computeCosts(shapes: ModelShapes): ModelCosts {
  const config = configOf(shapes);
  const parameters = [...expectedTensors(config).values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const source = shapesAsSource(config);
  const weightBytes = { fp16: weightFileBytes(source, 'fp16'), int4: weightFileBytes(source, 'int4') };
  const perToken = kvBytesPerToken(config.text, 'float16');
  const memory = (weights: number) =>
    Object.fromEntries(CARD_CONTEXTS.map((tokens) => [String(tokens), weights + tokens * perToken]));
  return {
    parameters,
    checkpointBytes: parameters * 2,
    weightBytes,
    kvBytesPerToken: perToken,
    memoryBytes: { fp16: memory(weightBytes.fp16), int4: memory(weightBytes.int4) },
  };
}

/** A checkpoint that has shapes and no bytes. */
function shapesAsSource(config: ModelConfig): WeightSource {
  const tensors = expectedTensors(config);
  const noBytes = () => Promise.reject(new Error('a model card has no weights'));
  return {
    config,
    tensor: (name) => {
      const shape = tensors.get(name)!;
      return { name, dtype: 'BF16', shape, byteLength: elementCount(shape) * 2, read: noBytes, readRows: noBytes };
    },
  };
}

/** models/ of the project, beside src/. */
export const CARDS_FOLDER: string = resolve(import.meta.dirname, '../../models');

/** All cards, by name. Throws ModelCardError. */
export async function readCards(folder = CARDS_FOLDER): Promise<ModelCard[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readCard(join(folder, name, 'card.json'), name)));
}

async function readCard(path: string, name: string): Promise<ModelCard> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ModelCardError(path, 'cannot be read', error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelCardError(path, 'is not JSON', error);
  }
  const parsed = cardSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ModelCardError(path, `${issue.path.join('.')}: ${issue.message}`, parsed.error);
  }
  if (parsed.data.name !== name) throw new ModelCardError(path, `is named ${parsed.data.name} inside`);
  return parsed.data;
}
