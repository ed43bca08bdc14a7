// How many sequences decode together: as many as are worth their while on a device, and fit its memory.
import type { Device } from '../ort/providers.ts';

/**
 * Beyond these a step costs as much more as it gives. Two cores of 2024, 512 slots filled, tokens a second with 1, 2, 4 and 8 rows:
 * 632, 724, 1297, 1017 with the model in the box; 6, 9, 12, 15 with the 2B shape in int4 at 1024 slots. On WebGPU, rows can't share
 * a buffer.
 */
export const MOST_ROWS: Readonly<Record<Device, number>> = { cpu: 4, cuda: 8, webgpu: 1 };

/** Of what is free; the rest is for activations, pictures and questions. */
const SHARE = 0.5;

/** Rows of `rowBytes` each, at least one. */
export function numRowsFor(mostRows: number, rowBytes: number, freeBytes: number): number {
  return Math.max(1, Math.min(mostRows, Math.floor((SHARE * freeBytes) / rowBytes)));
}
