// The inverse of quantizeRows, which kernels do: for tests to compare with.
import { floatFromHalf } from '../../../src/model/onnx/half-float.ts';
import { blocksPerRow, type QuantizedBits, type QuantizedRows } from '../../../src/model/onnx/quantize.ts';

/** The float each code stands for, row by row without the padding: what a kernel computes with. */
export function dequantizeRows(
  { codes, scales }: QuantizedRows,
  columns: number,
  bits: QuantizedBits,
  blockSize: number,
): Float32Array {
  const blocks = blocksPerRow(columns, blockSize);
  const rows = scales.length / blocks;
  const zero = 1 << (bits - 1);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const element = row * blocks * blockSize + column;
      const code = bits === 8 ? codes[element]! : (codes[element >> 1]! >> ((element & 1) * 4)) & 15;
      const scale = scales[row * blocks + Math.floor(column / blockSize)]!;
      values[row * columns + column] = (code - zero) * floatFromHalf(scale);
    }
  }
  return values;
}
