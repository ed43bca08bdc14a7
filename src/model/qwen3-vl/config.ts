// The configuration of a Qwen3-VL model as one plain object: the sizes that graphs, caches and costs follow from. `read-config.ts`
// reads it from a checkpoint.
import { byteLengthOf, type DataType } from '../ort/data-type.ts';

/** Static YaRN scaling of the text rotary frequencies (spec section 5.6). */
export interface YarnConfig {
  readonly factor: number;
  /** Positions the model was trained on before scaling. */
  readonly originalMaxPositions: number;
  /** Rotations over the original context above which a frequency is left alone; 32 unless the file says otherwise. */
  readonly betaFast: number;
  /** Rotations below which a frequency is fully interpolated; 1 unless the file says otherwise. */
  readonly betaSlow: number;
  /** Factor on cos and sin; `0.1 ln(factor) + 1` unless the file says otherwise. */
  readonly attentionFactor: number;
}

export interface RopeConfig {
  readonly theta: number;
  /** Frequencies per axis (time, height, width); they add up to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
  readonly yarn?: YarnConfig;
}

export interface MoeConfig {
  readonly numExperts: number;
  readonly topK: number;
  /** Width of one expert. */
  readonly intermediateSize: number;
  readonly normTopkProb: boolean;
  /** Per decoder layer: true where its MLP is a mixture of experts. */
  readonly sparseLayers: readonly boolean[];
}

export interface TextConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly maxPositions: number;
  readonly rmsNormEps: number;
  readonly rope: RopeConfig;
  /** The language-model head is the embedding table. `openCheckpoint` also sets it where no `lm_head.weight` is stored. */
  readonly tieWordEmbeddings: boolean;
  readonly moe?: MoeConfig;
}

export interface VisionConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHeads: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly spatialMergeSize: number;
  readonly inChannels: number;
  readonly outHiddenSize: number;
  /** Rows of the learned position table, a square number (48 x 48). */
  readonly numPositionEmbeddings: number;
  /** Vision blocks (0-based) after which a DeepStack merger reads; entry k is added after decoder layer k. */
  readonly deepstackIndexes: readonly number[];
}

export interface ModelConfig {
  readonly architecture: 'qwen3_vl' | 'qwen3_vl_moe';
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly imageTokenId: number;
  readonly videoTokenId: number;
  readonly visionStartTokenId: number;
  readonly visionEndTokenId: number;
  /** Ids that end generation; empty where neither file names one (the tokenizer's eos token then decides). */
  readonly eosTokenIds: readonly number[];
}

/** Bytes of one token's keys and values, all layers, in a cache of this type. */
export function kvBytesPerToken({ numLayers, numKvHeads, headDim }: TextConfig, type: DataType): number {
  return byteLengthOf(type, [2 * numLayers, numKvHeads, headDim]);
}

/** Values of one visual row as the decoder takes it: the merger's part, then the DeepStack parts. */
export function visualRowWidth({ text, vision }: ModelConfig): number {
  return (1 + vision.deepstackIndexes.length) * text.hiddenSize;
}
