// What moves slots of cache tensors [1, heads, slots, size], and the runs of slots that leave a cache and come back: a few megabytes
// of one head at a time.
import { dataTypes, type TensorData } from '../ort/data-type.ts';
import type { Tensor } from '../ort/tensor.ts';
import type { Rounded } from './row-rounder.ts';

/**
 * Gets slots of one head on the CPU, [slots, size], and the number of the first of them among the rows of all heads. The memory is
 * lent until the promise is settled.
 */
export type UseSlots = (slots: TensorData, row: number) => Promise<void>;

/** The same for slots of a float cache that are rounded to int8: codes [slots, size] and scales [slots]. */
export type UseRounded = (rounded: Rounded, row: number) => Promise<void>;

export interface CacheCopier extends Disposable {
  /** The first `count` slots of `from` become the first slots of `to`, which may hold anything after them. */
  move(from: Tensor, to: Tensor, count: number): Promise<void>;
  /** Slots `first` to `first + count` of every head as a CPU tensor [1, heads, count, size]. */
  take(from: Tensor, first: number, count: number): Promise<Tensor>;
  /** Shows the first `count` slots of each head, run by run. */
  show(from: Tensor, count: number, use: UseSlots): Promise<void>;
  /** Fills the first `count` slots of each head with what `write` puts into the memory it is lent. */
  fill(to: Tensor, count: number, write: UseSlots): Promise<void>;
  showRounded(from: Tensor, count: number, use: UseRounded): Promise<void>;
  fillRounded(to: Tensor, count: number, write: UseRounded): Promise<void>;
}

/** Slots lent at once: few enough to work on several runs side by side, enough for a disk to be at its fastest. */
export const RUN_BYTES = 16 * 2 ** 20;

/** The first `count` slots of each head in runs: elements of the tensor, and the row among [heads * count]. */
export function* runsOf({ type, shape }: Tensor, count: number) {
  const [, heads, slots, size] = shape as [number, number, number, number];
  const perRun = Math.max(1, Math.floor(RUN_BYTES / (size * dataTypes[type].Array.BYTES_PER_ELEMENT)));
  for (let head = 0; head < heads; head++) {
    for (let first = 0; first < count; first += perRun) {
      const length = Math.min(perRun, count - first) * size;
      yield { offset: (head * slots + first) * size, length, row: head * count + first };
    }
  }
}
