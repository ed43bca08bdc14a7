// Numbers for pairs of numbers, from 1 on in the order in which the pairs are first met: a hash table of two columns, since a
// Map of strings or of large numbers makes an object for every question asked.

const EMPTY = 0;

export class PairNumbers {
  /** [2 * capacity] the pairs, and [capacity] their numbers; the capacity is a power of two, at most half filled. */
  #pairs: Int32Array;
  #numbers: Int32Array;
  #size = 0;
  /** [numbers] the pair of each. */
  readonly #firsts: number[] = [0];
  readonly #seconds: number[] = [0];

  /** With room for so many before it has to grow. */
  constructor(expected = 128) {
    const capacity = 2 ** Math.ceil(Math.log2(2 * expected + 1));
    this.#pairs = new Int32Array(2 * capacity);
    this.#numbers = new Int32Array(capacity);
  }

  firstOf(number: number): number {
    return this.#firsts[number]!;
  }

  secondOf(number: number): number {
    return this.#seconds[number]!;
  }

  /** Both are 31-bit and not negative. */
  of(a: number, b: number): number {
    if (2 * this.#size >= this.#numbers.length) this.#grow();
    const at = this.#find(a, b);
    if (this.#numbers[at] === EMPTY) {
      this.#pairs[2 * at] = a;
      this.#pairs[2 * at + 1] = b;
      this.#numbers[at] = ++this.#size;
      this.#firsts.push(a);
      this.#seconds.push(b);
    }
    return this.#numbers[at]!;
  }

  /** Where the pair is, or may be put. */
  #find(a: number, b: number): number {
    const mask = this.#numbers.length - 1;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      if (this.#numbers[at] === EMPTY || (this.#pairs[2 * at] === a && this.#pairs[2 * at + 1] === b)) return at;
    }
  }

  #grow(): void {
    const [pairs, numbers] = [this.#pairs, this.#numbers];
    this.#pairs = new Int32Array(2 * pairs.length);
    this.#numbers = new Int32Array(2 * numbers.length);
    numbers.forEach((number, from) => {
      if (number === EMPTY) return;
      const at = this.#find(pairs[2 * from]!, pairs[2 * from + 1]!);
      this.#pairs[2 * at] = pairs[2 * from]!;
      this.#pairs[2 * at + 1] = pairs[2 * from + 1]!;
      this.#numbers[at] = number;
    });
  }
}
