// Slots of caches [1, heads, slots, size] on the CPU: array copies, and runs of slots lent where they lie.
import { assert } from '../../errors.ts';
import type { DataType, TensorData } from '../ort/data-type.ts';
import { Tensor } from '../ort/tensor.ts';
import { letGo, RowRounder, type Rounded } from './row-rounder.ts';
import { runsOf, type CacheCopier, type UseRounded, type UseSlots } from './slot-runs.ts';

export class ArrayCopier implements CacheCopier {
  #rounder: Promise<RowRounder> | undefined;

  async move(from: Tensor, to: Tensor, count: number): Promise<void> {
    copySlots(from, 0, to, count);
  }

  async take(from: Tensor, first: number, count: number): Promise<Tensor> {
    const [, heads, , size] = from.shape as [number, number, number, number];
    const taken = Tensor.zeros(from.type, [1, heads, count, size]);
    copySlots(from, first, taken, count);
    return taken;
  }

  /** In place: what is lent is the tensor itself. */
  async show(tensor: Tensor, count: number, use: UseSlots): Promise<void> {
    const { data } = tensor;
    for (const { offset, length, row } of runsOf(tensor, count)) await use(data.subarray(offset, offset + length), row);
  }

  fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    return this.show(to, count, write);
  }

  async showRounded(from: Tensor, count: number, use: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(from.type);
    await this.show(from, count, async (slots, row) => {
      using tensor = rowsOver(from, slots);
      const rounded = roomFor(tensor);
      await rounder.encode(tensor, rounded);
      await use(rounded, row);
    });
  }

  async fillRounded(to: Tensor, count: number, write: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(to.type);
    await this.show(to, count, async (slots, row) => {
      using tensor = rowsOver(to, slots);
      const rounded = roomFor(tensor);
      await write(rounded, row);
      await rounder.decode(rounded, tensor);
    });
  }

  #rounderFor(type: DataType): Promise<RowRounder> {
    return (this.#rounder ??= RowRounder.make('cpu', type));
  }

  [Symbol.dispose](): void {
    letGo(this.#rounder);
  }
}

/** Slots lent of `cache` as a tensor [slots, size]. */
function rowsOver(cache: Tensor, slots: TensorData): Tensor {
  const size = cache.shape[3]!;
  return Tensor.over(cache.type, [slots.length / size, size], slots);
}

function roomFor({ shape }: Tensor): Rounded {
  const [rows, size] = shape as [number, number];
  return { codes: new Int8Array(rows * size), scales: new Float32Array(rows) };
}

/** Slots `first` to `first + count` of `from` to the beginning of `to`, head by head. */
function copySlots(from: Tensor, first: number, to: Tensor, count: number): void {
  const [, heads, fromSlots, size] = from.shape as [number, number, number, number];
  const toSlots = to.shape[2]!;
  assert(
    first + count <= fromSlots && count <= toSlots,
    `${count} slots from ${first} of ${fromSlots} into ${toSlots}`,
  );
  const source = from.data;
  const target = to.data;
  for (let head = 0; head < heads; head++) {
    const start = (head * fromSlots + first) * size;
    setElements(target, head * toSlots * size, source.subarray(start, start + count * size));
  }
}

function setElements(target: TensorData, offset: number, source: TensorData): void {
  // Both have the element type of one cache; TypeScript can't tie two unions together.
  (target as Float32Array).set(source as Float32Array, offset);
}
