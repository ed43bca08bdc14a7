// What is on screen between two changes, cell by cell: the levels that frames are compared with, and which cells have moved.
// It answers whether a frame differs, whether a difference is only motion come to rest, and how far a change has gone.
import type { ObservedFrame } from './activity.ts';
import { countBeyondPointer, type Mask } from './cell-grid.ts';
import { NUM_CELLS } from './signature.ts';
import { CHANGED_LEVELS, MIN_CHANGED_CELLS, type Picture } from './slide-album.ts';

/** Part of the picture that newly came to rest and has nothing to be compared with: more than this is a change. */
const NEWLY_STILL_SHARE = 0.25;
/** Motion changes a cell by at most this much from frame to frame; more is a cut. */
const MAX_MOTION_LEVELS = 40;
/** How fast the levels compared with follow a drift of exposure, per frame. */
const DRIFT_LEVELS = 1;
/** How far a cell has to go that comes from motion, in levels. */
const UNKNOWN_LEVELS = 40;

export class Screen implements Picture {
  readonly cells: Uint8Array;
  /** Cells at rest whose levels are known; the others were in motion so far. */
  readonly known: Mask;
  readonly #canLearn: boolean;
  /** Cells that have moved since, and their levels when they last did. */
  readonly #moved: Mask = new Uint8Array(NUM_CELLS);
  readonly #movedCells = new Uint8Array(NUM_CELLS);

  /** `canLearn`: cells that come to rest one by one are taken in; not in film, where that would hide the slide after it. */
  constructor({ cells, known }: Picture, canLearn: boolean) {
    this.cells = Uint8Array.from(cells);
    this.known = Uint8Array.from(known);
    this.#canLearn = canLearn;
  }

  /** Marks the still cells of a frame that differ; returns how many, leaving out what a pointer could be. */
  markChange({ cells, still }: ObservedFrame, changed: Mask): number {
    let [numChanged, numNew] = [0, 0];
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      if (!still[cell]) continue;
      if (!this.known[cell]) numNew++;
      else if (Math.abs(cells[cell]! - this.cells[cell]!) > CHANGED_LEVELS) numChanged += changed[cell] = 1;
    }
    if (numNew >= NEWLY_STILL_SHARE * NUM_CELLS) {
      for (let cell = 0; cell < NUM_CELLS; cell++) changed[cell]! |= still[cell]! & (1 - this.known[cell]!);
    } else if (numChanged < MIN_CHANGED_CELLS) {
      return 0;
    }
    return countBeyondPointer(changed);
  }

  /** A frame with nothing new: follows slow drifts, learns cells that came to rest, remembers cells that move. */
  keepUp({ cells, still, active }: ObservedFrame): void {
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      if (!still[cell] || (this.#moved[cell] && active[cell])) {
        const isCut = this.#moved[cell] && Math.abs(cells[cell]! - this.#movedCells[cell]!) > MAX_MOTION_LEVELS;
        if (!still[cell] || !isCut) this.#movedCells[cell] = cells[cell]!;
        this.#moved[cell] = 1;
      } else if (this.known[cell]) {
        const difference = cells[cell]! - this.cells[cell]!;
        if (Math.abs(difference) <= CHANGED_LEVELS) this.cells[cell]! += Math.sign(difference) * DRIFT_LEVELS;
      } else if (this.#canLearn && !active[cell]) {
        this.known[cell] = 1;
        this.cells[cell] = cells[cell]!;
      }
    }
  }

  /** A clip that ends on its last picture, or a speaker who stands still: the changed cells moved there, nothing was cut. */
  isRestOfMotion(cells: Uint8Array, changed: Mask, size: number): boolean {
    if (!this.#canLearn || size > 0.5 * NUM_CELLS) return false;
    let [numChanged, numMoved, difference] = [0, 0, 0];
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      if (!changed[cell]) continue;
      numChanged++;
      if (!this.#moved[cell]) continue;
      numMoved++;
      difference += Math.abs(cells[cell]! - this.#movedCells[cell]!);
    }
    return numMoved >= 0.85 * numChanged && difference <= 12 * numMoved;
  }

  /** Takes the changed cells as they are now. */
  absorb(cells: Uint8Array, changed: Mask): void {
    for (let cell = 0; cell < NUM_CELLS; cell++) if (changed[cell]) this.cells[cell] = cells[cell]!;
  }

  /** How near a frame's changed cells have come to a new picture (1) from this one (0); below 0 where off the way. */
  progress(cells: Uint8Array, target: Uint8Array, changed: Mask): number {
    let [left, whole] = [0, 0];
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      if (!changed[cell]) continue;
      const distance = Math.abs(target[cell]! - cells[cell]!);
      left += this.known[cell] ? distance : Math.min(distance, 2 * UNKNOWN_LEVELS);
      whole += this.known[cell] ? Math.abs(target[cell]! - this.cells[cell]!) : UNKNOWN_LEVELS;
    }
    return whole === 0 ? 1 : 1 - left / whole;
  }
}
