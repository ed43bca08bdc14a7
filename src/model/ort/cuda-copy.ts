// Copies to, from and on an NVIDIA card, as data: whichever thread runs the card makes them.
import { callCuda } from './cuda-runtime.ts';
import { returned, type Pointer } from './native.ts';

/** cudaMemcpyKind. */
const HOST_TO_DEVICE = 1;
const DEVICE_TO_HOST = 2;
const DEVICE_TO_DEVICE = 3;

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

export function copyToCard(to: Pointer, from: Pointer, byteLength: number): CudaCopy {
  return { to, from, byteLength, kind: HOST_TO_DEVICE };
}

export function copyFromCard(to: Pointer, from: Pointer, byteLength: number): CudaCopy {
  return { to, from, byteLength, kind: DEVICE_TO_HOST };
}

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
    if ('stream' in copy) callCuda('cudaStreamSynchronize', 'wait for a copy', copy.stream);
    else {
      const { to, from, byteLength, kind } = copy;
      callCuda('cudaMemcpy', actions[kind], to, from, BigInt(byteLength), kind);
      isUnderWay ||= kind === DEVICE_TO_DEVICE;
    }
  }
  // Unlike the others, copies on the card are under way when the call returns, and ONNX Runtime's stream does not wait for them.
  if (isUnderWay) callCuda('cudaDeviceSynchronize', 'copy on the card');
}

const WITHOUT_THE_DEFAULT_STREAM = 1;

/** Copies that pass while the card computes something else. */
export class CopyStream implements Disposable {
  readonly #stream: Pointer;

  /** Throws CudaError. */
  constructor() {
    this.#stream = returned((out) =>
      callCuda('cudaStreamCreateWithFlags', 'set up a stream', out, WITHOUT_THE_DEFAULT_STREAM),
    );
  }

  /** Starts copies between page-locked memory, which must stay as it is until then, and the card. Throws CudaError. */
  start(copies: readonly CudaCopy[]): CudaWait {
    for (const { to, from, byteLength, kind } of copies) {
      callCuda('cudaMemcpyAsync', actions[kind], to, from, BigInt(byteLength), kind, this.#stream);
    }
    return { stream: this.#stream };
  }

  [Symbol.dispose](): void {
    callCuda('cudaStreamDestroy', 'end a stream', this.#stream);
  }
}
