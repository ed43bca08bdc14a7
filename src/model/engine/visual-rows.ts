// Pictures to visual rows, each distinct one computed once: a slide that stays or comes back costs the vision tower nothing.
// Pictures asked for at the same time and of one size go through the tower together.
import type { PixelGroup } from '../qwen3-vl/preprocessing.ts';
import type { EncodedPrompt } from '../qwen3-vl/prompt.ts';
import type { Prompt } from './prompt.ts';
import type { VisualSlice } from './visual-slice.ts';
import type { VisionTower } from './vision-tower.ts';

/** A picture's rows, there or on their way. */
interface Known {
  slice: VisualSlice | undefined;
  readonly waiting: PromiseWithResolvers<VisualSlice>[];
}

interface Waiting {
  readonly group: PixelGroup;
  readonly signal: AbortSignal | undefined;
  readonly known: Known;
}

export class VisualRows implements Disposable {
  readonly #tower: VisionTower;
  readonly #maxBytes: number;
  /** By pixel hash, least recently used first. */
  readonly #known = new Map<string, Known>();
  /** How many known slices share each piece of memory. */
  readonly #memory = new Map<{ readonly byteLength: number }, number>();
  #bytes = 0;
  #waiting: Waiting[] = [];

  constructor(tower: VisionTower, maxBytes: number) {
    this.#tower = tower;
    this.#maxBytes = maxBytes;
  }

  /** A prompt whose pictures are encoded here when prefill reaches them. */
  promptOf({ tokenIds, positions, nextPosition, groups }: EncodedPrompt): Prompt {
    return {
      tokenIds,
      positions,
      nextPosition,
      groups: groups.map((group) => ({
        start: group.start,
        length: group.length,
        pixelHash: group.pixelHash,
        encode: (signal) => this.rowsOf(group, signal),
      })),
    };
  }

  /**
   * The caller lets go of the rows. Rejects with OrtError, CudaError or the signal's reason; a failed picture is tried again next
   * time.
   */
  rowsOf(group: PixelGroup, signal?: AbortSignal): Promise<VisualSlice> {
    const { pixelHash } = group;
    const known: Known = this.#known.get(pixelHash) ?? { slice: undefined, waiting: [] };
    const isNew = !this.#known.delete(pixelHash);
    this.#known.set(pixelHash, known);
    if (known.slice) return Promise.resolve(known.slice.hold());
    if (isNew) {
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#encodeWaiting());
      this.#waiting.push({ group, signal, known });
    }
    const waiting = Promise.withResolvers<VisualSlice>();
    known.waiting.push(waiting);
    return waiting.promise;
  }

  async #encodeWaiting(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of Map.groupBy(waiting, ({ group }) => group.grid.join('x')).values())
      await this.#encodeBatch(batch);
  }

  async #encodeBatch(batch: readonly Waiting[]): Promise<void> {
    const [, rows, columns] = batch[0]!.group.grid;
    try {
      const slices = batch.map(
        ({ group }) =>
          () =>
            group.pixelValues(),
      );
      const encoded = await this.#tower.encode(slices, [rows, columns], batch[0]!.signal);
      batch.forEach(({ known }, i) => this.#keep(known, encoded[i]!));
      this.#evict();
    } catch (error) {
      for (const { group, known } of batch) {
        if (this.#known.get(group.pixelHash) === known) this.#known.delete(group.pixelHash);
        for (const { reject } of known.waiting.splice(0)) reject(error);
      }
    }
  }

  #keep(known: Known, slice: VisualSlice): void {
    known.slice = slice;
    const sharing = this.#memory.get(slice.memory) ?? 0;
    if (sharing === 0) this.#bytes += slice.memory.byteLength;
    this.#memory.set(slice.memory, sharing + 1);
    for (const { resolve } of known.waiting.splice(0)) resolve(slice.hold());
  }

  /** Slices that were computed in one run share its memory, which is free when the last of them goes. */
  #evict(): void {
    for (const [pixelHash, { slice }] of this.#known) {
      if (this.#bytes <= this.#maxBytes) return;
      if (!slice) continue; // still being computed
      this.#known.delete(pixelHash);
      const sharing = this.#memory.get(slice.memory)! - 1;
      if (sharing > 0) this.#memory.set(slice.memory, sharing);
      else {
        this.#memory.delete(slice.memory);
        this.#bytes -= slice.memory.byteLength;
      }
      slice[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const { slice } of this.#known.values()) slice?.[Symbol.dispose]();
    this.#known.clear();
    this.#memory.clear();
    this.#bytes = 0;
  }
}
