// CUDA's own runtime library, as far as memory and copies go: found where its users put it, and loaded on first use.
import { LecternError } from '../../errors.ts';
import { p } from './api-table.ts';
import { findCudaLibraries } from './cuda-libraries.ts';
import { loadForGood } from './native.ts';

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

// Functions that return cudaError_t, with their parameters. Names are the library's own.
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

type CudaFunctionName = keyof typeof functions;

interface CudaRuntime {
  readonly table: ReadonlyMap<string, (...values: unknown[]) => number>;
  readonly errorString: (code: number) => string;
}

let loaded: CudaRuntime | undefined;

/** `action` completes "could not …". Throws CudaError, also where the library is not found. */
export function callCuda(name: CudaFunctionName, action: string, ...args: (bigint | number | BigUint64Array)[]): void {
  loaded ??= load();
  const code = loaded.table.get(name)!(...args);
  if (code !== 0) throw new CudaError(action, `${loaded.errorString(code)} (${code})`);
}

function load(): CudaRuntime {
  const path = findCudaLibraries().find(({ name }) => name.startsWith('libcudart'))?.paths[0];
  if (path === undefined) throw new CudaError('be used', 'libcudart was not found');
  const library = loadForGood(path);
  const table = new Map(
    Object.entries(functions).map(([name, parameters]) => [name, library.func(name, 'int', [...parameters])]),
  );
  return { table, errorString: library.func('cudaGetErrorString', 'str', ['int']) as CudaRuntime['errorString'] };
}
