// Values of a checkpoint's tensors, from the bytes that it holds to those of the weight file: piece by piece, in another type or order.
import { bfloatsToFloats, floatsToHalves, halvesToFloats } from '../../onnx/half-float.ts';
import type { CheckpointTensor, WeightDtype } from '../checkpoint.ts';

/** Bytes held at a time while a tensor is streamed; a matrix that must be turned is held whole besides. */
export const PIECE_BYTES = 16 << 20;

/** A tensor as floats, a few rows (of its first axis) at a time. */
export async function* readPieces(tensor: CheckpointTensor): AsyncGenerator<Float32Array> {
  const rows = tensor.shape[0]!;
  const step = Math.max(1, Math.floor(PIECE_BYTES / (tensor.byteLength / rows)));
  for (let first = 0; first < rows; first += step) {
    yield toFloats(await tensor.readRows(first, Math.min(step, rows - first)), tensor.dtype);
  }
}

export function toFloats(bytes: Uint8Array<ArrayBuffer>, dtype: WeightDtype): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  const bits = new Uint16Array(bytes.buffer);
  return dtype === 'BF16' ? bfloatsToFloats(bits) : halvesToFloats(bits);
}

export function store(floats: Float32Array, storage: 'fp32' | 'fp16'): Uint8Array {
  return bytesOf(storage === 'fp32' ? floats : floatsToHalves(floats));
}

export function bytesOf(array: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** As it lies in a checkpoint: row-major. */
export interface StoredMatrix {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dtype: WeightDtype;
  readonly rows: number;
  readonly columns: number;
}

/** Columns `first` to `first + count`, as rows: [count, rows]. */
export function turnColumns({ bytes, dtype, rows, columns }: StoredMatrix, first: number, count: number): Float32Array {
  const itemBytes = dtype === 'F32' ? 4 : 2;
  const turned = new Float32Array(count * rows);
  for (let row = 0; row < rows; row++) {
    const start = (row * columns + first) * itemBytes;
    const values = toFloats(bytes.slice(start, start + count * itemBytes), dtype);
    for (let i = 0; i < count; i++) turned[i * rows + row] = values[i]!;
  }
  return turned;
}

/** Rows of the first half of each matrix [rows, columns] between those of the second: 0, half, 1, half + 1, … */
export function interleaveHalves(values: Float32Array, rows: number, columns: number): Float32Array {
  const half = rows / 2;
  const result = new Float32Array(values.length);
  for (let matrixStart = 0; matrixStart < values.length; matrixStart += rows * columns) {
    for (let row = 0; row < rows; row++) {
      const target = row < half ? 2 * row : 2 * (row - half) + 1;
      const source = matrixStart + row * columns;
      result.set(values.subarray(source, source + columns), matrixStart + target * columns);
    }
  }
  return result;
}
