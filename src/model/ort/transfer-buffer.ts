// Room for inputs and outputs that are filled and read on the CPU at every run, at places that don't move. On the CPU and for WebGPU
// that is plain memory; on CUDA it has a twin on the card, and copies go with the run that needs them.
import type { CudaCopy } from './cuda-copy.ts';
import { CudaBlock } from './cuda-memory.ts';
import type { DeviceCopy } from './run-queue.ts';
import { byteLengthOf, dataTypes, elementCount, type DataType, type TensorData } from './data-type.ts';
import type { Device } from './providers.ts';
import type { Pointer } from './native.ts';
import { Tensor } from './tensor.ts';

export type Layout<Name extends string> = Readonly<Record<Name, readonly [DataType, readonly number[]]>>;

/** Named tensors that are filled and read on the CPU, and what brings them to the device and back. */
export interface Transfer extends Disposable {
  /** The caller releases the tensors, before the room. */
  places<Name extends string>(layout: Layout<Name>): Record<Name, Place>;
  /** What brings all of them to the device before a run: nothing where it reads them in place. */
  upload(): DeviceCopy[];
  /** What brings one back after it. */
  download(place: Place): DeviceCopy[];
}

export interface Place {
  readonly tensor: Tensor;
  /** The tensor's elements on the CPU. */
  readonly array: TensorData;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** CUDA aligns what it allocates to this; kernels load 16 bytes at once. */
const ALIGNMENT = 256;

export class TransferBuffer implements Transfer {
  readonly byteLength: number;
  readonly #block: CudaBlock | undefined;
  readonly #host: ArrayBuffer;

  /** `tailBytes`: more on the card, which nothing is copied to or from. Throws CudaError when memory runs out. */
  constructor(device: Device, byteLength: number, tailBytes = 0) {
    this.byteLength = byteLength;
    this.#block = device === 'cuda' ? new CudaBlock(byteLength, tailBytes) : undefined;
    this.#host = this.#block?.host ?? new ArrayBuffer(byteLength);
  }

  /** Where the twin on the card is; undefined where there is none. */
  get cardAddress(): Pointer | undefined {
    return this.#block?.address;
  }

  /** All bytes on the CPU. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#host);
  }

  /** Bytes that `layout` takes, each tensor aligned. */
  static sizeOf(layout: readonly (readonly [DataType, readonly number[]])[]): number {
    return layout.reduce((end, [type, shape]) => end + aligned(byteLengthOf(type, shape)), 0);
  }

  /** A tensor over bytes of the buffer from `byteOffset` on; the caller releases it, before the buffer. */
  place(type: DataType, shape: readonly number[], byteOffset = 0): Place {
    const { Array: TypedArray } = dataTypes[type];
    const byteLength = byteLengthOf(type, shape);
    const array = new TypedArray(this.#host, byteOffset, elementCount(shape));
    const tensor = this.#block
      ? Tensor.overAddress('Cuda', type, shape, this.#block.address + BigInt(byteOffset))
      : Tensor.over(type, shape, array);
    return { tensor, array, byteOffset, byteLength };
  }

  /** Named tensors one after another. */
  places<Name extends string>(layout: Layout<Name>): Record<Name, Place> {
    let offset = 0;
    const result = {} as Record<Name, Place>;
    for (const [name, [type, shape]] of Object.entries(layout) as [Name, [DataType, readonly number[]]][]) {
      result[name] = this.place(type, shape, offset);
      offset += aligned(result[name].byteLength);
    }
    return result;
  }

  /** What brings these bytes to the device before a run: nothing where it reads them in place. */
  upload({ byteOffset, byteLength }: Pick<Place, 'byteOffset' | 'byteLength'> = this.#whole()): CudaCopy[] {
    return this.#block ? [this.#block.upload(byteOffset, byteLength)] : [];
  }

  /** What brings them back after it. */
  download({ byteOffset, byteLength }: Pick<Place, 'byteOffset' | 'byteLength'> = this.#whole()): CudaCopy[] {
    return this.#block ? [this.#block.download(byteOffset, byteLength)] : [];
  }

  #whole() {
    return { byteOffset: 0, byteLength: this.byteLength };
  }

  [Symbol.dispose](): void {
    this.#block?.[Symbol.dispose]();
  }
}

function aligned(byteLength: number): number {
  return Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
}
