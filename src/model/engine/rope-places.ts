// Rotary rows of a run where CUDA's attention kernel reads them. It wants tables of as many rows as there may be slots, and reads of them
// the rows of this run's tokens alone: the first ones, which are copied to the card. Behind them is memory that nobody looks at.
import { assert } from '../../errors.ts';
import { floatsToHalves } from '../onnx/half-float.ts';
import type { CudaCopy } from '../ort/cuda-copy.ts';
import { byteLengthOf } from '../ort/data-type.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { TransferBuffer } from '../ort/transfer-buffer.ts';
import type { RopeTables } from '../qwen3-vl/graphs/rope.ts';

/** Whether a decoder's attention rotates by itself, by rows of `cos` and `sin`. */
export function readsRopePlaces({ inputs }: Session): boolean {
  return inputs.get('cos')?.type === 'float16';
}

export class RopePlaces implements Disposable {
  /** Most tokens of one run. */
  readonly rows: number;
  /** [slots, half] float16 */
  readonly cos: Tensor;
  readonly sin: Tensor;
  readonly #buffer: TransferBuffer;
  readonly #rowBytes: number;

  /** `slots`: the longest `total_length`; `half`: half of a head. Throws CudaError when memory runs out. */
  constructor(rows: number, slots: number, half: number) {
    this.rows = rows;
    this.#rowBytes = byteLengthOf('float16', [half]);
    const partBytes = rows * this.#rowBytes;
    this.#buffer = new TransferBuffer('cuda', 2 * partBytes, slots * this.#rowBytes);
    const address = this.#buffer.cardAddress!;
    this.cos = Tensor.overAddress('Cuda', 'float16', [slots, half], address);
    this.sin = Tensor.overAddress('Cuda', 'float16', [slots, half], address + BigInt(partBytes));
  }

  /** Takes up tables [tokens, half] and gives what brings them to the card. */
  fill({ cos, sin }: RopeTables): CudaCopy[] {
    return [cos, sin]
      .map((table, i) => {
        const halves = floatsToHalves(table);
        assert(
          halves.byteLength <= this.rows * this.#rowBytes,
          `${halves.byteLength} bytes of ${this.rows} rotary rows`,
        );
        const byteOffset = i * this.rows * this.#rowBytes;
        this.#buffer.bytes.set(new Uint8Array(halves.buffer), byteOffset);
        return this.#buffer.upload({ byteOffset, byteLength: halves.byteLength });
      })
      .flat();
  }

  [Symbol.dispose](): void {
    this.cos[Symbol.dispose]();
    this.sin[Symbol.dispose]();
    this.#buffer[Symbol.dispose]();
  }
}
