// The memory of a decoding step: where its inputs, what never changes among them, and its outputs lie from step to step.
import { assert } from '../../errors.ts';
import { floatsToHalves } from '../onnx/half-float.ts';
import type { Binding } from '../ort/binding.ts';
import { byteLengthOf, type TensorData } from '../ort/data-type.ts';
import type { Session } from '../ort/session.ts';
import type { ChainBuffers } from '../ort/step-chain.ts';
import { Tensor } from '../ort/tensor.ts';
import { TransferBuffer, type Layout, type Place, type Transfer } from '../ort/transfer-buffer.ts';
import { transferRoom } from '../ort/device-twins.ts';
import type { DeviceCopy } from '../ort/run-queue.ts';
import { visualRowWidth, type ModelConfig } from '../qwen3-vl/config.ts';
import type { TextRope } from '../qwen3-vl/graphs/rope.ts';
import { blockMaximaOf, PooledMaxima, type BlockMaxima } from './block-maxima.ts';
import { readsRopePlaces } from './rope-places.ts';
import type { RopeTable } from './rope-table.ts';
import { argmax } from './sampling.ts';

export interface StepRow {
  readonly tokenId: number;
  /** Equal on all three axes: what is generated is text. */
  readonly position: number;
  /** Tokens in the cache before this one. */
  readonly length: number;
}

/** What turns positions into rotary rows. */
export interface StepRotary {
  readonly rope: TextRope;
  /** Where WebGPU's attention kernel reads them. */
  readonly ropeTable: RopeTable | undefined;
}

type InputName = 'input_ids' | 'seqlens_k' | 'rope_rows';

export class StepRoom implements Disposable {
  readonly rows: number;
  /** The longest `total_length`. */
  readonly slots: number;
  readonly #vocabulary: number;
  readonly #rope: TextRope;
  readonly #inputRoom: Transfer;
  readonly #constantRoom: Transfer;
  readonly #outputRoom: Transfer;
  readonly #inputs: Readonly<Record<InputName, Place>>;
  /** Elements of the rotary rows: cos and sin, which are one input on WebGPU. */
  readonly #ropeRows: readonly TensorData[];
  /** What is bound. */
  readonly #inputTensors: readonly (readonly [string, Tensor])[];
  /** CUDA's attention kernel reads rotary rows of these inputs itself. */
  readonly #isRopeFused: boolean;
  /** See StepRotary. */
  readonly #ropeTable: RopeTable | undefined;
  readonly #constants: Record<'visual_rows' | 'visual_index' | 'logit_rows', Place>;
  readonly #outputs: Record<'logits', Place>;
  /** Where the graph has them. */
  readonly #maxima: BlockMaxima | undefined;
  readonly #total = Int32Array.of(0);
  readonly #totalTensor: Tensor;

  /** On WebGPU in the device's turn, see Session.whenIdle. Throws OrtError or CudaError when memory runs out. */
  constructor(session: Session, config: ModelConfig, rows: number, { rope, ropeTable }: StepRotary) {
    const { maxPositions, vocabSize, headDim } = config.text;
    this.rows = rows;
    this.slots = maxPositions;
    this.#vocabulary = vocabSize;
    this.#rope = rope;
    this.#ropeTable = ropeTable;
    this.#isRopeFused = readsRopePlaces(session);
    const { inputs, constants, outputs } = layoutsOf(session, config, rows);
    const table = [maxPositions, headDim / 2];
    this.#inputRoom = transferRoom(session, inputs, this.#isRopeFused ? byteLengthOf('float16', table) : 0);
    this.#constantRoom = transferRoom(session, constants);
    this.#outputRoom = transferRoom(session, outputs);
    const places = this.#inputRoom.places<string>(inputs);
    this.#inputs = places as Record<InputName, Place>;
    this.#ropeRows = ropeTable ? halvesOf(places['rope']!) : [places['cos']!.array, places['sin']!.array];
    this.#inputTensors = Object.entries<Place>(places).map(([name, { tensor, byteOffset }]) => {
      if (!this.#isRopeFused || !['cos', 'sin'].includes(name)) return [name, tensor];
      // See RopePlaces: tables of as many rows as slots, of which the first are read. They lie over one another and the tail.
      return [name, Tensor.overAddress('Cuda', 'float16', table, this.#inputBuffer.cardAddress! + BigInt(byteOffset))];
    });
    this.#constants = this.#constantRoom.places(constants);
    this.#outputs = this.#outputRoom.places(outputs);
    this.#maxima = blockMaximaOf(session, rows, vocabSize);
    for (let row = 0; row < rows; row++) this.#constants.logit_rows.array[row] = row;
    this.#totalTensor = Tensor.over('int32', [1], this.#total);
  }

  /** The card's thread can read the most likely token by itself. */
  get canChain(): boolean {
    return this.#maxima instanceof PooledMaxima;
  }

  /** Binds all but the cache. */
  bind(binding: Binding): void {
    for (const [name, tensor] of this.#inputTensors) binding.bindInput(name, tensor);
    for (const [name, { tensor }] of Object.entries(this.#constants))
      binding.bindInput(name, tensor, { constant: true });
    // The kernels' host side reads it where it lies.
    binding.bindInput('total_length', this.#totalTensor, { constant: true });
    this.#ropeTable?.bind(binding, 1);
    for (const [name, { tensor }] of Object.entries<Place>({ ...this.#outputs, ...this.#maxima?.places })) {
      binding.bindOutput(name, tensor);
    }
  }

  /** How many slots the longest row has after the step, or more. */
  set totalLength(slots: number) {
    this.#total[0] = slots;
  }

  write(steps: readonly StepRow[]): void {
    const positions = new Int32Array(3 * this.rows);
    steps.forEach(({ tokenId, position, length }, row) => {
      this.#inputs.input_ids.array[row] = tokenId;
      this.#inputs.seqlens_k.array[row] = length;
      this.#inputs.rope_rows.array[row] = BigInt(this.#ropeTable ? length : row);
      for (let axis = 0; axis < 3; axis++) positions[axis * this.rows + row] = position;
    });
    const { cos, sin } = this.#rope.tables(positions);
    [cos, sin].forEach((table, i) => {
      if (this.#isRopeFused) (this.#ropeRows[i] as Uint16Array).set(floatsToHalves(table));
      else (this.#ropeRows[i] as Float32Array).set(table);
    });
  }

  /** What brings the inputs to the device before a run. */
  uploads({ withConstants }: { readonly withConstants: boolean }): DeviceCopy[] {
    return [...(withConstants ? this.#constantRoom.upload() : []), ...this.#inputRoom.upload()];
  }

  /** What brings back all logits after it, or the block maxima alone. */
  downloads({ needsLogits }: { readonly needsLogits: boolean }): DeviceCopy[] {
    return needsLogits || !this.#maxima ? this.#outputRoom.download(this.#outputs.logits) : this.#maxima.download();
  }

  /** For a chain of one row's steps from `first` on, each with the token of the one before: its inputs, and where tokens come out. */
  chain(first: StepRow, steps: number): ChainBuffers {
    const maxima = this.#maxima;
    assert(maxima instanceof PooledMaxima, 'a chain of steps without pooled maxima');
    const { byteLength, bytes, cardAddress } = this.#inputBuffer;
    const feeds = new Uint8Array(steps * byteLength);
    for (let i = 0; i < steps; i++) {
      const { tokenId, position, length } = first;
      this.write([{ tokenId, position: position + i, length: length + i }]);
      feeds.set(bytes, i * byteLength);
    }
    return {
      inputs: { address: cardAddress!, byteLength, feeds },
      tokenOffset: this.#inputs.input_ids.byteOffset,
      maxima: maxima.forChain,
    };
  }

  get #inputBuffer(): TransferBuffer {
    assert(this.#inputRoom instanceof TransferBuffer, 'inputs of a step on WebGPU have no address');
    return this.#inputRoom;
  }

  /** The logits [vocabulary] of a row. */
  logits(row: number): Float32Array {
    const all = this.#outputs.logits.array as Float32Array;
    return all.subarray(row * this.#vocabulary, (row + 1) * this.#vocabulary);
  }

  /** The most likely token of a row. Throws BrokenLogitsError. */
  best(row: number, { needsLogits }: { readonly needsLogits: boolean }): number {
    return needsLogits || !this.#maxima ? argmax(this.logits(row)) : this.#maxima.best(row);
  }

  [Symbol.dispose](): void {
    this.#totalTensor[Symbol.dispose]();
    for (const [, tensor] of this.#inputTensors) tensor[Symbol.dispose]();
    for (const places of [this.#inputs, this.#constants, this.#outputs]) {
      for (const { tensor } of Object.values<Place>(places)) tensor[Symbol.dispose]();
    }
    for (const room of [this.#inputRoom, this.#constantRoom, this.#outputRoom]) room[Symbol.dispose]();
    this.#maxima?.[Symbol.dispose]();
  }
}

/** What a decoder of `rows` sequences takes and gives at each step, apart from its caches. */
function layoutsOf(session: Session, config: ModelConfig, rows: number) {
  const { headDim, vocabSize } = config.text;
  const typeOf = (name: string) => session.inputs.get(name)!.type;
  const half = headDim / 2;
  const rope: Layout<string> = session.inputs.has('rope')
    ? { rope: ['float32', [2, rows, half]] }
    : { cos: [typeOf('cos'), [rows, half]], sin: [typeOf('sin'), [rows, half]] };
  const inputs: Layout<InputName> & Layout<string> = {
    input_ids: ['int32', [rows, 1]],
    seqlens_k: ['int32', [rows]],
    ...rope,
    rope_rows: ['int64', [rows, 1]],
  };
  const constants = {
    visual_rows: [typeOf('visual_rows'), [1, visualRowWidth(config)]],
    visual_index: ['int32', [rows, 1]],
    logit_rows: ['int32', [rows]],
  } as const;
  return { inputs, constants, outputs: { logits: ['float32', [rows, vocabSize]] } as const };
}

function halvesOf({ array }: Place): Float32Array[] {
  const values = array as Float32Array;
  return [values.subarray(0, values.length / 2), values.subarray(values.length / 2)];
}
