// Where a page is set in columns: a strip of white that runs down beside lines of prose. Tables have such strips too;
// what tells them apart is that columns hold sentences and are drawn one after the other, while a table is drawn row by row.
import type { Cell, Line } from './line.ts';
import type { TextRun } from './text-run.ts';
import { isEven } from './stretched.ts';

/** Fewer lines side by side than this are no columns. */
const MIN_PAIRS = 3;
/** The strip's least width in letter sizes. */
const MIN_STRIP = 0.5;
/** A line with text on one side only ends the columns where it stands this many line heights away from them. */
const MAX_TAIL_GAP = 1.9;

/** Pieces of one line that were drawn apart from each other: by this many letter sizes, and so many characters between. */
const MIN_SEAM = 0.3;
const MAX_SKIP = 8;

/** Characters a line that prose has at least, and more of them where it is drawn like a table, across the strip. */
const MIN_CHARS = 14;
const MIN_CHARS_ROWWISE = 28;
/** Share of its column that a line of prose fills at least, on average. */
const MIN_FILLED = 0.5;

/** Share of prose in columns that hold tables and figures too. */
const MIN_PROSE = 0.5;

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
  const rows = lines.map(toRow);
  let best: ColumnSplit | undefined;
  let bestPairs = MIN_PAIRS - 1;
  for (const { seed, strip } of stripsOf(rows)) {
    const grown = growStrip(rows, seed, strip);
    if (countPairs(rows, grown) <= bestPairs) continue;
    const isRowwise = isDrawnInRows(rows, grown);
    const split = isRowwise ? grown : withinOneDrawing(rows, grown, seed);
    const numPairs = countPairs(rows, split);
    if (numPairs <= bestPairs || !holdsColumns(rows, split, isRowwise)) continue;
    best = split;
    bestPairs = numPairs;
  }
  return best;
}

/** A line and its pieces from left to right. */
interface Row {
  readonly line: Line;
  readonly cells: readonly Cell[];
}

/** Lines of two columns with little white between them fall into one cell: it is parted where the drawing jumps. */
function toRow(line: Line): Row {
  return line.cells.some(hasSeam) ? { line, cells: line.cells.flatMap(partAtSeams) } : { line, cells: line.cells };
}

function hasSeam({ runs }: Cell): boolean {
  for (let index = 1; index < runs.length; index++) if (isSeam(runs[index - 1]!, runs[index]!)) return true;
  return false;
}

function isSeam(left: TextRun, right: TextRun): boolean {
  if (right.x0 - left.x1 < MIN_SEAM * Math.min(left.size, right.size)) return false;
  return jumps(left, right);
}

function jumps(left: TextRun, right: TextRun): boolean {
  return right.order < left.order || right.order > left.order + left.text.length + MAX_SKIP;
}

function partAtSeams({ runs }: Cell): Cell[] {
  const parts: TextRun[][] = [[runs[0]!]];
  for (let index = 1; index < runs.length; index++) {
    if (isSeam(runs[index - 1]!, runs[index]!)) parts.push([]);
    parts.at(-1)!.push(runs[index]!);
  }
  return parts.map((part) => ({
    text: part.map(({ text }) => text).join(' '),
    x0: part[0]!.x0,
    x1: Math.max(...part.map(({ x1 }) => x1)),
    runs: part,
  }));
}

/** White between two pieces of one line, and between neighbouring lines that stand beside each other. */
function* stripsOf(rows: readonly Row[]): Generator<{ seed: number; strip: Strip }> {
  for (const [seed, { line, cells }] of rows.entries()) {
    for (let cell = 1; cell < cells.length; cell++)
      yield { seed, strip: { x0: cells[cell - 1]!.x1, x1: cells[cell]!.x0 } };
    const next = rows[seed + 1]?.line;
    if (!next || !isBeside(line, next)) continue;
    const strip = line.x1 < next.x0 ? { x0: line.x1, x1: next.x0 } : { x0: next.x1, x1: line.x0 };
    if (strip.x1 - strip.x0 >= MIN_STRIP * line.size) yield { seed, strip };
  }
}

/** Too close for one to stand below the other. */
function isBeside(line: Line, next: Line): boolean {
  return next.baseline - line.baseline < Math.min(line.size, next.size) && (line.x1 < next.x0 || next.x1 < line.x0);
}

function growStrip(rows: readonly Row[], seed: number, strip: Strip): ColumnSplit {
  const minWidth = MIN_STRIP * rows[seed]!.line.size;
  const narrowed = { ...strip };
  let start = seed;
  while (start > 0 && narrow(narrowed, rows[start - 1]!, minWidth)) start--;
  let end = seed + 1;
  while (end < rows.length && narrow(narrowed, rows[end]!, minWidth)) end++;
  const x = (narrowed.x0 + narrowed.x1) / 2;
  return trimTails(rows, { start, end, x });
}

/** Cuts the strip down to what the line leaves white; false where it leaves too little. */
function narrow(strip: Strip, { cells }: Row, minWidth: number): boolean {
  let left = -Infinity;
  let best: Strip | undefined;
  for (let cell = 0; cell <= cells.length; cell++) {
    const edge = cells[cell];
    const x0 = Math.max(strip.x0, left);
    const x1 = edge === undefined ? strip.x1 : Math.min(strip.x1, edge.x0);
    if (x1 - x0 >= minWidth && (!best || x1 - x0 > best.x1 - best.x0)) best = { x0, x1 };
    left = edge?.x1 ?? left;
  }
  if (best) Object.assign(strip, best);
  return best !== undefined;
}

/** Whether text stands on both sides: on this line, or on it and the next one, which is set a little lower. */
function isPair(rows: readonly Row[], index: number, x: number): boolean {
  const { line } = rows[index]!;
  if (line.x0 < x && line.x1 > x) return true;
  const next = rows[index + 1]?.line;
  return next !== undefined && line.x0 < x !== next.x0 < x && isBeside(line, next);
}

function countPairs(rows: readonly Row[], { start, end, x }: ColumnSplit): number {
  let numPairs = 0;
  for (let index = start; index < end; index++) if (isPair(rows, index, x)) numPairs++;
  return numPairs;
}

/** A header or footer that happens to stand on one side is not part of the columns. */
function trimTails(rows: readonly Row[], { start, end, x }: ColumnSplit): ColumnSplit {
  const gapAfter = (index: number) => rows[index + 1]!.line.baseline - rows[index]!.line.baseline;
  const isFar = (index: number) =>
    gapAfter(index) > MAX_TAIL_GAP * Math.max(rows[index]!.line.size, rows[index + 1]!.line.size);
  let firstPair = start;
  while (firstPair < end && !isPair(rows, firstPair, x)) firstPair++;
  let lastPair = end - 1;
  while (lastPair > firstPair && !isPair(rows, lastPair, x)) lastPair--;
  let top = firstPair;
  while (top > start && !isFar(top - 1)) top--;
  let bottom = lastPair;
  while (bottom + 1 < end && !isFar(bottom)) bottom++;
  return { start: top, end: bottom + 1, x };
}

function sidesOf({ cells }: Row, x: number): { left: readonly Cell[]; right: readonly Cell[] } {
  const numLeft = cells.findIndex((cell) => cell.x0 >= x);
  return numLeft < 0 ? { left: cells, right: [] } : { left: cells.slice(0, numLeft), right: cells.slice(numLeft) };
}

/** Whether the right side of most lines comes straight after their left one (a few characters of slack for spaces). */
function isDrawnInRows(rows: readonly Row[], { start, end, x }: ColumnSplit): boolean {
  let numPairs = 0;
  let numRowwise = 0;
  for (let index = start; index < end; index++) {
    const { left, right } = sidesOf(rows[index]!, x);
    if (left.length === 0 || right.length === 0) continue;
    numPairs++;
    const lastLeft = Math.max(...ordersOf(left));
    const firstRight = Math.min(...ordersOf(right));
    const lastText = left.at(-1)!.runs.at(-1)!.text.length;
    if (firstRight > lastLeft && firstRight - lastLeft <= lastText + 4) numRowwise++;
  }
  return numRowwise > 0.5 * numPairs;
}

/**
 * A column is drawn whole before the next one. Where the drawing comes back to the left side for good, other columns begin
 * below, or the next row of a table: what is left is the stretch around `seed` without such a return.
 */
function withinOneDrawing(rows: readonly Row[], { start, end, x }: ColumnSplit, seed: number): ColumnSplit {
  const orders = rows.slice(start, end).map((row) => {
    const { left, right } = sidesOf(row, x);
    return { left: Math.min(...ordersOf(left)), right: Math.min(...ordersOf(right)) };
  });
  /** [line]: the earliest of what stands left on it or below. */
  const leftFrom = orders.map(({ left }) => left);
  for (let index = leftFrom.length - 2; index >= 0; index--)
    leftFrom[index] = Math.min(leftFrom[index]!, leftFrom[index + 1]!);
  let [first, firstLeft, firstRight] = [0, Infinity, Infinity];
  for (let index = 0; index < orders.length; index++) {
    const { left, right } = orders[index]!;
    if (left < Infinity && leftFrom[index]! > firstRight) {
      // A cell may begin higher than the one to its left.
      let top = index;
      while (orders[top - 1]!.left === Infinity && orders[top - 1]!.right > left) top--;
      if (start + top > seed) return { start: start + first, end: start + top, x };
      [first, firstLeft, firstRight] = [top, Infinity, Infinity];
    }
    firstLeft = Math.min(firstLeft, left);
    if (right > firstLeft && right < firstRight) firstRight = right;
  }
  return { start: start + first, end, x };
}

/** Whether the two sides read as columns of prose, not as cells of one table. */
function holdsColumns(rows: readonly Row[], { start, end, x }: ColumnSplit, isRowwise: boolean): boolean {
  const within = rows.slice(start, end).map((row) => sidesOf(row, x));
  const sides = [within.map(({ left }) => left), within.map(({ right }) => right)];
  return sides.every((side) =>
    isRowwise ? isProse(side, MIN_CHARS_ROWWISE) : isProse(side, MIN_CHARS) || isMostlyProse(side),
  );
}

/** [line][cell]: long cells, and lines that fill their column, on average. */
function isProse(side: readonly (readonly Cell[])[], minChars: number): boolean {
  const cells = side.flat();
  const numLines = side.filter((line) => line.length > 0).length;
  const numChars = cells.reduce((sum, { text }) => sum + text.length, 0);
  const filled = cells.reduce((sum, { x0, x1 }) => sum + x1 - x0, 0);
  const width = Math.max(...cells.map(({ x1 }) => x1)) - Math.min(...cells.map(({ x0 }) => x0));
  return numChars >= minChars * cells.length && filled >= MIN_FILLED * width * numLines;
}

/** [line][cell]: most of what was drawn in one go is a line of prose, whatever tables stand between. */
function isMostlyProse(side: readonly (readonly Cell[])[]): boolean {
  const pieces = side.flatMap(drawnTogether);
  const widest = Math.max(...pieces.map(widthOf));
  const prose = pieces.filter((cells) => {
    const numChars = cells.reduce((sum, { text }) => sum + text.length, 0);
    return (cells.length === 1 || isEven(cells)) && numChars >= MIN_CHARS && widthOf(cells) >= MIN_FILLED * widest;
  });
  return prose.length >= MIN_PROSE * pieces.length;
}

function drawnTogether(cells: readonly Cell[]): Cell[][] {
  const pieces: Cell[][] = [];
  for (const [index, cell] of cells.entries()) {
    if (index === 0 || jumps(cells[index - 1]!.runs.at(-1)!, cell.runs[0]!)) pieces.push([]);
    pieces.at(-1)!.push(cell);
  }
  return pieces;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.at(-1)!.x1 - cells[0]!.x0;
}

function ordersOf(cells: readonly Cell[]): number[] {
  const orders: number[] = [];
  for (const { runs } of cells) for (const { order } of runs) orders.push(order);
  return orders;
}
