// What a request costs in memory: known before anything is loaded, so that a run that can't fit is refused with its numbers instead
// of being killed half-way.
import { byteText } from '../byte-text.ts';
import { LecternError } from '../errors.ts';
import type { KvFormat } from './engine/kv-calibration.ts';
import { MAX_PATCHES } from './engine/vision-tower.ts';
import { kvBytesPerToken, visualRowWidth } from './qwen3-vl/config.ts';
import type { ModelFolder } from './qwen3-vl/graphs/model-folder.ts';

/** Bytes. */
export interface MemoryNeeds {
  readonly weights: number;
  /** Keys and values of prompt and answer. */
  readonly cache: number;
  /** What lies between the layers, the pictures' pixels and rows: an estimate. */
  readonly activations: number;
}

export interface RequestSize {
  readonly promptTokens: number;
  readonly maxTokens: number;
  /** `fp` when it is left out. */
  readonly kv?: KvFormat;
  /** Prompt tokens that stand for pictures. */
  readonly visualTokens: number;
  /** Patches of the largest picture or frame group. */
  readonly largestPatches: number;
}

export function totalBytes({ weights, cache, activations }: MemoryNeeds): number {
  return weights + cache + activations;
}

export class OutOfMemoryError extends LecternError {
  readonly neededBytes: number;
  readonly availableBytes: number;

  /** `isLimit`: the settings allow no more, whatever is free. */
  constructor(name: string, needs: MemoryNeeds, tokens: number, availableBytes: number, isLimit = false) {
    const { weights, cache, activations } = needs;
    const total = totalBytes(needs);
    const parts = [
      ...(weights > 0 ? [`weights ${byteText(weights)}`] : []),
      `keys and values of ${tokens} tokens ${byteText(cache)}`,
      `activations ${byteText(activations)}`,
    ];
    const there = isLimit ? `modelMemoryGB allows ${byteText(availableBytes)}` : `${byteText(availableBytes)} are free`;
    super(`${name} needs about ${byteText(total)} (${parts.join(', ')}), ${there}`, {
      code: 'OUT_OF_MEMORY',
      remedy: `${isLimit ? 'Raise LECTERN_MODEL_MEMORY_GB (modelMemoryGB), or use' : 'Use'} a smaller model or smaller weights (lectern models add --weights int4)${isLimit ? '' : ', or close other programs'}; with generate also a shorter or smaller clip (--max-pixels) or a smaller --max-tokens.`,
    });
    this.neededBytes = total;
    this.availableBytes = availableBytes;
  }
}

/** Tokens of the prompt that a CPU runs at once. */
const CHUNK_TOKENS = 512;
/** The library itself, its threads and small tensors. */
const BASE_BYTES = 64 * 2 ** 20;

/** On a CPU, where everything is computed in float32; keys and values may lie in int8. */
export function memoryNeeds(model: ModelFolder, request: RequestSize): MemoryNeeds {
  const { text, vision } = model.config;
  const { promptTokens, maxTokens, visualTokens, largestPatches, kv = 'fp' } = request;
  let stored = 0;
  for (const { byteLength } of model.weights.values()) stored += byteLength;
  const floats = (count: number) => 4 * count;
  const chunk = Math.min(CHUNK_TOKENS, promptTokens);
  const width = text.moe ? text.moe.topK * text.moe.intermediateSize : text.intermediateSize;
  const decoder = chunk * (8 * text.hiddenSize + 3 * width + 4 * text.numHeads * text.headDim) + 2 * text.vocabSize;
  const patches = visualTokens === 0 ? 0 : Math.max(Math.min(MAX_PATCHES, 4 * visualTokens), largestPatches);
  const tower = patches * (8 * vision.hiddenSize + 2 * vision.intermediateSize);
  // A patch has patchSize x patchSize pixels of each frame of its group: floats of three channels where it is run, bytes until then.
  const patchValues = 3 * vision.temporalPatchSize * vision.patchSize ** 2;
  const pixels = floats(patches * patchValues) + 4 * visualTokens * patchValues;
  const rows = visualTokens * visualRowWidth(model.config);
  return {
    // Half-precision weights are widened when the session is made.
    weights: model.format === 'fp16' ? 2 * stored : stored,
    cache: (promptTokens + maxTokens) * kvBytesPerToken(text, kv === 'int8' ? 'int8' : 'float32'),
    activations: BASE_BYTES + floats(Math.max(decoder, tower) + rows) + pixels,
  };
}
