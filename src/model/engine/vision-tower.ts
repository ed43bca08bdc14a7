// Pixels to visual rows. Slices (one image, or one pair of video frames) are independent of each other, so they run in groups
// small enough for the memory at hand, and each can be kept by the hash of its pixels.
import { setImmediate } from 'node:timers/promises';
import { assert } from '../../errors.ts';
import { CardPool } from '../ort/card-pool.ts';
import { CopyStream, type CudaWait } from '../ort/cuda-copy.ts';
import { allocate, byteLengthOf, type FloatData } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import { cardIsIdle } from '../ort/run-thread.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { TransferBuffer } from '../ort/transfer-buffer.ts';
import { visualRowWidth, type ModelConfig } from '../qwen3-vl/config.ts';
import { activationsFor, loadVision, type LoadOptions, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { sliceGeometry } from '../qwen3-vl/graphs/rope.ts';
import { ExpandedMatrices } from './expanded-matrices.ts';
import { CardSlice, CpuSlice, type VisualSlice } from './visual-slice.ts';

/**
 * Patches in one run of the graph, at least one slice: bounds the activations, 32 MiB a block at hidden 1024. Enough to fill a card,
 * and several runs hide the copies.
 */
export const MAX_PATCHES = 8192;

export class VisionTower implements Disposable {
  readonly config: ModelConfig;
  readonly device: Device;
  readonly #session: Session;
  readonly #matrices: ExpandedMatrices;
  /** Where rows are kept on a card. */
  readonly #pool: CardPool | undefined;
  /** Two, so that one is filled while the other runs. */
  readonly #lanes: [Lane, Lane];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(config: ModelConfig, session: Session, matrices: ExpandedMatrices) {
    this.config = config;
    this.#session = session;
    this.#matrices = matrices;
    this.device = session.device;
    this.#pool = session.device === 'cuda' ? new CardPool() : undefined;
    this.#lanes = [new Lane(session, matrices, this.#pool), new Lane(session, matrices, this.#pool)];
  }

  static async load(model: ModelFolder, options: LoadOptions = {}): Promise<VisionTower> {
    const { expandsMatrices = options.device === 'cuda' } = options;
    const session = await loadVision(model, { ...options, expandsMatrices });
    try {
      return new VisionTower(model.config, session, await ExpandedMatrices.of(model, session, options));
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /** Visual rows of one slice of a grid with these sides (in patches). */
  rowsPerSlice(rows: number, columns: number): number {
    return (rows * columns) / this.config.vision.spatialMergeSize ** 2;
  }

  /**
   * Slices of one grid [rows, columns] in patches, each asked for its pixel values [rows * columns, 3 * 2 * 16 * 16] (merge-block
   * order) when its turn comes -> for each its visual rows [rows * columns / 4, (1 + D) outHidden] in the activations' type: merger
   * output, then the DeepStack features. The caller lets go of them. Calls run one after another. Rejects with OrtError, CudaError or
   * the signal's reason.
   */
  encode(
    slices: readonly PixelSource[],
    grid: readonly [rows: number, columns: number],
    signal?: AbortSignal,
  ): Promise<VisualSlice[]> {
    const result = this.#last.then(() => this.#encode(slices, grid, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #encode(
    slices: readonly PixelSource[],
    [rows, columns]: readonly [number, number],
    signal: AbortSignal | undefined,
  ): Promise<VisualSlice[]> {
    const { vision } = this.config;
    const geometry = sliceGeometry(vision, rows, columns);
    const { numPatches } = geometry;
    const halfHead = vision.hiddenSize / vision.numHeads / 2;
    using position_index = Tensor.over('int32', [4, numPatches], geometry.positionIndex);
    using position_weight = Tensor.over('float32', [4, numPatches, 1], geometry.positionWeight);
    using cos = Tensor.over('float32', [numPatches, halfHead], geometry.cos);
    using sin = Tensor.over('float32', [numPatches, halfHead], geometry.sin);
    const shapes = {
      patches: numPatches,
      patchValues: vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2,
      merged: this.rowsPerSlice(rows, columns),
      width: visualRowWidth(this.config),
      type: activationsFor(this.device),
    };
    const step = Math.max(1, Math.floor(MAX_PATCHES / numPatches));
    const runs: Promise<VisualSlice[]>[] = [];
    try {
      for (let first = 0, turn = 0; first < slices.length; first += step, turn++) {
        const lane = this.#lanes[turn % 2]!;
        // While the other lane is on the device, this one is filled.
        await runs[turn - 2];
        await lane.fill(slices.slice(first, first + step), shapes);
        const run = lane.run({ position_index, position_weight, cos, sin }, signal);
        run.catch(() => undefined); // heard of when it is awaited
        runs.push(run);
        await setImmediate(); // the run is on its way only now
      }
      return (await Promise.all(runs)).flat();
    } catch (error) {
      for (const run of await Promise.allSettled(runs)) {
        if (run.status === 'fulfilled') for (const slice of run.value) slice[Symbol.dispose]();
      }
      throw error;
    }
  }

  [Symbol.dispose](): void {
    for (const lane of this.#lanes) lane[Symbol.dispose]();
    this.#pool?.[Symbol.dispose]();
    this.#matrices[Symbol.dispose]();
    this.#session[Symbol.dispose]();
  }
}

/** Gives one slice's pixel values; called once. */
export type PixelSource = () => Float32Array;

interface SliceShapes {
  readonly patches: number;
  readonly patchValues: number;
  /** Rows a slice gives. */
  readonly merged: number;
  readonly width: number;
  readonly type: 'float32' | 'float16';
}

/** Room for one run's pixels. */
class Lane implements Disposable {
  readonly #session: Session;
  readonly #matrices: ExpandedMatrices;
  readonly #pool: CardPool | undefined;
  #pixels: TransferBuffer | undefined;
  #filled: { readonly slices: number; readonly shapes: SliceShapes; readonly arrival: readonly CudaWait[] } | undefined;
  /** Where pixels go to a card while the other lane's run is on it. */
  readonly #stream: CopyStream | undefined;

  /** `pool`: where rows stay on the card. */
  constructor(session: Session, matrices: ExpandedMatrices, pool: CardPool | undefined) {
    this.#session = session;
    this.#matrices = matrices;
    this.#pool = pool;
    this.#stream = pool && new CopyStream();
  }

  async fill(slices: readonly PixelSource[], shapes: SliceShapes): Promise<void> {
    const { patches, patchValues } = shapes;
    const length = patches * patchValues;
    const pixels = await this.#roomFor(4 * length * slices.length);
    const place = pixels.place('float32', [slices.length, length]);
    using _tensor = place.tensor;
    slices.forEach((pixelValues, i) => {
      const values = pixelValues();
      assert(values.length === length, `${values.length} pixel values for ${patches} patches`);
      (place.array as Float32Array).set(values, i * length);
    });
    const arrival = this.#stream ? [this.#stream.start(pixels.upload(place))] : [];
    this.#filled = { slices: slices.length, shapes, arrival };
  }

  /** Runs what was filled in: the rows of each slice. */
  async run(geometry: Readonly<Record<string, Tensor>>, signal: AbortSignal | undefined): Promise<VisualSlice[]> {
    const { slices, shapes, arrival } = this.#filled!;
    const { patches, patchValues, merged, width, type } = shapes;
    const pixels = this.#pixels!.place('float32', [slices, patches, patchValues]);
    using _pixels = pixels.tensor;
    const rowShape = [slices, merged, width];
    const room = await this.#pool?.take(byteLengthOf(type, rowShape));
    const data = room ? undefined : (allocate(type, rowShape) as FloatData);
    using rows = room
      ? Tensor.overAddress('Cuda', type, rowShape, room.memory.address)
      : Tensor.over(type, rowShape, data!);
    using ropeRows = Tensor.over('int64', [slices, patches], repeatedRange(slices, patches));
    using binding = this.#session.bind();
    for (const [name, tensor] of Object.entries(geometry)) binding.bindInput(name, tensor);
    this.#matrices.bind(binding);
    binding.bindInput('pixel_values', pixels.tensor);
    binding.bindInput('rope_rows', ropeRows);
    binding.bindOutput('visual_rows', rows);
    try {
      await binding.run({ signal, before: arrival });
      const length = merged * width;
      return Array.from({ length: slices }, (_, i) => {
        if (!room) return new CpuSlice(data!.subarray(i * length, (i + 1) * length));
        room.hold();
        return new CardSlice(room, i * length, length);
      });
    } finally {
      room?.letGo();
    }
  }

  async #roomFor(byteLength: number): Promise<TransferBuffer> {
    if (this.#pixels && this.#pixels.byteLength >= byteLength) return this.#pixels;
    await cardIsIdle();
    this.#pixels?.[Symbol.dispose]();
    return (this.#pixels = new TransferBuffer(this.#session.device, byteLength));
  }

  [Symbol.dispose](): void {
    this.#pixels?.[Symbol.dispose]();
    this.#stream?.[Symbol.dispose]();
  }
}

/** 0, 1, …, length - 1, `times` over. */
function repeatedRange(times: number, length: number): BigInt64Array {
  return BigInt64Array.from({ length: times * length }, (_, i) => BigInt(i % length));
}
