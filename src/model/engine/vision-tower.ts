// Pixels to visual rows. Slices (one image, or one pair of video frames) are independent of each other, so they run in groups
// small enough for the memory at hand, and each can be kept by the hash of its pixels.
import { assert } from '../../errors.ts';
import { allocate, type FloatData } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import type { ModelConfig } from '../qwen3-vl/config.ts';
import { activationsFor, loadVision, type LoadOptions, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { sliceGeometry } from '../qwen3-vl/graphs/rope.ts';

/** Patches in one run of the graph, at least one slice: bounds the activations, 16 MiB a block at hidden 1024. */
const MAX_PATCHES = 4096;

export class VisionTower implements Disposable {
  readonly config: ModelConfig;
  readonly device: Device;
  readonly #session: Session;

  private constructor(config: ModelConfig, session: Session) {
    this.config = config;
    this.#session = session;
    this.device = session.device;
  }

  static async load(model: ModelFolder, options: LoadOptions = {}): Promise<VisionTower> {
    return new VisionTower(model.config, await loadVision(model, options));
  }

  /** Visual rows of one slice of a grid with these sides (in patches). */
  rowsPerSlice(rows: number, columns: number): number {
    return (rows * columns) / this.config.vision.spatialMergeSize ** 2;
  }

  /**
   * `pixelValues` [slices * rows * columns, 3 * 2 * 16 * 16] in merge-block order, grid [slices, rows, columns] in patches ->
   * visual rows [slices * rows * columns / 4, (1 + D) outHidden], in the activations' type: merger output, then the DeepStack
   * features.
   */
  async encode(
    pixelValues: Float32Array,
    [slices, rows, columns]: readonly [number, number, number],
    signal?: AbortSignal,
  ): Promise<FloatData> {
    const { vision } = this.config;
    const geometry = sliceGeometry(vision, rows, columns);
    const { numPatches } = geometry;
    const patchValues = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
    assert(
      pixelValues.length === slices * numPatches * patchValues,
      `${pixelValues.length} pixel values for a grid of ${slices} x ${rows} x ${columns}`,
    );
    const width = (1 + vision.deepstackIndexes.length) * vision.outHiddenSize;
    const merged = this.rowsPerSlice(rows, columns);
    const result = allocate(activationsFor(this.device), [slices * merged, width]) as FloatData;
    const step = Math.max(1, Math.floor(MAX_PATCHES / numPatches));
    const halfHead = vision.hiddenSize / vision.numHeads / 2;
    using positionIndex = Tensor.over('int32', [4, numPatches], geometry.positionIndex);
    using positionWeight = Tensor.over('float32', [4, numPatches, 1], geometry.positionWeight);
    using cos = Tensor.over('float32', [numPatches, halfHead], geometry.cos);
    using sin = Tensor.over('float32', [numPatches, halfHead], geometry.sin);
    for (let first = 0; first < slices; first += step) {
      const count = Math.min(step, slices - first);
      const pixels = pixelValues.subarray(first * numPatches * patchValues, (first + count) * numPatches * patchValues);
      using pixelTensor = Tensor.over('float32', [count, numPatches, patchValues], pixels);
      using ropeRows = Tensor.over('int64', [count, numPatches], repeatedRange(count, numPatches));
      const { visual_rows: output } = await this.#session.run(
        {
          pixel_values: pixelTensor,
          position_index: positionIndex,
          position_weight: positionWeight,
          cos,
          sin,
          rope_rows: ropeRows,
        },
        { visual_rows: null },
        signal,
      );
      const { data } = output;
      output[Symbol.dispose]();
      result.set(data as FloatData, first * merged * width);
    }
    return result;
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

/** 0, 1, …, length - 1, `times` over. */
function repeatedRange(times: number, length: number): BigInt64Array {
  return BigInt64Array.from({ length: times * length }, (_, i) => BigInt(i % length));
}
