// Rotary rows where WebGPU's attention kernel reads them: for the token in slot n of a cache, row n of a table on the device. A run
// writes the rows of its own tokens before they are read and no others are, so that all caches of a session share one table.
import type { Binding } from '../ort/binding.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import type { RopeTables } from '../qwen3-vl/graphs/rope.ts';

const parts = ['cos', 'sin'] as const;

/**
 * Rows that a longer run writes together: ScatterND there compares every index with every other one in every thread. Rows of the
 * first and the last block that are not the run's are written too, and nobody reads them.
 */
const BLOCK_ROWS = 64;

export class RopeTable implements Disposable {
  readonly #half: number;
  /** Of `cos` and `sin`: [slots, half], and the same memory as blocks of rows. */
  readonly #rows: readonly Tensor[];
  readonly #blocks: readonly Tensor[];

  /** `slots`: the longest sequence; `half`: half of a head. Throws OrtError when memory runs out. */
  constructor(session: Session, slots: number, half: number) {
    const numBlocks = Math.ceil(slots / BLOCK_ROWS);
    this.#half = half;
    const typeOf = (part: string) => session.inputs.get(`${part}_table`)!.type;
    this.#rows = parts.map((part) => session.allocate(typeOf(part), [numBlocks * BLOCK_ROWS, half]));
    this.#blocks = this.#rows.map((rows) => session.view(rows, rows.type, [numBlocks, BLOCK_ROWS * half], 0));
  }

  /** To be written in place, by a run of so many tokens. */
  bind(binding: Binding, tokens: number): void {
    const tables = tokens === 1 ? this.#rows : this.#blocks;
    parts.forEach((part, i) => {
      binding.bindInput(`${part}_table`, tables[i]!);
      binding.bindOutput(`${part}_table.written`, tables[i]!);
    });
  }

  /** What a run is given whose tokens take the slots from `slot` on: tables [tokens, half], and where they are written. */
  inputs({ cos, sin }: RopeTables, slot: number): Record<'rope' | 'rope_rows', Tensor> {
    const tokens = cos.length / this.#half;
    const size = tokens === 1 ? 1 : BLOCK_ROWS;
    const first = Math.floor(slot / size);
    const count = Math.ceil((slot + tokens) / size) - first;
    const width = size * this.#half;
    const rope = new Float32Array(2 * count * width);
    [cos, sin].forEach((table, i) => rope.set(table, i * count * width + (slot - first * size) * this.#half));
    const places = BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i));
    return {
      rope: Tensor.over('float32', [2, count, width], rope),
      rope_rows: Tensor.over('int64', [count, 1], places),
    };
  }

  [Symbol.dispose](): void {
    for (const tensor of [...this.#blocks, ...this.#rows]) tensor[Symbol.dispose]();
  }
}
