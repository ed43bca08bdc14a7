// The memory of a run of tokens: where its inputs lie, and what of them stays from run to run.
import type { Binding } from '../ort/binding.ts';
import type { CudaCopy } from '../ort/cuda-copy.ts';
import { CardMemory } from '../ort/cuda-memory.ts';
import { byteLengthOf, type DataType } from '../ort/data-type.ts';
import { cardIsIdle } from '../ort/run-thread.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { visualRowWidth, type ModelConfig } from '../qwen3-vl/config.ts';
import type { RopeTables } from '../qwen3-vl/graphs/rope.ts';
import type { Chunk } from './decoder.ts';
import { readsRopePlaces, RopePlaces } from './rope-places.ts';
import type { RopeTable } from './rope-table.ts';

/** What one run is given, in the order in which it is bound. Disposed of when the run is over. */
export interface ChunkInputs extends Disposable {
  bind(binding: Binding): void;
  /** What brings the rest of it to the card before the run. */
  readonly before: readonly CudaCopy[];
}

export class ChunkRoom implements Disposable {
  readonly #session: Session;
  readonly #config: ModelConfig;
  /** WebGPU's. */
  readonly #ropeTable: RopeTable | undefined;
  /** What runs without a picture are given, and those of which the last token's logits are asked: bound once, and copied once. */
  readonly #noVisual: Tensor;
  readonly #lastLogit: Tensor;
  #noVisualIndex: Tensor | undefined;
  /** On a card: where a run's visual rows are put together, behind a zero row. */
  #visualRows: CardMemory | undefined;
  /** CUDA's. */
  #ropePlaces: RopePlaces | undefined;
  #range = new BigInt64Array(0);

  constructor(session: Session, config: ModelConfig, ropeTable: RopeTable | undefined) {
    this.#session = session;
    this.#config = config;
    this.#ropeTable = ropeTable;
    this.#noVisual = Tensor.zeros(this.#visualType, [1, visualRowWidth(config)]);
    this.#lastLogit = Tensor.over('int32', [1], Int32Array.of(-1));
  }

  /** Makes room on the card for a chunk's inputs. Rejects with CudaError when memory runs out. */
  async reserveOnCard({ tokenIds, visual }: Chunk): Promise<void> {
    if (readsRopePlaces(this.#session)) await this.#reserveRope(tokenIds.length);
    if (visual) await this.#reserveVisual(1 + visual.numRows);
  }

  async #reserveRope(count: number): Promise<void> {
    if (this.#ropePlaces && this.#ropePlaces.rows >= count) return;
    const { maxPositions, headDim } = this.#config.text;
    await cardIsIdle();
    this.#ropePlaces?.[Symbol.dispose]();
    this.#ropePlaces = new RopePlaces(count, maxPositions, headDim / 2);
  }

  async #reserveVisual(numRows: number): Promise<void> {
    const rowBytes = byteLengthOf(this.#visualType, [visualRowWidth(this.#config)]);
    if (this.#visualRows && this.#visualRows.byteLength >= numRows * rowBytes) return;
    await cardIsIdle();
    this.#visualRows?.[Symbol.dispose]();
    this.#visualRows = new CardMemory(numRows * rowBytes);
    this.#visualRows.clear(rowBytes);
  }

  /** For a chunk behind `pastLength` tokens; `rope`: rows of its positions. On CUDA there must be room. */
  inputsOf(chunk: Chunk, rope: RopeTables, pastLength: number): ChunkInputs {
    const { tokenIds, visual } = chunk;
    const count = tokenIds.length;
    const inputs: Record<string, Tensor> = {
      input_ids: Tensor.over('int32', [1, count], tokenIds),
      ...this.#visualInputs(chunk),
      ...(this.#ropeTable?.inputs(rope, pastLength) ?? this.#ropeInputs(rope, count)),
      seqlens_k: Tensor.over('int32', [1], Int32Array.of(pastLength + count - 1)),
      total_length: Tensor.over('int32', [1], Int32Array.of(pastLength + count)),
      logit_rows: this.#logitRows(chunk),
    };
    const constants = [this.#noVisual, this.#noVisualIndex, this.#lastLogit];
    const kept = [...constants, this.#ropePlaces?.cos, this.#ropePlaces?.sin];
    return {
      before: [
        ...(this.#ropePlaces?.fill(rope) ?? []),
        ...(this.#visualRows ? (visual?.copies(this.#visualRows.address) ?? []) : []),
      ],
      bind(binding) {
        for (const [name, tensor] of Object.entries(inputs)) {
          binding.bindInput(name, tensor, { constant: constants.includes(tensor) });
        }
      },
      [Symbol.dispose]() {
        for (const tensor of Object.values(inputs)) if (!kept.includes(tensor)) tensor[Symbol.dispose]();
      },
    };
  }

  #visualInputs({ tokenIds, visual }: Chunk): Record<string, Tensor> {
    const count = tokenIds.length;
    if (!visual) return { visual_rows: this.#noVisual, visual_index: this.#noVisualIndexOf(count) };
    const shape = [1 + visual.numRows, visualRowWidth(this.#config)];
    return {
      visual_rows: this.#visualRows
        ? Tensor.overAddress('Cuda', this.#visualType, shape, this.#visualRows.address)
        : Tensor.over(this.#visualType, shape, visual.onCpu()),
      visual_index: Tensor.over('int32', [1, count], visual.index),
    };
  }

  #ropeInputs({ cos, sin }: RopeTables, count: number): Record<string, Tensor> {
    const shape = [count, this.#config.text.headDim / 2];
    return {
      cos: this.#ropePlaces?.cos ?? Tensor.over('float32', shape, cos),
      sin: this.#ropePlaces?.sin ?? Tensor.over('float32', shape, sin),
      rope_rows: Tensor.over('int64', [1, count], this.#rangeOf(count)),
    };
  }

  #logitRows({ tokenIds, logitRows }: Chunk): Tensor {
    const isLastAsked = logitRows.length === 1 && logitRows[0] === tokenIds.length - 1;
    return isLastAsked ? this.#lastLogit : Tensor.over('int32', [logitRows.length], Int32Array.from(logitRows));
  }

  get #visualType(): DataType {
    return this.#session.inputs.get('visual_rows')!.type;
  }

  /** Zeros for `count` tokens; runs of one length after another share them. */
  #noVisualIndexOf(count: number): Tensor {
    if (this.#noVisualIndex?.shape[1] === count) return this.#noVisualIndex;
    this.#noVisualIndex?.[Symbol.dispose]();
    return (this.#noVisualIndex = Tensor.zeros('int32', [1, count]));
  }

  /** 0 to count - 1; chunks of a prompt share one. */
  #rangeOf(count: number): BigInt64Array {
    if (this.#range.length < count) this.#range = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
    return this.#range.subarray(0, count);
  }

  [Symbol.dispose](): void {
    this.#visualRows?.[Symbol.dispose]();
    this.#ropePlaces?.[Symbol.dispose]();
    for (const tensor of [this.#noVisual, this.#noVisualIndex, this.#lastLogit]) tensor?.[Symbol.dispose]();
  }
}
