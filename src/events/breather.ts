// Long computations give way: between pieces of work the event loop gets its turn, so that a server answers and Ctrl-C works
// while a 500-page document is read.
import { setImmediate } from 'node:timers/promises';

const MAX_STRETCH_MS = 30;

export class Breather {
  #since = performance.now();

  /** Resolves at once, or after one turn of the event loop where the last one is more than 30 ms ago. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < MAX_STRETCH_MS) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
