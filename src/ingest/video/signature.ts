// A frame as slide detection sees it: the mean brightness of a grid of cells, some 3 kB, whatever the video's size.
// Cells are flat because lines of text are: 27 x 10 pixels of a 1280 x 720 picture. The byte form is for checkpoints.
import { deflateRawSync, inflateRawSync } from 'node:zlib';

export const GRID_WIDTH = 48;
export const GRID_HEIGHT = 72;
export const NUM_CELLS = GRID_WIDTH * GRID_HEIGHT;

export interface Signature {
  /** True time of the frame in the source, in seconds. */
  readonly timeSec: number;
  /** Mean luma of each cell, 0 to 255, row by row: [GRID_HEIGHT, GRID_WIDTH]. */
  readonly cells: Uint8Array;
}

// A block: magic, number of frames, bytes of the deflated body; then the body: times [n] float64, cells [n, NUM_CELLS] each
// as its difference from the frame before (mod 256), which is zero nearly everywhere while a slide is shown.
const MAGIC = 0x4c53_4731; // 'LSG1'
const HEADER_BYTES = 12;

/** One self-contained block of bytes; blocks may be put one behind another. */
export function encodeSignatures(signatures: readonly Signature[]): Uint8Array {
  const count = signatures.length;
  const body = Buffer.alloc(count * (8 + NUM_CELLS));
  let previous = new Uint8Array(NUM_CELLS);
  signatures.forEach(({ timeSec, cells }, i) => {
    body.writeDoubleLE(timeSec, i * 8);
    const offset = count * 8 + i * NUM_CELLS;
    for (let cell = 0; cell < NUM_CELLS; cell++) body[offset + cell] = cells[cell]! - previous[cell]!;
    previous = cells as Uint8Array<ArrayBuffer>;
  });
  const deflated = deflateRawSync(body, { level: 3 });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(count, 4);
  header.writeUInt32LE(deflated.length, 8);
  return Buffer.concat([header, deflated]);
}

/**
 * The signatures of all whole blocks, one at a time; reading stops where the bytes are cut off or not ours. Returns the
 * number of bytes that were good.
 */
export function* decodeSignatures(bytes: Uint8Array): Generator<Signature, number> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= buffer.length && buffer.readUInt32LE(at) === MAGIC) {
    const count = buffer.readUInt32LE(at + 4);
    const bodyEnd = at + HEADER_BYTES + buffer.readUInt32LE(at + 8);
    const body = bodyEnd <= buffer.length ? tryInflate(buffer.subarray(at + HEADER_BYTES, bodyEnd)) : undefined;
    if (body?.length !== count * (8 + NUM_CELLS)) return at;
    let previous = new Uint8Array(NUM_CELLS);
    for (let i = 0; i < count; i++) {
      const cells = new Uint8Array(body.subarray(count * 8 + i * NUM_CELLS, count * 8 + (i + 1) * NUM_CELLS));
      for (let cell = 0; cell < NUM_CELLS; cell++) cells[cell]! += previous[cell]!;
      previous = cells;
      yield { timeSec: body.readDoubleLE(i * 8), cells };
    }
    at = bodyEnd;
  }
  return at;
}

function tryInflate(bytes: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(bytes);
  } catch {
    return undefined;
  }
}
