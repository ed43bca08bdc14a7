// Checkpoints of the released shapes with random weights, made up as they are read: what speed and memory are measured with when
// no released weights are at hand. Every layer has weights of its own, so no cache flatters the figures.
import type { CheckpointTensor } from '../../src/model/qwen3-vl/checkpoint.ts';
import type { ModelConfig } from '../../src/model/qwen3-vl/config.ts';
import type { WeightSource } from '../../src/model/qwen3-vl/graphs/weights.ts';
import { expectedTensors } from '../../src/model/qwen3-vl/tensor-names.ts';

export type ShapeName = '2B' | '4B' | '30B-A3B';

interface Shape {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly tied: boolean;
  readonly vision: readonly [depth: number, hidden: number, intermediate: number, deepstack: readonly number[]];
  readonly moe?: { readonly numExperts: number; readonly topK: number; readonly intermediateSize: number };
}

// Spec section 1.2.
const shapes: Record<ShapeName, Shape> = {
  '2B': {
    hiddenSize: 2048,
    intermediateSize: 6144,
    numLayers: 28,
    numHeads: 16,
    numKvHeads: 8,
    tied: true,
    vision: [24, 1024, 4096, [5, 11, 17]],
  },
  '4B': {
    hiddenSize: 2560,
    intermediateSize: 9728,
    numLayers: 36,
    numHeads: 32,
    numKvHeads: 8,
    tied: true,
    vision: [24, 1024, 4096, [5, 11, 17]],
  },
  '30B-A3B': {
    hiddenSize: 2048,
    intermediateSize: 6144,
    numLayers: 48,
    numHeads: 32,
    numKvHeads: 4,
    tied: false,
    vision: [27, 1152, 4304, [8, 16, 24]],
    moe: { numExperts: 128, topK: 8, intermediateSize: 768 },
  },
};

/** The configuration of a released size; fewer layers where a machine can't hold all. */
export function releasedConfig(name: ShapeName, numLayers = shapes[name].numLayers): ModelConfig {
  const { hiddenSize, intermediateSize, numHeads, numKvHeads, tied, vision, moe } = shapes[name];
  const [depth, visionHidden, visionIntermediate, deepstackIndexes] = vision;
  return {
    architecture: moe ? 'qwen3_vl_moe' : 'qwen3_vl',
    text: {
      hiddenSize,
      intermediateSize,
      numLayers,
      numHeads,
      numKvHeads,
      headDim: 128,
      vocabSize: 151_936,
      maxPositions: 262_144,
      rmsNormEps: 1e-6,
      rope: { theta: 5_000_000, mropeSection: [24, 20, 20] },
      tieWordEmbeddings: tied,
      ...(moe && { moe: { ...moe, normTopkProb: true, sparseLayers: new Array<boolean>(numLayers).fill(true) } }),
    },
    vision: {
      depth,
      hiddenSize: visionHidden,
      intermediateSize: visionIntermediate,
      numHeads: 16,
      patchSize: 16,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      inChannels: 3,
      outHiddenSize: hiddenSize,
      numPositionEmbeddings: 2304,
      deepstackIndexes,
    },
    imageTokenId: 151_655,
    videoTokenId: 151_656,
    visionStartTokenId: 151_652,
    visionEndTokenId: 151_653,
    eosTokenIds: [151_645, 151_643],
  };
}

/** bfloat16 weights with the deviation that keeps activations in range; the same for the same seed. */
export function randomCheckpoint(config: ModelConfig, seed = 1): WeightSource {
  const origin = { module: import.meta.url, open: 'openRandomCheckpoint', argument: { config, seed } };
  const shapesByName = expectedTensors(config);
  const pool = normalBfloats(1 << 20, seed);
  return {
    config,
    origin,
    tensor(name): CheckpointTensor {
      const shape = shapesByName.get(name);
      if (!shape) throw new Error(`no tensor ${name} in this configuration`);
      const rowLength = shape.slice(1).reduce((product, size) => product * size, 1);
      const isNorm = shape.length === 1 && name.endsWith('norm.weight');
      const start = hashOf(name);
      const readRows = async (first: number, count: number) => {
        const bits = new Uint16Array(count * rowLength);
        if (isNorm) bits.fill(ONE);
        else fillFromPool(bits, pool, start + first * 7919);
        return new Uint8Array(bits.buffer);
      };
      return {
        name,
        dtype: 'BF16',
        shape,
        byteLength: 2 * shape[0]! * rowLength,
        read: () => readRows(0, shape[0]!),
        readRows,
      };
    },
  };
}

/** The same, for conversion workers. */
export function openRandomCheckpoint({ config, seed }: { config: ModelConfig; seed: number }): Promise<WeightSource> {
  return Promise.resolve(randomCheckpoint(config, seed));
}

const ONE = 0x3f80; // 1 in bfloat16

function normalBfloats(count: number, seed: number): Uint16Array {
  let state = seed;
  const uniform = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
  const floats = Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return 0.02 * radius * Math.cos(2 * Math.PI * uniform());
  });
  return Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16);
}

/** Copies the pool around and around, each time from another place, so that no two rows are alike. */
function fillFromPool(target: Uint16Array, pool: Uint16Array, start: number): void {
  let offset = 0;
  for (let turn = 0; offset < target.length; turn++) {
    const from = (start + turn * 104_729) % (pool.length / 2);
    const piece = pool.subarray(from, Math.min(pool.length, from + target.length - offset));
    target.set(piece, offset);
    offset += piece.length;
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return hash;
}
