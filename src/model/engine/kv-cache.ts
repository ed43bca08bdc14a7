// The keys and values of one sequence: per layer two tensors [1, kvHeads, capacity, headDim] on the decoder's device, written in
// place by GroupQueryAttention. Rewinding to a prefix is forgetting slots; capacity grows in blocks.
import { assert } from '../../errors.ts';
import type { Binding } from '../ort/binding.ts';
import type { DataType } from '../ort/data-type.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';
import { kvBytesPerToken, type TextConfig } from '../qwen3-vl/config.ts';
import { bindCache, type CacheStep } from './cache-step.ts';
import type { CacheCopier, UseRounded, UseSlots } from './slot-runs.ts';
import { inLanes } from './lanes.ts';
import type { StepCache } from './token-step.ts';

export const BLOCK_TOKENS = 256;

export class KvCache implements Disposable, StepCache {
  /** The binding the sequence runs through: its cache tensors stay bound from run to run. */
  readonly binding: Binding;
  step: CacheStep | undefined;
  /** The tensors are part of larger ones: the capacity is what it is. */
  readonly #isFixed: boolean;
  readonly #session: Session;
  readonly #copier: CacheCopier;
  /** The decoder's shape, which is the cache's. */
  readonly text: TextConfig;
  readonly #type: DataType;
  /** K and V of each layer: key.0, value.0, key.1, … */
  #tensors: Tensor[] = [];
  #capacity = 0;
  #length = 0;

  /** `tensors`: room in a batch's cache, which owns that memory; a cache without it makes its own, as it grows. */
  constructor(session: Session, copier: CacheCopier, text: TextConfig, tensors?: readonly Tensor[]) {
    this.#session = session;
    this.#copier = copier;
    this.text = text;
    this.#type = session.inputs.get('past_key.0')!.type;
    this.binding = session.bind();
    this.#isFixed = tensors !== undefined;
    if (tensors) {
      this.#tensors = [...tensors];
      this.#capacity = tensors[0]!.shape[2]!;
      this.rebind();
    }
  }

  /** Slots that hold a token's keys and values. */
  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get type(): DataType {
    return this.#type;
  }

  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  /** Bytes of one slot over all layers. */
  get kvBytesPerToken(): number {
    return kvBytesPerToken(this.text, this.#type);
  }

  /** Forgets every slot from `length` on. */
  rewind(length: number): void {
    assert(length >= 0 && length <= this.#length, `can't rewind a cache of ${this.#length} slots to ${length}`);
    this.#length = length;
  }

  /** Counts `count` slots as written by a run that has just ended. */
  advance(count: number): void {
    assert(this.#length + count <= this.#capacity, `${this.#length} + ${count} slots exceed ${this.#capacity}`);
    this.#length += count;
  }

  /**
   * Makes room for `numTokens` slots in all, in whole blocks. What was written is kept; a cache that grows
   * grows by half at least, so a long generation copies each slot a bounded number of times. Rejects with OrtError when memory runs out, the
   * cache being as it was.
   */
  async reserve(numTokens: number): Promise<void> {
    if (numTokens <= this.#capacity) return;
    assert(!this.#isFixed, `${numTokens} tokens in a row of ${this.#capacity}`);
    const wanted = Math.max(numTokens, this.#capacity === 0 ? 0 : Math.ceil(this.#capacity * 1.5));
    await this.#resize(Math.ceil(wanted / BLOCK_TOKENS) * BLOCK_TOKENS);
  }

  async #resize(capacity: number): Promise<void> {
    const { numLayers, numKvHeads, headDim } = this.text;
    const old = this.#tensors;
    const next: Tensor[] = [];
    try {
      for (let i = 0; i < 2 * numLayers; i++) {
        const shape = [1, numKvHeads, capacity, headDim];
        const tensor = await this.#session.whenIdle(() => this.#session.allocate(this.#type, shape));
        next.push(tensor);
        if (this.#length > 0) await this.#copier.move(old[i]!, tensor, this.#length);
      }
    } catch (error) {
      for (const tensor of next) tensor[Symbol.dispose]();
      throw error;
    }
    this.#tensors = next;
    this.#capacity = capacity;
    this.rebind();
    for (const tensor of old) tensor[Symbol.dispose]();
  }

  /** Leaves nothing but the cache's own tensors in the binding. */
  rebind(): void {
    this.step?.[Symbol.dispose]();
    this.step = undefined;
    this.binding.clear();
    bindCache(this.binding, this.#tensors);
  }

  /** Slots `first` to `first + count` of tensor `index` (key.0, value.0, key.1, …) on the CPU; the caller releases it. */
  take(index: number, first: number, count: number): Promise<Tensor> {
    return this.#copier.take(this.#tensors[index]!, first, count);
  }

  /** Fills an empty cache with the first `count` slots of another one, without leaving the device. */
  async copyFrom(other: KvCache, count: number): Promise<void> {
    assert(this.#length === 0, `a cache of ${this.#length} slots can't be filled anew`);
    assert(count <= other.length, `${count} slots of a cache of ${other.length}`);
    await this.reserve(count);
    for (const [i, tensor] of this.#tensors.entries()) await this.#copier.move(other.tensors[i]!, tensor, count);
    this.#length = count;
  }

  /** Shows the first `count` slots of tensor `index` on the CPU, run by run. */
  show(index: number, count: number, use: UseSlots): Promise<void> {
    return this.#copier.show(this.#tensors[index]!, count, use);
  }

  /** The same of a float cache, rounded to int8. */
  showRounded(index: number, count: number, use: UseRounded): Promise<void> {
    return this.#copier.showRounded(this.#tensors[index]!, count, use);
  }

  /** Fills the first `count` slots of an empty cache, several tensors side by side, with what `write` puts into lent memory. */
  fill(count: number, write: (index: number, ...run: Parameters<UseSlots>) => Promise<void>): Promise<void> {
    return this.#fillBy(count, (tensor, index) => this.#copier.fill(tensor, count, (...run) => write(index, ...run)));
  }

  /** The same of a float cache, with rounded slots. */
  fillRounded(count: number, write: (index: number, ...run: Parameters<UseRounded>) => Promise<void>): Promise<void> {
    return this.#fillBy(count, (tensor, index) =>
      this.#copier.fillRounded(tensor, count, (...run) => write(index, ...run)),
    );
  }

  async #fillBy(count: number, fill: (tensor: Tensor, index: number) => Promise<void>): Promise<void> {
    assert(this.#length === 0, `a cache of ${this.#length} slots can't be filled anew`);
    await this.reserve(count);
    await inLanes(this.#tensors.length, (index) => fill(this.#tensors[index]!, index));
    this.#length = count;
  }

  [Symbol.dispose](): void {
    this.step?.[Symbol.dispose]();
    this.step = undefined;
    this.binding[Symbol.dispose]();
    for (const tensor of this.#tensors) tensor[Symbol.dispose]();
    this.#tensors = [];
    this.#capacity = 0;
    this.#length = 0;
  }
}
