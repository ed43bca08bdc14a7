// Memory exchanged with an NVIDIA card through CUDA's own runtime library: a block on the card and a page-locked twin of it on the
// CPU, copied as a whole. Tensors over such a block keep their address, which a recorded CUDA graph needs.
import { LecternError } from '../../errors.ts';
import { findCudaLibraries } from './cuda-libraries.ts';
import { loadForGood, returned, viewMemory, type Pointer } from './native.ts';

/** A call of the CUDA runtime failed. */
export class CudaError extends LecternError {
  constructor(action: string, reason: string) {
    super(`CUDA could not ${action}: ${reason}`, {
      code: 'CUDA_FAILED',
      remedy: 'Use a smaller context or fewer sequences at once if memory ran out; otherwise run `lectern doctor`.',
    });
  }
}

interface CudaRuntime {
  /** Calls a function that returns cudaError_t. Throws CudaError. */
  call(name: keyof typeof functions, action: string, ...args: (Pointer | number | BigUint64Array)[]): void;
}

const p = 'void *';
const functions = {
  cudaMalloc: [p, 'size_t'],
  cudaFree: [p],
  cudaMallocHost: [p, 'size_t'],
  cudaFreeHost: [p],
  cudaMemcpy: [p, p, 'size_t', 'int'],
} as const;

const HOST_TO_DEVICE = 1;
const DEVICE_TO_HOST = 2;

let loaded: CudaRuntime | undefined;

/** Throws CudaError where the library is not found. */
function cudaRuntime(): CudaRuntime {
  if (loaded) return loaded;
  const [path] = findCudaLibraries().find(({ name }) => name.startsWith('libcudart'))!.paths;
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

/** `byteLength` bytes on the card and as many on the CPU. */
export class StagedBlock implements Disposable {
  readonly byteLength: number;
  /** The CPU's side. Gone after release. */
  readonly host: ArrayBuffer;
  /** Address of the card's side. */
  readonly address: Pointer;
  readonly #hostAddress: Pointer;

  /** Throws CudaError. */
  constructor(byteLength: number) {
    const cuda = cudaRuntime();
    const size = BigInt(byteLength);
    this.byteLength = byteLength;
    this.address = returned((out) => cuda.call('cudaMalloc', `allocate ${byteLength} bytes on the card`, out, size));
    this.#hostAddress = returned((out) => cuda.call('cudaMallocHost', `lock ${byteLength} bytes in memory`, out, size));
    this.host = viewMemory(this.#hostAddress, byteLength);
    new Uint8Array(this.host).fill(0);
  }

  /** CPU to card. */
  upload(): void {
    const size = BigInt(this.byteLength);
    cudaRuntime().call('cudaMemcpy', 'copy to the card', this.address, this.#hostAddress, size, HOST_TO_DEVICE);
  }

  /** Card to CPU. */
  download(): void {
    const size = BigInt(this.byteLength);
    cudaRuntime().call('cudaMemcpy', 'copy from the card', this.#hostAddress, this.address, size, DEVICE_TO_HOST);
  }

  [Symbol.dispose](): void {
    cudaRuntime().call('cudaFree', 'free memory of the card', this.address);
    cudaRuntime().call('cudaFreeHost', 'free locked memory', this.#hostAddress);
  }
}
