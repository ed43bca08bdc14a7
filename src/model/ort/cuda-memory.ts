// Memory exchanged with an NVIDIA card through CUDA's own runtime library: a block on the card and a page-locked twin of it on the
// CPU. Page-locked memory is copied several times as fast, and a tensor over such a block keeps its address, which a recorded CUDA
// graph needs.
import { LecternError } from '../../errors.ts';
import { findCudaLibraries } from './cuda-libraries.ts';
import { addressOf, loadForGood, returned, viewMemory, type Pointer } from './native.ts';

/** A call of the CUDA runtime failed. */
export class CudaError extends LecternError {
  readonly action: string;
  readonly reason: string;

  constructor(action: string, reason: string) {
    super(`CUDA could not ${action}: ${reason}`, {
      code: 'CUDA_FAILED',
      remedy: 'Use a smaller context or fewer sequences at once if memory ran out; otherwise run `lectern doctor`.',
    });
    this.action = action;
    this.reason = reason;
  }
}

interface CudaRuntime {
  /** Calls a function that returns cudaError_t. Throws CudaError. */
  readonly call: (name: keyof typeof functions, action: string, ...args: (bigint | number | BigUint64Array)[]) => void;
}

const p = 'void *';
const functions = {
  cudaMalloc: [p, 'size_t'],
  cudaFree: [p],
  cudaMallocHost: [p, 'size_t'],
  cudaFreeHost: [p],
  cudaMemcpy: [p, p, 'size_t', 'int'],
  cudaMemGetInfo: [p, p],
  cudaMemset: [p, 'int', 'size_t'],
  cudaMemcpyAsync: [p, p, 'size_t', 'int', p],
  cudaStreamCreateWithFlags: [p, 'int'],
  cudaStreamSynchronize: [p],
  cudaStreamDestroy: [p],
  cudaDeviceSynchronize: [],
} as const;

let loaded: CudaRuntime | undefined;

/** Throws CudaError where the library is not found. */
function cudaRuntime(): CudaRuntime {
  if (loaded) return loaded;
  const path = findCudaLibraries().find(({ name }) => name.startsWith('libcudart'))?.paths[0];
  if (path === undefined) throw new CudaError('be used', 'libcudart was not found');
  const library = loadForGood(path);
  const errorString = library.func('cudaGetErrorString', 'str', ['int']) as (code: number) => string;
  const table = new Map(
    Object.entries(functions).map(([name, parameters]) => [name, library.func(name, 'int', [...parameters])]),
  );
  loaded = {
    call(name, action, ...args) {
      const code = (table.get(name)! as (...values: unknown[]) => number)(...args);
      if (code !== 0) throw new CudaError(action, `${errorString(code)} (${code})`);
    },
  };
  return loaded;
}

const HOST_TO_DEVICE = 1;
const DEVICE_TO_HOST = 2;
const DEVICE_TO_DEVICE = 3;

/** A copy to, from or on the card, as data: whichever thread runs the card makes it. */
export interface CudaCopy {
  readonly to: Pointer;
  readonly from: Pointer;
  readonly byteLength: number;
  readonly kind: typeof HOST_TO_DEVICE | typeof DEVICE_TO_HOST | typeof DEVICE_TO_DEVICE;
}

const actions = {
  [HOST_TO_DEVICE]: 'copy to the card',
  [DEVICE_TO_HOST]: 'copy from the card',
  [DEVICE_TO_DEVICE]: 'copy on the card',
};

export function copyOnCard(to: Pointer, from: Pointer, byteLength: number): CudaCopy {
  return { to, from, byteLength, kind: DEVICE_TO_DEVICE };
}

/** A point to wait for before a run: copies that a CopyStream has under way. */
export interface CudaWait {
  readonly stream: Pointer;
}

/** Makes copies one after another; they are done when it returns. Throws CudaError. */
export function copyAll(copies: readonly (CudaCopy | CudaWait)[]): void {
  let isUnderWay = false;
  for (const copy of copies) {
    if ('stream' in copy) cudaRuntime().call('cudaStreamSynchronize', 'wait for a copy', copy.stream);
    else {
      const { to, from, byteLength, kind } = copy;
      cudaRuntime().call('cudaMemcpy', actions[kind], to, from, BigInt(byteLength), kind);
      isUnderWay ||= kind === DEVICE_TO_DEVICE;
    }
  }
  // Unlike the others, copies on the card are under way when the call returns, and ONNX Runtime's stream does not wait for them.
  if (isUnderWay) cudaRuntime().call('cudaDeviceSynchronize', 'copy on the card');
}

const WITHOUT_THE_DEFAULT_STREAM = 1;

/** Copies that pass while the card computes something else. */
export class CopyStream implements Disposable {
  readonly #stream: Pointer;

  /** Throws CudaError. */
  constructor() {
    this.#stream = returned((out) =>
      cudaRuntime().call('cudaStreamCreateWithFlags', 'set up a stream', out, WITHOUT_THE_DEFAULT_STREAM),
    );
  }

  /** Starts copies between page-locked memory, which must stay as it is until then, and the card. Throws CudaError. */
  start(copies: readonly CudaCopy[]): CudaWait {
    for (const { to, from, byteLength, kind } of copies) {
      cudaRuntime().call('cudaMemcpyAsync', actions[kind], to, from, BigInt(byteLength), kind, this.#stream);
    }
    return { stream: this.#stream };
  }

  [Symbol.dispose](): void {
    cudaRuntime().call('cudaStreamDestroy', 'end a stream', this.#stream);
  }
}

/** Sets bytes of the card to 0, for every stream to see when it returns. Throws CudaError. */
export function clearOnCard(address: Pointer, byteLength: number): void {
  const action = 'clear memory of the card';
  cudaRuntime().call('cudaMemset', action, address, 0, BigInt(byteLength));
  cudaRuntime().call('cudaDeviceSynchronize', action);
}

/** Bytes on the card alone. */
export class CardMemory implements Disposable {
  readonly byteLength: number;
  readonly address: Pointer;

  /** Throws CudaError. */
  constructor(byteLength: number) {
    this.byteLength = byteLength;
    const size = BigInt(byteLength);
    this.address = returned((out) =>
      cudaRuntime().call('cudaMalloc', `allocate ${byteLength} bytes on the card`, out, size),
    );
  }

  /** Sets `byteLength` bytes from the beginning to 0. Throws CudaError. */
  clear(byteLength: number): void {
    clearOnCard(this.address, byteLength);
  }

  /** A copy of `byteLength` bytes from `byteOffset` on. Throws CudaError. */
  read(byteOffset: number, byteLength: number): ArrayBuffer {
    const bytes = new Uint8Array(byteLength);
    const from = this.address + BigInt(byteOffset);
    cudaRuntime().call(
      'cudaMemcpy',
      actions[DEVICE_TO_HOST],
      addressOf(bytes),
      from,
      BigInt(byteLength),
      DEVICE_TO_HOST,
    );
    return bytes.buffer;
  }

  [Symbol.dispose](): void {
    cudaRuntime().call('cudaFree', 'free memory of the card', this.address);
  }
}

/** `byteLength` bytes on the card and as many on the CPU; on the card `tailBytes` more, of undefined content. */
export class CudaBlock implements Disposable {
  readonly byteLength: number;
  /** The CPU's side; not to be touched after release. */
  readonly host: ArrayBuffer;
  /** Address of the card's side. */
  readonly address: Pointer;
  readonly hostAddress: Pointer;

  /** Throws CudaError. */
  constructor(byteLength: number, tailBytes = 0) {
    const cuda = cudaRuntime();
    const size = BigInt(byteLength);
    const cardBytes = byteLength + tailBytes;
    this.byteLength = byteLength;
    this.address = returned((out) =>
      cuda.call('cudaMalloc', `allocate ${cardBytes} bytes on the card`, out, BigInt(cardBytes)),
    );
    this.hostAddress = returned((out) => cuda.call('cudaMallocHost', `lock ${byteLength} bytes in memory`, out, size));
    this.host = viewMemory(this.hostAddress, byteLength);
    new Uint8Array(this.host).fill(0);
  }

  /** Fills `to` on the card with the first bytes of the CPU's side. */
  send(to: Pointer, byteLength: number): CudaCopy {
    return { to, from: this.hostAddress, byteLength, kind: HOST_TO_DEVICE };
  }

  /** Fills the first bytes of the CPU's side from the card. */
  fetch(from: Pointer, byteLength: number): CudaCopy {
    return { to: this.hostAddress, from, byteLength, kind: DEVICE_TO_HOST };
  }

  upload(byteOffset: number, byteLength: number): CudaCopy {
    const at = BigInt(byteOffset);
    return { to: this.address + at, from: this.hostAddress + at, byteLength, kind: HOST_TO_DEVICE };
  }

  download(byteOffset: number, byteLength: number): CudaCopy {
    const at = BigInt(byteOffset);
    return { to: this.hostAddress + at, from: this.address + at, byteLength, kind: DEVICE_TO_HOST };
  }

  [Symbol.dispose](): void {
    cudaRuntime().call('cudaFree', 'free memory of the card', this.address);
    cudaRuntime().call('cudaFreeHost', 'free locked memory', this.hostAddress);
  }
}

/** Page-locked memory on the CPU, for copies to and from any place on the card. */
export class LockedMemory implements Disposable {
  readonly byteLength: number;
  /** Not to be touched after release. */
  readonly host: ArrayBuffer;
  readonly #address: Pointer;

  /** Throws CudaError. */
  constructor(byteLength: number) {
    const cuda = cudaRuntime();
    this.byteLength = byteLength;
    const size = BigInt(byteLength);
    this.#address = returned((out) => cuda.call('cudaMallocHost', `lock ${byteLength} bytes in memory`, out, size));
    this.host = viewMemory(this.#address, byteLength);
  }

  /** The first `byteLength` bytes to `to` on the card. */
  upload(to: Pointer, byteLength: number): CudaCopy {
    return { to, from: this.#address, byteLength, kind: HOST_TO_DEVICE };
  }

  download(from: Pointer, byteLength: number): CudaCopy {
    return { to: this.#address, from, byteLength, kind: DEVICE_TO_HOST };
  }

  [Symbol.dispose](): void {
    cudaRuntime().call('cudaFreeHost', 'free locked memory', this.#address);
  }
}

/** Bytes of the card's memory: those that nobody has taken, and all. Throws CudaError. */
export function cardMemory(): { free: number; total: number } {
  const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
  cudaRuntime().call('cudaMemGetInfo', 'ask for the free memory', free, total);
  return { free: Number(free[0]), total: Number(total[0]) };
}

/** Bytes of the card's memory that nobody has taken. Throws CudaError. */
export function freeCardMemory(): number {
  return cardMemory().free;
}
