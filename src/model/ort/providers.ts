// Execution providers: which device a session's operators run on, and how each is asked for.
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { DeviceUnavailableError, OrtError } from './errors.ts';
import { addressOf, CStrings, native, onnxRuntimeLibraryPath, returned, type Pointer } from './native.ts';
import { preloadCudaLibraries } from './cuda-libraries.ts';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface DeviceOptions {
  /**
   * On a GPU: runs under a `gpu_graph_id` record their kernels and are replayed from then on; -1 runs without. What such a run reads and
   * writes must lie on the device, where it was.
   */
  readonly recordsRuns?: boolean;
}

/** Adds the provider of `device` to session options. Throws DeviceUnavailableError. */
export function appendProvider(device: Device, sessionOptions: Pointer, options: DeviceOptions): void {
  if (device === 'cpu') return;
  try {
    if (device === 'webgpu') appendWebGpu(sessionOptions, options);
    else appendCuda(sessionOptions, options);
  } catch (error) {
    if (!(error instanceof OrtError)) throw error;
    throw new DeviceUnavailableError(device, error.message, remedies[device], error);
  }
}

const remedies = {
  webgpu:
    'WebGPU needs a GPU driver with Vulkan (on Linux: libvulkan.so.1 and the vendor’s driver); or use --device cpu.',
  cuda: 'Run `lectern doctor` to see which CUDA library is missing; or use --device webgpu or cpu.',
} as const;

function appendWebGpu(sessionOptions: Pointer, { recordsRuns }: DeviceOptions): void {
  const keys = new CStrings(['enableGraphCapture']);
  const values = new CStrings([recordsRuns ? '1' : '0']);
  const pointers = [addressOf(keys.pointers), addressOf(values.pointers)];
  const append = 'SessionOptionsAppendExecutionProvider';
  native().call(append, 'use WebGPU', sessionOptions, 'WebGPU', ...pointers, 1);
}

function appendCuda(sessionOptions: Pointer, { recordsRuns }: DeviceOptions): void {
  const { call, release } = native();
  const missing = missingCudaProviderFile();
  if (missing) {
    throw new DeviceUnavailableError(
      'cuda',
      `ONNX Runtime's CUDA provider is not installed (${missing} does not exist)`,
      cudaProviderRemedy(),
    );
  }
  preloadCudaLibraries();
  const cuda = returned((out) => call('CreateCUDAProviderOptions', 'use CUDA', out));
  try {
    const settings = {
      // The default doubles its reserve at every growth, which a KV cache of gigabytes can't afford.
      arena_extend_strategy: 'kSameAsRequested',
      enable_cuda_graph: recordsRuns ? '1' : '0',
    };
    const keys = new CStrings(Object.keys(settings));
    const values = new CStrings(Object.values(settings));
    call('UpdateCUDAProviderOptions', 'use CUDA', cuda, keys.pointers, values.pointers, Object.keys(settings).length);
    call('SessionOptionsAppendExecutionProvider_CUDA_V2', 'use CUDA', sessionOptions, cuda);
  } finally {
    release('ReleaseCUDAProviderOptions', cuda);
  }
}

/** How to get the CUDA provider's files. */
export function cudaProviderRemedy(): string {
  const folder = dirname(onnxRuntimeLibraryPath());
  const script = join(folder, '../../../../script/install.js');
  const wheel = `the onnxruntime-gpu wheel of version ${native().version} (folder onnxruntime/capi)`;
  return `Run node ${script} --onnxruntime-node-install=cuda12 (CUDA 12), or copy both provider libraries of ${wheel} to ${folder}.`;
}

/** The first CUDA provider file that is not beside ONNX Runtime's library, or undefined when all are there. */
export function missingCudaProviderFile(): string | undefined {
  const folder = dirname(onnxRuntimeLibraryPath());
  const files =
    process.platform === 'win32'
      ? ['onnxruntime_providers_shared.dll', 'onnxruntime_providers_cuda.dll']
      : ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
  return files.map((file) => join(folder, file)).find((file) => !existsSync(file));
}
