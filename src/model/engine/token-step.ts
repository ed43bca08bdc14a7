// One token of each of a few sequences at once: what decoding repeats. Every input and output keeps its place from step to step, so
// that a step costs a few small copies and one call; on CUDA the kernels of a step are recorded once for each cache and replayed.
import { assert } from '../../errors.ts';
import type { Binding } from '../ort/binding.ts';
import { StagedBlock } from '../ort/cuda-memory.ts';
import { byteLengthOf, dataTypes, type DataType, type TensorData } from '../ort/data-type.ts';
import { OrtError } from '../ort/errors.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import type { TextRope } from '../qwen3-vl/graphs/rope.ts';

/** Keys and values of `rows` sequences: tensors [rows, kvHeads, capacity, headDim], key.0, value.0, key.1, … */
export interface StepCache {
  readonly tensors: readonly Tensor[];
  readonly capacity: number;
  /** Kept by the step, released by the cache when its tensors change. */
  stepBinding: Binding | undefined;
}

export interface StepRow {
  readonly tokenId: number;
  /** Equal on all three axes: what is generated is text. */
  readonly position: number;
  /** Tokens in the cache before this one. */
  readonly length: number;
}

/** Recorded steps that a session keeps, a few MB each; caches beyond it run unrecorded. */
const MAX_RECORDINGS = 256;

export class TokenStep implements Disposable {
  readonly rows: number;
  readonly #session: Session;
  readonly #rope: TextRope;
  readonly #inputs: Places;
  readonly #constants: Places;
  readonly #outputs: Places;
  readonly #total = Int32Array.of(0);
  readonly #totalTensor: Tensor;
  /** Number of the recording by the addresses of the cache it was made with. */
  readonly #recordings = new Map<string, number>();
  #records: boolean;

  constructor(session: Session, config: ModelConfig, rope: TextRope, rows: number, activations: DataType) {
    const { text, vision } = config;
    this.rows = rows;
    this.#session = session;
    this.#rope = rope;
    this.#records = session.hasCudaGraph;
    const half = text.headDim / 2;
    const make = session.device === 'cuda' ? onCard : onCpu;
    this.#inputs = make({
      input_ids: ['int32', [rows, 1]],
      cos: ['float32', [rows, half]],
      sin: ['float32', [rows, half]],
      seqlens_k: ['int32', [rows]],
    });
    this.#constants = make({
      visual_rows: [activations, [1, (1 + vision.deepstackIndexes.length) * text.hiddenSize]],
      visual_index: ['int32', [rows, 1]],
      rope_rows: ['int64', [rows, 1]],
      logit_rows: ['int32', [rows]],
    });
    this.#outputs = make({ logits: ['float32', [rows, text.vocabSize]], hidden: ['float32', [rows, text.hiddenSize]] });
    for (let row = 0; row < rows; row++) {
      this.#constants.arrays['rope_rows']![row] = BigInt(row);
      this.#constants.arrays['logit_rows']![row] = row;
    }
    this.#constants.upload();
    this.#totalTensor = Tensor.over('int32', [1], this.#total);
  }

  /**
   * Appends one token to each row and gives the logits [rows, vocabulary], valid until the next run. A row of an ended sequence may
   * be given as any token at length 0: it is computed and means nothing. Rejects with OrtError or the signal's reason.
   */
  async run(cache: StepCache, steps: readonly StepRow[], signal?: AbortSignal): Promise<Float32Array> {
    assert(steps.length === this.rows, `${steps.length} tokens for ${this.rows} rows`);
    const longest = Math.max(...steps.map(({ length }) => length)) + 1;
    assert(longest <= cache.capacity, `a step to ${longest} slots in a cache of ${cache.capacity}`);
    const { arrays } = this.#inputs;
    const positions = new Int32Array(3 * this.rows);
    steps.forEach(({ tokenId, position, length }, row) => {
      arrays['input_ids']![row] = tokenId;
      arrays['seqlens_k']![row] = length;
      for (let axis = 0; axis < 3; axis++) positions[axis * this.rows + row] = position;
    });
    const { cos, sin } = this.#rope.tables(positions);
    (arrays['cos'] as Float32Array).set(cos);
    (arrays['sin'] as Float32Array).set(sin);
    signal?.throwIfAborted();
    this.#inputs.upload();
    await this.#runBound(cache, longest, signal);
    this.#outputs.download();
    return this.#outputs.arrays['logits'] as Float32Array;
  }

  async #runBound(cache: StepCache, longest: number, signal: AbortSignal | undefined): Promise<void> {
    const recording = this.#recordingOf(cache);
    // A recording holds this number for ever, and the kernels need only an upper bound of the lengths.
    this.#total[0] = recording === undefined ? longest : cache.capacity;
    const binding = this.#bindingOf(cache);
    if (recording === undefined) {
      const config = this.#session.hasCudaGraph ? { gpu_graph_id: '-1' } : {};
      return binding.run({ signal, config });
    }
    try {
      await binding.run({ config: { gpu_graph_id: String(recording) }, onThisThread: true });
    } catch (error) {
      if (!(error instanceof OrtError)) throw error;
      // Some operator can't be recorded here: the plain way from now on, over the same slots.
      this.#records = false;
      await this.#runBound(cache, longest, signal);
    }
  }

  #recordingOf(cache: StepCache): number | undefined {
    if (!this.#records) return undefined;
    const key = cache.tensors.map(({ address }) => address).join();
    const known = this.#recordings.get(key);
    if (known !== undefined) return known;
    if (this.#recordings.size >= MAX_RECORDINGS) return undefined;
    // Of this session and number of rows: sessions don't share recordings, rows do share a session.
    const recording = this.rows * 1_000_000 + this.#recordings.size;
    this.#recordings.set(key, recording);
    return recording;
  }

  #bindingOf(cache: StepCache): Binding {
    // WebGPU copies what lies on the CPU when it is bound, so it is bound anew at each step.
    if (cache.stepBinding && this.#session.device !== 'webgpu') return cache.stepBinding;
    const binding = (cache.stepBinding ??= this.#session.bind());
    for (const places of [this.#inputs, this.#constants]) {
      for (const [name, tensor] of Object.entries(places.tensors)) binding.bindInput(name, tensor);
    }
    binding.bindInput('total_length', this.#totalTensor);
    for (const [name, tensor] of Object.entries(this.#outputs.tensors)) binding.bindOutput(name, tensor);
    cache.tensors.forEach((tensor, i) => {
      const part = i % 2 === 0 ? 'key' : 'value';
      binding.bindInput(`past_${part}.${i >> 1}`, tensor);
      binding.bindOutput(`present_${part}.${i >> 1}`, tensor);
    });
    return binding;
  }

  [Symbol.dispose](): void {
    this.#totalTensor[Symbol.dispose]();
    for (const places of [this.#inputs, this.#constants, this.#outputs]) places.release();
  }
}

type Layout = Readonly<Record<string, readonly [DataType, readonly number[]]>>;

/** Named tensors at places that don't move, each with an array on the CPU. */
interface Places {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly arrays: Readonly<Record<string, TensorData>>;
  upload(): void;
  download(): void;
  release(): void;
}

/** Tensors over the arrays themselves. */
function onCpu(layout: Layout): Places {
  const entries = Object.entries(layout).map(([name, [type, shape]]) => [name, Tensor.zeros(type, shape)] as const);
  return {
    tensors: Object.fromEntries(entries),
    arrays: Object.fromEntries(entries.map(([name, tensor]) => [name, tensor.data])),
    upload: () => undefined,
    download: () => undefined,
    release: () => entries.forEach(([, tensor]) => tensor[Symbol.dispose]()),
  };
}

/** CUDA aligns what it allocates to this; kernels may load 16 bytes at once. */
const ALIGNMENT = 256;

/** All of them in one block, copied as a whole. */
function onCard(layout: Layout): Places {
  const offsets: number[] = [];
  let end = 0;
  for (const [type, shape] of Object.values(layout)) {
    offsets.push(end);
    end += Math.ceil(byteLengthOf(type, shape) / ALIGNMENT) * ALIGNMENT;
  }
  const block = new StagedBlock(end);
  const tensors: Record<string, Tensor> = {};
  const arrays: Record<string, TensorData> = {};
  Object.entries(layout).forEach(([name, [type, shape]], i) => {
    const { Array: TypedArray } = dataTypes[type];
    const length = byteLengthOf(type, shape) / TypedArray.BYTES_PER_ELEMENT;
    arrays[name] = new TypedArray(block.host, offsets[i]!, length);
    tensors[name] = Tensor.overAddress('Cuda', type, shape, block.address + BigInt(offsets[i]!));
  });
  return {
    tensors,
    arrays,
    upload: () => block.upload(),
    download: () => block.download(),
    release: () => {
      for (const tensor of Object.values(tensors)) tensor[Symbol.dispose]();
      block[Symbol.dispose]();
    },
  };
}
