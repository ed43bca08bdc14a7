// Sequences kept in memory between requests. A new prompt takes over the one it shares most with, rewound to where they part;
// where that would throw away more than it reuses, the shared part is copied instead and the other sequence stays whole.
import { mayBeOutOfMemory } from '../ort/errors.ts';
import type { Decoder } from './decoder.ts';
import type { Prompt } from './prompt.ts';
import { Sequence } from './sequence.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export interface PrefixCacheOptions {
  /** Keys and values kept beyond the running request, in bytes of capacity. */
  readonly maxBytes: number;
  readonly snapshots?: SnapshotStore;
}

/** Below this many tokens a copy or a file read is not worth its while. */
const MIN_SHARED_TOKENS = 16;

export class PrefixCache implements Disposable {
  readonly #decoder: Decoder;
  readonly #options: PrefixCacheOptions;
  /** Idle sequences, least recently used first. */
  readonly #idle: Sequence[] = [];

  constructor(decoder: Decoder, options: PrefixCacheOptions) {
    this.#decoder = decoder;
    this.#options = options;
  }

  get numIdle(): number {
    return this.#idle.length;
  }

  /**
   * A sequence for `prompt`, holding as much of its beginning as can be had, which the caller gives back with `keep` or disposes
   * of. Its length is what is reused; `capacity` is how many tokens it will come to hold.
   */
  async acquire(prompt: Prompt, capacity = prompt.tokenIds.length): Promise<Sequence> {
    const restored = await this.#restore(prompt, capacity);
    if (restored) return restored;
    const best = this.#bestIdle(prompt);
    if (!best) return new Sequence(this.#decoder.newCache());
    const { sequence, shared } = best;
    const lost = sequence.length - shared;
    if (lost <= shared) {
      this.#idle.splice(this.#idle.indexOf(sequence), 1);
      sequence.rewind(shared);
      return sequence;
    }
    const copy = new Sequence(this.#decoder.newCache());
    if (shared >= MIN_SHARED_TOKENS) {
      await this.reserve(copy, capacity);
      // Making room may have cost the one that was to be copied.
      if (this.#idle.includes(sequence)) await copyPrefix(sequence, copy, shared);
    }
    return copy;
  }

  /** Makes room in a sequence for `capacity` tokens in all; where memory runs out, idle sequences go. Rejects with OrtError. */
  reserve(sequence: Sequence, capacity: number): Promise<void> {
    return this.#withRoom(() => sequence.cache.reserve(capacity));
  }

  /** What fails because memory ran out is done again without the idle sequences. */
  async #withRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#idle.length === 0 || !mayBeOutOfMemory(error)) throw error;
      this.clear();
      return work();
    }
  }

  /** An idle sequence that holds the first `length` tokens of `prompt`, to be given back with `keep` as it is. */
  takeHolding(prompt: Prompt, length: number): Sequence | undefined {
    const at = this.#idle.findIndex((sequence) => sequence.sharedPrefix(prompt) >= length);
    return at < 0 ? undefined : this.#idle.splice(at, 1)[0];
  }

  /** Like `acquire` into an empty sequence in memory of somebody else's: copies what can be had, and gives how many tokens that is. */
  async copyInto(prompt: Prompt, sequence: Sequence): Promise<number> {
    const restored = await this.#restore(prompt, 0);
    if (restored) this.keep(restored);
    const best = this.#bestIdle(prompt);
    if (!best || best.shared < MIN_SHARED_TOKENS) return 0;
    await copyPrefix(best.sequence, sequence, best.shared);
    return best.shared;
  }

  /** How many tokens of its beginning a prompt shares with what is kept in memory. */
  sharedWith(prompt: Prompt): number {
    return this.#bestIdle(prompt)?.shared ?? 0;
  }

  #bestIdle(prompt: Prompt): { sequence: Sequence; shared: number } | undefined {
    let best: { sequence: Sequence; shared: number } | undefined;
    for (const sequence of this.#idle) {
      const shared = sequence.sharedPrefix(prompt);
      if (shared >= (best?.shared ?? 1)) best = { sequence, shared };
    }
    return best;
  }

  /** The longest stored prefix, where it holds more tokens than what is in memory. */
  async #restore(prompt: Prompt, capacity: number): Promise<Sequence | undefined> {
    const inMemory = this.sharedWith(prompt);
    const stored = await this.#options.snapshots?.longestPrefix(prompt);
    if (!stored || stored.length < Math.max(MIN_SHARED_TOKENS, inMemory + 1)) return undefined;
    return this.#withRoom(() => this.#options.snapshots!.load(stored.prefixHash, this.#decoder, capacity));
  }

  /** Keeps a sequence for later prompts, dropping the longest unused ones beyond the budget. */
  keep(sequence: Sequence): void {
    if (sequence.length === 0) {
      sequence[Symbol.dispose]();
      return;
    }
    this.#idle.push(sequence);
    const bytes = () => this.#idle.reduce((sum, { cache }) => sum + cache.capacity * cache.kvBytesPerToken, 0);
    while (this.#idle.length > 0 && bytes() > this.#options.maxBytes) this.#idle.shift()![Symbol.dispose]();
  }

  /** The same for a sequence that lives in memory of somebody else's: keeps a copy if the budget takes one. */
  async keepCopy(sequence: Sequence): Promise<void> {
    const { length, cache } = sequence;
    if (length === 0 || length * cache.kvBytesPerToken > this.#options.maxBytes) return;
    const copy = new Sequence(this.#decoder.newCache());
    try {
      await copyPrefix(sequence, copy, length);
    } catch (error) {
      copy[Symbol.dispose]();
      throw error;
    }
    this.keep(copy);
  }

  /** Lets go of every idle sequence. */
  clear(): void {
    for (const sequence of this.#idle.splice(0)) sequence[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** Appends the first `length` tokens of `from` to `to`, which is empty. */
async function copyPrefix(from: Sequence, to: Sequence, length: number): Promise<void> {
  await to.cache.copyFrom(from.cache, length);
  for (let i = 0; i < length; i++) {
    to.push(from.tokenIds[i]!, from.position(0, i), from.position(1, i), from.position(2, i));
  }
  for (const group of from.groups) if (group.start < length) to.mark(group);
}
