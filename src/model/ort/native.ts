// The one place that holds native pointers: loads ONNX Runtime's shared library with koffi, decodes its append-only table
// of functions (index = position in `struct OrtApi`, fixed for ever) and wraps each so that a returned status throws.
// Nothing outside src/model/ort/ imports this file. Every index below is called by test/model/ort/native.test.ts.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import koffi, { type LibraryHandle } from 'koffi';
import { OrtError, OrtLibraryError } from './errors.ts';
import type { TensorData } from './data-type.ts';

/** An address in the process; 0n is null. */
export type Pointer = bigint;
export type NativeArgument = Pointer | number | string | null | TensorData;

/** Version of the table we ask for: the lowest one that holds every function below. */
const API_VERSION = 27;
const TABLE_LENGTH = 422;

// Calls run on stacks that koffi provides, 128 KiB for asynchronous ones. ONNX Runtime expects a thread's usual size: it computes
// on the calling thread too, and its graph optimisers recurse.
const STACK_BYTES = 8 << 20;

const NO_TELEMETRY = 'ORT_DISABLE_TELEMETRY';

const p = 'void *';
const path = process.platform === 'win32' ? 'str16' : 'str';

// Functions that return OrtStatus*: [index, parameters]. Names are the library's own.
const statusFunctions = {
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
  RunOptionsUnsetTerminate: [47, p],
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
  BindOutputToDevice: [138, p, 'str', p],
  GetBoundOutputValues: [140, p, p, p, p],
  AddRunConfigEntry: [165, p, 'str', 'str'],
  GetTensorMemoryInfo: [194, p, p],
  SynchronizeBoundInputs: [202, p],
  SynchronizeBoundOutputs: [203, p],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, p, p],
  CreateCUDAProviderOptions: [205, p],
  UpdateCUDAProviderOptions: [206, p, p, p, 'size_t'],
  GetCUDAProviderOptionsAsString: [207, p, p, p],
  SessionOptionsAppendExecutionProvider: [216, p, 'str', p, p, 'size_t'],
  CopyTensors: [386, p, p, p, p, 'size_t'],
  SessionReleaseCapturedGraph: [421, p, 'int'],
} as const satisfies Record<string, readonly [number, ...string[]]>;

// Functions without a status, all of the form `void f(T *)`.
const voidFunctions = {
  ReleaseEnv: 92,
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

type NativeFunction = ((...args: NativeArgument[]) => Pointer | null) & {
  async(...argsAndCallback: unknown[]): void;
};

export interface Native {
  readonly libraryPath: string;
  /** Version of the loaded library, such as "1.30.0". */
  readonly version: string;
  /** The process-wide environment every session is made in; never released, because sessions may outlive any owner of ours. */
  readonly env: Pointer;
  /** Calls a function of the table; throws OrtError where it returns a status. `action` completes "could not …". */
  readonly call: (name: StatusFunctionName, action: string, ...args: NativeArgument[]) => void;
  /** The same on a worker thread. Keep every buffer behind `args` referenced until the promise settles. */
  readonly callAsync: (
    name: StatusFunctionName,
    action: string,
    ...args: (Pointer | number | string | null)[]
  ) => Promise<void>;
  readonly release: (name: VoidFunctionName, pointer: Pointer) => void;
}

let loaded: Native | undefined;

// koffi closes a library when its handle is collected, whatever functions have been decoded from it; the next call would jump
// into unmapped memory. So every handle is kept for the life of the process.
const libraries: LibraryHandle[] = [];

/** Loads a library for good (null: what the process has loaded already); with `isGlobal`, its symbols and name serve libraries loaded later. */
export function loadForGood(libraryPath: string | null, isGlobal = false): LibraryHandle {
  if (libraries.length === 0) {
    koffi.config({ ...koffi.config(), sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
  }
  const library = koffi.load(libraryPath, { global: isGlobal });
  libraries.push(library);
  return library;
}

/** The library, loaded on first use. Throws OrtLibraryError. */
export function native(): Native {
  loaded ??= load(onnxRuntimeLibraryPath());
  return loaded;
}

/** The library inside the installed onnxruntime-node, unless LECTERN_ONNXRUNTIME names another one. */
export function onnxRuntimeLibraryPath(): string {
  const override = process.env['LECTERN_ONNXRUNTIME'];
  if (override) return override;
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const names = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' };
  const name = names[process.platform as keyof typeof names] ?? names.linux;
  return join(root, 'bin', 'napi-v6', process.platform, process.arch, name);
}

/**
 * The library (1.30 at least) collects usage data for its maker, on Linux too: it reads the machine's id and the command line,
 * keeps a database in the cache folder and sends it off. Nothing leaves this machine through us. Besides, it takes the command line
 * apart by an expression that recurses once a character, which ends the process where that is long.
 */
function keepToThisMachine(): void {
  process.env[NO_TELEMETRY] = '1';
  // In a worker process.env is a copy, of which the library sees nothing.
  if (isMainThread || process.platform === 'win32') return;
  const setenv = loadForGood(null).func('setenv', 'int', ['str', 'str', 'int']) as (...args: unknown[]) => number;
  setenv(NO_TELEMETRY, '1', 1);
}

/** The library's version, and its functions in the order of `struct OrtApi`. Throws OrtLibraryError. */
function openLibrary(libraryPath: string): { readonly version: string; readonly functions: readonly Pointer[] } {
  let base: Pointer;
  try {
    if (!existsSync(libraryPath)) throw new Error(`no file at ${libraryPath}`);
    base = loadForGood(libraryPath).func('OrtGetApiBase', p, [])() as Pointer;
  } catch (cause) {
    throw new OrtLibraryError(libraryPath, cause);
  }
  // struct OrtApiBase { const OrtApi *(*GetApi)(uint32_t); const char *(*GetVersionString)(); }
  const getApi = decodeFunction(koffi.decode(base, p) as Pointer, p, ['uint32_t']);
  const getVersion = koffi.decode(koffi.decode(base, 8, p) as Pointer, koffi.proto('str', [])) as () => string;
  const version = getVersion();
  const api = getApi(API_VERSION);
  if (api === null) {
    throw new OrtLibraryError(libraryPath, new Error(`version ${version} has no API version ${API_VERSION}`));
  }
  return { version, functions: koffi.decode(api, koffi.array(p, TABLE_LENGTH)) as Pointer[] };
}

function load(libraryPath: string): Native {
  keepToThisMachine();
  const { version, functions } = openLibrary(libraryPath);
  const statusTable = {} as Record<StatusFunctionName, NativeFunction>;
  for (const [name, [index, ...parameters]] of Object.entries(statusFunctions)) {
    statusTable[name as StatusFunctionName] = decodeFunction(functions[index]!, p, parameters);
  }
  const voidTable = {} as Record<VoidFunctionName, NativeFunction>;
  for (const [name, index] of Object.entries(voidFunctions)) {
    voidTable[name as VoidFunctionName] = decodeFunction(functions[index]!, 'void', [p]);
  }
  const errorCode = koffi.decode(functions[1]!, koffi.proto('int', [p])) as (status: Pointer) => number;
  const errorMessage = koffi.decode(functions[2]!, koffi.proto('str', [p])) as (status: Pointer) => string;

  function check(action: string, status: Pointer | null): void {
    if (status === null) return;
    const error = new OrtError(action, errorMessage(status), errorCode(status));
    voidTable.ReleaseStatus(status);
    throw error;
  }

  const env = new BigUint64Array(1);
  const ORT_LOGGING_LEVEL_FATAL = 4; // errors come back as statuses; a library has no business on stderr
  check('create its environment', statusTable.CreateEnv(ORT_LOGGING_LEVEL_FATAL, 'lectern', env));

  return {
    libraryPath,
    version,
    env: env[0]!,
    call(name, action, ...args) {
      check(action, statusTable[name](...args));
    },
    async callAsync(name, action, ...args) {
      const status = await new Promise<Pointer | null>((resolve, reject) => {
        statusTable[name].async(...args, (failure: Error | null, result: Pointer | null) => {
          if (failure) reject(failure);
          else resolve(result);
        });
      });
      check(action, status);
    },
    release(name, pointer) {
      voidTable[name](pointer);
    },
  };
}

function decodeFunction(pointer: Pointer, result: string, parameters: readonly string[]): NativeFunction {
  return koffi.decode(pointer, koffi.proto(result, [...parameters])) as NativeFunction;
}

/** Where a typed array's first element lies, stable for the array's life. */
export function addressOf(data: TensorData): Pointer {
  // A small array starts inside V8's moving heap; asking for its buffer moves the elements out of it, for good.
  void data.buffer;
  return koffi.address(data);
}

export function readString(pointer: Pointer): string {
  return koffi.decode.string(pointer);
}

/** The bytes at an address as a buffer over the same memory, valid as long as the native owner keeps it. */
export function viewMemory(pointer: Pointer, byteLength: number): ArrayBuffer {
  return koffi.view(pointer, byteLength);
}

/** Calls `fill` with room for one returned pointer (or size_t) and gives that value. */
export function returned(fill: (out: BigUint64Array) => void): Pointer {
  const out = new BigUint64Array(1);
  fill(out);
  return out[0]!;
}

/** C strings that stay where they are as long as this object lives. */
export class CStrings {
  readonly #bytes: Uint8Array;
  readonly pointers: BigUint64Array;

  constructor(strings: readonly string[]) {
    const encoded = strings.map((text) => Buffer.from(`${text}\0`, 'utf8'));
    this.#bytes = new Uint8Array(Buffer.concat(encoded));
    this.pointers = new BigUint64Array(Math.max(1, strings.length));
    const start = addressOf(this.#bytes);
    let offset = 0;
    encoded.forEach((bytes, i) => {
      this.pointers[i] = start + BigInt(offset);
      offset += bytes.length;
    });
  }
}
