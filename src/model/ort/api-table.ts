// What we call of ONNX Runtime, by its place in the library's table of functions: an append-only list (index = position in
// `struct OrtApi`, fixed for ever). Every index is called by test/model/ort/native.test.ts.

/** Version of the table we ask for: the lowest one that holds every function below. */
export const API_VERSION = 27;
export const TABLE_LENGTH = 422;

/** An address of anything. */
export const p = 'void *';
const path = process.platform === 'win32' ? 'str16' : 'str';

// Functions that return OrtStatus*: [index, parameters]. Names are the library's own.
export const statusFunctions = {
  CreateEnv: [3, 'int', 'str', p],
  CreateSession: [7, p, path, p, p],
  CreateSessionFromArray: [8, p, p, 'size_t', p, p],
  Run: [9, p, p, p, p, 'size_t', p, 'size_t', p],
  CreateSessionOptions: [10, p],
  EnableProfiling: [14, p, path],
  SetSessionGraphOptimizationLevel: [23, p, 'int'],
  SetIntraOpNumThreads: [24, p, 'int'],
  SessionGetInputCount: [30, p, p],
  SessionGetOutputCount: [31, p, p],
  SessionGetInputTypeInfo: [33, p, 'size_t', p],
  SessionGetOutputTypeInfo: [34, p, 'size_t', p],
  SessionGetInputName: [36, p, 'size_t', p, p],
  SessionGetOutputName: [37, p, 'size_t', p, p],
  CreateRunOptions: [39, p],
  RunOptionsSetTerminate: [46, p],
  CreateTensorAsOrtValue: [48, p, p, 'size_t', 'int', p],
  CreateTensorWithDataAsOrtValue: [49, p, p, 'size_t', p, 'size_t', 'int', p],
  GetTensorMutableData: [51, p, p],
  CastTypeInfoToTensorInfo: [55, p, p],
  GetTensorElementType: [60, p, p],
  GetDimensionsCount: [61, p, p],
  GetDimensions: [62, p, p, 'size_t'],
  GetSymbolicDimensions: [63, p, p, 'size_t'],
  GetTensorTypeAndShape: [65, p, p],
  CreateMemoryInfo: [68, 'str', 'int', 'int', 'int', p],
  CreateCpuMemoryInfo: [69, 'int', 'int', p],
  MemoryInfoGetName: [71, p, p],
  AllocatorFree: [76, p, p],
  GetAllocatorWithDefaultOptions: [78, p],
  AddSessionConfigEntry: [130, p, 'str', 'str'],
  CreateAllocator: [131, p, p, p],
  RunWithBinding: [133, p, p, p],
  CreateIoBinding: [134, p, p],
  BindInput: [136, p, 'str', p],
  BindOutput: [137, p, 'str', p],
  AddRunConfigEntry: [165, p, 'str', 'str'],
  GetTensorMemoryInfo: [194, p, p],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, p, p],
  CreateCUDAProviderOptions: [205, p],
  UpdateCUDAProviderOptions: [206, p, p, p, 'size_t'],
  SessionOptionsAppendExecutionProvider: [216, p, 'str', p, p, 'size_t'],
  CopyTensors: [386, p, p, p, p, 'size_t'],
  SessionReleaseCapturedGraph: [421, p, 'int'],
} as const satisfies Record<string, readonly [number, ...string[]]>;

// Functions without a status, all of the form `void f(T *)`.
export const voidFunctions = {
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseRunOptions: 97,
  ReleaseTypeInfo: 98,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
  ReleaseAllocator: 132,
  ReleaseIoBinding: 135,
  ClearBoundInputs: 141,
  ClearBoundOutputs: 142,
  ReleaseCUDAProviderOptions: 208,
} as const;

export type StatusFunctionName = keyof typeof statusFunctions;
export type VoidFunctionName = keyof typeof voidFunctions;
