// The visual rows of one slice (an image, or a pair of video frames) between the vision tower and the decoder. On an NVIDIA card they
// never leave it: a slide's rows are megabytes, and the way over the CPU takes longer than computing them.
import { assert } from '../../errors.ts';
import type { CardRoom } from '../ort/card-pool.ts';
import { copyOnCard, type CudaCopy } from '../ort/cuda-copy.ts';
import type { FloatData } from '../ort/data-type.ts';
import type { Pointer } from '../ort/native.ts';
import { cardIsIdle } from '../ort/run-thread.ts';

/** Rows [rows, width] in the activations' type; whoever holds one disposes of it. */
export type VisualSlice = CpuSlice | CardSlice;

export class CpuSlice implements Disposable {
  readonly data: FloatData;

  constructor(data: FloatData) {
    this.data = data;
  }

  /** In values. */
  get length(): number {
    return this.data.length;
  }

  /** What it keeps alive, which slices of one run share. */
  get memory(): { readonly byteLength: number } {
    return this.data.buffer;
  }

  hold(): CpuSlice {
    return this;
  }

  read(): Promise<FloatData> {
    return Promise.resolve(this.data);
  }

  [Symbol.dispose](): void {
    // The collector's.
  }
}

const BYTES = 2;

export class CardSlice implements Disposable {
  /** In values, float16. */
  readonly length: number;
  readonly #room: CardRoom;
  readonly #byteOffset: number;
  #isHeld = true;

  /** Takes over one hold on the room. */
  constructor(room: CardRoom, first: number, length: number) {
    this.#room = room;
    this.#byteOffset = BYTES * first;
    this.length = length;
  }

  get memory(): { readonly byteLength: number } {
    return this.#room.memory;
  }

  /** Another one over the same rows. */
  hold(): CardSlice {
    assert(this.#isHeld, 'visual rows were let go before');
    this.#room.hold();
    return new CardSlice(this.#room, this.#byteOffset / BYTES, this.length);
  }

  /** What copies values `from` to `to` to an address on the card. */
  copy(to: Pointer, from: number, end: number): CudaCopy {
    assert(this.#isHeld, 'visual rows were let go before');
    const at = this.#room.memory.address + BigInt(this.#byteOffset + BYTES * from);
    return copyOnCard(to, at, BYTES * (end - from));
  }

  /** A copy on the CPU. Rejects with CudaError. */
  async read(): Promise<FloatData> {
    await cardIsIdle();
    return new Uint16Array(this.#room.memory.read(this.#byteOffset, BYTES * this.length));
  }

  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#room.letGo();
  }
}

interface Part {
  readonly slice: VisualSlice;
  /** In values of the slice. */
  readonly from: number;
  readonly to: number;
}

/** What a run of tokens is shown: parts of slices one after another, and for each token its row; held until the run is over. */
export class VisualInput implements Disposable {
  /** For each token 0, or 1 + the number of its row. */
  readonly index: Int32Array;
  readonly #width: number;
  readonly #parts: Part[] = [];
  #length = 0;

  /** `width`: values of a row. */
  constructor(numTokens: number, width: number) {
    this.index = new Int32Array(numTokens);
    this.#width = width;
  }

  /** Rows, less the zero row that stands before them. */
  get numRows(): number {
    return this.#length / this.#width;
  }

  /** Rows `fromRow` to `toRow` of a slice, whose hold is taken over, for as many tokens from `firstToken` on. */
  add(slice: VisualSlice, fromRow: number, toRow: number, firstToken: number): void {
    for (let i = 0; i < toRow - fromRow; i++) this.index[firstToken + i] = this.numRows + 1 + i;
    this.#parts.push({ slice, from: fromRow * this.#width, to: toRow * this.#width });
    this.#length += (toRow - fromRow) * this.#width;
  }

  /** [1 + rows, width] on the CPU, the first row zero, which is what text adds. */
  onCpu(): FloatData {
    let target: FloatData | undefined;
    let offset = this.#width;
    for (const { slice, from, to } of this.#parts) {
      assert(slice instanceof CpuSlice, 'visual rows of another device');
      target ??= newLike(slice.data, this.#width + this.#length);
      target.set(slice.data.subarray(from, to), offset);
      offset += to - from;
    }
    assert(target !== undefined, 'no visual rows');
    return target;
  }

  /** What brings the rows to an address on the card, behind a zero row. */
  copies(address: Pointer): CudaCopy[] {
    let at = address + BigInt(BYTES * this.#width);
    return this.#parts.map(({ slice, from, to }) => {
      assert(slice instanceof CardSlice, 'visual rows of another device');
      const copy = slice.copy(at, from, to);
      at += BigInt(copy.byteLength);
      return copy;
    });
  }

  [Symbol.dispose](): void {
    for (const { slice } of this.#parts) slice[Symbol.dispose]();
  }
}

function newLike(data: FloatData, length: number): FloatData {
  return data instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
}
