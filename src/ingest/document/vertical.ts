// Vertical writing: letters of Chinese and Japanese that are drawn one under the other -> one run a column, turned so that the
// columns, from right to left, are its lines from top to bottom.
import type { TextRun } from './text-run.ts';

/** Fewer letters under each other are a label, or a table's narrow column. */
const MIN_LETTERS = 4;
/** Letters of one column are centred on it within this many letter sizes, and this far apart. */
const MAX_OFF_CENTER = 0.3;
const [MIN_STEP, MAX_STEP] = [0.6, 1.7];
/** Numbers of two digits stand in a column like one letter. */
const MAX_CHARS = 2;

const VERTICAL_LETTER = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** `runs` in the order in which they are drawn. */
export function takeColumns(runs: readonly TextRun[]): { level: TextRun[]; columns: TextRun[] } {
  const level: TextRun[] = [];
  const columns: TextRun[] = [];
  let previous: TextRun | undefined;
  for (let start = 0; start < runs.length;) {
    if (!isLetter(runs[start]!)) {
      level.push(runs[start++]!);
      previous = undefined;
      continue;
    }
    let end = start + 1;
    while (end < runs.length && isUnder(runs[end]!, runs[end - 1]!)) end++;
    const letters = runs.slice(start, end);
    const column = columnOf(letters);
    // The last column of a text may hold a letter or two.
    const isColumn = letters.length >= MIN_LETTERS || goesOn(column, previous);
    previous = isColumn ? column : undefined;
    if (isColumn) columns.push(column);
    else level.push(...letters);
    start = end;
  }
  return { level, columns };
}

/** Beginning as high as the column before it, to its left. */
function goesOn(column: TextRun, previous: TextRun | undefined): boolean {
  if (previous === undefined || column.baseline <= previous.baseline) return false;
  return Math.abs(column.x0 - previous.x0) <= MAX_OFF_CENTER * column.size;
}

function isLetter({ text }: TextRun): boolean {
  return text.length <= MAX_CHARS && VERTICAL_LETTER.test(text);
}

function isUnder(run: TextRun, above: TextRun): boolean {
  const { size } = above;
  if (run.text.length > MAX_CHARS) return false;
  const step = (run.baseline - above.baseline) / size;
  return Math.abs(centerOf(run) - centerOf(above)) <= MAX_OFF_CENTER * size && step >= MIN_STEP && step <= MAX_STEP;
}

function columnOf(letters: readonly TextRun[]): TextRun {
  const [first, last] = [letters[0]!, letters.at(-1)!];
  return {
    ...first,
    text: letters.map(({ text }) => text).join(''),
    x0: first.baseline - first.size,
    x1: last.baseline,
    baseline: -centerOf(first),
  };
}

function centerOf({ x0, x1 }: TextRun): number {
  return (x0 + x1) / 2;
}
