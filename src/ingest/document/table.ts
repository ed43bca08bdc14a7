// Rows of cells -> one line of text a row, cells set under each other so that a table stays readable as text.
import type { Cell, Line } from './line.ts';

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

/** Index of the first line below the table that starts at `start`; `start` itself where none does. */
export function endOfTable(lines: readonly Line[], start: number, leading: number): number {
  if (!isRow(lines[start]!)) return start;
  const rows = [lines[start]!];
  let end = start + 1;
  for (let index = end; index < lines.length && index - end <= MAX_PLAIN_ROWS; index++) {
    const line = lines[index]!;
    if (line.baseline - lines[index - 1]!.baseline > MAX_ROW_GAP * Math.max(leading, line.size)) break;
    if (!isRow(line)) continue;
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

/** More than one cell, and not just a list mark or section number before its text. */
function isRow({ cells }: Line): boolean {
  return cells.length >= 2 && !(cells.length === 2 && isMarker(cells[0]!.text));
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
