// Symmetric block quantisation as MatMulNBits, GatherBlockQuantized and QMoE read it: along each row, blocks of `blockSize`
// values share one scale, value = (code - 2^(bits-1)) * scale; with 4 bits the first of two values lies in the low nibble.
import { floatFromHalf, halfFromFloat } from './half-float.ts';

export type QuantizedBits = 4 | 8;

export interface QuantizedRows {
  /** [rows, blocks, blockSize * bits / 8] */
  readonly codes: Uint8Array;
  /** [rows, blocks] float16 bits */
  readonly scales: Uint16Array;
}

export function blocksPerRow(columns: number, blockSize: number): number {
  return Math.ceil(columns / blockSize);
}

/** Quantises row-major `values` [rows, columns]; a last block that is not full is padded with zeros. */
export function quantizeRows(
  values: Float32Array,
  columns: number,
  bits: QuantizedBits,
  blockSize: number,
): QuantizedRows {
  const rows = values.length / columns;
  const blocks = blocksPerRow(columns, blockSize);
  const blockBytes = (blockSize * bits) / 8;
  const zero = 1 << (bits - 1);
  const codes = new Uint8Array(rows * blocks * blockBytes);
  const scales = new Uint16Array(rows * blocks);
  const block = new Float64Array(blockSize);
  const blockCodes = new Uint8Array(blockSize);
  for (let index = 0; index < scales.length; index++) {
    const start = Math.floor(index / blocks) * columns + (index % blocks) * blockSize;
    const length = Math.min(blockSize, columns - (index % blocks) * blockSize);
    for (let i = 0; i < length; i++) block[i] = values[start + i]!;
    for (let i = length; i < blockSize; i++) block[i] = 0;
    const half = halfFromFloat(bits === 4 ? bestScale(block) : extremeOf(block) / -zero);
    scales[index] = half;
    const scale = floatFromHalf(half);
    encode(block, scale === 0 ? 0 : 1 / scale, zero, blockCodes);
    const at = index * blockBytes;
    if (bits === 8) codes.set(blockCodes, at);
    else for (let i = 0; i < blockBytes; i++) codes[at + i] = blockCodes[2 * i]! | (blockCodes[2 * i + 1]! << 4);
  }
  return { codes, scales };
}

/** The nearest code of each value, halves up; what lies outside the codes is clipped. */
function encode(block: Float64Array, inverse: number, zero: number, codes: Uint8Array): void {
  const top = 2 * zero - 1;
  const offset = zero + 0.5;
  for (let i = 0; i < block.length; i++) {
    // Truncation rounds down, because everything below zero is clipped anyway.
    const code = block[i]! * inverse + offset;
    codes[i] = code <= 0 ? 0 : code >= top ? top : code;
  }
}

/** The value furthest from zero, with its sign: it gets the code 0, so that the one extra negative code is used. */
function extremeOf(block: Float64Array): number {
  let smallest = 0;
  let largest = 0;
  for (let i = 0; i < block.length; i++) {
    const value = block[i]!;
    if (value < smallest) smallest = value;
    else if (value > largest) largest = value;
  }
  return largest > -smallest ? largest : smallest;
}

// With 16 codes, clipping the extreme a little often costs less than the coarser grid that keeps it. Divisors of the extreme to
// try; -8 keeps it exactly.
const DIVISORS = [-8.7, -8, -7.3];

/** The scale with the smallest squared error among a few for 4 bits, each refined once by least squares against its own codes. */
function bestScale(block: Float64Array): number {
  const extreme = extremeOf(block);
  if (extreme === 0) return 0;
  let best = 0;
  let bestGain = -1;
  for (let d = 0; d < DIVISORS.length; d++) {
    const inverse = DIVISORS[d]! / extreme;
    let codeValue = 0;
    let codeSquare = 0;
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      const raw = value * inverse + 8.5;
      const code = (raw <= 0 ? 0 : raw >= 15 ? 15 : raw | 0) - 8;
      codeValue += code * value;
      codeSquare += code * code;
    }
    // The squared error is the block's own square less this.
    const gain = codeSquare === 0 ? 0 : (codeValue * codeValue) / codeSquare;
    if (gain > bestGain) {
      bestGain = gain;
      best = codeSquare === 0 ? 0 : codeValue / codeSquare;
    }
  }
  return best;
}
