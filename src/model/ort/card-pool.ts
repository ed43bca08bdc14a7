// Rooms of memory on an NVIDIA card that are taken and given back all the time, of few sizes: taking memory from CUDA stops the card.
import { CardMemory } from './cuda-memory.ts';
import { cardIsIdle } from './run-thread.ts';

/** Rooms that wait to be taken again. */
const MAX_SPARE = 4;

export class CardPool implements Disposable {
  #spare: CardMemory[] = [];
  #isClosed = false;

  /** Throws CudaError when memory runs out. */
  async take(byteLength: number): Promise<CardRoom> {
    const at = this.#spare.findIndex((memory) => memory.byteLength === byteLength);
    const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
    if (spare) return new CardRoom(spare, this);
    await cardIsIdle();
    return new CardRoom(new CardMemory(byteLength), this);
  }

  /** For a room that nobody holds any more. */
  giveBack(memory: CardMemory): void {
    this.#spare.push(memory);
    const surplus = this.#isClosed ? this.#spare.splice(0) : this.#spare.splice(0, this.#spare.length - MAX_SPARE);
    if (surplus.length > 0) void cardIsIdle().then(() => surplus.forEach((one) => one[Symbol.dispose]()));
  }

  /** Rooms still held are freed when they are let go. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const memory of this.#spare.splice(0)) memory[Symbol.dispose]();
  }
}

/** Bytes on the card with any number of holders; made with one. */
export class CardRoom {
  readonly memory: CardMemory;
  readonly #pool: CardPool;
  #holders = 1;

  constructor(memory: CardMemory, pool: CardPool) {
    this.memory = memory;
    this.#pool = pool;
  }

  hold(): void {
    this.#holders++;
  }

  letGo(): void {
    if (--this.#holders === 0) this.#pool.giveBack(this.memory);
  }
}
