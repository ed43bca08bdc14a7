// config.json (and generation_config.json) of a Qwen3-VL checkpoint to a ModelConfig. Both generations of the file
// are read: transformers 4 (`rope_scaling` beside `rope_theta`, `num_experts`) and 5 (`rope_parameters`, `num_local_experts`).
// What the runtime can't compute (another architecture, another activation, attention biases) is refused here, by name.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from './checkpoint-error.ts';
import type { ModelConfig, MoeConfig, RopeConfig, TextConfig, VisionConfig } from './config.ts';
import { readJsonFile } from './json-file.ts';

const whole = z.int().positive();

const ropeSchema = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
  mrope_section: z.tuple([whole, whole, whole]).optional(),
  mrope_interleaved: z.boolean().optional(),
  factor: z.number().min(1).optional(),
  original_max_position_embeddings: whole.optional(),
  beta_fast: z.number().nullish(),
  beta_slow: z.number().nullish(),
  attention_factor: z.number().nullish(),
});

const idOrIds = z.union([z.int(), z.array(z.int())]).nullish();

const textSchema = z.looseObject({
  model_type: z.enum(['qwen3_vl_text', 'qwen3_vl_moe_text']).optional(),
  hidden_size: whole,
  intermediate_size: whole,
  num_hidden_layers: whole,
  num_attention_heads: whole,
  num_key_value_heads: whole,
  // Never hidden_size / num_attention_heads: 4B has 2560 / 32 = 80 and heads of 128.
  head_dim: whole.default(128),
  hidden_act: z.literal('silu').default('silu'),
  attention_bias: z.literal(false).default(false),
  vocab_size: whole,
  max_position_embeddings: whole.default(262_144),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  tie_word_embeddings: z.boolean().optional(),
  eos_token_id: idOrIds,
  num_experts: whole.optional(),
  num_local_experts: whole.optional(),
  num_experts_per_tok: whole.optional(),
  moe_intermediate_size: whole.optional(),
  norm_topk_prob: z.boolean().default(true),
  decoder_sparse_step: whole.default(1),
  mlp_only_layers: z.array(z.int().nonnegative()).nullish(),
});

const visionSchema = z.looseObject({
  // Older files repeat the model's own type here.
  model_type: z.enum(['qwen3_vl', 'qwen3_vl_moe', 'qwen3_vl_vision', 'qwen3_vl_moe_vision']).optional(),
  depth: whole,
  hidden_size: whole,
  intermediate_size: whole,
  num_heads: whole,
  patch_size: whole.default(16),
  temporal_patch_size: whole.default(2),
  spatial_merge_size: whole.default(2),
  in_channels: whole.default(3),
  out_hidden_size: whole,
  num_position_embeddings: whole.default(2304),
  hidden_act: z.literal('gelu_pytorch_tanh').default('gelu_pytorch_tanh'),
  deepstack_visual_indexes: z.array(z.int().nonnegative()),
});

const configSchema = z.looseObject({
  model_type: z.string(),
  text_config: textSchema,
  vision_config: visionSchema,
  tie_word_embeddings: z.boolean().optional(),
  image_token_id: z.int().nonnegative().default(151_655),
  video_token_id: z.int().nonnegative().default(151_656),
  vision_start_token_id: z.int().nonnegative().default(151_652),
  vision_end_token_id: z.int().nonnegative().default(151_653),
  eos_token_id: idOrIds,
  quantization_config: z.unknown().optional(),
});

type RawText = z.infer<typeof textSchema>;
type RawVision = z.infer<typeof visionSchema>;

async function whyNoCheckpoint(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) return 'does not exist';
  return found.isDirectory() ? 'holds no config.json' : 'is no folder';
}

/** Reads and checks a checkpoint folder's configuration. Throws CheckpointError. */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, 'config.json');
  const head = await readJsonFile(path, z.looseObject({ model_type: z.string().optional() }), 'CHECKPOINT_CONFIG');
  if (!head) throw new CheckpointError('CHECKPOINT_NOT_FOUND', folder, await whyNoCheckpoint(folder));
  const architecture = head.model_type;
  if (architecture !== 'qwen3_vl' && architecture !== 'qwen3_vl_moe') {
    throw new CheckpointError('CHECKPOINT_UNSUPPORTED', path, `model_type is ${architecture ?? 'absent'}`);
  }
  const config = (await readJsonFile(path, configSchema, 'CHECKPOINT_CONFIG'))!;
  if (config.quantization_config) {
    throw new CheckpointError('CHECKPOINT_DTYPE', path, 'describes quantised weights (quantization_config)');
  }
  const { text_config: text, vision_config: vision } = config;
  const fail = (message: string) => new CheckpointError('CHECKPOINT_CONFIG', path, message);

  const rope = readRope(text, fail);
  const moe = architecture === 'qwen3_vl_moe' ? readMoe(text, fail) : undefined;
  const problem = findMisfit(text, vision);
  if (problem !== undefined) throw fail(problem);
  return {
    architecture,
    text: {
      ...sizesOfText(text),
      rope,
      tieWordEmbeddings: config.tie_word_embeddings ?? text.tie_word_embeddings ?? false,
      ...(moe && { moe }),
    },
    vision: sizesOfVision(vision),
    imageTokenId: config.image_token_id,
    videoTokenId: config.video_token_id,
    visionStartTokenId: config.vision_start_token_id,
    visionEndTokenId: config.vision_end_token_id,
    eosTokenIds: await readEosTokenIds(folder, config.eos_token_id ?? text.eos_token_id),
  };
}

function sizesOfText(text: RawText): Omit<TextConfig, 'rope' | 'tieWordEmbeddings' | 'moe'> {
  return {
    hiddenSize: text.hidden_size,
    intermediateSize: text.intermediate_size,
    numLayers: text.num_hidden_layers,
    numHeads: text.num_attention_heads,
    numKvHeads: text.num_key_value_heads,
    headDim: text.head_dim,
    vocabSize: text.vocab_size,
    maxPositions: text.max_position_embeddings,
    rmsNormEps: text.rms_norm_eps,
  };
}

function sizesOfVision(vision: RawVision): VisionConfig {
  return {
    depth: vision.depth,
    hiddenSize: vision.hidden_size,
    intermediateSize: vision.intermediate_size,
    numHeads: vision.num_heads,
    patchSize: vision.patch_size,
    temporalPatchSize: vision.temporal_patch_size,
    spatialMergeSize: vision.spatial_merge_size,
    inChannels: vision.in_channels,
    outHiddenSize: vision.out_hidden_size,
    numPositionEmbeddings: vision.num_position_embeddings,
    deepstackIndexes: vision.deepstack_visual_indexes,
  };
}

/** What of the sizes does not go with the rest; undefined where all do. */
function findMisfit(text: RawText, vision: RawVision): string | undefined {
  if (text.num_attention_heads % text.num_key_value_heads !== 0) {
    return `${text.num_attention_heads} heads can't share ${text.num_key_value_heads} key-value heads evenly`;
  }
  if (vision.out_hidden_size !== text.hidden_size) {
    return `vision out_hidden_size ${vision.out_hidden_size} differs from text hidden_size ${text.hidden_size}`;
  }
  // A head is rotated in quarters: row and column angles, each over half of a half.
  if (vision.hidden_size % (4 * vision.num_heads) !== 0) {
    return `vision hidden_size ${vision.hidden_size} can't be split into ${vision.num_heads} heads of 4n channels`;
  }
  if (!Number.isInteger(Math.sqrt(vision.num_position_embeddings))) {
    return `num_position_embeddings ${vision.num_position_embeddings} is not a square`;
  }
  const tooDeep = vision.deepstack_visual_indexes.find((index) => index >= vision.depth);
  if (tooDeep !== undefined) return `DeepStack reads after block ${tooDeep} of ${vision.depth}`;
  if (vision.deepstack_visual_indexes.length > text.num_hidden_layers) {
    return `${vision.deepstack_visual_indexes.length} DeepStack features for ${text.num_hidden_layers} layers`;
  }
  return undefined;
}

function readRope(text: RawText, fail: (message: string) => CheckpointError): RopeConfig {
  const rope = text.rope_parameters ?? text.rope_scaling ?? {};
  const theta = rope.rope_theta ?? text.rope_theta;
  // The libraries' own defaults disagree (500 000 and 5 000 000), so a file that leaves it out is ambiguous.
  if (theta === undefined) throw fail('rope_theta is missing');
  const section = rope.mrope_section ?? [24, 20, 20];
  const sum = section[0] + section[1] + section[2];
  if (sum !== text.head_dim / 2)
    throw fail(`mrope_section adds up to ${sum}, half of head_dim is ${text.head_dim / 2}`);
  if (rope.mrope_interleaved === false) throw fail('mrope_interleaved is false; only interleaved M-RoPE is computed');
  const kind = rope.rope_type ?? rope.type ?? 'default';
  if (kind === 'default' || kind === 'mrope') return { theta, mropeSection: section };
  if (kind !== 'yarn') throw fail(`rope_type ${kind} is not known`);
  if (rope.factor === undefined) throw fail('rope_type yarn needs a factor');
  return {
    theta,
    mropeSection: section,
    yarn: {
      factor: rope.factor,
      originalMaxPositions: rope.original_max_position_embeddings ?? 262_144,
      betaFast: rope.beta_fast ?? 32,
      betaSlow: rope.beta_slow ?? 1,
      attentionFactor: rope.attention_factor ?? 0.1 * Math.log(rope.factor) + 1,
    },
  };
}

function readMoe(text: RawText, fail: (message: string) => CheckpointError): MoeConfig {
  const numExperts = text.num_experts ?? text.num_local_experts;
  const topK = text.num_experts_per_tok;
  const intermediateSize = text.moe_intermediate_size;
  if (numExperts === undefined || topK === undefined || intermediateSize === undefined) {
    throw fail('a mixture of experts needs num_experts, num_experts_per_tok and moe_intermediate_size');
  }
  if (topK > numExperts) throw fail(`top-${topK} of ${numExperts} experts`);
  const dense = new Set(text.mlp_only_layers ?? []);
  return {
    numExperts,
    topK,
    intermediateSize,
    normTopkProb: text.norm_topk_prob,
    sparseLayers: Array.from(
      { length: text.num_hidden_layers },
      (_, layer) => !dense.has(layer) && (layer + 1) % text.decoder_sparse_step === 0,
    ),
  };
}

async function readEosTokenIds(folder: string, fallback: number | number[] | null | undefined): Promise<number[]> {
  const schema = z.looseObject({ eos_token_id: idOrIds });
  const generation = await readJsonFile(join(folder, 'generation_config.json'), schema, 'CHECKPOINT_CONFIG');
  return [generation?.eos_token_id ?? fallback ?? []].flat();
}
