// Keys and values of several sequences in shared tensors [rows, kvHeads, capacity, headDim]: each row is a cache of its own for
// prefill, and all rows together are one for decoding, with nothing copied between the two.
import { byteLengthOf, elementCount } from '../ort/data-type.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import type { TextConfig } from '../qwen3-vl/config.ts';
import type { CacheStep } from './cache-step.ts';
import type { CacheCopier } from './slot-runs.ts';
import { BLOCK_TOKENS, KvCache } from './kv-cache.ts';
import type { StepCache } from './token-step.ts';

export class BatchCache implements Disposable, StepCache {
  readonly tensors: readonly Tensor[];
  /** Slots of each row. */
  readonly capacity: number;
  readonly rows: readonly KvCache[];
  step: CacheStep | undefined;
  readonly #session: Session;
  /** The first rows alone, by their number. */
  readonly #parts = new Map<number, StepCache>();

  constructor(session: Session, copier: CacheCopier, text: TextConfig, rows: number, minCapacity: number) {
    const { numLayers, numKvHeads, headDim } = text;
    const { type } = session.inputs.get('past_key.0')!;
    this.capacity = Math.ceil(minCapacity / BLOCK_TOKENS) * BLOCK_TOKENS;
    const rowShape = [1, numKvHeads, this.capacity, headDim];
    const tensors: Tensor[] = [];
    try {
      for (let i = 0; i < 2 * numLayers; i++) {
        tensors.push(session.allocate(type, [rows, numKvHeads, this.capacity, headDim]));
      }
    } catch (error) {
      for (const tensor of tensors) tensor[Symbol.dispose]();
      throw error;
    }
    this.tensors = tensors;
    this.#session = session;
    this.rows = Array.from({ length: rows }, (_, row) => {
      const offset = row * byteLengthOf(type, rowShape);
      const views = tensors.map((tensor) => viewOf(session, tensor, rowShape, offset));
      return new KvCache(session, copier, text, views);
    });
  }

  /** The first `count` rows: a step over them costs nothing for the others. */
  first(count: number): StepCache {
    if (count === this.rows.length) return this;
    let part = this.#parts.get(count);
    if (!part) {
      const tensors = this.tensors.map((tensor) => viewOf(this.#session, tensor, [count, ...tensor.shape.slice(1)], 0));
      part = { tensors, capacity: this.capacity, step: undefined };
      this.#parts.set(count, part);
    }
    return part;
  }

  [Symbol.dispose](): void {
    this.step?.[Symbol.dispose]();
    for (const { step, tensors } of this.#parts.values()) {
      step?.[Symbol.dispose]();
      for (const tensor of tensors) tensor[Symbol.dispose]();
    }
    for (const row of this.rows) row[Symbol.dispose]();
    for (const tensor of this.tensors) tensor[Symbol.dispose]();
  }
}

function viewOf(session: Session, tensor: Tensor, shape: readonly number[], byteOffset: number): Tensor {
  if (session.device !== 'cpu') return session.view(tensor, tensor.type, shape, byteOffset);
  const { data } = tensor;
  const first = byteOffset / data.BYTES_PER_ELEMENT;
  return Tensor.over(tensor.type, shape, data.subarray(first, first + elementCount(shape)));
}
