// Memory exchanged with an NVIDIA card: bytes on the card, page-locked bytes on the CPU, and blocks of both. Page-locked memory is
// copied several times as fast, and a tensor over such a block keeps its address, which a recorded CUDA graph needs.
import { copyAll, copyFromCard, copyToCard, type CudaCopy } from './cuda-copy.ts';
import { callCuda } from './cuda-runtime.ts';
import { addressOf, returned, viewMemory, type Pointer } from './native.ts';

/** Sets bytes of the card to 0, for every stream to see when it returns. Throws CudaError. */
export function clearOnCard(address: Pointer, byteLength: number): void {
  const action = 'clear memory of the card';
  callCuda('cudaMemset', action, address, 0, BigInt(byteLength));
  callCuda('cudaDeviceSynchronize', action);
}

/** Bytes on the card alone. */
export class CardMemory implements Disposable {
  readonly byteLength: number;
  readonly address: Pointer;

  /** Of undefined content. Throws CudaError. */
  constructor(byteLength: number) {
    this.byteLength = byteLength;
    const action = `allocate ${byteLength} bytes on the card`;
    this.address = returned((out) => callCuda('cudaMalloc', action, out, BigInt(byteLength)));
  }

  /** Sets `byteLength` bytes from the beginning to 0. Throws CudaError. */
  clear(byteLength: number): void {
    clearOnCard(this.address, byteLength);
  }

  /** A copy of `byteLength` bytes from `byteOffset` on. Throws CudaError. */
  read(byteOffset: number, byteLength: number): ArrayBuffer {
    const bytes = new Uint8Array(byteLength);
    copyAll([copyFromCard(addressOf(bytes), this.address + BigInt(byteOffset), byteLength)]);
    return bytes.buffer;
  }

  [Symbol.dispose](): void {
    callCuda('cudaFree', 'free memory of the card', this.address);
  }
}

/** Page-locked memory on the CPU, for copies to and from any place on the card. */
export class LockedMemory implements Disposable {
  readonly byteLength: number;
  /** Not to be touched after release. */
  readonly host: ArrayBuffer;
  readonly address: Pointer;

  /** Of undefined content. Throws CudaError. */
  constructor(byteLength: number) {
    this.byteLength = byteLength;
    const action = `lock ${byteLength} bytes in memory`;
    this.address = returned((out) => callCuda('cudaMallocHost', action, out, BigInt(byteLength)));
    this.host = viewMemory(this.address, byteLength);
  }

  /** The first `byteLength` bytes to `to` on the card. */
  upload(to: Pointer, byteLength: number): CudaCopy {
    return copyToCard(to, this.address, byteLength);
  }

  /** The first `byteLength` bytes from `from` on the card. */
  download(from: Pointer, byteLength: number): CudaCopy {
    return copyFromCard(this.address, from, byteLength);
  }

  [Symbol.dispose](): void {
    callCuda('cudaFreeHost', 'free locked memory', this.address);
  }
}

/** `byteLength` bytes on the card and as many on the CPU, zero at first; on the card `tailBytes` more, of undefined content. */
export class CudaBlock implements Disposable {
  readonly byteLength: number;
  readonly #card: CardMemory;
  readonly #locked: LockedMemory;

  /** Throws CudaError. */
  constructor(byteLength: number, tailBytes = 0) {
    this.byteLength = byteLength;
    this.#card = new CardMemory(byteLength + tailBytes);
    this.#locked = new LockedMemory(byteLength);
    new Uint8Array(this.host).fill(0);
  }

  /** The CPU's side; not to be touched after release. */
  get host(): ArrayBuffer {
    return this.#locked.host;
  }

  /** Address of the card's side. */
  get address(): Pointer {
    return this.#card.address;
  }

  upload(byteOffset: number, byteLength: number): CudaCopy {
    const at = BigInt(byteOffset);
    return copyToCard(this.#card.address + at, this.#locked.address + at, byteLength);
  }

  download(byteOffset: number, byteLength: number): CudaCopy {
    const at = BigInt(byteOffset);
    return copyFromCard(this.#locked.address + at, this.#card.address + at, byteLength);
  }

  [Symbol.dispose](): void {
    this.#card[Symbol.dispose]();
    this.#locked[Symbol.dispose]();
  }
}

/** Bytes of the card's memory: those that nobody has taken, and all. Throws CudaError. */
export function cardMemory(): { free: number; total: number } {
  const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
  callCuda('cudaMemGetInfo', 'ask for the free memory', free, total);
  return { free: Number(free[0]), total: Number(total[0]) };
}

/** Bytes of the card's memory that nobody has taken. Throws CudaError. */
export function freeCardMemory(): number {
  return cardMemory().free;
}
