// Element types as ONNX numbers them (TensorProto.DataType, which the C API copies), with their size and the typed array
// that holds them. JavaScript has no 16-bit floats everywhere and no 4-bit integers: those travel as raw bits.
import { AllocationError } from './errors.ts';

/** A typed array a tensor can lie over. float16 and bfloat16 travel as bits in a Uint16Array, int4 as two values a byte. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Activations as a device computes them: float32, or the bits of float16. */
export type FloatData = Float32Array | Uint16Array;

interface TensorDataConstructor {
  new (length: number): TensorData;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TensorData;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

interface DataTypeInfo {
  /** ONNX TensorProto.DataType, equal to ONNXTensorElementDataType. */
  readonly code: number;
  readonly bits: number;
  readonly Array: TensorDataConstructor;
}

const table = {
  float32: { code: 1, bits: 32, Array: Float32Array },
  uint8: { code: 2, bits: 8, Array: Uint8Array },
  int8: { code: 3, bits: 8, Array: Int8Array },
  uint16: { code: 4, bits: 16, Array: Uint16Array },
  int16: { code: 5, bits: 16, Array: Int16Array },
  int32: { code: 6, bits: 32, Array: Int32Array },
  int64: { code: 7, bits: 64, Array: BigInt64Array },
  bool: { code: 9, bits: 8, Array: Uint8Array },
  float16: { code: 10, bits: 16, Array: Uint16Array },
  float64: { code: 11, bits: 64, Array: Float64Array },
  uint32: { code: 12, bits: 32, Array: Uint32Array },
  uint64: { code: 13, bits: 64, Array: BigUint64Array },
  bfloat16: { code: 16, bits: 16, Array: Uint16Array },
  uint4: { code: 21, bits: 4, Array: Uint8Array },
  int4: { code: 22, bits: 4, Array: Uint8Array },
} satisfies Record<string, DataTypeInfo>;

export type DataType = keyof typeof table;

export const dataTypes: Readonly<Record<DataType, DataTypeInfo>> = table;

/** The name of an ONNX element type number, or undefined for one we don't carry (strings, complex numbers, 8-bit floats). */
export function dataTypeOfCode(code: number): DataType | undefined {
  return (Object.keys(table) as DataType[]).find((name) => table[name].code === code);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of a tensor; 4-bit types are packed two a byte over the whole tensor, an odd one out taking a byte of its own. */
export function byteLengthOf(type: DataType, shape: readonly number[]): number {
  return Math.ceil((elementCount(shape) * dataTypes[type].bits) / 8);
}

/** `float32[1,4]` */
export function tensorText(type: DataType, shape: readonly number[]): string {
  return `${type}[${shape.join(',')}]`;
}

/** Zeros. Throws AllocationError. */
export function allocate(type: DataType, shape: readonly number[]): TensorData {
  const { Array: TypedArray, bits } = dataTypes[type];
  try {
    return new TypedArray(bits === 4 ? byteLengthOf(type, shape) : elementCount(shape));
  } catch (error) {
    throw new AllocationError(tensorText(type, shape), byteLengthOf(type, shape), error);
  }
}
