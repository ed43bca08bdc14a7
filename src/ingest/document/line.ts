// Runs -> lines: what stands on one baseline, from left to right, split into cells where the gap is wider than a space.
import { hasRtl, readingOrder } from './bidi.ts';
import type { TextRun } from './text-run.ts';
import { isUnspaced } from './unicode.ts';

/** Baselines of one line differ by at most this many letter sizes of the smaller run: superscripts join, lines don't. */
const MAX_RISE = 0.6;
/** Gaps from here on are no spaces of one sentence (letter sizes). */
const MIN_CELL_GAP = 0.85;
/** The same text again within this distance (letter sizes) is the same text. */
const MAX_SHIFT = 0.3;
/** Gaps from here on are spaces between words (letter sizes). */
const MIN_WORD_GAP = 0.12;

/** The same for scripts that write no spaces: letters are spread further than this to fill a line. */
const MIN_UNSPACED_GAP = 0.5;

/** Dots that lead the eye from a title to its page number. */
const LEADER = /\s*(?:[.·…]\s?){5,}/g;

/** A line is bold, or typewriter text, where this share of its letters is. */
const MOST = 0.6;

/** Text without a wide gap in it. */
export interface Cell {
  readonly text: string;
  readonly x0: number;
  readonly x1: number;
  readonly runs: readonly TextRun[];
}

export interface Line {
  /** All of it, its cells separated by single spaces, in reading order. */
  readonly text: string;
  /** From left to right; at least one. */
  readonly cells: readonly Cell[];
  readonly x0: number;
  readonly x1: number;
  readonly baseline: number;
  /** Of most of its letters. */
  readonly size: number;
  readonly bold: boolean;
  readonly mono: boolean;
}

/** From top to bottom. */
export function linesOf(runs: readonly TextRun[]): Line[] {
  const lines: TextRun[][] = [];
  const sorted = [...runs].sort((a, b) => a.baseline - b.baseline || a.x0 - b.x0);
  let current: TextRun[] = [];
  /** The largest run of the line speaks for its baseline: a superscript must not drag it up. */
  let anchor: TextRun | undefined;
  for (const run of sorted) {
    if (anchor && Math.abs(run.baseline - anchor.baseline) <= MAX_RISE * Math.min(run.size, anchor.size)) {
      current.push(run);
      if (run.size > anchor.size) anchor = run;
    } else {
      current = [run];
      anchor = run;
      lines.push(current);
    }
  }
  return lines.map(toLine);
}

function toLine(runs: TextRun[]): Line {
  runs.sort((a, b) => a.x0 - b.x0);
  const groups: TextRun[][] = [];
  let right = -Infinity;
  let previous: TextRun | undefined;
  for (const run of runs) {
    // Drawn twice, one over the other: a shadow, a poor man's bold, a form field over its printed value.
    if (previous?.text === run.text && run.x0 - previous.x0 < MAX_SHIFT * run.size) continue;
    previous = run;
    if (run.x0 - right > MIN_CELL_GAP * run.size) groups.push([run]);
    else groups.at(-1)!.push(run);
    right = Math.max(right, run.x1);
  }
  const cells = groups.map(toCell);
  const letters = new Map<number, number>();
  let [numLetters, numBold, numMono] = [0, 0, 0];
  for (const { text, size, bold, mono } of runs) {
    letters.set(size, (letters.get(size) ?? 0) + text.length);
    numLetters += text.length;
    if (bold) numBold += text.length;
    if (mono) numMono += text.length;
  }
  const main = runs.reduce((a, b) => (letters.get(b.size)! > letters.get(a.size)! ? b : a));
  return {
    text: readingOrder(cells)
      .map((cell) => cell.text)
      .join(' '),
    cells,
    x0: cells[0]!.x0,
    x1: right,
    baseline: main.baseline,
    size: main.size,
    bold: numBold > MOST * numLetters,
    mono: numMono > MOST * numLetters,
  };
}

function toCell(runs: TextRun[]): Cell {
  let text = '';
  let right: number | undefined;
  const ordered = readingOrder(runs);
  const isTurned = ordered[0] !== runs[0];
  for (const run of ordered) {
    const gap = right === undefined ? 0 : isTurned ? MIN_WORD_GAP * run.size + 1 : run.x0 - right;
    const isSpaced =
      right !== undefined &&
      gap > MIN_WORD_GAP * run.size &&
      !(gap < MIN_UNSPACED_GAP * run.size && isUnspaced(text, run.text));
    const words = isTurned && !hasRtl(run.text) ? withMarkBehind(run.text) : run.text;
    text += isSpaced ? ` ${words}` : words;
    right = Math.max(right ?? -Infinity, run.x1);
  }
  return { text: text.replace(LEADER, ' ').trim(), x0: runs[0]!.x0, x1: Math.max(...runs.map((run) => run.x1)), runs };
}

/** Full stops and commas stand left of the number or name that they follow, where all the rest runs to the left. */
function withMarkBehind(text: string): string {
  return text.replace(/^([.,;:!?]+)(.+)$/s, '$2$1');
}
