// How long a model took for requests that overlap: each counts from the end of the one before, so that all together come to the
// time in which the model had work.
export class WorkClock {
  #numUnderWay = 0;
  #countedUntil = 0;

  start(): void {
    if (this.#numUnderWay++ === 0) this.#countedUntil = performance.now();
  }

  /** Seconds that the request which ends now has to answer for. */
  stop(): number {
    const now = performance.now();
    const seconds = (now - this.#countedUntil) / 1000;
    this.#numUnderWay--;
    this.#countedUntil = now;
    return seconds;
  }
}
