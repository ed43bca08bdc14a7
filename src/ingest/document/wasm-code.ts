// WebAssembly as V8 has optimised it, kept beside the compiled JavaScript: for a manual's first pages PDFium runs as it was compiled
// in haste, and optimising it takes a tenth of the CPU time that the whole manual does.
// V8 hands such code to browsers; Node.js passes that on only by functions that V8 has for its tests. They tell by themselves
// whether the code was made by this V8 for this processor, and nothing else: that it is whole, and this module's, is told here.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import v8 from 'node:v8';
import { runInThisContext } from 'node:vm';
import { crc32 } from 'node:zlib';

/** In front of the code: a check of it and the module. Node.js checks compiled JavaScript the same way. */
const CHECK_BYTES = 4;

/** V8 as Node.js 24 has it. Another may ask more of these functions, and ends the process that gives them less. */
const KNOWN_V8 = /^13\.6\./;

type Module = object;

/** TypeScript knows it only beside a browser's document. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => Module;
  instantiate(module: Module, imports: object): Promise<object>;
};

/** Of the module with these `bytes`, from `file` where it was kept there; without one it is compiled every time. */
export class WasmCode {
  /** Whether it was compiled before this process. */
  readonly wasKept: boolean;
  readonly #module: Module;
  readonly #bytes: Uint8Array;
  readonly #file: string | undefined;

  constructor(bytes: Uint8Array, file: string | undefined) {
    this.#file = KNOWN_V8.test(process.versions.v8) ? file : undefined;
    const kept = this.#file === undefined ? undefined : readKept(bytes, this.#file);
    this.#module = kept ?? new WebAssembly.Module(bytes);
    this.wasKept = kept !== undefined;
    this.#bytes = bytes;
  }

  /** Emscripten's hook of this name: `receive` is called later, with the instance. */
  instantiate(imports: object, receive: (instance: object) => void): object {
    void WebAssembly.instantiate(this.#module, imports).then(receive);
    return {};
  }

  /**
   * Puts what has been optimised so far where the next process looks for it, unless it comes from there. Not before `hot`, a
   * function of the module that is called often, has been optimised: V8 ends the process that has nothing to hand out.
   */
  keep(hot: (...args: never[]) => unknown): void {
    if (this.wasKept || this.#file === undefined) return;
    try {
      if (!withNatives<boolean>('(hot) => %IsTurboFanFunction(hot)', hot)) return;
      const code = withNatives<Uint8Array>('(module) => new Uint8Array(%SerializeWasmModule(module))', this.#module);
      const written = `${this.#file}.${process.pid}`;
      writeFileSync(written, Buffer.concat([check(this.#bytes, code), code]));
      renameSync(written, this.#file);
    } catch {
      // No V8 that does this, or no room for it: the next process compiles as this one did.
    }
  }
}

function readKept(bytes: Uint8Array, file: string): Module | undefined {
  try {
    const kept = readFileSync(file);
    const code = new Uint8Array(kept.subarray(CHECK_BYTES));
    if (!kept.subarray(0, CHECK_BYTES).equals(check(bytes, code))) return undefined;
    return withNatives('(code, bytes) => %DeserializeWasmModule(code, bytes)', code.buffer, bytes);
  } catch {
    return undefined;
  }
}

function check(bytes: Uint8Array, code: Uint8Array): Buffer {
  const value = Buffer.alloc(CHECK_BYTES);
  value.writeUInt32LE(crc32(code, crc32(bytes)));
  return value;
}

/** Calls a function whose source names what only V8's own tests may. */
function withNatives<T>(source: string, ...args: readonly unknown[]): T {
  v8.setFlagsFromString('--allow-natives-syntax');
  try {
    return (runInThisContext(source) as (...args: readonly unknown[]) => T)(...args);
  } finally {
    v8.setFlagsFromString('--no-allow-natives-syntax');
  }
}
