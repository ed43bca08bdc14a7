// Runs of text for layout tests: words set in a face half as wide as it is high.
import type { RawPage, TextRun } from '../../../src/ingest/document/text-run.ts';

let order = 0;

/** One run at x and baseline y, 10 points high and 5 wide a letter unless told otherwise. */
export function run(x: number, y: number, text: string, more: Partial<TextRun> = {}): TextRun {
  const size = more.size ?? 10;
  order += text.length + 2;
  return { text, x0: x, x1: x + 0.5 * size * text.length, baseline: y, size, bold: false, mono: false, order, ...more };
}

export function pageOf(runs: TextRun[]): RawPage {
  return { width: 612, height: 792, runs, turnedRuns: [], numChars: 1000, numGarbage: 0, imageCover: 0, hasInk: true };
}
