// Tensors. On the CPU a tensor lies over a typed array of ours: nothing is copied, a kernel reads and writes that memory.
// On a GPU it is allocated by the device's allocator and is an opaque place to bind.
import { assert } from '../../errors.ts';
import { allocate, byteLengthOf, dataTypeOfCode, dataTypes, elementCount, tensorText } from './data-type.ts';
import type { DataType, TensorData } from './data-type.ts';
import { TensorMismatchError } from './errors.ts';
import { Handle } from './handle.ts';
import { addressOf, native, readString, returned, viewMemory, type Pointer } from './native.ts';
import { webGpuQueue } from './run-queue.ts';

export class Tensor extends Handle {
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Name of the memory: "Cpu", "WebGPU_Buf", "Cuda". */
  readonly memory: string;
  // Also what keeps the array alive while ONNX Runtime knows its address.
  readonly #data: TensorData | undefined;

  private constructor(
    pointer: Pointer,
    type: DataType,
    shape: readonly number[],
    memory: string,
    data: TensorData | undefined,
  ) {
    super(pointer, 'ReleaseValue', memory === 'WebGPU_Buf' ? webGpuQueue : undefined);
    this.type = type;
    this.shape = shape;
    this.memory = memory;
    this.#data = data;
  }

  /** A tensor over `data` in place. Throws TensorMismatchError where the array's kind or length doesn't fit type and shape. */
  static over(type: DataType, shape: readonly number[], data: TensorData): Tensor {
    const { Array: Expected, bits } = dataTypes[type];
    if (!(data instanceof Expected)) {
      throw new TensorMismatchError(`A ${type} tensor lies over ${Expected.name}, not over ${data.constructor.name}`);
    }
    if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
      throw new TensorMismatchError(`[${shape.join(',')}] is no shape: sizes are whole numbers from 0`);
    }
    const length = bits === 4 ? byteLengthOf(type, shape) : elementCount(shape);
    if (data.length !== length) {
      throw new TensorMismatchError(`${tensorText(type, shape)} needs ${length} array elements, not ${data.length}`);
    }
    if (data.buffer instanceof ArrayBuffer && data.buffer.resizable) {
      throw new TensorMismatchError('A tensor needs a buffer of fixed length, and this one is resizable');
    }
    // An empty array has no address, but the library refuses null.
    const address = addressOf(data.byteLength > 0 ? data : placeholder);
    return new Tensor(valueOver(cpuMemory(), type, shape, address), type, [...shape], 'Cpu', data);
  }

  /** A zero-filled tensor on the CPU. */
  static zeros(type: DataType, shape: readonly number[]): Tensor {
    return Tensor.over(type, shape, allocate(type, shape));
  }

  /** A tensor in the memory of an allocator (see Session.allocate); its content is undefined until something writes it. */
  static fromAllocator(allocator: Pointer, memory: string, type: DataType, shape: readonly number[]): Tensor {
    const value = returned((out) => {
      native().call(
        'CreateTensorAsOrtValue',
        `allocate ${byteLengthOf(type, shape)} bytes of ${memory} for ${tensorText(type, shape)}`,
        allocator,
        BigInt64Array.from(shape, BigInt),
        shape.length,
        dataTypes[type].code,
        out,
      );
    });
    return new Tensor(value, type, [...shape], memory, undefined);
  }

  /**
   * A tensor over memory of a device that somebody else owns, such as a part of a larger tensor, which must outlive it. `memory`
   * as in `tensor.memory`.
   */
  static overAddress(memory: string, type: DataType, shape: readonly number[], address: Pointer): Tensor {
    return new Tensor(valueOver(deviceMemoryInfo(memory), type, shape, address), type, [...shape], memory, undefined);
  }

  /** Takes over a value that a run returned. */
  static fromValue(value: Pointer): Tensor {
    const description = returned((out) => native().call('GetTensorTypeAndShape', 'describe an output', value, out));
    const { type, shape } = readTypeAndShape(description);
    native().release('ReleaseTensorTypeAndShapeInfo', description);
    assert(type !== undefined, 'a run returned an element type that no graph of ours has');
    const info = returned((out) => native().call('GetTensorMemoryInfo', 'describe an output', value, out));
    const memory = readString(returned((out) => native().call('MemoryInfoGetName', 'describe an output', info, out)));
    return new Tensor(value, type, shape, memory, undefined);
  }

  /**
   * The elements. Over an array of ours: that array. In memory that ONNX Runtime allocated on the CPU: a copy.
   * Throws where the tensor lies on a GPU.
   */
  get data(): TensorData {
    const pointer = this.pointer;
    if (this.#data) return this.#data;
    if (this.memory !== 'Cpu') throw new TensorMismatchError(`${this.describe()} can't be read from the CPU`);
    const copy = allocate(this.type, this.shape);
    if (copy.byteLength > 0) {
      const start = returned((out) => native().call('GetTensorMutableData', 'read a tensor', pointer, out));
      const bytes = new Uint8Array(viewMemory(start, copy.byteLength));
      new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength).set(bytes);
    }
    return copy;
  }

  /** Device address of the first byte, for copies through the device's own runtime. */
  get address(): Pointer {
    return returned((out) => native().call('GetTensorMutableData', 'find a tensor', this.pointer, out));
  }

  /** Throws where the array behind the tensor has been transferred away: its address would dangle. */
  checkUsable(): void {
    if (this.#data?.buffer instanceof ArrayBuffer && this.#data.buffer.detached) {
      throw new TensorMismatchError(`The buffer under ${this.describe()} has been transferred away`);
    }
  }

  describe(): string {
    return `Tensor ${tensorText(this.type, this.shape)} in ${this.memory}`;
  }
}

/** ONNX Runtime's value over memory that is somebody else's. */
function valueOver(memoryInfo: Pointer, type: DataType, shape: readonly number[], address: Pointer): Pointer {
  return returned((out) => {
    native().call(
      'CreateTensorWithDataAsOrtValue',
      `make a tensor ${tensorText(type, shape)}`,
      memoryInfo,
      address,
      byteLengthOf(type, shape),
      // Nor has the shape of a single number an address.
      BigInt64Array.from(shape.length > 0 ? shape : [0], BigInt),
      shape.length,
      dataTypes[type].code,
      out,
    );
  });
}

const placeholder = new Uint8Array(64);

let cpuMemoryInfo: Pointer | undefined;

function cpuMemory(): Pointer {
  const OrtDeviceAllocator = 0;
  const OrtMemTypeDefault = 0;
  cpuMemoryInfo ??= returned((out) =>
    native().call('CreateCpuMemoryInfo', 'describe CPU memory', OrtDeviceAllocator, OrtMemTypeDefault, out),
  );
  return cpuMemoryInfo;
}

const memoryInfos = new Map<string, Pointer>();

function deviceMemoryInfo(memory: string): Pointer {
  let info = memoryInfos.get(memory);
  if (info === undefined) {
    info = returned((out) => native().call('CreateMemoryInfo', `describe ${memory} memory`, memory, 0, 0, 0, out));
    memoryInfos.set(memory, info);
  }
  return info;
}

/** Reads an OrtTensorTypeAndShapeInfo; a symbolic size is -1 in `shape` and named in `symbols`. */
export function readTypeAndShape(info: Pointer): { type: DataType | undefined; shape: number[]; symbols: string[] } {
  const code = new Int32Array(1);
  native().call('GetTensorElementType', 'read an element type', info, code);
  const rank = Number(returned((out) => native().call('GetDimensionsCount', 'read a rank', info, out)));
  const sizes = new BigInt64Array(Math.max(1, rank));
  const names = new BigUint64Array(Math.max(1, rank));
  native().call('GetDimensions', 'read a shape', info, sizes, rank);
  native().call('GetSymbolicDimensions', 'read a shape', info, names, rank);
  const symbols = Array.from(names.subarray(0, rank), (name) => (name === 0n ? '' : readString(name)));
  return { type: dataTypeOfCode(code[0]!), shape: Array.from(sizes.subarray(0, rank), Number), symbols };
}
