// One forward pass of the text decoder over a run of tokens, into a sequence's cache. Knows tokens, positions and visual rows;
// not where they come from, and not what happens with the logits.
import { assert } from '../../errors.ts';
import { CardMemory } from '../ort/cuda-memory.ts';
import { byteLengthOf } from '../ort/data-type.ts';
import { OrtError } from '../ort/errors.ts';
import type { Device } from '../ort/providers.ts';
import { cardIsIdle } from '../ort/run-thread.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { kvBytesPerToken, visualRowWidth, type ModelConfig } from '../qwen3-vl/config.ts';
import { activationsFor, loadDecoder, type LoadOptions, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { TextRope, type RopeTables } from '../qwen3-vl/graphs/rope.ts';
import { cacheCopierFor } from './cache-copier.ts';
import type { CacheCopier } from './slot-runs.ts';
import { BatchCache } from './batch-cache.ts';
import { KvCache } from './kv-cache.ts';
import { RopePlaces } from './rope-places.ts';
import { RopeTable } from './rope-table.ts';
import { StepRoom } from './step-room.ts';
import { TokenStep, type StepOptions, type StepResult } from './token-step.ts';
import type { VisualInput } from './visual-slice.ts';

/** A run of consecutive tokens, given to the decoder at once. */
export interface Chunk {
  readonly tokenIds: Int32Array;
  /** [3, tokens]: time, height and width position of each token. */
  readonly positions: Int32Array;
  /** The visual rows of this run, (1 + D) hidden wide in the activations' type; held by the caller until the run is over. */
  readonly visual?: VisualInput;
  /** Which tokens of the run are to give logits, 0-based within it. */
  readonly logitRows: readonly number[];
  /** `ropeTables` of the positions, where they were computed ahead. */
  readonly rope?: RopeTables;
}

export class Decoder implements Disposable {
  readonly config: ModelConfig;
  readonly device: Device;
  readonly session: Session;
  readonly #copier: CacheCopier;
  readonly #rope: TextRope;
  /** What runs without a picture are given, and those of which the last token's logits are asked: bound once, and copied once. */
  readonly #noVisual: Tensor;
  readonly #lastLogit: Tensor;
  #noVisualIndex: Tensor | undefined;
  #single: TokenStep | undefined;
  /** Where a run's visual rows are put together on a card, behind a zero row. */
  #visualRoom: CardMemory | undefined;
  /** CUDA's. */
  #ropePlaces: RopePlaces | undefined;
  /** WebGPU's. */
  readonly #ropeTable: RopeTable | undefined;
  #range = new BigInt64Array(0);

  private constructor(config: ModelConfig, session: Session, copier: CacheCopier) {
    this.config = config;
    this.session = session;
    this.device = session.device;
    this.#copier = copier;
    this.#rope = new TextRope(config.text.rope, config.text.headDim);
    const { maxPositions, headDim } = config.text;
    this.#ropeTable = session.inputs.has('cos_table') ? new RopeTable(session, maxPositions, headDim / 2) : undefined;
    this.#noVisual = Tensor.zeros(this.activations, [1, this.visualWidth]);
    this.#lastLogit = Tensor.over('int32', [1], Int32Array.of(-1));
    // It takes memory of WebGPU's device, in the turn that this is.
    if (session.device === 'webgpu') this.#single = this.stepOf(1);
  }

  static async load(model: ModelFolder, options: LoadOptions = {}): Promise<Decoder> {
    const session = await loadRecording(model, { recordsRuns: true, ...options });
    try {
      const copier = await cacheCopierFor(session.device, session.inputs.get('past_key.0')!.type, session);
      return await session.whenIdle(() => new Decoder(model.config, session, copier));
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /** Floats of one visual row. */
  get visualWidth(): number {
    return visualRowWidth(this.config);
  }

  /** Type of visual rows and everything between the layers. */
  get activations(): 'float32' | 'float16' {
    return activationsFor(this.device);
  }

  /** Keys and values of one token, all layers. */
  get kvBytesPerToken(): number {
    return kvBytesPerToken(this.config.text, this.session.inputs.get('past_key.0')!.type);
  }

  newCache(): KvCache {
    return new KvCache(this.session, this.#copier, this.config.text);
  }

  /** Whether several sequences can decode in one run: their caches must be parts of one tensor, which WebGPU's buffers can't be. */
  get canBatch(): boolean {
    return this.device !== 'webgpu';
  }

  /** Why steps of one sequence are not recorded where they could be; undefined when they are, or none was made yet. */
  get recordingFailure(): string | undefined {
    return this.#single?.recordingFailure;
  }

  /** Caches of `rows` sequences of up to `capacity` tokens each, in shared tensors. Throws OrtError when memory runs out. */
  newBatchCache(rows: number, capacity: number): BatchCache {
    return new BatchCache(this.session, this.#copier, this.config.text, rows, capacity);
  }

  /** Appends one token to `cache`. Rejects like `forward`. */
  async step(cache: KvCache, tokenId: number, position: number, options: StepOptions): Promise<StepResult> {
    await cache.reserve(cache.length + 1);
    this.#single ??= this.stepOf(1);
    const result = await this.#single.run(cache, [{ tokenId, position, length: cache.length }], options);
    cache.advance(1);
    return result;
  }

  /** Rotary tables of positions [3, tokens]: milliseconds for a long run, which can pass while another one is on the device. */
  ropeTables(positions: Int32Array): RopeTables {
    return this.#rope.tables(positions);
  }

  /** Steps of several sequences at once; the caller releases it. */
  stepOf(rows: number): TokenStep {
    const { session, config, activations } = this;
    return new TokenStep(session, new StepRoom(session, config, this.#rope, rows, activations, this.#ropeTable));
  }

  /**
   * Runs `chunk` after what `cache` holds and appends it there. Gives the logits [logitRows, vocabulary] and fills `extra` outputs, of
   * which there are `hidden` [logitRows, hidden], after the final norm, and what LoadOptions expose. When it rejects (cancelled, out of
   * memory), the cache is as before.
   */
  async forward(
    cache: KvCache,
    chunk: Chunk,
    signal?: AbortSignal,
    extra: Readonly<Record<string, Tensor>> = {},
  ): Promise<Float32Array> {
    const { text } = this.config;
    const count = chunk.tokenIds.length;
    const numLogits = chunk.logitRows.length;
    const isLastAsked = numLogits === 1 && chunk.logitRows[0] === count - 1;
    assert(
      count > 0 && chunk.positions.length === 3 * count,
      `${chunk.positions.length} positions for ${count} tokens`,
    );
    assert(numLogits > 0, 'a run must give the logits of at least one token');
    await cache.reserve(cache.length + count);
    this.#single?.drop();

    const tables = chunk.rope ?? this.ropeTables(chunk.positions);
    const ropeShape = [count, text.headDim / 2];
    const fusedRope = this.#isRopeFused ? await this.#ropePlacesFor(count) : undefined;
    const logits = new Float32Array(numLogits * text.vocabSize);
    const room = chunk.visual && this.device === 'cuda' ? await this.#visualRoomFor(chunk.visual) : undefined;
    const inputs: Record<string, Tensor> = {
      input_ids: Tensor.over('int32', [1, count], chunk.tokenIds),
      visual_rows: chunk.visual ? this.#visualTensor(chunk.visual, room) : this.#noVisual,
      visual_index: chunk.visual ? Tensor.over('int32', [1, count], chunk.visual.index) : this.#noVisualIndexOf(count),
      ...(this.#ropeTable?.inputs(tables, cache.length) ?? {
        cos: fusedRope?.cos ?? Tensor.over('float32', ropeShape, tables.cos),
        sin: fusedRope?.sin ?? Tensor.over('float32', ropeShape, tables.sin),
        rope_rows: Tensor.over('int64', [1, count], this.#rangeOf(count)),
      }),
      seqlens_k: Tensor.over('int32', [1], Int32Array.of(cache.length + count - 1)),
      total_length: Tensor.over('int32', [1], Int32Array.of(cache.length + count)),
      logit_rows: isLastAsked ? this.#lastLogit : Tensor.over('int32', [numLogits], Int32Array.from(chunk.logitRows)),
    };
    const outputs: Record<string, Tensor> = {
      logits: Tensor.over('float32', [numLogits, text.vocabSize], logits),
      ...extra,
    };
    const { binding } = cache;
    const constants = this.#constants;
    try {
      for (const [name, tensor] of Object.entries(inputs))
        binding.bindInput(name, tensor, { constant: constants.includes(tensor) });
      for (const [name, tensor] of Object.entries(outputs)) binding.bindOutput(name, tensor);
      this.#ropeTable?.bind(binding, count);
      // Long runs come in too many shapes to be recorded.
      await binding.run({
        signal,
        before: [...(fusedRope?.fill(tables) ?? []), ...(room ? chunk.visual!.copies(room.address) : [])],
        ...(this.session.recordsRuns && { config: { gpu_graph_id: '-1' } }),
      });
    } finally {
      const kept = [...constants, fusedRope?.cos, fusedRope?.sin];
      for (const tensor of Object.values(inputs)) if (!kept.includes(tensor)) tensor[Symbol.dispose]();
      outputs['logits']![Symbol.dispose]();
      if (Object.keys(extra).length > 0) cache.rebind();
    }
    cache.advance(count);
    return logits;
  }

  /** The attention kernel rotates by itself, by rows of `cos` and `sin`. */
  get #isRopeFused(): boolean {
    return this.session.inputs.get('cos')?.type === 'float16';
  }

  get #constants(): (Tensor | undefined)[] {
    return [this.#noVisual, this.#noVisualIndex, this.#lastLogit];
  }

  /** Zeros for `count` tokens; runs of one length after another share them. */
  #noVisualIndexOf(count: number): Tensor {
    if (this.#noVisualIndex?.shape[1] === count) return this.#noVisualIndex;
    this.#noVisualIndex?.[Symbol.dispose]();
    return (this.#noVisualIndex = Tensor.zeros('int32', [1, count]));
  }

  async #ropePlacesFor(count: number): Promise<RopePlaces> {
    if (this.#ropePlaces && this.#ropePlaces.rows >= count) return this.#ropePlaces;
    const { maxPositions, headDim } = this.config.text;
    await cardIsIdle();
    this.#ropePlaces?.[Symbol.dispose]();
    return (this.#ropePlaces = new RopePlaces(count, maxPositions, headDim / 2));
  }

  /** 0 to count - 1; chunks of a prompt share one. */
  #rangeOf(count: number): BigInt64Array {
    if (this.#range.length < count) this.#range = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
    return this.#range.subarray(0, count);
  }

  #visualTensor(visual: VisualInput, room: CardMemory | undefined): Tensor {
    const shape = [1 + visual.numRows, this.visualWidth];
    if (room) return Tensor.overAddress('Cuda', this.activations, shape, room.address);
    return Tensor.over(this.activations, shape, visual.onCpu());
  }

  async #visualRoomFor({ numRows }: VisualInput): Promise<CardMemory> {
    const rowBytes = byteLengthOf(this.activations, [this.visualWidth]);
    const byteLength = (1 + numRows) * rowBytes;
    if (this.#visualRoom && this.#visualRoom.byteLength >= byteLength) return this.#visualRoom;
    await cardIsIdle();
    this.#visualRoom?.[Symbol.dispose]();
    this.#visualRoom = new CardMemory(byteLength);
    this.#visualRoom.clear(rowBytes);
    return this.#visualRoom;
  }

  [Symbol.dispose](): void {
    this.#single?.[Symbol.dispose]();
    this.#visualRoom?.[Symbol.dispose]();
    this.#ropePlaces?.[Symbol.dispose]();
    this.#ropeTable?.[Symbol.dispose]();
    for (const tensor of this.#constants) tensor?.[Symbol.dispose]();
    this.#copier[Symbol.dispose]();
    this.session[Symbol.dispose]();
  }
}

/** WebGPU records only where it has kernels for all operators, which it lacks for a mixture of experts in half precision. */
async function loadRecording(model: ModelFolder, options: LoadOptions): Promise<Session> {
  try {
    return await loadDecoder(model, options);
  } catch (error) {
    const isUnrecordable = error instanceof OrtError && error.ortMessage.includes('graph capture');
    if (options.device !== 'webgpu' || !isUnrecordable) throw error;
    return loadDecoder(model, { ...options, recordsRuns: false });
  }
}
