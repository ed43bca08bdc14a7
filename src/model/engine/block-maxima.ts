// The most likely token of each row of a step, told from the largest logits of blocks that the graph gives (see DecoderGraphOptions):
// what is read back where logits are dear to move.
import { transferRoom } from '../ort/device-twins.ts';
import type { DeviceCopy } from '../ort/run-queue.ts';
import type { Session } from '../ort/session.ts';
import type { ChainBuffers } from '../ort/step-chain.ts';
import { TransferBuffer, type Place, type Transfer } from '../ort/transfer-buffer.ts';
import { LOGIT_BLOCK } from '../qwen3-vl/graphs/decoder.ts';
import { argmax } from './sampling.ts';

export interface BlockMaxima extends Disposable {
  /** The outputs to bind. */
  readonly places: Readonly<Record<string, Place>>;
  /** What brings them back after a run. */
  download(): DeviceCopy[];
  /** The most likely token of a row, the first of equals. Throws BrokenLogitsError. */
  best(row: number): number;
}

/** What the graph gives for `rows` rows of logits [vocabulary]; undefined where it gives none. */
export function blockMaximaOf(session: Session, rows: number, vocabulary: number): BlockMaxima | undefined {
  if (session.outputs.has('block_max')) return new PooledMaxima(session, rows, vocabulary);
  if (session.outputs.has('block_maxima')) return new ReducedMaxima(session, rows, vocabulary);
  return undefined;
}

export class PooledMaxima implements BlockMaxima {
  readonly places: Readonly<Record<'block_max' | 'block_best', Place>>;
  readonly #buffer: TransferBuffer;
  readonly #blocks: number;
  readonly #vocabulary: number;

  constructor({ device }: Session, rows: number, vocabulary: number) {
    this.#vocabulary = vocabulary;
    this.#blocks = Math.ceil(vocabulary / LOGIT_BLOCK);
    const shape = [rows, 1, this.#blocks];
    const layout = { block_max: ['float32', shape], block_best: ['int64', shape] } as const;
    this.#buffer = new TransferBuffer(device, TransferBuffer.sizeOf(Object.values(layout)));
    this.places = this.#buffer.places(layout);
  }

  get forChain(): ChainBuffers['maxima'] {
    return {
      address: this.#buffer.cardAddress!,
      byteLength: this.#buffer.byteLength,
      blocks: this.#blocks,
      largestOffset: this.places.block_max.byteOffset,
      tokenOffset: this.places.block_best.byteOffset,
    };
  }

  download(): DeviceCopy[] {
    return this.#buffer.download();
  }

  best(row: number): number {
    const start = row * this.#blocks;
    const block = argmax((this.places.block_max.array as Float32Array).subarray(start, start + this.#blocks));
    // An index into all rows.
    return Number((this.places.block_best.array as BigInt64Array)[start + block]) % this.#vocabulary;
  }

  [Symbol.dispose](): void {
    for (const { tensor } of Object.values(this.places)) tensor[Symbol.dispose]();
    this.#buffer[Symbol.dispose]();
  }
}

class ReducedMaxima implements BlockMaxima {
  readonly places: Readonly<Record<'block_maxima', Place>>;
  readonly #room: Transfer;
  readonly #blocks: number;

  constructor(session: Session, rows: number, vocabulary: number) {
    this.#blocks = vocabulary / LOGIT_BLOCK;
    const layout = { block_maxima: ['float32', [rows, this.#blocks, 2]] } as const;
    this.#room = transferRoom(session, layout);
    this.places = this.#room.places(layout);
  }

  download(): DeviceCopy[] {
    return this.#room.download(this.places.block_maxima);
  }

  best(row: number): number {
    const pairs = this.places.block_maxima.array as Float32Array;
    const start = 2 * row * this.#blocks;
    const block = argmax(Float32Array.from({ length: this.#blocks }, (_, i) => pairs[start + 2 * i]!));
    return block * LOGIT_BLOCK + pairs[start + 2 * block + 1]!;
  }

  [Symbol.dispose](): void {
    this.places.block_maxima.tensor[Symbol.dispose]();
    this.#room[Symbol.dispose]();
  }
}
