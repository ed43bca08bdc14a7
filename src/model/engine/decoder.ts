// One forward pass of the text decoder over a run of tokens, into a sequence's cache. Knows tokens, positions and visual rows;
// not where they come from, and not what happens with the logits.
import { assert } from '../../errors.ts';
import { elementCount } from '../ort/data-type.ts';
import { OrtError } from '../ort/errors.ts';
import type { Device } from '../ort/providers.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { kvBytesPerToken, visualRowWidth, type ModelConfig } from '../qwen3-vl/config.ts';
import { loadDecoder, type LoadOptions, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { TextRope, type RopeTables } from '../qwen3-vl/graphs/rope.ts';
import { cacheCopierFor } from './cache-copier.ts';
import { BatchCache } from './batch-cache.ts';
import { ChunkRoom } from './chunk-room.ts';
import { KvCache } from './kv-cache.ts';
import { RopeTable } from './rope-table.ts';
import type { CacheCopier } from './slot-runs.ts';
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
  readonly #room: ChunkRoom;
  /** WebGPU's. */
  readonly #ropeTable: RopeTable | undefined;
  #single: TokenStep | undefined;

  private constructor(config: ModelConfig, session: Session, copier: CacheCopier) {
    this.config = config;
    this.session = session;
    this.device = session.device;
    this.#copier = copier;
    this.#rope = new TextRope(config.text.rope, config.text.headDim);
    const { maxPositions, headDim } = config.text;
    this.#ropeTable = session.inputs.has('cos_table') ? new RopeTable(session, maxPositions, headDim / 2) : undefined;
    this.#room = new ChunkRoom(session, config, this.#ropeTable);
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
    const rotary = { rope: this.#rope, ropeTable: this.#ropeTable };
    return new TokenStep(this.session, new StepRoom(this.session, this.config, rows, rotary));
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
    checkChunk(chunk);
    const count = chunk.tokenIds.length;
    await cache.reserve(cache.length + count);
    this.#single?.drop();
    const rope = chunk.rope ?? this.ropeTables(chunk.positions);
    if (this.device === 'cuda') await this.#room.reserveOnCard(chunk);
    using inputs = this.#room.inputsOf(chunk, rope, cache.length);
    const logitShape = [chunk.logitRows.length, this.config.text.vocabSize];
    const logits = new Float32Array(elementCount(logitShape));
    using logitsTensor = Tensor.over('float32', logitShape, logits);
    const { binding } = cache;
    try {
      inputs.bind(binding);
      for (const [name, tensor] of Object.entries({ logits: logitsTensor, ...extra })) binding.bindOutput(name, tensor);
      this.#ropeTable?.bind(binding, count);
      // Long runs come in too many shapes to be recorded.
      const config = this.session.recordsRuns ? { gpu_graph_id: '-1' } : {};
      await binding.run({ signal, before: inputs.before, config });
    } finally {
      if (Object.keys(extra).length > 0) cache.rebind();
    }
    cache.advance(count);
    return logits;
  }

  [Symbol.dispose](): void {
    this.#single?.[Symbol.dispose]();
    this.#room[Symbol.dispose]();
    this.#ropeTable?.[Symbol.dispose]();
    this.#copier[Symbol.dispose]();
    this.session[Symbol.dispose]();
  }
}

function checkChunk({ tokenIds, positions, logitRows }: Chunk): void {
  const count = tokenIds.length;
  assert(count > 0 && positions.length === 3 * count, `${positions.length} positions for ${count} tokens`);
  assert(logitRows.length > 0, 'a run must give the logits of at least one token');
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
