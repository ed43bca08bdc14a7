// Inputs and outputs that stay bound to a session from run to run (OrtIoBinding). The same tensor bound as input and as output is
// written in place. ONNX Runtime copies a CPU tensor to a GPU when it is bound; here on WebGPU everything is bound when the run's
// turn comes, and what lies on the CPU anew at each run, so that it is read then, as on the other devices.
import { Handle } from './handle.ts';
import { native, returned } from './native.ts';
import { checkTensors } from './shape-check.ts';
import type { CudaWait } from './cuda-copy.ts';
import type { DeviceCopy, RunQueue, RunSettings } from './run-queue.ts';
import { runOnThread } from './run-thread.ts';
import type { Session } from './session.ts';
import { fetchTensors, sendTensors, type TensorCopy } from './tensor-copy.ts';
import type { Tensor } from './tensor.ts';

export class Binding extends Handle {
  readonly #session: Session;
  readonly #queue: RunQueue;
  readonly #inputs: Record<string, Tensor> = {};
  readonly #outputs: Record<string, Tensor> = {};
  /** Inputs on the CPU that need no second copy to the device. */
  readonly #constants = new Set<string>();
  readonly #isLazy: boolean;
  /** What was bound since ONNX Runtime was last told. */
  readonly #newInputs = new Set<string>();
  readonly #newOutputs = new Set<string>();
  /** ONNX Runtime knows of tensors that are bound no more. */
  #isStale = false;
  /** What is bound was checked, and nothing was bound since. */
  #isChecked = false;

  constructor(session: Session, queue: RunQueue) {
    super(
      returned((out) => native().call('CreateIoBinding', 'set up a binding', session.pointer, out)),
      'ReleaseIoBinding',
      session.device === 'webgpu' ? queue : undefined,
    );
    this.#isLazy = session.device === 'webgpu';
    this.#session = session;
    this.#queue = queue;
  }

  /**
   * Throws OrtError where the graph has no such input, and TensorMismatchError at the run where the shape doesn't fit. `constant`:
   * the tensor's elements never change, or operators read them on the CPU, where they lie.
   */
  bindInput(name: string, tensor: Tensor, { constant = false } = {}): void {
    tensor.checkUsable();
    if (constant && this.#inputs[name] === tensor) return;
    if (this.#isLazy) this.#newInputs.add(name);
    else this.#bind('Input', name, tensor);
    this.#inputs[name] = tensor;
    if (constant) this.#constants.add(name);
    else this.#constants.delete(name);
    this.#isChecked = false;
  }

  bindOutput(name: string, tensor: Tensor): void {
    tensor.checkUsable();
    if (this.#isLazy) this.#newOutputs.add(name);
    else this.#bind('Output', name, tensor);
    this.#outputs[name] = tensor;
    this.#isChecked = false;
  }

  #bind(what: 'Input' | 'Output', name: string, tensor: Tensor): void {
    native().call(`Bind${what}`, `bind ${what.toLowerCase()} ${name}`, this.pointer, name, tensor.pointer);
  }

  /** In the run's turn: tells ONNX Runtime what is new, since it copies what lies on the CPU whenever it is told of it. */
  #bindNew(): void {
    if (this.#isStale) this.#unbindAll();
    this.#isStale = false;
    for (const [name, tensor] of Object.entries(this.#inputs)) {
      const changes = tensor.memory === 'Cpu' && !this.#constants.has(name);
      if (changes || this.#newInputs.has(name)) this.#bind('Input', name, tensor);
    }
    for (const name of this.#newOutputs) this.#bind('Output', name, this.#outputs[name]!);
    this.#newInputs.clear();
    this.#newOutputs.clear();
  }

  #unbindAll(): void {
    native().release('ClearBoundInputs', this.pointer);
    native().release('ClearBoundOutputs', this.pointer);
  }

  /** Lets go of every bound tensor. */
  clear(): void {
    if (this.#isLazy) this.#isStale = true;
    else this.#unbindAll();
    this.#isChecked = false;
    this.#newInputs.clear();
    this.#newOutputs.clear();
    for (const name of Object.keys(this.#inputs)) delete this.#inputs[name];
    for (const name of Object.keys(this.#outputs)) delete this.#outputs[name];
  }

  /** Runs with what is bound. Outputs on the CPU hold their values when it resolves. Rejects like Session.run. */
  async run(settings: RunSettings = {}): Promise<void> {
    if (!this.#isChecked) checkTensors(this.#session, this.#inputs, this.#outputs);
    this.#isChecked = true;
    const { before = [], after = [], chain, onToken } = settings;
    const copied = [...before, ...after].flatMap((copy) => (isTensorCopy(copy) ? [copy.from, copy.to] : []));
    // In the order in which they may be freed: tensors may lie in memory of the session's.
    const held = [this, ...Object.values(this.#inputs), ...Object.values(this.#outputs), ...copied, this.#session];
    const [session, binding] = [this.#session.pointer, this.pointer];
    const action = `run ${this.#session.describe()}`;
    await this.#queue.run(held, settings, async (runOptions) => {
      if (this.#session.device === 'cuda') {
        const copies = { before: before.filter(isCudaCopy), after: after.filter(isCudaCopy) };
        await runOnThread(action, { session, runOptions, binding, ...copies, ...(chain && { chain }) }, onToken);
        return;
      }
      if (this.#isLazy) this.#bindNew();
      sendTensors(before.filter(isTensorCopy));
      await native().callAsync('RunWithBinding', action, session, runOptions, binding);
      await fetchTensors(after.filter(isTensorCopy));
    });
  }

  describe(): string {
    return `Binding of ${this.#session.describe()}`;
  }
}

function isTensorCopy(copy: DeviceCopy | CudaWait): copy is TensorCopy {
  return 'from' in copy && typeof copy.from !== 'bigint';
}

function isCudaCopy<Copy extends DeviceCopy | CudaWait>(copy: Copy): copy is Exclude<Copy, TensorCopy> {
  return !isTensorCopy(copy);
}
