// Which heads a value of a table stands under. In the text of a page the cells of a table's lines are set under each other
// (ingest/document/table.ts), but not to the character: a head over several columns, or one wider than its column, pushes what follows it.

/** A run of text between gaps of two spaces or more; a currency sign or per cent sign set apart belongs to its figure. */
export interface Cell {
  readonly text: string;
  /** Half-open, in characters of the line. */
  readonly start: number;
  readonly end: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A currency sign behind another figure, one space away, is the next one's. */
const CELL = /\S+(?: (?![$€£¥] {2,})\S+)*/g;
const BEFORE_FIGURE = /^[$€£¥(±~≈<>≤≥]{1,2}$/;
const BEHIND_FIGURE = /^[%)]{1,2}$/;

export function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  for (const { 0: text, index: start } of line.matchAll(CELL)) {
    const cell = { text, start, end: start + text.length };
    const last = cells.at(-1);
    if (last !== undefined && (BEFORE_FIGURE.test(last.text) || BEHIND_FIGURE.test(text)))
      cells[cells.length - 1] = { text: `${last.text} ${text}`, start: last.start, end: cell.end };
    else cells.push(cell);
  }
  return cells;
}

/**
 * By row and value: the head of its column, its parts from the top, '' over units; undefined where that can't be told for certain.
 * What stands over the names is none of a value's heads.
 * @param heads cells of the lines of heads, from the top
 * @param rows cells of the rows, the name first
 */
export function headsOfValues(
  heads: readonly (readonly Cell[])[],
  rows: readonly (readonly Cell[])[],
): string[][] | undefined {
  const numColumns = Math.max(...rows.map((row) => row.length)) - 1;
  const whole = rows.filter((row) => row.length === numColumns + 1);
  if (numColumns < 1 || heads.length === 0) return undefined;
  const columns = Array.from({ length: numColumns }, (_, i) => around(whole.map((row) => row[i + 1]!)));
  if (columns.some((column, i) => i > 0 && column.start < columns[i - 1]!.end)) return undefined;
  const edge = Math.max(...whole.map(([name]) => name!.end));
  const parts = columns.map((): string[] => []);
  /** In how many equal parts the line above divides the columns. */
  let numParts = 0;
  for (const line of heads) {
    const cells = line.filter((cell) => cell.end > edge || overlap(cell, columns[0]!) > 0);
    const placed = placeHeads(cells, columns, numParts === cells.length);
    if (placed === undefined) return undefined;
    const isDivided = cells.length > 1 && new Set(placed).size <= cells.length && !placed.includes('');
    numParts = isDivided ? cells.length : 0;
    placed.forEach((text, i) => text !== '' && parts[i]!.push(text));
  }
  const texts = parts.map((of) => of.join(' ').replace(/(?<=\p{L}-) (?=\p{L})/gu, ''));
  // Units have no head.
  const isTold = columns.map((_, i) => texts[i] !== '' || whole.every((row) => !/\d/.test(row[i + 1]!.text)));
  if (isTold.includes(false) || texts.every((text) => text === '')) return undefined;
  const found = rows.map((row) => placeValues(row.slice(1), columns)?.map((column) => texts[column]!));
  return found.every((of) => of !== undefined) ? found : undefined;
}

/** By value: the column it stands in, each in its own; undefined where one stands in none. */
function placeValues(values: readonly Cell[], columns: readonly Span[]): number[] | undefined {
  if (values.length === columns.length) return [...columns.keys()];
  const found = values.map((value) => {
    const shared = columns.map((column) => overlap(column, value));
    const most = Math.max(...shared);
    return most > 0 ? shared.indexOf(most) : -1;
  });
  return found.includes(-1) || new Set(found).size < found.length ? undefined : found;
}

/**
 * By column: what this line says over it, '' for nothing; undefined where two columns may be meant.
 * @param isDivided the line above it has as many heads, each over as many columns
 */
function placeHeads(cells: readonly Cell[], columns: readonly Span[], isDivided: boolean): string[] | undefined {
  if (cells.length === 0) return columns.map(() => '');
  if (cells.length > columns.length) return undefined;
  const each = columns.length / cells.length;
  if (each === 1) return cells.map(({ text }) => text);
  if (cells.length === 1) {
    const words = wordsOf(cells[0]!);
    if (words.length === columns.length && words.every((word, i) => overlap(word, columns[i]!) > 0))
      return words.map(({ text }) => text);
  }
  const over = columns.map((column) => cells.filter((cell) => overlap(cell, column) > 0));
  // Heads over as many columns each: what is pushed to the right still stands over one of its own.
  const covers = (cell: Cell, i: number) => overlap(cell, around(columns.slice(i * each, (i + 1) * each))) > 0;
  const mayDivide = cells.length > 1 && Number.isInteger(each) && cells.every(covers);
  if (mayDivide && (isDivided || over.every((of) => of.length > 0)))
    return columns.map((_, i) => cells[Math.floor(i / each)]!.text);
  const isPlaced = cells.every((cell) => over.some((of) => of.includes(cell)));
  return isPlaced && over.every((of) => of.length <= 1) ? over.map((of) => of[0]?.text ?? '') : undefined;
}

function wordsOf({ text, start }: Cell): Cell[] {
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => {
    return { text: word, start: start + index, end: start + index + word.length };
  });
}

function around(spans: readonly Span[]): Span {
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
}

function overlap(a: Span, b: Span): number {
  return Math.min(a.end, b.end) - Math.max(a.start, b.start);
}
