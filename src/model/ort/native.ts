// The one place that holds native pointers: loads ONNX Runtime's shared library with koffi, decodes its table of functions and wraps
// each so that a returned status throws. Outside src/model/ort/ nothing of this file is known but that an address is a number.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import koffi, { type LibraryHandle } from 'koffi';
import {
  API_VERSION,
  p,
  statusFunctions,
  TABLE_LENGTH,
  voidFunctions,
  type StatusFunctionName,
  type VoidFunctionName,
} from './api-table.ts';
import { OrtError, OrtLibraryError } from './errors.ts';
import type { TensorData } from './data-type.ts';

/** An address in the process; 0n is null. */
export type Pointer = bigint;
export type NativeArgument = Pointer | number | string | null | TensorData;

// Calls run on stacks that koffi provides, 128 KiB for asynchronous ones. ONNX Runtime expects a thread's usual size: it computes
// on the calling thread too, and its graph optimisers recurse.
const STACK_BYTES = 8 << 20;

const NO_TELEMETRY = 'ORT_DISABLE_TELEMETRY';

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
  const statusTable = eachOf(statusFunctions, ([index, ...parameters]) =>
    decodeFunction(functions[index]!, p, parameters),
  );
  const voidTable = eachOf(voidFunctions, (index) => decodeFunction(functions[index]!, 'void', [p]));
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

function eachOf<Name extends string, From, To>(table: Readonly<Record<Name, From>>, make: (from: From) => To) {
  const entries = Object.entries<From>(table).map(([name, from]) => [name, make(from)]);
  return Object.fromEntries(entries) as Record<Name, To>;
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
