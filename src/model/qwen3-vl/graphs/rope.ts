// Angles: where a token or a patch stands, as cos and sin. Computed in float32 like the reference, so that positions far out
// round the same way, and stored compactly, half a head wide.
import type { RopeConfig, VisionConfig } from '../config.ts';

export interface RopeTables {
  /** [rows, headDim / 2] */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/** Frequencies of the text decoder [headDim / 2], with YaRN where the checkpoint asks for it (spec 5.2, 5.6). */
export function textFrequencies({ theta, yarn }: RopeConfig, headDim: number): Float32Array {
  const frequency = (i: number) => Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / headDim)));
  const frequencies = Float32Array.from({ length: headDim / 2 }, (_, i) => frequency(i));
  if (!yarn) return frequencies;
  // The dimension whose wave turns `rotations` times over the original context.
  const dimension = (rotations: number) =>
    (headDim * Math.log(yarn.originalMaxPositions / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
  const low = Math.max(Math.floor(dimension(yarn.betaFast)), 0);
  const high = Math.min(Math.ceil(dimension(yarn.betaSlow)), headDim - 1);
  return frequencies.map((value, i) => {
    const ramp = Math.min(1, Math.max(0, (i - low) / Math.max(high - low, 0.001)));
    return (value / yarn.factor) * ramp + value * (1 - ramp);
  });
}

/** Axis (0 time, 1 height, 2 width) of each frequency: interleaved with stride 3, time where a section has run out (spec 5.2). */
export function mropeAxes([, height, width]: RopeConfig['mropeSection'], headDim: number): Uint8Array {
  return Uint8Array.from({ length: headDim / 2 }, (_, i) => {
    if (i % 3 === 1 && i < 3 * height) return 1;
    if (i % 3 === 2 && i < 3 * width) return 2;
    return 0;
  });
}

/** Positions in one page of the table that TextRope fills as they are met. */
const PAGE_POSITIONS = 1024;

/** Rotary tables of tokens. What a position turns each frequency by is computed once and kept: 512 bytes a position. */
export class TextRope {
  readonly #frequencies: Float32Array;
  readonly #axes: Uint8Array;
  readonly #factor: number;
  /** Pages of [PAGE_POSITIONS, headDim / 2]. */
  readonly #pages = new Map<number, RopeTables>();

  constructor(rope: RopeConfig, headDim: number) {
    this.#frequencies = textFrequencies(rope, headDim);
    this.#axes = mropeAxes(rope.mropeSection, headDim);
    this.#factor = rope.yarn?.attentionFactor ?? 1;
  }

  /** For positions [3, tokens]: [tokens, headDim / 2], each frequency turned by the position on its own axis. */
  tables(positions: Int32Array): RopeTables {
    const numTokens = positions.length / 3;
    const width = this.#frequencies.length;
    const cos = new Float32Array(numTokens * width);
    const sin = new Float32Array(numTokens * width);
    for (let token = 0; token < numTokens; token++) {
      const time = positions[token]!;
      if (positions[numTokens + token] === time && positions[2 * numTokens + token] === time) {
        // Text: one position on all axes.
        const page = this.#page(Math.floor(time / PAGE_POSITIONS));
        const row = (time % PAGE_POSITIONS) * width;
        cos.set(page.cos.subarray(row, row + width), token * width);
        sin.set(page.sin.subarray(row, row + width), token * width);
        continue;
      }
      for (let axis = 0; axis < 3; axis++) {
        const position = positions[axis * numTokens + token]!;
        const page = this.#page(Math.floor(position / PAGE_POSITIONS));
        const row = (position % PAGE_POSITIONS) * width;
        for (let i = 0; i < width; i++) {
          if (this.#axes[i] !== axis) continue;
          cos[token * width + i] = page.cos[row + i]!;
          sin[token * width + i] = page.sin[row + i]!;
        }
      }
    }
    return { cos, sin };
  }

  #page(index: number): RopeTables {
    const known = this.#pages.get(index);
    if (known) return known;
    const width = this.#frequencies.length;
    const page = { cos: new Float32Array(PAGE_POSITIONS * width), sin: new Float32Array(PAGE_POSITIONS * width) };
    for (let i = 0; i < PAGE_POSITIONS * width; i++) {
      const position = index * PAGE_POSITIONS + Math.floor(i / width);
      const angle = Math.fround(position * this.#frequencies[i % width]!);
      page.cos[i] = Math.cos(angle) * this.#factor;
      page.sin[i] = Math.sin(angle) * this.#factor;
    }
    this.#pages.set(index, page);
    return page;
  }
}

/** What the vision graph is fed besides pixels: the same for every slice of one size. Patches in merge-block order. */
export interface SliceGeometry extends RopeTables {
  readonly numPatches: number;
  /** [4, patches] rows of the learned position table */
  readonly positionIndex: Int32Array;
  /** [4, patches] */
  readonly positionWeight: Float32Array;
}

/** Rows and columns are full-resolution patch coordinates (spec 4.2, 4.3). */
export function sliceGeometry(vision: VisionConfig, rows: number, columns: number): SliceGeometry {
  const numPatches = rows * columns;
  const side = Math.sqrt(vision.numPositionEmbeddings);
  const halfHead = vision.hiddenSize / vision.numHeads / 2;
  const frequencies = Float32Array.from(
    { length: halfHead / 2 },
    (_, j) => 1 / Math.fround(10_000 ** ((2 * j) / halfHead)),
  );
  const positionIndex = new Int32Array(4 * numPatches);
  const positionWeight = new Float32Array(4 * numPatches);
  const cos = new Float32Array(numPatches * halfHead);
  const sin = new Float32Array(numPatches * halfHead);
  mergeBlockOrder(rows, columns, vision.spatialMergeSize, (patch, row, column) => {
    const vertical = neighbours(row, rows, side);
    const horizontal = neighbours(column, columns, side);
    for (let corner = 0; corner < 4; corner++) {
      const v = vertical[corner >> 1]!;
      const h = horizontal[corner & 1]!;
      positionIndex[corner * numPatches + patch] = v.index * side + h.index;
      positionWeight[corner * numPatches + patch] = Math.fround(v.weight * h.weight);
    }
    for (let i = 0; i < halfHead; i++) {
      const coordinate = i < halfHead / 2 ? row : column;
      const angle = Math.fround(coordinate * frequencies[i % (halfHead / 2)]!);
      cos[patch * halfHead + i] = Math.cos(angle);
      sin[patch * halfHead + i] = Math.sin(angle);
    }
  });
  return { numPatches, positionIndex, positionWeight, cos, sin };
}

/** The two table rows an axis position lies between, corners aligned: position 0 is row 0, the last one the last row. */
function neighbours(position: number, length: number, side: number): { index: number; weight: number }[] {
  const source = length === 1 ? 0 : Math.fround((position * (side - 1)) / (length - 1));
  const low = Math.floor(source);
  const fraction = Math.fround(source - low);
  return [
    { index: low, weight: 1 - fraction },
    { index: Math.min(low + 1, side - 1), weight: fraction },
  ];
}

/** Visits patches in the order of `pixel_values` rows: 2x2 blocks row by row, four patches of a block together (spec 2.4). */
function mergeBlockOrder(
  rows: number,
  columns: number,
  merge: number,
  visit: (patch: number, row: number, column: number) => void,
): void {
  let patch = 0;
  for (let blockRow = 0; blockRow < rows; blockRow += merge) {
    for (let blockColumn = 0; blockColumn < columns; blockColumn += merge) {
      for (let inRow = 0; inRow < merge; inRow++) {
        for (let inColumn = 0; inColumn < merge; inColumn++) visit(patch++, blockRow + inRow, blockColumn + inColumn);
      }
    }
  }
}
