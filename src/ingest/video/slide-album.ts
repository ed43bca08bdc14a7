// Every distinct picture seen so far, and the question whether a new one is an old one, a build of the slide before,
// the same page scrolled, or new. It compares settled pictures only and knows nothing of when they were shown.
import {
  boxOf,
  countBeyondPointer,
  countMarked,
  everywhere,
  inkOf,
  markChanged,
  type Box,
  type Mask,
} from './cell-grid.ts';
import { GRID_HEIGHT, GRID_WIDTH, NUM_CELLS } from './signature.ts';

/** A settled picture: cell levels, and which of them are known (the others were in motion). */
export interface Picture {
  readonly cells: Uint8Array;
  readonly known: Mask;
}

/** The place of a picture among the slides. */
export interface AlbumEntry {
  readonly slideIndex: number;
  readonly stateIndex: number;
  readonly picture: Picture;
}

/** A cell shows something else if its level differs by more than this. */
export const CHANGED_LEVELS = 8;
/** A picture differs from another in at least this many cells: two short words. */
export const MIN_CHANGED_CELLS = 6;
/** Pictures need this share of cells known in both to be called the same. */
const MIN_COMMON_SHARE = 0.3;
/** Pictures that differ in more cells than this differ in more than pointers and specks. */
const MAX_POINTER_CELLS = 150;
/** Every 37th cell is a sample; pictures with this many samples apart differ too much to be counted through. */
const SAMPLE_STRIDE = 37;
const MAX_SAMPLES_APART = 14;
/** Fewer ink cells than this: a blank screen. */
const MIN_INK_CELLS = 10;
/** Above 0.95 where a page scrolled by whole cells, near 0.8 by half cells; other text of the same layout stays below 0.65. */
const MIN_SCROLL_LIKENESS = 0.75;
/** A title is looked for in the upper quarter of the picture. */
const TITLE_ROWS = Math.round(GRID_HEIGHT / 4);

/** Whether a picture shows nothing: black, white, or any plain background. Moving parts count as something. */
export function isBlank({ cells }: Picture): boolean {
  return countBeyondPointer(inkOf(cells, everywhere)) < MIN_INK_CELLS;
}

export class SlideAlbum {
  readonly #entries: AlbumEntry[] = [];
  /** A few cells of each entry, -1 where unknown: an hour of film has thousands of pictures to be told apart quickly. */
  readonly #samples: Int16Array[] = [];
  #numSlides = 0;

  /** The entry that shows the same picture, the closest one; undefined where there is none. */
  find(picture: Picture): AlbumEntry | undefined {
    let best: AlbumEntry | undefined;
    let bestCount = MIN_CHANGED_CELLS;
    const sample = sampleOf(picture);
    for (const [i, entry] of this.#entries.entries()) {
      if (countApart(this.#samples[i]!, sample) > MAX_SAMPLES_APART) continue;
      const count = countDifferent(entry.picture, picture, bestCount);
      if (count >= bestCount) continue;
      if (countMarked(inkOf(picture.cells, commonCells(entry.picture, picture))) < MIN_INK_CELLS) continue;
      best = entry;
      bestCount = count;
    }
    return best;
  }

  /** Adds a picture, as a further state of the slide of `previous` where it is a build of it, else as a new slide. */
  add(picture: Picture, previous: AlbumEntry | undefined): AlbumEntry {
    const base = previous && this.#statesOf(previous.slideIndex).find((entry) => isBuild(entry.picture, picture));
    return base ? this.addState(picture, base.slideIndex) : this.addSlide(picture);
  }

  addSlide(picture: Picture): AlbumEntry {
    return this.#append({ slideIndex: this.#numSlides++, stateIndex: 0, picture });
  }

  addState(picture: Picture, slideIndex: number): AlbumEntry {
    return this.#append({ slideIndex, stateIndex: this.#statesOf(slideIndex).length, picture });
  }

  #statesOf(slideIndex: number): AlbumEntry[] {
    return this.#entries.filter((entry) => entry.slideIndex === slideIndex);
  }

  #append(entry: AlbumEntry): AlbumEntry {
    this.#entries.push(entry);
    this.#samples.push(sampleOf(entry.picture));
    return entry;
  }
}

function sampleOf({ cells, known }: Picture): Int16Array {
  const sample = new Int16Array(Math.floor(NUM_CELLS / SAMPLE_STRIDE));
  return sample.map((_, i) => (known[i * SAMPLE_STRIDE] ? cells[i * SAMPLE_STRIDE]! : -1));
}

function countApart(a: Int16Array, b: Int16Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! >= 0 && b[i]! >= 0 && Math.abs(a[i]! - b[i]!) > CHANGED_LEVELS) count++;
  }
  return count;
}

/** Number of cells in which two pictures differ, a pointer left out; Infinity where too little is known in both. */
function countDifferent(a: Picture, b: Picture, enough: number): number {
  const common = commonCells(a, b);
  if (countMarked(common) < MIN_COMMON_SHARE * NUM_CELLS) return Infinity;
  const changed = new Uint8Array(NUM_CELLS);
  const numChanged = markChanged(a.cells, b.cells, common, CHANGED_LEVELS, changed);
  if (numChanged > MAX_POINTER_CELLS) return Infinity;
  return numChanged < enough ? numChanged : countBeyondPointer(changed);
}

function commonCells(a: Picture, b: Picture): Mask {
  return a.known.map((known, cell) => known & b.known[cell]!);
}

/**
 * Whether one picture is the other with something added or dimmed: the title stays, and the ink of the smaller one is kept
 * in place. Either may be the later one, since speakers also step back.
 */
function isBuild(a: Picture, b: Picture): boolean {
  const common = commonCells(a, b);
  const inkA = inkOf(a.cells, common);
  const inkB = inkOf(b.cells, common);
  const [smaller, larger, ink] =
    countMarked(inkA) <= countMarked(inkB) ? ([a, b, inkA] as const) : ([b, a, inkB] as const);
  const changed = new Uint8Array(NUM_CELLS);
  markChanged(a.cells, b.cells, common, CHANGED_LEVELS, changed);
  const overwritten = ink.map((isInk, cell) => isInk & changed[cell]!);
  const numOverwritten = countMarked(overwritten);
  const isDimmed = numOverwritten >= 20 && correlation(smaller.cells, larger.cells, overwritten) > 0.95;
  const inTitle = overwritten.map((isOverwritten, cell) => (cell < TITLE_ROWS * GRID_WIDTH ? isOverwritten : 0));
  const keepsTitle = countBeyondPointer(inTitle) < MIN_CHANGED_CELLS / 2;
  const numInk = countMarked(ink);
  return numInk >= MIN_INK_CELLS && (isDimmed || (keepsTitle && numOverwritten <= 0.25 * numInk));
}

/** Pearson correlation of two pictures' levels over the marked cells: near 1 where ink is only dimmed or highlighted. */
function correlation(a: Uint8Array, b: Uint8Array, mask: Mask): number {
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    if (!mask[cell]) continue;
    const x = a[cell]!;
    const y = b[cell]!;
    n++;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const variance = (n * sumAA - sumA * sumA) * (n * sumBB - sumB * sumB);
  return variance > 0 ? (n * sumAB - sumA * sumB) / Math.sqrt(variance) : 0;
}

/**
 * How many rows the changed part of a picture moved (positive: down), where scrolling explains the change; undefined
 * otherwise. `box` is the scrolled part.
 */
export function findScroll(before: Picture, after: Picture): { readonly rows: number; readonly box: Box } | undefined {
  const common = commonCells(before, after);
  const changed = new Uint8Array(NUM_CELLS);
  markChanged(before.cells, after.cells, common, CHANGED_LEVELS, changed);
  const box = boxOf(changed);
  if (!box || box.bottom - box.top < 12 || box.right - box.left < 4) return undefined;
  const unmoved = shiftedLikeness(before.cells, after.cells, box, 0);
  const maxRows = Math.floor((box.bottom - box.top) * 0.7);
  let best = { rows: 0, likeness: unmoved };
  for (let rows = -maxRows; rows <= maxRows; rows++) {
    const likeness = shiftedLikeness(before.cells, after.cells, box, rows);
    if (likeness > best.likeness) best = { rows, likeness };
  }
  return best.likeness > Math.max(MIN_SCROLL_LIKENESS, unmoved + 0.3) ? { rows: best.rows, box } : undefined;
}

/**
 * Correlation between a box and itself `rows` further down in the other picture, over the rows both have. Each row's mean is
 * taken out first: lines of any two texts alternate with gaps, only the same text agrees along the line.
 */
function shiftedLikeness(before: Uint8Array, after: Uint8Array, box: Box, rows: number): number {
  const width = box.right - box.left;
  let [varianceA, varianceB, covariance] = [0, 0, 0];
  for (let y = Math.max(box.top, box.top + rows); y < Math.min(box.bottom, box.bottom + rows); y++) {
    const a = (y - rows) * GRID_WIDTH;
    const b = y * GRID_WIDTH;
    let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
    for (let x = box.left; x < box.right; x++) {
      const p = before[a + x]!;
      const q = after[b + x]!;
      sumA += p;
      sumB += q;
      sumAA += p * p;
      sumBB += q * q;
      sumAB += p * q;
    }
    varianceA += sumAA - (sumA * sumA) / width;
    varianceB += sumBB - (sumB * sumB) / width;
    covariance += sumAB - (sumA * sumB) / width;
  }
  // A few levels of texture in an empty remainder prove nothing.
  const minVariance = 30 * (box.bottom - box.top) * width;
  return Math.min(varianceA, varianceB) < minVariance ? 0 : covariance / Math.sqrt(varianceA * varianceB);
}
