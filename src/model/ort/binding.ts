// Inputs and outputs that stay bound to a session from run to run (OrtIoBinding). The same tensor bound as input and as
// output is written in place; a CPU tensor bound to a session on a GPU is copied there when it is bound, so bind it again
// after writing to it.
import { Handle } from './handle.ts';
import { native, returned } from './native.ts';
import { checkTensors } from './shape-check.ts';
import type { RunQueue, RunSettings } from './run-queue.ts';
import { runOnThread } from './run-thread.ts';
import type { Session } from './session.ts';
import type { Tensor } from './tensor.ts';

export class Binding extends Handle {
  readonly #session: Session;
  readonly #queue: RunQueue;
  readonly #inputs: Record<string, Tensor> = {};
  readonly #outputs: Record<string, Tensor> = {};
  /** What is bound was checked, and nothing was bound since. */
  #isChecked = false;

  constructor(session: Session, queue: RunQueue) {
    super(
      returned((out) => native().call('CreateIoBinding', 'set up a binding', session.pointer, out)),
      'ReleaseIoBinding',
    );
    this.#session = session;
    this.#queue = queue;
  }

  /** Throws OrtError where the graph has no such input, and TensorMismatchError at the run where the shape doesn't fit. */
  bindInput(name: string, tensor: Tensor): void {
    tensor.checkUsable();
    native().call('BindInput', `bind input ${name}`, this.pointer, name, tensor.pointer);
    this.#inputs[name] = tensor;
    this.#isChecked = false;
  }

  bindOutput(name: string, tensor: Tensor): void {
    tensor.checkUsable();
    native().call('BindOutput', `bind output ${name}`, this.pointer, name, tensor.pointer);
    this.#outputs[name] = tensor;
    this.#isChecked = false;
  }

  /** Lets go of every bound tensor. */
  clear(): void {
    native().release('ClearBoundInputs', this.pointer);
    native().release('ClearBoundOutputs', this.pointer);
    for (const name of Object.keys(this.#inputs)) delete this.#inputs[name];
    for (const name of Object.keys(this.#outputs)) delete this.#outputs[name];
  }

  /** Runs with what is bound. Outputs on the CPU hold their values when it resolves. Rejects like Session.run. */
  async run(settings: RunSettings = {}): Promise<void> {
    if (!this.#isChecked) checkTensors(this.#session, this.#inputs, this.#outputs);
    this.#isChecked = true;
    // In the order in which they may be freed: tensors may lie in memory of the session's.
    const held = [this, ...Object.values(this.#inputs), ...Object.values(this.#outputs), this.#session];
    const [session, binding] = [this.#session.pointer, this.pointer];
    const action = `run ${this.#session.describe()}`;
    const { before = [], after = [], chain, onToken } = settings;
    await this.#queue.run(held, settings, (runOptions) =>
      this.#session.device === 'cuda'
        ? runOnThread(action, { session, runOptions, binding, before, after, ...(chain && { chain }) }, onToken)
        : native().callAsync('RunWithBinding', action, session, runOptions, binding),
    );
  }

  describe(): string {
    return `Binding of ${this.#session.describe()}`;
  }
}
