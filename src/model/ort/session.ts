// A model file made ready on one device. Inputs and outputs are checked against the graph's own description before every run,
// because inside ONNX Runtime a wrong shape is a status at best and the end of the process at worst.
import { Binding } from './binding.ts';
import { clearOnCard } from './cuda-memory.ts';
import { byteLengthOf, type DataType } from './data-type.ts';
import { Handle } from './handle.ts';
import { describeValues, type ValueInfo } from './metadata.ts';
import { addressOf, CStrings, native, returned, type Pointer } from './native.ts';
import { appendProvider, type Device, type DeviceOptions } from './providers.ts';
import { RunQueue, webGpuQueue } from './run-queue.ts';
import { checkTensors } from './shape-check.ts';
import { Tensor } from './tensor.ts';

export interface SessionOptions extends DeviceOptions {
  readonly device?: Device;
  /** Threads inside one operator; ONNX Runtime takes the number of physical cores when it is left out. */
  readonly threads?: number;
  /** Graph rewriting at load: 'all' for running, 'none' for looking at a graph as it was written. */
  readonly optimization?: 'none' | 'basic' | 'extended' | 'all';
  /** Session configuration entries by ONNX Runtime's own keys. */
  readonly config?: Readonly<Record<string, string>>;
  /** Writes a Chrome trace of every operator to files that begin so. */
  readonly profilePrefix?: string;
}

const optimizationLevels = { none: 0, basic: 1, extended: 2, all: 99 } as const;

// The memory in which a device keeps tensors, by the name ONNX Runtime knows it.
const deviceMemory = { cpu: 'Cpu', webgpu: 'WebGPU_Buf', cuda: 'Cuda' } as const;

export class Session extends Handle {
  readonly device: Device;
  /** See DeviceOptions. */
  readonly recordsRuns: boolean;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  readonly #label: string;
  readonly #runs: RunQueue;
  #allocator: { allocator: Pointer; memoryInfo: Pointer } | undefined;

  private constructor(pointer: Pointer, label: string, device: Device, recordsRuns: boolean) {
    const queue = queueOf(device);
    super(pointer, 'ReleaseSession', queue);
    this.#runs = queue ?? new RunQueue();
    this.#label = label;
    this.device = device;
    this.recordsRuns = recordsRuns;
    this.inputs = describeValues(pointer, 'input');
    this.outputs = describeValues(pointer, 'output');
  }

  /**
   * Loads a model file; external data is looked for beside it and mapped. Runs on a worker thread.
   * Throws OrtError (file missing or broken, graph invalid, out of memory), DeviceUnavailableError.
   */
  static async load(modelPath: string, options: SessionOptions = {}): Promise<Session> {
    return Session.#create(modelPath, options, (sessionOptions, out) =>
      native().callAsync('CreateSession', `load ${modelPath}`, native().env, modelPath, sessionOptions, out),
    );
  }

  /** The same from bytes in memory, for small graphs without external data. */
  static async fromBytes(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    return Session.#create('a graph in memory', options, async (sessionOptions, out) => {
      const { call, env } = native();
      call('CreateSessionFromArray', 'load a graph', env, model, model.byteLength, sessionOptions, out);
    });
  }

  static async #create(
    label: string,
    options: SessionOptions,
    create: (sessionOptions: Pointer, out: Pointer) => Promise<void>,
  ): Promise<Session> {
    const device = options.device ?? 'cpu';
    return inTurn(device, async () => {
      const sessionOptions = makeSessionOptions(device, options);
      try {
        const out = new BigUint64Array(1);
        await create(sessionOptions, addressOf(out));
        return new Session(out[0]!, label, device, device !== 'cpu' && options.recordsRuns === true);
      } finally {
        native().release('ReleaseSessionOptions', sessionOptions);
      }
    });
  }

  /**
   * Runs once. `fetches` names the outputs wanted: a tensor is written in place, null lets ONNX Runtime allocate one, which the
   * caller then owns. Runs of one session follow one another; the event loop stays free. An aborted signal ends the run
   * between two operators and rejects with its reason.
   */
  async run<Name extends string>(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<Name, Tensor | null>>,
    signal?: AbortSignal,
  ): Promise<Record<Name, Tensor>> {
    const outputEntries = Object.entries(fetches) as [Name, Tensor | null][];
    checkTensors(this, feeds, fetches);
    const inputNames = new CStrings(Object.keys(feeds));
    const outputNames = new CStrings(outputEntries.map(([name]) => name));
    const inputs = pointersOf(Object.values(feeds));
    const outputs = pointersOf(outputEntries.map(([, tensor]) => tensor));
    const held = [this, ...Object.values(feeds), ...outputEntries.flatMap(([, tensor]) => tensor ?? [])];
    const session = this.pointer;
    await this.#runs.run(held, { signal }, (runOptions) =>
      native().callAsync(
        'Run',
        `run ${this.#label}`,
        session,
        runOptions,
        addressOf(inputNames.pointers),
        addressOf(inputs),
        Object.keys(feeds).length,
        addressOf(outputNames.pointers),
        outputEntries.length,
        addressOf(outputs),
      ),
    );
    const results = {} as Record<Name, Tensor>;
    outputEntries.forEach(([name, tensor], i) => (results[name] = tensor ?? Tensor.fromValue(outputs[i]!)));
    return results;
  }

  /** A set of inputs and outputs that stays bound from run to run: how a KV cache remains in place on every device. */
  bind(): Binding {
    return new Binding(this, this.#runs);
  }

  /** Part of a tensor in the session's device memory, from a byte on: another view of the same memory, released before it. */
  view(tensor: Tensor, type: DataType, shape: readonly number[], byteOffset: number): Tensor {
    return Tensor.overAddress(tensor.memory, type, shape, tensor.address + BigInt(byteOffset));
  }

  /** Does something with the device's memory when no run may be using it: at once, but on WebGPU. */
  whenIdle<T>(action: () => T | Promise<T>): Promise<T> {
    return inTurn(this.device, action);
  }

  /**
   * A zero-filled tensor in the session's device memory. See `whenIdle`. On CUDA that matters: its attention kernel reads slots of a
   * cache that were never written, and what is no number there stays none when it is multiplied by 0. WebGPU's memory is zero when it
   * is new.
   */
  allocate(type: DataType, shape: readonly number[]): Tensor {
    if (this.device === 'cpu') return Tensor.zeros(type, shape);
    const memory = deviceMemory[this.device];
    this.#allocator ??= this.#makeAllocator(memory);
    const tensor = Tensor.fromAllocator(this.#allocator.allocator, memory, type, shape);
    if (this.device === 'cuda') clearOnCard(tensor.address, byteLengthOf(type, shape));
    return tensor;
  }

  #makeAllocator(memory: string): { allocator: Pointer; memoryInfo: Pointer } {
    const action = `allocate in ${memory}`;
    const memoryInfo = returned((out) => native().call('CreateMemoryInfo', action, memory, 0, 0, 0, out));
    const allocator = returned((out) => native().call('CreateAllocator', action, this.pointer, memoryInfo, out));
    return { allocator, memoryInfo };
  }

  /**
   * Forgets what was recorded under a `gpu_graph_id`. On WebGPU a recording keeps the memory of the tensors it was made with; on CUDA it
   * has their addresses alone, belongs to the thread of the card, and stays: false.
   */
  releaseRecording(id: number): boolean {
    if (this.device !== 'webgpu') return false;
    if (this.isReleased) return true;
    const release = this.hold();
    const { pointer } = this;
    const forget = () => native().call('SessionReleaseCapturedGraph', 'forget a recording', pointer, id);
    // What could not be forgotten goes with the session.
    void this.whenIdle(forget).then(release, release);
    return true;
  }

  describe(): string {
    return `Session of ${this.#label}`;
  }

  protected override free(): void {
    if (this.#allocator) {
      native().release('ReleaseAllocator', this.#allocator.allocator);
      native().release('ReleaseMemoryInfo', this.#allocator.memoryInfo);
    }
    super.free();
  }
}

function queueOf(device: Device): RunQueue | undefined {
  return device === 'webgpu' ? webGpuQueue : undefined;
}

async function inTurn<T>(device: Device, action: () => T | Promise<T>): Promise<T> {
  const queue = queueOf(device);
  return queue ? queue.turn(action) : action();
}

/** Addresses of tensors, null for an output that ONNX Runtime is to allocate. Never empty: an empty array has no address. */
function pointersOf(tensors: readonly (Tensor | null)[]): BigUint64Array {
  const pointers = new BigUint64Array(Math.max(1, tensors.length));
  tensors.forEach((tensor, i) => (pointers[i] = tensor?.pointer ?? 0n));
  return pointers;
}

function makeSessionOptions(device: Device, options: SessionOptions): Pointer {
  const { call } = native();
  const action = 'set up a session';
  const pointer = returned((out) => call('CreateSessionOptions', action, out));
  try {
    call('SetSessionGraphOptimizationLevel', action, pointer, optimizationLevels[options.optimization ?? 'all']);
    if (options.threads !== undefined) call('SetIntraOpNumThreads', action, pointer, options.threads);
    if (options.profilePrefix !== undefined) call('EnableProfiling', action, pointer, options.profilePrefix);
    for (const [key, value] of Object.entries(options.config ?? {})) {
      call('AddSessionConfigEntry', `set ${key}=${value}`, pointer, key, value);
    }
    appendProvider(device, pointer, options);
    return pointer;
  } catch (error) {
    native().release('ReleaseSessionOptions', pointer);
    throw error;
  }
}
