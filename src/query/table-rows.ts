// The rows of a page's tables that tell a value: a name, and under heads what is counted or measured of it. In the text of a page the
// cells of a row stand in one line, each under the one above it (ingest/document/table.ts).
import { type Cell, cellsOf, headsOfValues } from './table-columns.ts';

/** Half-open, in characters of the page's text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TableRow extends Span {
  /** What its values are of, as far as it stands in their line. */
  readonly name: string;
  /** The same whole, behind the line that its group of rows stands under. */
  readonly label: string;
  /** What stands over it, from the top: the heads of the columns, and the line that its group of rows stands under. */
  readonly over: readonly string[];
  /** Lines of heads with figures in them, in the page's text: they are no values. */
  readonly figureHeads: readonly Span[];
  /** Its values, each with the heads of its column ('' over units); empty where those can't be told. */
  readonly values: readonly TableValue[];
}

export interface TableValue {
  readonly head: string;
  readonly text: string;
}

/** How a value begins: 86,392  $ 6.45  (3,321)  ~17 %  ±5 */
const BEGINS = /^[($€£¥~≈<>≤≥+\-–—±\s]*\d/u;
/** Written where there is none. */
const NOTHING = /^[$€£¥]?\s?[-–—]$/;
/** Letters of units: `7 years`, `$10.95 billion to $11.05 billion`. A cell with more is a text with a number in it. */
const MAX_LETTERS = 8;
const MAX_LETTER_SHARE = 0.6;
const YEAR = /^(?:19|20)\d\d(?:\s?\(\p{L}\))?$/u;
/** A figure alone, where `30 June` and `4000/270` may name a column. */
const FIGURE = /^[($€£¥~≈<>≤≥+\-–—±\s]*\d[\d.,\s]*[)%\s]*$/;
const NUMBERED = /^\d{1,3}[.)]?$/;
const LETTERS = /\p{L}{2}/u;
const MAX_HEADS = 3;
/** A name that goes on in the next line does so in lower case. */
const GOES_ON = /^\p{Ll}/u;

interface Line {
  readonly start: number;
  readonly text: string;
  readonly cells: readonly Cell[];
}

/** A row while its table is read: the lines it takes, and its name in them. */
interface Row {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** The line before, where the name begins in it. */
  readonly begun: string | undefined;
  readonly heads: readonly Line[];
  readonly group: string | undefined;
  readonly cells: readonly Cell[];
}

/** In order. Lists of two columns that hold no values are no tables here. */
export function tableRows(page: string): TableRow[] {
  return blocksOf(page).flatMap((lines) => {
    const rows = lines.filter(tellsValues);
    return rows.length < 2 ? [] : rowsOf(lines);
  });
}

function rowsOf(lines: readonly Line[]): TableRow[] {
  const rows: Row[] = [];
  let heads: Line[] = [];
  let group: string | undefined;
  /** A line of one cell: the name of the group below it, or the beginning of the next row's name. */
  let single: Line | undefined;
  lines.forEach((line, i) => {
    if (isHead(line) || (rows.length === 0 && isFirstHead(line))) {
      // Heads after rows begin another table. What stands over the names alone may come between heads.
      const goesOn =
        i > 0 && (lines[i - 1] === heads.at(-1) || (lines[i - 1] === single && lines[i - 2] === heads.at(-1)));
      heads = goesOn ? [...heads, line] : [line];
      group = single = undefined;
    } else if (tellsValues(line)) {
      const { start, text } = line;
      const cells = withoutNumber(line.cells);
      const name = cells[0]!.text;
      const begun = single !== undefined && single === lines[i - 1] && GOES_ON.test(name) ? single : undefined;
      if (begun === undefined && single !== undefined) group = textOf(single);
      single = undefined;
      const first = begun ?? line;
      rows.push({
        start: first.start + first.cells[0]!.start,
        end: start + text.trimEnd().length,
        begun: begun && textOf(begun),
        ...{ name, heads, group, cells },
      });
    } else if (line.cells.length === 1) single = line;
  });
  return [...Map.groupBy(rows, (row) => row.heads).values()].flatMap(withValues);
}

/** The rows of one table. */
function withValues(rows: readonly Row[]): TableRow[] {
  const [{ heads }] = rows as [Row];
  const over = heads.slice(-MAX_HEADS).map(textOf);
  const cells = rows.map((row) => row.cells);
  const found = headsOfValues(
    heads.map((line) => line.cells),
    cells,
  );
  return rows.map(({ start, end, name, begun, group }, row) => ({
    ...{ start, end, name },
    label: [
      ...(group === undefined ? [] : [`${group.replace(/:$/, '')},`]),
      ...(begun === undefined ? [] : [begun]),
      name,
    ].join(' '),
    over: [...over, ...[begun ?? group].filter((line) => line !== undefined)],
    figureHeads: heads
      .filter((line) => !isHead(line))
      .map((line) => ({ start: line.start, end: line.start + line.text.length })),
    values: found?.[row]!.map((head, i) => ({ head, text: cells[row]![i + 1]!.text })) ?? [],
  }));
}

/** Stretches of lines without an empty one. */
function blocksOf(page: string): Line[][] {
  const blocks: Line[][] = [[]];
  let start = 0;
  for (const text of page.split('\n')) {
    if (text.trim() === '') blocks.push([]);
    else blocks.at(-1)!.push({ start, text, cells: cellsOf(text) });
    start += text.length + 1;
  }
  return blocks.filter((lines) => lines.length > 0);
}

/** Rows may be numbered: the name comes after that. */
function withoutNumber(cells: readonly Cell[]): readonly Cell[] {
  const [first, second] = cells;
  return cells.length > 2 && NUMBERED.test(first!.text) && LETTERS.test(second!.text) ? cells.slice(1) : cells;
}

function tellsValues(line: Line): boolean {
  const [name, ...values] = withoutNumber(line.cells);
  return LETTERS.test(name!.text) && values.some(({ text }) => isValue(text)) && !isHead(line);
}

/** Names of columns alone, or years. */
function isHead({ text, cells }: Line): boolean {
  if (cells.length < 2 && !/^ {8}/.test(text)) return false;
  return !cells.some((cell) => isValue(cell.text) && !YEAR.test(cell.text));
}

/** Above the first row, names of columns may begin with figures, where no name of a row stands before them. */
function isFirstHead({ text, cells }: Line): boolean {
  const isFigure = (cell: Cell) => NOTHING.test(cell.text) || (FIGURE.test(cell.text) && !YEAR.test(cell.text));
  return cells.length >= 2 && /^ {8}/.test(text) && !cells.some(isFigure);
}

function isValue(cell: string): boolean {
  if (NOTHING.test(cell)) return true;
  if (!BEGINS.test(cell)) return false;
  const numLetters = cell.match(/\p{L}/gu)?.length ?? 0;
  return numLetters <= MAX_LETTERS || numLetters <= MAX_LETTER_SHARE * cell.length;
}

function textOf({ text }: Line): string {
  return text.trim().replace(/\s+/g, ' ');
}
