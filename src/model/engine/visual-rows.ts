// Pictures to visual rows, each distinct one computed once: a slide that stays or comes back costs the vision tower nothing.
// Pictures asked for at the same time and of one size go through the tower together.
import type { FloatData } from '../ort/data-type.ts';
import type { PixelGroup } from '../qwen3-vl/preprocessing.ts';
import type { EncodedPrompt } from '../qwen3-vl/prompt.ts';
import type { Prompt } from './prompt.ts';
import type { VisionTower } from './vision-tower.ts';

interface Waiting {
  readonly group: PixelGroup;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (rows: FloatData) => void;
  readonly reject: (reason: unknown) => void;
}

export class VisualRows {
  readonly #tower: VisionTower;
  readonly #maxBytes: number;
  /** Rows by pixel hash, least recently used first. */
  readonly #known = new Map<string, Promise<FloatData>>();
  readonly #bytes = new Map<string, number>();
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

  /** Rejects with OrtError or the signal's reason; a failed picture is tried again next time. */
  rowsOf(group: PixelGroup, signal?: AbortSignal): Promise<FloatData> {
    const { pixelHash } = group;
    const known = this.#known.get(pixelHash);
    if (known) {
      this.#known.delete(pixelHash);
      this.#known.set(pixelHash, known);
      return known;
    }
    const rows = new Promise<FloatData>((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#encodeWaiting());
      this.#waiting.push({ group, signal, resolve, reject });
    });
    this.#known.set(pixelHash, rows);
    rows.then(
      ({ byteLength }) => this.#account(pixelHash, byteLength),
      () => this.#known.delete(pixelHash),
    );
    return rows;
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
      batch.forEach(({ resolve }, i) => resolve(encoded[i]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #account(pixelHash: string, byteLength: number): void {
    this.#bytes.set(pixelHash, byteLength);
    let total = 0;
    for (const bytes of this.#bytes.values()) total += bytes;
    for (const oldest of this.#known.keys()) {
      if (total <= this.#maxBytes) return;
      const bytes = this.#bytes.get(oldest);
      if (bytes === undefined) continue; // still being computed
      this.#known.delete(oldest);
      this.#bytes.delete(oldest);
      total -= bytes;
    }
  }
}
