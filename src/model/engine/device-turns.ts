// Who runs on the device next. Work of a batch takes a turn for each run (a chunk of a prompt, a step of all rows); somebody who
// waits for an answer goes before it and keeps the device to the end, so that a question waits for one chunk and no longer.
import PQueue from 'p-queue';

/** `interactive`: somebody waits for it; `batch`: its windows are decoded together, between questions. */
export type Urgency = 'interactive' | 'batch';

/** Runs work when its turn has come. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** For work that has the device already. */
export const atOnce: TakeTurn = (work) => work();

export class DeviceTurns {
  readonly #queue = new PQueue({ concurrency: 1 });

  /** One run of a batch, after every question that waits. */
  readonly between: TakeTurn = (work) => this.#queue.add(work, { priority: 0 });

  /** The device until what is returned is disposed of; after the questions before and the run under way. */
  async take(signal?: AbortSignal): Promise<Disposable> {
    const granted = Promise.withResolvers<void>();
    const given = Promise.withResolvers<void>();
    const hold = () => {
      granted.resolve();
      return given.promise;
    };
    void this.#queue.add(hold, { priority: 1 });
    await granted.promise;
    if (signal?.aborted) given.resolve();
    signal?.throwIfAborted();
    return { [Symbol.dispose]: () => given.resolve() };
  }
}
