// Arithmetic on the cell grid of a signature: which cells differ, which belong together, where there is ink.
// Masks are Uint8Array [GRID_HEIGHT, GRID_WIDTH] of 0 and 1. Nothing here knows time.
import { GRID_HEIGHT, GRID_WIDTH, NUM_CELLS } from './signature.ts';

export type Mask = Uint8Array;

export const everywhere: Mask = new Uint8Array(NUM_CELLS).fill(1);

export interface Box {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  readonly bottom: number;
}

/** Marks the cells of `within` that differ by more than `tolerance` levels; returns how many. */
export function markChanged(a: Uint8Array, b: Uint8Array, within: Mask, tolerance: number, changed: Mask): number {
  let count = 0;
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    const differs = within[cell]! && Math.abs(a[cell]! - b[cell]!) > tolerance ? 1 : 0;
    changed[cell] = differs;
    count += differs;
  }
  return count;
}

/**
 * Number of marked cells in groups that are wider or taller than a mouse pointer (4 cells are 107 pixels, 9 are 90 pixels
 * of a 720p picture), so that a pointer at rest in one place and then in another is no change.
 */
export function countBeyondPointer(marked: Mask): number {
  const seen = new Uint8Array(NUM_CELLS);
  const stack: number[] = [];
  let total = 0;
  for (let start = 0; start < NUM_CELLS; start++) {
    if (!marked[start] || seen[start]) continue;
    seen[start] = 1;
    stack.push(start);
    let size = 0;
    let [left, right, top, bottom] = [GRID_WIDTH, 0, GRID_HEIGHT, 0];
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      size++;
      const x = cell % GRID_WIDTH;
      const y = (cell - x) / GRID_WIDTH;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(GRID_HEIGHT - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(GRID_WIDTH - 1, x + 1); nx++) {
          const neighbour = ny * GRID_WIDTH + nx;
          if (!marked[neighbour] || seen[neighbour]) continue;
          seen[neighbour] = 1;
          stack.push(neighbour);
        }
      }
    }
    if (right - left + 1 >= 4 || bottom - top + 1 >= 9) total += size;
  }
  return total;
}

/** Cells that stand out from a neighbour by more than 8 levels: letters, lines, edges, whatever the background's colour. */
export function inkOf(cells: Uint8Array, within: Mask): Mask {
  const ink = new Uint8Array(NUM_CELLS);
  for (let y = 0; y < GRID_HEIGHT; y++) {
    for (let x = 0; x < GRID_WIDTH; x++) {
      const cell = y * GRID_WIDTH + x;
      if (!within[cell]) continue;
      const right = x + 1 < GRID_WIDTH ? cell + 1 : cell;
      const below = y + 1 < GRID_HEIGHT ? cell + GRID_WIDTH : cell;
      for (const neighbour of [right, below]) {
        if (within[neighbour] && Math.abs(cells[cell]! - cells[neighbour]!) > 8) ink[cell] = ink[neighbour] = 1;
      }
    }
  }
  return ink;
}

export function countMarked(mask: Mask): number {
  let count = 0;
  for (const marked of mask) count += marked;
  return count;
}

/** The smallest box around the marked cells; undefined where none is. */
export function boxOf(mask: Mask): Box | undefined {
  let box: Box | undefined;
  mask.forEach((marked, cell) => {
    if (!marked) return;
    const x = cell % GRID_WIDTH;
    const y = (cell - x) / GRID_WIDTH;
    box = {
      left: Math.min(box?.left ?? x, x),
      top: Math.min(box?.top ?? y, y),
      right: Math.max(box?.right ?? 0, x + 1),
      bottom: Math.max(box?.bottom ?? 0, y + 1),
    };
  });
  return box;
}

/** Fills holes and gaps of up to 4 cells among marked cells: widened by 2 cells, then narrowed by 2. */
export function closeGaps(mask: Mask): Mask {
  const narrowed = (wide: Mask) => invert(widen(widen(invert(wide))));
  return narrowed(widen(widen(mask)));
}

export function invert(mask: Mask): Mask {
  const inverse = new Uint8Array(NUM_CELLS);
  for (let cell = 0; cell < NUM_CELLS; cell++) inverse[cell] = 1 - mask[cell]!;
  return inverse;
}

/** Marks all neighbours of marked cells too: along the rows first, then down the columns. */
function widen(mask: Mask): Mask {
  const alongRows = Uint8Array.from(mask);
  for (let row = 0; row < NUM_CELLS; row += GRID_WIDTH) {
    for (let cell = row + 1; cell < row + GRID_WIDTH; cell++) {
      alongRows[cell]! |= mask[cell - 1]!;
      alongRows[cell - 1]! |= mask[cell]!;
    }
  }
  const wide = Uint8Array.from(alongRows);
  for (let cell = GRID_WIDTH; cell < NUM_CELLS; cell++) {
    wide[cell]! |= alongRows[cell - GRID_WIDTH]!;
    wide[cell - GRID_WIDTH]! |= alongRows[cell]!;
  }
  return wide;
}
