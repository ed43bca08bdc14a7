// Which weights our graphs read and in what form: a checkpoint's tensors, streamed one after another into the weight file.
// Matrices are stored [in, out] as MatMul multiplies them, or quantised by rows [out, in]; tables (embedding, head) keep their
// rows; norms and biases stay float32; expert matrices have gate and up rows interleaved, as the MoE kernels want (spec 5.5).
import { assert } from '../../../errors.ts';
import { blocksPerRow, quantizeRows, type QuantizedBits } from '../../onnx/quantize.ts';
import { layoutBytes, layOutWeights, type Weight, type WeightUnit } from '../../onnx/weight-file.ts';
import { elementCount } from '../../ort/data-type.ts';
import type { CheckpointTensor } from '../checkpoint.ts';
import type { ModelConfig, TextConfig } from '../config.ts';
import { bytesOf, interleaveHalves, PIECE_BYTES, readPieces, store, toFloats, turnColumns } from './weight-values.ts';

export const weightFormats = ['fp32', 'fp16', 'int8', 'int4'] as const;
export type WeightFormat = (typeof weightFormats)[number];

type Storage = 'fp32' | 'fp16' | 4 | 8;

interface FormatPlan {
  readonly matrices: Storage;
  /** Vision matrices: on the trained checkpoint four bits here move the answer's distribution seven times as far as eight. */
  readonly vision: Storage;
  /** Embedding table and head: one wrong bit here shows in every token, so they keep eight. */
  readonly tables: Storage;
  /** The vision tower's learned positions. */
  readonly positions: 'fp32' | 'fp16';
}

const plans: Record<WeightFormat, FormatPlan> = {
  fp32: { matrices: 'fp32', vision: 'fp32', tables: 'fp32', positions: 'fp32' },
  fp16: { matrices: 'fp16', vision: 'fp16', tables: 'fp16', positions: 'fp16' },
  int8: { matrices: 8, vision: 8, tables: 8, positions: 'fp16' },
  int4: { matrices: 4, vision: 8, tables: 8, positions: 'fp16' },
};

export const BLOCK_SIZE = 32;

/** How a worker opens the same source again: a function that a module exports, and its argument. */
export interface SourceOrigin {
  readonly module: string;
  readonly open: string;
  readonly argument: unknown;
}

/** Where tensors come from: an opened checkpoint. */
export interface WeightSource {
  readonly config: ModelConfig;
  /** Absent: the source is read on one thread. */
  readonly origin?: SourceOrigin;
  /** By the names of the released files, in canonical form. */
  tensor(name: string): CheckpointTensor;
}

/** Every weight of both graphs, in the order in which they lie in the file. */
export function planWeights(checkpoint: WeightSource, format: WeightFormat): WeightUnit[] {
  const plan = plans[format];
  return [...planDecoder(checkpoint, plan), ...planVision(checkpoint, plan)];
}

/** Size of the weight file that a conversion would write, from the shapes alone. */
export function weightFileBytes(source: WeightSource, format: WeightFormat): number {
  return layoutBytes(layOutWeights(planWeights(source, format).flat()));
}

function* planDecoder(checkpoint: WeightSource, plan: FormatPlan): Generator<WeightUnit> {
  const { text } = checkpoint.config;
  const root = 'model.language_model';
  const tensor = (name: string) => checkpoint.tensor(name);
  yield table('embed', tensor(`${root}.embed_tokens.weight`), plan.tables);
  if (!text.tieWordEmbeddings) yield table('head', tensor('lm_head.weight'), plan.tables);
  yield [vector('norm', tensor(`${root}.norm.weight`))];
  for (let i = 0; i < text.numLayers; i++) {
    const from = `${root}.layers.${i}`;
    const to = `layers.${i}`;
    yield [vector(`${to}.input_norm`, tensor(`${from}.input_layernorm.weight`))];
    yield [vector(`${to}.post_norm`, tensor(`${from}.post_attention_layernorm.weight`))];
    yield [vector(`${to}.q_norm`, tensor(`${from}.self_attn.q_norm.weight`))];
    yield [vector(`${to}.k_norm`, tensor(`${from}.self_attn.k_norm.weight`))];
    for (const part of ['q', 'k', 'v', 'o']) {
      yield matrix(`${to}.${part}`, tensor(`${from}.self_attn.${part}_proj.weight`), plan.matrices);
    }
    if (text.moe?.sparseLayers[i]) {
      const form = { storage: plan.matrices, blockSize: expertBlockSize(text) };
      const gateUp = tensor(`${from}.mlp.experts.gate_up_proj`);
      // The router decides which experts run at all: it is small, and stays exact.
      yield matrix(`${to}.router`, tensor(`${from}.mlp.gate.weight`), 'fp32');
      yield experts(`${to}.experts.gate_up`, gateUp, { ...form, interleave: true });
      const down = tensor(`${from}.mlp.experts.down_proj`);
      yield experts(`${to}.experts.down`, down, { ...form, interleave: false });
    } else {
      for (const part of ['gate', 'up', 'down']) {
        yield matrix(`${to}.${part}`, tensor(`${from}.mlp.${part}_proj.weight`), plan.matrices);
      }
    }
  }
}

function* planVision(checkpoint: WeightSource, plan: FormatPlan): Generator<WeightUnit> {
  const { vision } = checkpoint.config;
  const linear = function* (to: string, from: string): Generator<WeightUnit> {
    yield matrix(to, checkpoint.tensor(`model.visual.${from}.weight`), plan.vision);
    yield [vector(`${to}.bias`, checkpoint.tensor(`model.visual.${from}.bias`))];
  };
  const norm = function* (to: string, from: string): Generator<WeightUnit> {
    yield [vector(`${to}.weight`, checkpoint.tensor(`model.visual.${from}.weight`))];
    yield [vector(`${to}.bias`, checkpoint.tensor(`model.visual.${from}.bias`))];
  };
  yield* linear('vision.patch_embed', 'patch_embed.proj');
  yield table('vision.positions', checkpoint.tensor('model.visual.pos_embed.weight'), plan.positions);
  for (let i = 0; i < vision.depth; i++) {
    const to = `vision.blocks.${i}`;
    const from = `blocks.${i}`;
    yield* norm(`${to}.norm1`, `${from}.norm1`);
    yield* linear(`${to}.qkv`, `${from}.attn.qkv`);
    yield* linear(`${to}.proj`, `${from}.attn.proj`);
    yield* norm(`${to}.norm2`, `${from}.norm2`);
    yield* linear(`${to}.fc1`, `${from}.mlp.linear_fc1`);
    yield* linear(`${to}.fc2`, `${from}.mlp.linear_fc2`);
  }
  for (const [to, from] of mergerNames(checkpoint.config)) {
    yield* norm(`${to}.norm`, `${from}.norm`);
    yield* linear(`${to}.fc1`, `${from}.linear_fc1`);
    yield* linear(`${to}.fc2`, `${from}.linear_fc2`);
  }
}

/** Our name and the checkpoint's of the main merger and of each DeepStack merger, in the order of a visual row's parts. */
function mergerNames({ vision }: ModelConfig): [string, string][] {
  const deepstack = vision.deepstackIndexes.map((_, k): [string, string] => [
    `vision.deepstack.${k}`,
    `deepstack_merger_list.${k}`,
  ]);
  return [['vision.merger', 'merger'], ...deepstack];
}

/** A norm's weight or a bias: float32. */
function vector(name: string, tensor: CheckpointTensor): Weight {
  return {
    name,
    type: 'float32',
    shape: tensor.shape,
    async *produce() {
      yield bytesOf(toFloats(await tensor.read(), tensor.dtype));
    },
  };
}

/** Rows that are looked up, or multiplied as they lie. */
function table(name: string, tensor: CheckpointTensor, storage: Storage): Weight[] {
  if (typeof storage === 'number') return quantized(name, tensor, tensor.shape, { bits: storage });
  return [
    {
      name,
      type: storage === 'fp32' ? 'float32' : 'float16',
      shape: tensor.shape,
      async *produce() {
        for await (const rows of readPieces(tensor)) yield store(rows, storage);
      },
    },
  ];
}

/** A linear layer's [out, in, …] (a convolution's kernel axes count as in). */
function matrix(name: string, tensor: CheckpointTensor, storage: Storage): Weight[] {
  const [out, ...inner] = tensor.shape as [number, ...number[]];
  const columns = elementCount(inner);
  if (typeof storage === 'number') return quantized(name, tensor, [out, columns], { bits: storage });
  return [
    {
      name,
      type: storage === 'fp32' ? 'float32' : 'float16',
      shape: [columns, out],
      async *produce() {
        const whole = { bytes: await tensor.read(), dtype: tensor.dtype, rows: out, columns };
        const itemBytes = storage === 'fp32' ? 4 : 2;
        const step = Math.max(1, Math.floor(PIECE_BYTES / (out * itemBytes)));
        for (let first = 0; first < columns; first += step) {
          yield store(turnColumns(whole, first, Math.min(step, columns - first)), storage);
        }
      },
    },
  ];
}

interface ExpertsForm {
  readonly storage: Storage;
  readonly blockSize: number;
  /** Out is gate rows, then up rows, and becomes gate 0, up 0, gate 1, up 1, … */
  readonly interleave: boolean;
}

/** [experts, out, in] */
function experts(name: string, tensor: CheckpointTensor, { storage, blockSize, interleave }: ExpertsForm): Weight[] {
  const [count, out, columns] = tensor.shape as [number, number, number];
  const arrange = (values: Float32Array) => (interleave ? interleaveHalves(values, out, columns) : values);
  if (typeof storage === 'number') {
    return quantized(name, tensor, [count, out, columns], { bits: storage, blockSize, arrange });
  }
  return [
    {
      name,
      type: storage === 'fp32' ? 'float32' : 'float16',
      shape: [count, out, columns],
      async *produce() {
        for (let expert = 0; expert < count; expert++) {
          yield store(arrange(toFloats(await tensor.readRows(expert, 1), tensor.dtype)), storage);
        }
      },
    },
  ];
}

/** QMoE wants whole blocks, of one size for both of an expert's matrices: the largest that divides what each reads. */
export function expertBlockSize({ hiddenSize, moe }: TextConfig): number {
  const inner = moe!.intermediateSize;
  const size = [BLOCK_SIZE, 16].find((candidate) => hiddenSize % candidate === 0 && inner % candidate === 0);
  assert(size !== undefined, `experts of ${hiddenSize} and ${inner} inputs can't be cut into blocks of 32 or 16`);
  return size;
}

interface Quantization {
  readonly bits: QuantizedBits;
  readonly blockSize?: number;
  /** Puts rows in another order. */
  readonly arrange?: (values: Float32Array) => Float32Array;
}

/** Codes and scales as two weights; the scales are kept from the pass that makes the codes. */
function quantized(
  name: string,
  tensor: CheckpointTensor,
  shape: readonly number[],
  { bits, blockSize = BLOCK_SIZE, arrange = (values) => values }: Quantization,
): Weight[] {
  const columns = shape.at(-1)!;
  const blocks = blocksPerRow(columns, blockSize);
  const rowShape = shape.slice(0, -1);
  const scales: Uint8Array[] = [];
  return [
    {
      name: `${name}.q${bits}`,
      type: 'uint8',
      shape: [...rowShape, (blocks * blockSize * bits) / 8],
      async *produce() {
        for await (const values of readPieces(tensor)) {
          const piece = quantizeRows(arrange(values), columns, bits, blockSize);
          scales.push(bytesOf(piece.scales));
          yield piece.codes;
        }
      },
    },
    {
      name: `${name}.scales`,
      type: 'float16',
      shape: [...rowShape, blocks],
      async *produce() {
        yield* scales;
        scales.length = 0;
      },
    },
  ];
}
