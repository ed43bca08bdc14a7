// Pixels to the rows that the vision tower reads: one row per patch of `patchSize` x `patchSize` pixels and
// `temporalPatchSize` frames, normalised to [-1, 1]; the patches of a merge block stand together (spec section 2.4).
import { assert } from '../../errors.ts';
import type { RgbImage } from './resize.ts';

export interface PatchLayout {
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
  /** Per channel, of values scaled to 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * One frame group (temporalPatchSize pictures of one size, whole merge blocks) to
 * [height/patch * width/patch, 3 * temporalPatchSize * patch * patch] float32: rows by block row, block column, row in block,
 * column in block; within a row channel, frame, y, x.
 */
export function patchifyGroup(frames: readonly RgbImage[], layout: PatchLayout): Float32Array {
  const { patchSize: patch, temporalPatchSize, mergeSize: merge } = layout;
  const { width, height } = frames[0]!;
  assert(frames.length === temporalPatchSize, `${frames.length} frames in a group of ${temporalPatchSize}`);
  assert(height % (patch * merge) === 0 && width % (patch * merge) === 0, `${width} x ${height} is no whole blocks`);
  const rows = height / patch;
  const columns = width / patch;
  const plane = patch * patch;
  const rowLength = 3 * temporalPatchSize * plane;
  const out = new Float32Array(rows * columns * rowLength);
  const tables = normalisationTables(layout);
  frames.forEach((frame, time) => {
    assert(frame.width === width && frame.height === height, 'the frames of a group differ in size');
    const { data } = frame;
    for (let y = 0; y < height; y++) {
      const patchRow = Math.floor(y / patch);
      const blockRow = Math.floor(patchRow / merge);
      for (let patchColumn = 0; patchColumn < columns; patchColumn++) {
        const blockColumn = Math.floor(patchColumn / merge);
        const block = blockRow * (columns / merge) + blockColumn;
        const inBlock = (patchRow % merge) * merge + (patchColumn % merge);
        const to = (block * merge * merge + inBlock) * rowLength + time * plane + (y % patch) * patch;
        let from = (y * width + patchColumn * patch) * 3;
        for (let x = 0; x < patch; x++, from += 3) {
          out[to + x] = tables[0]![data[from]!]!;
          out[to + temporalPatchSize * plane + x] = tables[1]![data[from + 1]!]!;
          out[to + 2 * temporalPatchSize * plane + x] = tables[2]![data[from + 2]!]!;
        }
      }
    }
  });
  return out;
}

/** Per channel, byte -> normalised float32; the reference fuses the scaling to (x - 255 mean) / (255 std). */
function normalisationTables({ mean, std }: PatchLayout): Float32Array[] {
  return mean.map((m, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const difference = Math.fround(byte - Math.fround(m * 255));
      return difference / Math.fround(std[channel]! * 255);
    }),
  );
}
