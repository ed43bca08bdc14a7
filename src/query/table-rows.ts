// The rows of a page's tables that tell a value: a name, and under heads what is counted or measured of it. In the text of a page the
// cells of a row stand in one line, each under the one above it (ingest/document/table.ts).

export interface TableRow {
  /** Half-open character span of the row in the page's text. */
  readonly start: number;
  readonly end: number;
  /** What its values are of. */
  readonly name: string;
  /** What stands over it, from the top: the heads of the columns, and the line that its group of rows stands under. */
  readonly over: readonly string[];
}

const GAP = / {2,}/;
/** How a value begins: 86,392  $ 6.45  (3,321)  ~17 %  ±5 */
const BEGINS = /^[($€£¥~≈<>≤≥+\-–—±\s]*\d/u;
/** Written where there is none. */
const NOTHING = /^[$€£¥]?\s?[-–—]$/;
/** Letters of units: `7 years`, `$10.95 billion to $11.05 billion`. A cell with more is a text with a number in it. */
const MAX_LETTERS = 8;
const MAX_LETTER_SHARE = 0.6;
const YEAR = /^(?:19|20)\d\d(?:\s?\(\p{L}\))?$/u;
const LETTERS = /\p{L}{2}/u;
const MAX_HEADS = 3;

interface Line {
  readonly start: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/** In order. Lists of two columns that hold no values are no tables here. */
export function tableRows(page: string): TableRow[] {
  return blocksOf(page).flatMap((lines) => {
    const rows = lines.filter(tellsValues);
    return rows.length < 2 ? [] : rowsOf(lines);
  });
}

function rowsOf(lines: readonly Line[]): TableRow[] {
  const rows: TableRow[] = [];
  let heads: string[] = [];
  let group: string | undefined;
  lines.forEach((line, i) => {
    const [name] = line.cells;
    if (isHead(line)) {
      // Heads after rows begin another table.
      heads = i > 0 && isHead(lines[i - 1]!) ? [...heads, textOf(line)] : [textOf(line)];
      group = undefined;
    } else if (tellsValues(line)) {
      const { start, text } = line;
      const over = [...heads.slice(-MAX_HEADS), ...(group === undefined ? [] : [group])];
      rows.push({
        start: start + text.length - text.trimStart().length,
        end: start + text.trimEnd().length,
        name: name!,
        over,
      });
    } else if (line.cells.length === 1) group = name;
  });
  return rows;
}

/** Stretches of lines without an empty one. */
function blocksOf(page: string): Line[][] {
  const blocks: Line[][] = [[]];
  let start = 0;
  for (const text of page.split('\n')) {
    if (text.trim() === '') blocks.push([]);
    else blocks.at(-1)!.push({ start, text, cells: text.trim().split(GAP) });
    start += text.length + 1;
  }
  return blocks.filter((lines) => lines.length > 0);
}

function tellsValues(line: Line): boolean {
  const [name, ...values] = line.cells;
  return LETTERS.test(name!) && values.some(isValue) && !isHead(line);
}

/** Names of columns alone, or years. */
function isHead({ text, cells }: Line): boolean {
  if (cells.length < 2 && !/^ {8}/.test(text)) return false;
  return !cells.some((cell) => isValue(cell) && !YEAR.test(cell));
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
