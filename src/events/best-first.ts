// Units by score, the best of them first: a binary heap, since lazily greedy choices put back nearly all of a long source's
// sentences after each pick. Of equal scores the one that was added last comes first.

export class BestFirst {
  /** [capacity] a heap: no entry is better than the one at (its place - 1) / 2. */
  readonly #units: Int32Array;
  readonly #scores: Float64Array;
  /** [capacity] when each was added. */
  readonly #turns: Float64Array;
  #size = 0;
  #numAdded = 0;

  constructor(capacity: number) {
    this.#units = new Int32Array(capacity);
    this.#scores = new Float64Array(capacity);
    this.#turns = new Float64Array(capacity);
  }

  /** -Infinity where there is none. */
  get bestScore(): number {
    return this.#size === 0 ? -Infinity : this.#scores[0]!;
  }

  add(unit: number, score: number): void {
    const turn = this.#numAdded++;
    let at = this.#size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isWorse(above, score, turn)) break;
      this.#move(above, at);
      at = above;
    }
    this.#put(at, unit, score, turn);
  }

  /** Takes the best out. */
  take(): number | undefined {
    if (this.#size === 0) return undefined;
    const best = this.#units[0]!;
    const last = --this.#size;
    const [unit, score, turn] = [this.#units[last]!, this.#scores[last]!, this.#turns[last]!];
    let at = 0;
    for (let below = 1; below < last; below = 2 * at + 1) {
      const other = below + 1;
      if (other < last && this.#isWorse(below, this.#scores[other]!, this.#turns[other]!)) below = other;
      if (this.#isWorse(below, score, turn)) break;
      this.#move(below, at);
      at = below;
    }
    this.#put(at, unit, score, turn);
    return best;
  }

  #isWorse(at: number, score: number, turn: number): boolean {
    return this.#scores[at]! < score || (this.#scores[at]! === score && this.#turns[at]! < turn);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#units[from]!, this.#scores[from]!, this.#turns[from]!);
  }

  #put(at: number, unit: number, score: number, turn: number): void {
    this.#units[at] = unit;
    this.#scores[at] = score;
    this.#turns[at] = turn;
  }
}
