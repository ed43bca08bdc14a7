// Lines of one column -> blocks: paragraphs with their hyphenation undone, tables with a line a row, and the style that
// a heading would be known by.
import type { Line } from './line.ts';
import { hasRtl } from './bidi.ts';
import { isUnspaced } from './unicode.ts';
import { endOfHeadedTable, endOfTable, isMarker, tableRows } from './table.ts';
import type { Vocabulary } from './hyphen.ts';
import { joinHyphenated } from './hyphen.ts';

/** A gap between baselines of this many usual ones parts paragraphs. */
const PARAGRAPH_GAP = 1.3;
/** A line of so many characters that fills its column goes on in the next one, however far apart the lines are set. */
const MIN_PROSE_CHARS = 40;
/** Letters with a smaller leading than this many sizes are larger than the text around them: a title, with a leading of its own. */
const OWN_LEADING = 1.15;
/** First lines are indented by at least this many letter sizes. */
const INDENT = 0.7;
/** Letter sizes that differ by more than this factor don't belong to one paragraph. */
const SIZE_CHANGE = 1.08;
/** Unless the sentence plainly goes on from one line to the next: then by more than this. */
const SIZE_MISMEASURED = 1.35;

/** Lines of one title are no further apart than this many letter sizes. */
const MAX_TITLE_LEADING = 1.9;

/** Edges of the text that a line belongs to. */
interface Column {
  readonly x0: number;
  readonly x1: number;
}

export interface Block {
  readonly kind: 'paragraph' | 'table';
  readonly text: string;
  readonly numLines: number;
  readonly size: number;
  readonly bold: boolean;
  readonly mono: boolean;
  /** Baseline of its first line, points from the top of the page. */
  readonly top: number;
}

export function blocksOf(lines: readonly Line[], vocabulary: Vocabulary): Block[] {
  const blocks: Block[] = [];
  const flow = alongReading(lines);
  const column = { x0: Math.min(...flow.map((line) => line.x0)), x1: Math.max(...flow.map((line) => line.x1)) };
  const right = column.x1;
  const leading = usualLeading(lines);
  let index = 0;
  while (index < lines.length) {
    const tableEnd = Math.max(endOfTable(lines, index, leading), endOfHeadedTable(lines, index, leading));
    if (tableEnd > index) {
      const rows = lines.slice(index, tableEnd);
      blocks.push(toBlock('table', tableRows(rows).join('\n'), rows));
      index = tableEnd;
      continue;
    }
    let end = index + 1;
    while (
      end < lines.length &&
      !startsParagraph(flow, index, end, leading, column) &&
      endOfTable(lines, end, leading) === end &&
      endOfHeadedTable(lines, end, leading) === end
    )
      end++;
    const group = flow.slice(index, end);
    blocks.push(toBlock('paragraph', paragraphText(group, right, vocabulary), group));
    index = end;
  }
  return blocks;
}

/** Lines that are read from right to left begin at their right end: mirrored, they are indented and end as others do. */
function alongReading(lines: readonly Line[]): readonly Line[] {
  const numRtl = lines.filter(({ text }) => hasRtl(text)).length;
  return 2 * numRtl > lines.length ? lines.map((line) => ({ ...line, x0: -line.x1, x1: -line.x0 })) : lines;
}

function toBlock(kind: Block['kind'], text: string, lines: readonly Line[]): Block {
  const { size, baseline } = lines[0]!;
  const bold = lines.every((line) => line.bold);
  const mono = lines.every((line) => line.mono);
  return { kind, text, numLines: lines.length, size, bold, mono, top: baseline };
}

/** The most frequent distance between neighbouring baselines, in points. */
function usualLeading(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (let index = 1; index < lines.length; index++) {
    const step = Math.round((lines[index]!.baseline - lines[index - 1]!.baseline) * 2) / 2;
    if (step > 0 && step < 3 * lines[index]!.size) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  return most?.[0] ?? 0;
}

function startsParagraph(
  lines: readonly Line[],
  start: number,
  index: number,
  leading: number,
  column: Column,
): boolean {
  const right = column.x1;
  const first = lines[start]!;
  const previous = lines[index - 1]!;
  const line = lines[index]!;
  const gap = line.baseline - previous.baseline;
  // Double-spaced text: as far apart as list items or fields elsewhere, but its lines run on.
  const isUsual = leading > OWN_LEADING * line.size && (leading < 2 * line.size || runsOn(previous, line, right));
  const usual = Math.max(isUsual ? leading : 1.2 * line.size, line.size);
  if (gap > PARAGRAPH_GAP * usual && !goesOnAsTitle(previous, line, leading, column)) return true;
  if (differsInSize(line, previous, SIZE_CHANGE) && !isMidSentence(previous, line, right)) return true;
  if (line.bold !== previous.bold && (index - start === 1 || line.bold) && !goesOn(line)) return true;
  if (line.mono !== previous.mono) return true;
  if (line.mono) return false;
  const isItem = startsWithMarker(first);
  const isMarked = startsWithMarker(line) && (isItem || !isNumberInSentence(previous, line, right));
  if (isMarked && line.x0 <= first.x0 + INDENT * line.size) return true;
  const indent = line.x0 - previous.x0;
  const isHanging = isItem && index - start === 1;
  if (indent > INDENT * line.size && !isHanging && !goesOnCentred(previous, line, column)) return true;
  if (isItem && index - start > 1 && indent < -INDENT * line.size) return true;
  return endsSentence(previous) && previous.x1 < right - 0.15 * (right - previous.x0) && startsSentence(line);
}

function startsWithMarker({ text }: Line): boolean {
  return isMarker(firstWordOf(text));
}

/** A small letter goes on with the sentence, wherever and in whatever face it is set. */
function goesOn(line: Line): boolean {
  return /^\p{Ll}/u.test(line.text);
}

/** The next line of a caption or a title that is set in the middle. */
function goesOnCentred(previous: Line, line: Line, column: Column): boolean {
  const shift = previous.x0 + previous.x1 - (line.x0 + line.x1);
  if (Math.abs(shift) >= line.size || endsSentence(previous)) return false;
  return goesOn(line) || (previous.bold && line.bold && isFull(previous, line, column));
}

/** Lines of a title are set as far apart as the lines of the text, measured by their own letters. */
function goesOnAsTitle(previous: Line, line: Line, leading: number, column: Column): boolean {
  if (!previous.bold || !line.bold || differsInSize(line, previous, SIZE_CHANGE)) return false;
  const gap = line.baseline - previous.baseline;
  return (
    gap < MAX_TITLE_LEADING * line.size && leading < gap && isFull(previous, line, column) && !endsSentence(previous)
  );
}

/** The first word of the next line would not have fitted on this one, wherever in its column it is set. */
function isFull(line: Line, next: Line, { x0, x1 }: Column): boolean {
  const word = (firstWordOf(next.text).length * (next.x1 - next.x0)) / Math.max(1, next.text.length);
  return line.x1 - line.x0 + word + 2 * line.size >= x1 - x0;
}

function endsSentence({ text }: Line): boolean {
  return /[.!?:]["'”’)]?$/.test(text);
}

/** `10 bar` after a full line: a number without its point marks a list only where a sentence does not run on into it. */
function isNumberInSentence(previous: Line, line: Line, right: number): boolean {
  return /^\d+\s/.test(line.text) && runsOn(previous, line, right) && !endsSentence(previous);
}

/** Letters measured off a scan, and large ones that open a paragraph, differ from line to line of one sentence. */
function isMidSentence(previous: Line, line: Line, right: number): boolean {
  return goesOn(line) && runsOn(previous, line, right) && !differsInSize(line, previous, SIZE_MISMEASURED);
}

function differsInSize(a: Line, b: Line, factor: number): boolean {
  return a.size > factor * b.size || b.size > factor * a.size;
}

function runsOn(line: Line, next: Line, right: number): boolean {
  return line.text.length >= MIN_PROSE_CHARS && !isBrokenOnPurpose(line, next, right);
}

function startsSentence(line: Line): boolean {
  return /^["'“‘(]?\p{Lu}/u.test(line.text);
}

function paragraphText(lines: readonly Line[], right: number, vocabulary: Vocabulary): string {
  let text = lines[0]!.text;
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    const previous = lines[index - 1]!;
    const next = line.text;
    if (line.mono) text += `\n${indentOf(line, lines)}${next}`;
    else text = joinHyphenated(text, next, vocabulary) ?? text + separator(previous, line, right) + next;
  }
  return text;
}

function separator(line: Line, next: Line, right: number): string {
  return isBrokenOnPurpose(line, next, right) ? '\n' : isUnspaced(line.text, next.text) ? '' : ' ';
}

/** Leading spaces of a typewriter line, as many as its letters are wide. */
function indentOf(line: Line, lines: readonly Line[]): string {
  const left = Math.min(...lines.map(({ x0 }) => x0));
  const [cell] = line.cells;
  const letterWidth = (cell!.x1 - cell!.x0) / Math.max(1, cell!.text.length);
  return ' '.repeat(Math.max(0, Math.min(40, Math.round((line.x0 - left) / Math.max(letterWidth, 1)))));
}

/** The next line's first word would have fitted on this one: an address, a verse, a list without marks. */
function isBrokenOnPurpose(line: Line, next: Line, right: number): boolean {
  if (goesOn(next)) return false;
  const text = next.text;
  const firstWord = isUnspaced(line.text, text) ? 1 : firstWordOf(text).length;
  const wordWidth = (firstWord * (next.x1 - next.x0)) / Math.max(1, text.length);
  return line.x1 + wordWidth + 2 * line.size < right;
}

function firstWordOf(text: string): string {
  const end = text.indexOf(' ');
  return end < 0 ? text : text.slice(0, end);
}
