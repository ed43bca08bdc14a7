// Slots of caches on an NVIDIA card: what leaves it or comes to it goes through page-locked memory, copied by the thread that runs the
// card; rounding to int8 is done there, so that half the bytes travel.
import type { CudaCopy } from '../ort/cuda-copy.ts';
import { LockedMemory } from '../ort/cuda-memory.ts';
import { dataTypes, type DataType, type TensorData } from '../ort/data-type.ts';
import type { Pointer } from '../ort/native.ts';
import { runOnThread } from '../ort/run-thread.ts';
import { Tensor } from '../ort/tensor.ts';
import { letGo, RowRounder, type Rounded } from './row-rounder.ts';
import { RUN_BYTES, runsOf, type CacheCopier, type UseRounded, type UseSlots } from './slot-runs.ts';

/** `graphs` does what stays on the card. */
export class CudaCopier implements CacheCopier {
  readonly #graphs: CacheCopier;
  #rounder: Promise<RowRounder> | undefined;
  /** Blocks that nobody has borrowed. */
  readonly #blocks: LockedMemory[] = [];

  constructor(graphs: CacheCopier) {
    this.#graphs = graphs;
  }

  move(from: Tensor, to: Tensor, count: number): Promise<void> {
    return this.#graphs.move(from, to, count);
  }

  take(from: Tensor, first: number, count: number): Promise<Tensor> {
    return this.#graphs.take(from, first, count);
  }

  show(from: Tensor, count: number, use: UseSlots): Promise<void> {
    return this.#eachRun(from, count, async (block, { address, numSlots, row }) => {
      const slots = slotsIn(block, from, numSlots);
      await copyOnThread(block.download(address, slots.byteLength));
      await use(slots, row);
    });
  }

  fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    return this.#eachRun(to, count, async (block, { address, numSlots, row }) => {
      const slots = slotsIn(block, to, numSlots);
      await write(slots, row);
      await copyOnThread(block.upload(address, slots.byteLength));
    });
  }

  async showRounded(from: Tensor, count: number, use: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(from.type);
    await this.#eachRun(from, count, async (block, { address, numSlots, row }) => {
      using slots = Tensor.overAddress(from.memory, from.type, [numSlots, from.shape[3]!], address);
      const rounded = roundedIn(block, slots);
      await rounder.encode(slots, rounded);
      await use(rounded, row);
    });
  }

  async fillRounded(to: Tensor, count: number, write: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(to.type);
    await this.#eachRun(to, count, async (block, { address, numSlots, row }) => {
      using slots = Tensor.overAddress(to.memory, to.type, [numSlots, to.shape[3]!], address);
      const rounded = roundedIn(block, slots);
      await write(rounded, row);
      await rounder.decode(rounded, slots);
    });
  }

  #rounderFor(type: DataType): Promise<RowRounder> {
    return (this.#rounder ??= RowRounder.make('cuda', type));
  }

  async #eachRun(
    tensor: Tensor,
    count: number,
    work: (block: LockedMemory, run: { address: Pointer; numSlots: number; row: number }) => Promise<void>,
  ): Promise<void> {
    const { address, shape, type } = tensor;
    const block = this.#blocks.pop() ?? new LockedMemory(RUN_BYTES);
    try {
      for (const { offset, length, row } of runsOf(tensor, count)) {
        const at = address + BigInt(offset * dataTypes[type].Array.BYTES_PER_ELEMENT);
        await work(block, { address: at, numSlots: length / shape[3]!, row });
      }
    } finally {
      this.#blocks.push(block);
    }
  }

  [Symbol.dispose](): void {
    letGo(this.#rounder);
    for (const block of this.#blocks.splice(0)) block[Symbol.dispose]();
    this.#graphs[Symbol.dispose]();
  }
}

function slotsIn({ host }: LockedMemory, { type, shape }: Tensor, numSlots: number): TensorData {
  return new dataTypes[type].Array(host, 0, numSlots * shape[3]!);
}

/** Scales behind the codes: together they take less than the slots. */
function roundedIn({ host }: LockedMemory, { shape }: Tensor): Rounded {
  const [rows, size] = shape as [number, number];
  const codes = new Int8Array(host, 0, rows * size);
  return { codes, scales: new Float32Array(host, Math.ceil(codes.length / 4) * 4, rows) };
}

function copyOnThread(copy: CudaCopy): Promise<void> {
  return runOnThread('copy keys and values', { copies: [copy] });
}
