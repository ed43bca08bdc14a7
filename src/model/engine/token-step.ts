// One token of each of a few sequences at once: what decoding repeats. Every input and output keeps its place from step to step, so
// that a step costs a few small copies and one call; on CUDA the kernels of a step are recorded once for each cache and replayed.
import { assert } from '../../errors.ts';
import type { Binding } from '../ort/binding.ts';
import { floatsToHalves } from '../onnx/half-float.ts';
import { byteLengthOf, type DataType } from '../ort/data-type.ts';
import { OrtError } from '../ort/errors.ts';
import type { Device } from '../ort/providers.ts';
import type { Session } from '../ort/session.ts';
import { NO_TOKEN } from '../ort/step-chain.ts';
import { Tensor } from '../ort/tensor.ts';
import { TransferBuffer, type Place } from '../ort/transfer-buffer.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import type { TextRope } from '../qwen3-vl/graphs/rope.ts';
import { LOGIT_BLOCK } from '../qwen3-vl/graphs/decoder.ts';
import { argmax, BrokenLogitsError } from './sampling.ts';
import type { RopeTable } from './rope-table.ts';
import { StepsAhead } from './steps-ahead.ts';

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

export interface StepResult {
  /** The most likely token of a row, the first of equals. Throws BrokenLogitsError. */
  best(row: number): number;
  /** The logits [vocabulary] of a row, valid until the next step; there only when they were asked for. */
  logits(row: number): Float32Array;
}

export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  /** False: only the most likely tokens are read back, which spares copying and reading the whole vocabulary. */
  readonly needsLogits: boolean;
  /** How far the most likely tokens may be computed before they are asked for, where nothing else will be: one row on CUDA. */
  readonly ahead?: { readonly tokens: number; readonly stopTokenIds: readonly number[] } | undefined;
}

/** Steps of a chain: one in sixteen pays for the way between threads. A request that comes in between ends it at its next step. */
const MAX_AHEAD = 16;

type InputName = 'input_ids' | 'cos' | 'sin' | 'rope_rows' | 'seqlens_k';
const inputNames: readonly InputName[] = ['input_ids', 'cos', 'sin', 'rope_rows', 'seqlens_k'];

/** Recorded steps that a session keeps, a few MB each; caches beyond it run unrecorded. */
const MAX_RECORDINGS = 256;

export class TokenStep implements Disposable {
  readonly rows: number;
  readonly #session: Session;
  readonly #rope: TextRope;
  readonly #inputBuffer: TransferBuffer;
  readonly #constantBuffer: TransferBuffer;
  readonly #outputBuffer: TransferBuffer;
  readonly #inputs: Record<InputName, Place>;
  /** What is bound. */
  readonly #inputTensors: readonly (readonly [InputName, Tensor])[];
  /** CUDA's attention kernel reads rotary rows of these inputs itself. */
  readonly #isRopeFused: boolean;
  /** Where WebGPU's reads them. */
  readonly #ropeTable: RopeTable | undefined;
  /** The longest `total_length`. */
  readonly #slots: number;
  readonly #constants: Record<'visual_rows' | 'visual_index' | 'logit_rows', Place>;
  readonly #outputs: Record<'logits' | 'hidden', Place>;
  /** Where the graph has them. */
  readonly #maxima:
    { readonly buffer: TransferBuffer; readonly places: Record<'block_max' | 'block_best', Place> } | undefined;
  readonly #total = Int32Array.of(0);
  readonly #totalTensor: Tensor;
  /** Number of the recording made with a cache's tensors. */
  readonly #recordings = new WeakMap<readonly Tensor[], number>();
  #numRecordings = 0;
  /** Tensors of caches that a step was recorded with. */
  readonly #recorded = new WeakSet<readonly Tensor[]>();
  #ahead: StepsAhead | undefined;
  #records: boolean;
  #recordingFailure: string | undefined;
  #areConstantsThere = false;

  constructor(
    session: Session,
    config: ModelConfig,
    rope: TextRope,
    rows: number,
    activations: DataType,
    ropeTable?: RopeTable,
  ) {
    const { text, vision } = config;
    this.rows = rows;
    this.#session = session;
    this.#rope = rope;
    this.#records = session.hasCudaGraph;
    const half = text.headDim / 2;
    const blocks = Math.ceil(text.vocabSize / LOGIT_BLOCK);
    const visualWidth = (1 + vision.deepstackIndexes.length) * text.hiddenSize;
    const ropeType = session.inputs.get('cos')!.type;
    const inputs: Record<InputName, readonly [DataType, readonly number[]]> = {
      input_ids: ['int32', [rows, 1]],
      seqlens_k: ['int32', [rows]],
      cos: [ropeType, [rows, half]],
      sin: [ropeType, [rows, half]],
      rope_rows: ['int64', [rows, 1]],
    };
    const constants = {
      visual_rows: [activations, [1, visualWidth]],
      visual_index: ['int32', [rows, 1]],
      logit_rows: ['int32', [rows]],
    } as const;
    const outputs = {
      logits: ['float32', [rows, text.vocabSize]],
      hidden: ['float32', [rows, text.hiddenSize]],
    } as const;
    const { device } = session;
    this.#ropeTable = ropeTable;
    this.#isRopeFused = ropeType === 'float16';
    this.#slots = text.maxPositions;
    const table = [this.#slots, half];
    const tailBytes = this.#isRopeFused ? byteLengthOf(ropeType, table) : 0;
    this.#inputBuffer = new TransferBuffer(device, TransferBuffer.sizeOf(Object.values(inputs)), tailBytes);
    this.#constantBuffer = new TransferBuffer(device, TransferBuffer.sizeOf(Object.values(constants)));
    this.#outputBuffer = new TransferBuffer(device, TransferBuffer.sizeOf(Object.values(outputs)));
    this.#inputs = this.#inputBuffer.places(inputs);
    this.#inputTensors = inputNames.map((name) => {
      const { tensor, byteOffset } = this.#inputs[name];
      if (!this.#isRopeFused || !['cos', 'sin'].includes(name)) return [name, tensor];
      // See RopePlaces: tables of as many rows as slots, of which the first are read. They lie over one another and the tail.
      return [name, Tensor.overAddress('Cuda', ropeType, table, this.#inputBuffer.cardAddress! + BigInt(byteOffset))];
    });
    this.#constants = this.#constantBuffer.places(constants);
    this.#outputs = this.#outputBuffer.places(outputs);
    this.#maxima = session.outputs.has('block_max') ? maximaOf(device, rows, blocks) : undefined;
    for (let row = 0; row < rows; row++) this.#constants.logit_rows.array[row] = row;
    this.#totalTensor = Tensor.over('int32', [1], this.#total);
  }

  /** Why steps are not recorded on a device that can; undefined when they are. */
  get recordingFailure(): string | undefined {
    return this.#recordingFailure;
  }

  /**
   * Appends one token to each row. A row of an ended sequence may be given as any token at length 0: it is computed and means
   * nothing. Rejects with OrtError or the signal's reason.
   */
  async run(cache: StepCache, steps: readonly StepRow[], options: StepOptions): Promise<StepResult> {
    assert(steps.length === this.rows, `${steps.length} tokens for ${this.rows} rows`);
    const longest = Math.max(...steps.map(({ length }) => length)) + 1;
    assert(longest <= cache.capacity, `a step to ${longest} slots in a cache of ${cache.capacity}`);
    const { signal, needsLogits } = options;
    const ahead = this.#aheadOf(cache, steps, options);
    if (ahead) {
      const tokenId = await ahead.take();
      signal?.throwIfAborted();
      return tokenOnly(tokenId);
    }
    this.#write(steps);
    await this.#runBound(cache, longest, { signal, needsLogits });
    const vocabulary = this.#outputs.logits.tensor.shape[1]!;
    const all = this.#outputs.logits.array as Float32Array;
    const logits = (row: number) => all.subarray(row * vocabulary, (row + 1) * vocabulary);
    const maxima = this.#maxima?.places;
    return {
      best(row) {
        if (needsLogits || !maxima) return argmax(logits(row));
        const { block_max: largest, block_best: places } = maxima;
        const blocks = largest.array.length / steps.length;
        const block = argmax((largest.array as Float32Array).subarray(row * blocks, (row + 1) * blocks));
        // An index into all rows.
        return Number((places.array as BigInt64Array)[row * blocks + block]) % vocabulary;
      },
      logits(row) {
        assert(needsLogits, 'logits that were not asked for');
        return logits(row);
      },
    };
  }

  /** Lets go of steps made ahead that nobody has asked for. */
  drop(): void {
    this.#ahead?.drop();
    this.#ahead = undefined;
  }

  #write(steps: readonly StepRow[]): void {
    const positions = new Int32Array(3 * this.rows);
    steps.forEach(({ tokenId, position, length }, row) => {
      this.#inputs.input_ids.array[row] = tokenId;
      this.#inputs.seqlens_k.array[row] = length;
      this.#inputs.rope_rows.array[row] = BigInt(this.#ropeTable ? length : row);
      for (let axis = 0; axis < 3; axis++) positions[axis * this.rows + row] = position;
    });
    const { cos, sin } = this.#rope.tables(positions);
    for (const [{ array }, table] of [[this.#inputs.cos, cos] as const, [this.#inputs.sin, sin] as const]) {
      if (this.#isRopeFused) (array as Uint16Array).set(floatsToHalves(table));
      else (array as Float32Array).set(table);
    }
  }

  /** Steps under way that begin with this one: those of before where it goes on with them, or new ones. */
  #aheadOf(cache: StepCache, [first]: readonly StepRow[], options: StepOptions): StepsAhead | undefined {
    if (this.#ahead?.continuesWith(cache.tensors, first!)) return this.#ahead;
    this.drop();
    const { ahead, needsLogits, signal } = options;
    const steps = Math.min(ahead?.tokens ?? 0, MAX_AHEAD, cache.capacity - first!.length);
    if (this.rows > 1 || needsLogits || !this.#maxima || steps < 2 || !this.#recorded.has(cache.tensors))
      return undefined;
    const dropped = new AbortController();
    const under = new StepsAhead(cache.tensors, first!, steps, dropped);
    const { buffer, places } = this.#maxima;
    const { byteLength } = this.#inputBuffer;
    const feeds = new Uint8Array(steps * byteLength);
    for (let i = 0; i < steps; i++) {
      this.#write([{ tokenId: first!.tokenId, position: first!.position + i, length: first!.length + i }]);
      feeds.set(this.#inputBuffer.bytes, i * byteLength);
    }
    this.#total[0] = Math.min(cache.capacity, this.#slots);
    const run = this.#bindingOf(cache).run({
      signal: signal ? AbortSignal.any([signal, dropped.signal]) : dropped.signal,
      config: { gpu_graph_id: String(this.#recordingOf(cache)) },
      chain: {
        steps,
        inputs: { address: this.#inputBuffer.cardAddress!, byteLength, feeds },
        tokenOffset: this.#inputs.input_ids.byteOffset,
        maxima: {
          address: buffer.cardAddress!,
          byteLength: buffer.byteLength,
          blocks: places.block_max.array.length,
          largestOffset: places.block_max.byteOffset,
          tokenOffset: places.block_best.byteOffset,
        },
        stopTokenIds: ahead!.stopTokenIds,
      },
      onToken: (tokenId) => under.arrive(tokenId),
    });
    under.follow(run);
    return (this.#ahead = under);
  }

  async #runBound(cache: StepCache, longest: number, { signal, needsLogits }: StepOptions): Promise<void> {
    const recording = this.#recordingOf(cache);
    // A recording holds this number for ever, and the kernels need only an upper bound of the lengths.
    this.#total[0] = recording === undefined ? longest : Math.min(cache.capacity, this.#slots);
    const constants = this.#areConstantsThere ? [] : this.#constantBuffer.upload();
    const after =
      needsLogits || !this.#maxima ? this.#outputBuffer.download(this.#outputs.logits) : this.#maxima.buffer.download();
    const settings = {
      signal,
      before: [...constants, ...this.#inputBuffer.upload()],
      after,
      config: this.#session.hasCudaGraph ? { gpu_graph_id: String(recording ?? -1) } : {},
    };
    try {
      await this.#bindingOf(cache).run(settings);
      this.#areConstantsThere = true;
      if (recording !== undefined) this.#recorded.add(cache.tensors);
    } catch (error) {
      if (recording === undefined || !(error instanceof OrtError)) throw error;
      // Some operator can't be recorded here: the plain way from now on, over the same slots.
      this.#records = false;
      this.#recordingFailure = error.message;
      await this.#runBound(cache, longest, { signal, needsLogits });
    }
  }

  #recordingOf({ tensors }: StepCache): number | undefined {
    if (!this.#records) return undefined;
    const known = this.#recordings.get(tensors);
    if (known !== undefined) return known;
    if (this.#numRecordings >= MAX_RECORDINGS) return undefined;
    const recording = nextRecording++;
    this.#numRecordings++;
    this.#recordings.set(tensors, recording);
    return recording;
  }

  #bindingOf(cache: StepCache): Binding {
    if (cache.stepBinding) return cache.stepBinding;
    const binding = (cache.stepBinding = this.#session.bind());
    for (const [name, tensor] of this.#inputTensors) binding.bindInput(name, tensor);
    for (const [name, { tensor }] of Object.entries(this.#constants))
      binding.bindInput(name, tensor, { constant: true });
    binding.bindInput('total_length', this.#totalTensor);
    this.#ropeTable?.bind(binding);
    for (const [name, { tensor }] of Object.entries({ ...this.#outputs, ...this.#maxima?.places })) {
      binding.bindOutput(name, tensor);
    }
    cache.tensors.forEach((tensor, i) => {
      const part = i % 2 === 0 ? 'key' : 'value';
      binding.bindInput(`past_${part}.${i >> 1}`, tensor);
      binding.bindOutput(`present_${part}.${i >> 1}`, tensor);
    });
    return binding;
  }

  [Symbol.dispose](): void {
    const ahead = this.#ahead;
    this.drop();
    // The thread of the card may be in the middle of a step, whose memory this is.
    if (ahead) void ahead.settled.then(() => this.#free());
    else this.#free();
  }

  #free(): void {
    this.#totalTensor[Symbol.dispose]();
    for (const [, tensor] of this.#inputTensors) tensor[Symbol.dispose]();
    for (const places of [this.#inputs, this.#constants, this.#outputs, this.#maxima?.places ?? {}]) {
      for (const { tensor } of Object.values<Place>(places)) tensor[Symbol.dispose]();
    }
    for (const buffer of [this.#inputBuffer, this.#constantBuffer, this.#outputBuffer]) buffer[Symbol.dispose]();
    this.#maxima?.buffer[Symbol.dispose]();
  }
}

function tokenOnly(tokenId: number): StepResult {
  return {
    best() {
      if (tokenId === NO_TOKEN) throw new BrokenLogitsError();
      return tokenId;
    },
    logits() {
      assert(false, 'logits that were not asked for');
    },
  };
}

function maximaOf(device: Device, rows: number, blocks: number) {
  const layout = { block_max: ['float32', [rows, 1, blocks]], block_best: ['int64', [rows, 1, blocks]] } as const;
  const buffer = new TransferBuffer(device, TransferBuffer.sizeOf(Object.values(layout)));
  return { buffer, places: buffer.places(layout) };
}

/** Numbers of recordings must differ within a session; that they differ everywhere costs nothing. */
let nextRecording = 1;
