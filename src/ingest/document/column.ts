// Where a page is set in columns: a strip of white that runs down beside lines of prose. Tables have such strips too;
// what tells them apart is that columns hold sentences and are drawn one after the other, while a table is drawn row by row.
import type { Cell, Line } from './line.ts';

/** Fewer lines side by side than this are no columns. */
const MIN_PAIRS = 3;
/** The strip's least width in letter sizes. */
const MIN_STRIP = 0.5;
/** A line with text on one side only ends the columns where it stands this many line heights away from them. */
const MAX_TAIL_GAP = 1.9;

/** Characters a line that prose has at least, and more of them where it is drawn like a table, across the strip. */
const MIN_CHARS = 14;
const MIN_CHARS_ROWWISE = 28;
/** Share of its column that a line of prose fills at least, on average. */
const MIN_FILLED = 0.5;

export interface ColumnSplit {
  /** Index of the first line in the columns, and of the first line below them. */
  readonly start: number;
  readonly end: number;
  /** What stands left of it belongs to the left column. */
  readonly x: number;
}

interface Strip {
  x0: number;
  x1: number;
}

/** The strip that parts the most lines into two columns of prose, or undefined. */
export function findColumns(lines: readonly Line[]): ColumnSplit | undefined {
  let best: ColumnSplit | undefined;
  let bestPairs = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    for (let cell = 1; cell < line.cells.length; cell++) {
      const strip = { x0: line.cells[cell - 1]!.x1, x1: line.cells[cell]!.x0 };
      const split = growStrip(lines, index, strip);
      const numPairs = countPairs(lines, split);
      if (numPairs > bestPairs && numPairs >= MIN_PAIRS && holdsColumns(lines, split)) {
        best = split;
        bestPairs = numPairs;
      }
    }
  }
  return best;
}

function growStrip(lines: readonly Line[], seed: number, strip: Strip): ColumnSplit {
  const minWidth = MIN_STRIP * lines[seed]!.size;
  const narrowed = { ...strip };
  let start = seed;
  while (start > 0 && narrow(narrowed, lines[start - 1]!, minWidth)) start--;
  let end = seed + 1;
  while (end < lines.length && narrow(narrowed, lines[end]!, minWidth)) end++;
  const x = (narrowed.x0 + narrowed.x1) / 2;
  return trimTails(lines, { start, end, x });
}

/** Cuts the strip down to what the line leaves white; false where it leaves too little. */
function narrow(strip: Strip, line: Line, minWidth: number): boolean {
  let left = -Infinity;
  let best: Strip | undefined;
  for (let cell = 0; cell <= line.cells.length; cell++) {
    const edge = line.cells[cell];
    const x0 = Math.max(strip.x0, left);
    const x1 = edge === undefined ? strip.x1 : Math.min(strip.x1, edge.x0);
    if (x1 - x0 >= minWidth && (!best || x1 - x0 > best.x1 - best.x0)) best = { x0, x1 };
    left = edge?.x1 ?? left;
  }
  if (best) Object.assign(strip, best);
  return best !== undefined;
}

function isPair(line: Line, x: number): boolean {
  return line.x0 < x && line.x1 > x;
}

function countPairs(lines: readonly Line[], { start, end, x }: ColumnSplit): number {
  let numPairs = 0;
  for (let index = start; index < end; index++) if (isPair(lines[index]!, x)) numPairs++;
  return numPairs;
}

/** A header or footer that happens to stand on one side is not part of the columns. */
function trimTails(lines: readonly Line[], { start, end, x }: ColumnSplit): ColumnSplit {
  const gapAfter = (index: number) => lines[index + 1]!.baseline - lines[index]!.baseline;
  const isFar = (index: number) =>
    gapAfter(index) > MAX_TAIL_GAP * Math.max(lines[index]!.size, lines[index + 1]!.size);
  let firstPair = start;
  while (firstPair < end && !isPair(lines[firstPair]!, x)) firstPair++;
  let lastPair = end - 1;
  while (lastPair > firstPair && !isPair(lines[lastPair]!, x)) lastPair--;
  let top = firstPair;
  while (top > start && !isFar(top - 1)) top--;
  let bottom = lastPair;
  while (bottom + 1 < end && !isFar(bottom)) bottom++;
  return { start: top, end: bottom + 1, x };
}

/** Whether the two sides read as columns of prose, not as cells of one table. */
function holdsColumns(lines: readonly Line[], { start, end, x }: ColumnSplit): boolean {
  const sides: [Side, Side] = [newSide(), newSide()];
  let numPairs = 0;
  let numRowwise = 0;
  for (let index = start; index < end; index++) {
    const { cells } = lines[index]!;
    const numLeft = cells.findIndex((cell) => cell.x0 >= x);
    const left = numLeft < 0 ? cells : cells.slice(0, numLeft);
    const right = numLeft < 0 ? [] : cells.slice(numLeft);
    addCells(sides[0], left);
    addCells(sides[1], right);
    if (left.length === 0 || right.length === 0) continue;
    numPairs++;
    const lastLeft = Math.max(...ordersOf(left));
    const firstRight = Math.min(...ordersOf(right));
    // Drawn row by row: the right cell comes straight after the left one (a few characters of slack for spaces).
    const lastText = left.at(-1)!.runs.at(-1)!.text.length;
    if (firstRight > lastLeft && firstRight - lastLeft <= lastText + 4) numRowwise++;
  }
  const isRowwise = numRowwise > 0.5 * numPairs;
  const minChars = isRowwise ? MIN_CHARS_ROWWISE : MIN_CHARS;
  return sides.every(
    ({ numChars, numCells, numLines, filled, x0, x1 }) =>
      numChars / numCells >= minChars && filled / numLines >= MIN_FILLED * (x1 - x0),
  );
}

function ordersOf(cells: readonly Cell[]): number[] {
  const orders: number[] = [];
  for (const { runs } of cells) for (const { order } of runs) orders.push(order);
  return orders;
}

interface Side {
  numChars: number;
  numCells: number;
  numLines: number;
  /** Sum of the cells' widths. */
  filled: number;
  x0: number;
  x1: number;
}

function newSide(): Side {
  return { numChars: 0, numCells: 0, numLines: 0, filled: 0, x0: Infinity, x1: -Infinity };
}

function addCells(side: Side, cells: readonly Cell[]): void {
  if (cells.length > 0) side.numLines++;
  for (const { text, x0, x1 } of cells) {
    side.numChars += text.length;
    side.numCells++;
    side.filled += x1 - x0;
    side.x0 = Math.min(side.x0, x0);
    side.x1 = Math.max(side.x1, x1);
  }
}
