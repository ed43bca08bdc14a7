// Rows of cells -> one line of text a row, cells set under each other so that a table stays readable as text.
import type { Cell, Line } from './line.ts';
import { isStretched } from './stretched.ts';

/** Text columns wider than this are not padded further: long cells would push the rest of the row out of sight. */
const MAX_PAD = 80;

interface Column {
  x0: number;
  x1: number;
  numCells: number;
  numNumbers: number;
}

const NUMBER = /^[($€£¥~≈<>+\-–—−]*\s?[\d.,]*\d[\d.,]*\s?[)%×]*$|^[-–—−]$/;
/** A list's own mark: a bullet, or a number or letter with its point or bracket. */
const MARKER = /^(?:[•‣◦▪●○■□–—*·✓➢►-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]|\d{1,2}(?:\.\d{1,3})*\.?)$/;

export function isMarker(text: string): boolean {
  return MARKER.test(text);
}

/** A gap this many letter sizes wide is no stretched space of justified prose. */
const WIDE_GAP = 1.5;
/** Rows of one table share a strip of white at least this many letter sizes wide. */
const SHARED_GAP = 0.5;
/** Lines without a second cell that may stand between two rows of one table (section labels, wrapped cells). */
const MAX_PLAIN_ROWS = 2;
/** Rows further apart than this many usual line heights belong to two tables. */
const MAX_ROW_GAP = 3;

/** Lines of one cell each that the head of a table begins with, and how close they are (letter sizes). */
const MAX_HEAD_LINES = 3;
const HEAD_LEADING = 1.5;
/** Lines of one text are at least this far apart (letter sizes). */
const MIN_LEADING = 0.95;

/** Index of the first line below the table that starts at `start`; `start` itself where none does. */
export function endOfTable(lines: readonly Line[], start: number, leading: number): number {
  if (!isRow(lines, start)) return start;
  const rows = [lines[start]!];
  let end = start + 1;
  for (let index = end; index < lines.length && index - end <= MAX_PLAIN_ROWS; index++) {
    const line = lines[index]!;
    if (line.baseline - lines[index - 1]!.baseline > MAX_ROW_GAP * Math.max(leading, line.size)) break;
    if (!isRow(lines, index)) continue;
    // Full lines of prose between two stretched ones are a paragraph; labels between rows with wide gaps are not.
    if (index > end && !hasWideGap(line)) break;
    if (!sharesGap(rows.at(-1)!, line)) break;
    rows.push(line);
    end = index + 1;
  }
  const hasWide = rows.some(hasWideGap);
  const isTable = rows.length >= 3 || (hasWide && (rows.length === 2 || rows[0]!.cells.length >= 3));
  return isTable ? end : start;
}

/**
 * Index of the first line below the table whose head starts at `start` with lines of one cell each; `start` where none does.
 * Cells of a head stand higher or lower than their neighbours, which makes lines of their own of them.
 */
export function endOfHeadedTable(lines: readonly Line[], start: number, leading: number): number {
  const head = lines[start]!;
  if (!head.bold || head.cells.length > 1) return start;
  for (let row = start + 1; row <= start + MAX_HEAD_LINES && row < lines.length; row++) {
    const line = lines[row]!;
    if (!line.bold || line.baseline - lines[row - 1]!.baseline > HEAD_LEADING * line.size) return start;
    const end = endOfTable(lines, row, leading);
    if (end > row) return headsColumn(head, lines.slice(row, end), lines[start + 1]!) ? end : start;
  }
  return start;
}

/** Beside the cell that follows, or over some columns only: a caption or heading stands over all, or begins where they do. */
function headsColumn(head: Line, rows: readonly Line[], next: Line): boolean {
  const x0 = Math.min(...rows.map((row) => row.x0));
  const x1 = Math.max(...rows.map((row) => row.x1));
  if (head.x0 < x0 - head.size || head.x1 > x1 + head.size) return false;
  if (next.baseline - head.baseline < MIN_LEADING * head.size) return true;
  return head.x0 > x0 + head.size && Math.abs(head.x0 + head.x1 - x0 - x1) > 4 * head.size;
}

/** More than one cell, and neither just a list mark or section number before its text nor a line of prose. */
function isRow(lines: readonly Line[], index: number): boolean {
  const line = lines[index]!;
  const { cells } = line;
  if (cells.length < 2 || (cells.length === 2 && isMarker(cells[0]!.text))) return false;
  return !isStretched(line, lines[index - 1], lines[index + 1]);
}

function gapsOf({ cells }: Line): { x0: number; x1: number }[] {
  return cells.slice(1).map((cell, index) => ({ x0: cells[index]!.x1, x1: cell.x0 }));
}

function hasWideGap(line: Line): boolean {
  return gapsOf(line).some(({ x0, x1 }) => x1 - x0 >= WIDE_GAP * line.size);
}

function sharesGap(above: Line, below: Line): boolean {
  const gaps = gapsOf(below);
  return gapsOf(above).some((gap) => gaps.some((other) => overlap(gap, other) >= SHARED_GAP * below.size));
}

/** One string a line, cells aligned in columns with at least two spaces between them. */
export function tableRows(lines: readonly Line[]): string[] {
  const columns = columnsOf(lines);
  const rows = lines.map((line) => placeCells(line.cells, columns));
  const widths = columns.map((_, column) =>
    Math.min(MAX_PAD, Math.max(0, ...rows.map((row) => (row.spans[column] ? 0 : (row.texts[column]?.length ?? 0))))),
  );
  const isNumeric = columns.map(({ numCells, numNumbers }) => numNumbers > 0.6 * numCells);
  return rows.map(({ texts }) => {
    let text = '';
    let indent = 0;
    for (const [column, width] of widths.entries()) {
      const cell = texts[column] ?? '';
      if (column > 0) indent += 2;
      text =
        cell === ''
          ? text
          : text.padEnd(Math.max(indent, text === '' ? 0 : text.length + 2)) +
            (isNumeric[column] ? cell.padStart(width) : cell);
      indent += width;
    }
    return text.trimEnd();
  });
}

/** Cells that overlap from row to row share a column; a cell across several columns decides none. */
function columnsOf(lines: readonly Line[]): Column[] {
  const columns: Column[] = [];
  const cells = lines.filter((line) => line.cells.length > 1).flatMap((line) => line.cells);
  for (const cell of [...cells].sort((a, b) => a.x1 - a.x0 - (b.x1 - b.x0))) {
    const touched = columns.filter((column) => overlap(column, cell) > 0);
    if (touched.length > 1) continue;
    const column = touched[0] ?? { x0: cell.x0, x1: cell.x1, numCells: 0, numNumbers: 0 };
    if (touched.length === 0) columns.push(column);
    column.x0 = Math.min(column.x0, cell.x0);
    column.x1 = Math.max(column.x1, cell.x1);
    column.numCells++;
    if (NUMBER.test(cell.text)) column.numNumbers++;
  }
  return columns.sort((a, b) => a.x0 - b.x0);
}

function placeCells(cells: readonly Cell[], columns: readonly Column[]): { texts: string[]; spans: boolean[] } {
  const texts: string[] = [];
  const spans: boolean[] = [];
  for (const cell of cells) {
    const touched = columns
      .map((column, index) => ({ index, shared: overlap(column, cell) }))
      .filter(({ shared }) => shared > 0);
    const index = touched[0]?.index ?? nearest(columns, cell);
    texts[index] = texts[index] ? `${texts[index]} ${cell.text}` : cell.text;
    spans[index] = touched.length > 1;
  }
  return { texts, spans };
}

function nearest(columns: readonly Column[], cell: Cell): number {
  const distances = columns.map((column) => Math.abs(column.x0 - cell.x0));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}

function overlap(a: { x0: number; x1: number }, b: { x0: number; x1: number }): number {
  return Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
}
