// A native object with an owner. It can't be used after release, and a release during a run takes effect when the run ends,
// so no kernel ever writes into freed memory.
import { ReleasedError } from './errors.ts';
import type { VoidFunctionName } from './api-table.ts';
import { native, type Pointer } from './native.ts';
import type { RunQueue } from './run-queue.ts';

export abstract class Handle implements Disposable {
  readonly #pointer: Pointer;
  readonly #releaseName: VoidFunctionName;
  readonly #queue: RunQueue | undefined;
  #runs = 0;
  #released = false;

  /** `queue`: where the release must take its turn, because it touches a device that doesn't guard itself. */
  protected constructor(pointer: Pointer, releaseName: VoidFunctionName, queue?: RunQueue) {
    this.#pointer = pointer;
    this.#releaseName = releaseName;
    this.#queue = queue;
  }

  /** What this is, for the error text: "The tensor float32[1,4]". */
  abstract describe(): string;

  /** The native address, for src/model/ort/ only. Throws ReleasedError. */
  get pointer(): Pointer {
    if (this.#released) throw new ReleasedError(this.describe());
    return this.#pointer;
  }

  get isReleased(): boolean {
    return this.#released;
  }

  /** Keeps the native object alive until the returned function is called. */
  hold(): () => void {
    if (this.#released) throw new ReleasedError(this.describe());
    this.#runs++;
    return () => {
      this.#runs--;
      if (this.#released && this.#runs === 0) this.#freeInTurn();
    };
  }

  [Symbol.dispose](): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#runs === 0) this.#freeInTurn();
  }

  #freeInTurn(): void {
    if (this.#queue) void this.#queue.turn(() => this.free());
    else this.free();
  }

  protected free(): void {
    native().release(this.#releaseName, this.#pointer);
  }
}
