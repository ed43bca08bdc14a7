// Runs one after another, each on a worker thread with its own run options; cancellation sets their terminate flag, which ONNX Runtime
// looks at between operators. A session has a queue of its own; all sessions on WebGPU share one.
import type { CudaCopy, CudaWait } from './cuda-copy.ts';
import type { Handle } from './handle.ts';
import { OrtError } from './errors.ts';
import { native, returned, type Pointer } from './native.ts';
import type { StepChain } from './step-chain.ts';
import type { TensorCopy } from './tensor-copy.ts';

export type DeviceCopy = CudaCopy | TensorCopy;

export interface RunSettings {
  readonly signal?: AbortSignal | undefined;
  /** Run configuration entries by ONNX Runtime's own keys, such as `gpu_graph_id`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Copies to and from the device around a run, see Transfer. */
  readonly before?: readonly (DeviceCopy | CudaWait)[];
  readonly after?: readonly DeviceCopy[];
  /** On CUDA: several runs of a greedy decode, and what hears of their tokens. */
  readonly chain?: StepChain;
  readonly onToken?: (tokenId: number) => void;
}

export class RunQueue {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Keeps `held` alive during the run; what was released meanwhile is freed after it, in their order. Rejects with the signal's reason when it is aborted before or during the run. */
  run(held: readonly Handle[], settings: RunSettings, start: (runOptions: Pointer) => Promise<void>): Promise<void> {
    const releases = held.map((handle) => handle.hold());
    return this.turn(() => runOnce(settings, start).finally(() => releases.forEach((release) => release())));
  }

  /** Does something when what was asked for before it is over: at once, until its first await, where nothing is. */
  turn<T>(action: () => T | Promise<T>): Promise<T> {
    const begin = async () => action();
    const done = this.#waiting === 0 ? begin() : this.#last.then(begin);
    this.#waiting++;
    const over = () => void this.#waiting--;
    this.#last = done.then(over, over);
    return done;
  }
}

/**
 * For everything that touches WebGPU's device: ONNX Runtime's sessions there share one device, one list of commands and one pool of
 * buffers, and guard none of them. Two runs at once, or a buffer freed during a run, end in a command encoder that is "already
 * finished", or in a broken heap.
 */
export const webGpuQueue = new RunQueue();

async function runOnce({ signal, config }: RunSettings, start: (runOptions: Pointer) => Promise<void>): Promise<void> {
  signal?.throwIfAborted();
  const runOptions = returned((out) => native().call('CreateRunOptions', 'set up a run', out));
  const terminate = () => native().call('RunOptionsSetTerminate', 'cancel a run', runOptions);
  try {
    for (const [key, value] of Object.entries(config ?? {})) {
      native().call('AddRunConfigEntry', `set ${key}=${value}`, runOptions, key, value);
    }
    signal?.addEventListener('abort', terminate, { once: true });
    await start(runOptions);
  } catch (error) {
    if (error instanceof OrtError) signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', terminate);
    native().release('ReleaseRunOptions', runOptions);
  }
}
