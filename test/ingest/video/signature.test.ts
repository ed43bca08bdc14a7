import { describe, expect, it } from 'vitest';
import {
  decodeSignatures,
  encodeSignatures,
  GRID_HEIGHT,
  GRID_WIDTH,
  NUM_CELLS,
  type Signature,
} from '../../../src/ingest/video/signature.ts';

function signatureAt(timeSec: number, seed: number): Signature {
  return { timeSec, cells: Uint8Array.from({ length: NUM_CELLS }, (_, i) => (i * 31 + seed * 17) & 255) };
}

function decodeAll(bytes: Uint8Array): { signatures: Signature[]; numBytes: number } {
  const signatures: Signature[] = [];
  const decoded = decodeSignatures(bytes);
  let step = decoded.next();
  for (; !step.done; step = decoded.next()) signatures.push(step.value);
  return { signatures, numBytes: step.value };
}

describe('signatures as bytes', () => {
  const first = [signatureAt(0, 0), signatureAt(1 / 3, 0), signatureAt(12.345678901, 9)];
  const second = [signatureAt(20, 3)];

  it('come back as they were, times to the last bit, from blocks put one behind another', () => {
    const bytes = Buffer.concat([encodeSignatures(first), encodeSignatures(second)]);
    expect(decodeAll(bytes)).toEqual({ signatures: [...first, ...second], numBytes: bytes.length });
  });

  it('a block that is cut off is left out, and so is what is not ours', () => {
    const [a, b] = [encodeSignatures(first), encodeSignatures(second)];
    expect(decodeAll(Buffer.concat([a, b.subarray(0, b.length - 3)]))).toEqual({
      signatures: first,
      numBytes: a.length,
    });
    expect(decodeAll(Buffer.from('neither this'))).toEqual({ signatures: [], numBytes: 0 });
    expect(decodeAll(new Uint8Array())).toEqual({ signatures: [], numBytes: 0 });
    const broken = Buffer.from(a);
    broken.fill(0xff, 14);
    expect(decodeAll(broken).signatures).toEqual([]);
  });

  it('five minutes of an unchanged slide take less than 20 kB of 2 MB', () => {
    const still = Array.from({ length: 600 }, (_, i) => ({ ...signatureAt(0, 0), timeSec: i / 2 }));
    expect(encodeSignatures(still).length).toBeLessThan(20_000);
  });

  it('the grid has flat cells, as lines of text are', () => {
    expect(GRID_WIDTH * GRID_HEIGHT).toBe(NUM_CELLS);
    expect(1280 / GRID_WIDTH / (720 / GRID_HEIGHT)).toBeGreaterThan(2);
  });
});
