// Lines of prose whose spaces were stretched to fill a narrow column: words as far apart as a table's cells, but all alike,
// and with the same edges as a line beside them.
import type { Cell, Line } from './line.ts';

/** Gaps of one line, and edges of two lines, differ by no more than this many letter sizes. */
const MAX_UNEVEN = 0.2;
/** Nobody stretches spaces further (letter sizes). */
const MAX_STRETCH = 5;
/** So many words with the same space between them are no row of a table by chance. */
const MANY_WORDS = 4;
/** Lines further apart than this many letter sizes are not of one paragraph. */
const MAX_LEADING = 2.2;

/** Whether `line` is such a line between `above` and `below`. */
export function isStretched(line: Line, above: Line | undefined, below: Line | undefined): boolean {
  if (!isEven(line.cells)) return false;
  if ([above, below].some((other) => other !== undefined && sharesEdges(line, other))) return true;
  return line.cells.length >= MANY_WORDS && below !== undefined && endsParagraph(line, below);
}

/** Each cell a word, with the same space before all of them. */
export function isEven(cells: readonly Cell[]): boolean {
  if (cells.length < 2) return false;
  const { size } = cells[0]!.runs[0]!;
  let [least, most, numWords] = [Infinity, 0, 0];
  for (const [index, { text, x0 }] of cells.entries()) {
    if (text.includes(' ')) return false;
    if (/\p{L}/u.test(text)) numWords++;
    const before = cells[index - 1];
    if (!before) continue;
    least = Math.min(least, x0 - before.x1);
    most = Math.max(most, x0 - before.x1);
  }
  return most <= MAX_STRETCH * size && most - least <= MAX_UNEVEN * size && 2 * numWords > cells.length;
}

/** A line of text, plain or stretched itself. */
function sharesEdges(line: Line, other: Line): boolean {
  if (Math.abs(line.x1 - other.x1) > MAX_UNEVEN * line.size || !isBelow(line, other)) return false;
  return other.cells.length === 1 || isEven(other.cells);
}

function endsParagraph(line: Line, below: Line): boolean {
  return isBelow(line, below) && below.cells.length === 1 && below.x1 < line.x1 && below.bold === line.bold;
}

/** Or above. */
function isBelow(line: Line, other: Line): boolean {
  if (Math.abs(line.baseline - other.baseline) > MAX_LEADING * line.size) return false;
  return Math.abs(line.x0 - other.x0) <= MAX_UNEVEN * line.size;
}
