// Slots of a float cache rounded to int8 with one scale for each row, and back: what snapshots in int8 hold.
import { floatFromHalf, halfFromFloat } from '../onnx/half-float.ts';
import type { FloatData } from '../ort/data-type.ts';

/** Values of all 65,536 halves: looked up several times as fast as computed. */
let halves: Float32Array | undefined;

/** `values` [rows, size] to codes [rows, size] and scales [rows]; float16 comes as bits. */
export function encodeRows(values: FloatData, size: number): { codes: Int8Array; scales: Float32Array } {
  const floats = values instanceof Uint16Array ? floatsOf(values) : values;
  const codes = new Int8Array(floats.length);
  const scales = new Float32Array(floats.length / size);
  for (let row = 0; row < scales.length; row++) {
    const start = row * size;
    let largest = 0;
    for (let i = start; i < start + size; i++) {
      const value = Math.abs(floats[i]!);
      if (value > largest) largest = value;
    }
    const scale = Math.fround(largest / 127);
    scales[row] = scale;
    if (scale === 0) continue;
    for (let i = start; i < start + size; i++) codes[i] = Math.round(floats[i]! / scale);
  }
  return { codes, scales };
}

/** Fills `values` [rows, size]. */
export function decodeRows(codes: Int8Array, scales: Float32Array, values: FloatData): void {
  const size = codes.length / scales.length;
  const isHalf = values instanceof Uint16Array;
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    const end = (row + 1) * size;
    if (isHalf) for (let i = row * size; i < end; i++) values[i] = halfFromFloat(codes[i]! * scale);
    else for (let i = row * size; i < end; i++) values[i] = codes[i]! * scale;
  }
}

function floatsOf(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => floatFromHalf(half));
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = halves[bits[i]!]!;
  return floats;
}
