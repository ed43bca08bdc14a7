// One page's runs -> its blocks in reading order: what stands above columns, the columns from left to right, what follows.
import type { Block } from './paragraph.ts';
import type { Vocabulary } from './hyphen.ts';
import type { RawPage, TextRun } from './text-run.ts';
import { blocksOf } from './paragraph.ts';
import { findColumns } from './column.ts';
import { linesOf } from './line.ts';

/** Columns within columns: no page needs more, and a hostile one gets no more. */
const MAX_DEPTH = 6;

export function layOutPage(page: RawPage, vocabulary: Vocabulary): Block[] {
  return [page.runs, ...page.turnedRuns].flatMap((runs) => layOut(runs, vocabulary, 0));
}

function layOut(runs: readonly TextRun[], vocabulary: Vocabulary, depth: number): Block[] {
  if (runs.length === 0) return [];
  const lines = linesOf(runs);
  const split = depth < MAX_DEPTH ? findColumns(lines) : undefined;
  if (!split) return blocksOf(lines, vocabulary);
  const runsOf = (from: number, to: number) =>
    lines.slice(from, to).flatMap((line) => line.cells.flatMap((cell) => cell.runs));
  const inColumns = runsOf(split.start, split.end);
  return [
    runsOf(0, split.start),
    inColumns.filter((run) => run.x0 < split.x),
    inColumns.filter((run) => run.x0 >= split.x),
    runsOf(split.end, lines.length),
  ].flatMap((part) => layOut(part, vocabulary, depth + 1));
}
