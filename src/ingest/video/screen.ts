// What is on screen between two changes, cell by cell: the levels that frames are compared with, and which cells have moved.
// It answers whether a frame differs, whether a difference is only motion come to rest, and how far a change has gone.
import type { ObservedFrame } from './activity.ts';
import { countBeyondPointer, type Mask } from './cell-grid.ts';
import { numCells } from './signature.ts';
import { changedLevels, minChangedCells, type Picture } from './slide-album.ts';

/** Part of the picture that newly came to rest and has nothing to be compared with: more than this is a change. */
const newlyStillShare = 0.25;
/** Motion changes a cell by at most this much from frame to frame; more is a cut. */
const maxMotionLevels = 40;
/** How fast the levels compared with follow a drift of exposure, per frame. */
const driftLevels = 1;
/** How far a cell has to go that comes from motion, in levels. */
const unknownLevels = 40;

export class Screen implements Picture {
  readonly cells: Uint8Array;
  /** Cells at rest whose levels are known; the others were in motion so far. */
  readonly known: Mask;
  private readonly canLearn: boolean;
  /** Cells that have moved since, and their levels when they last did. */
  private readonly moved: Mask = new Uint8Array(numCells);
  private readonly movedCells = new Uint8Array(numCells);

  /** `canLearn`: cells that come to rest one by one are taken in; not in film, where that would hide the slide after it. */
  constructor({ cells, known }: Picture, canLearn: boolean) {
    this.cells = Uint8Array.from(cells);
    this.known = Uint8Array.from(known);
    this.canLearn = canLearn;
  }

  /** Marks the still cells of a frame that differ; returns how many, leaving out what a pointer could be. */
  markChange({ cells, still }: ObservedFrame, changed: Mask): number {
    let [numChanged, numNew] = [0, 0];
    for (let cell = 0; cell < numCells; cell++) {
      if (!still[cell]) continue;
      if (!this.known[cell]) numNew++;
      else if (Math.abs(cells[cell]! - this.cells[cell]!) > changedLevels) numChanged += changed[cell] = 1;
    }
    if (numNew >= newlyStillShare * numCells) {
      for (let cell = 0; cell < numCells; cell++) changed[cell]! |= still[cell]! & (1 - this.known[cell]!);
    } else if (numChanged < minChangedCells) {
      return 0;
    }
    return countBeyondPointer(changed);
  }

  /** A frame with nothing new: follows slow drifts, learns cells that came to rest, remembers cells that move. */
  keepUp({ cells, still, active }: ObservedFrame): void {
    for (let cell = 0; cell < numCells; cell++) {
      if (!still[cell] || (this.moved[cell] && active[cell])) {
        const isCut = this.moved[cell] && Math.abs(cells[cell]! - this.movedCells[cell]!) > maxMotionLevels;
        if (!still[cell] || !isCut) this.movedCells[cell] = cells[cell]!;
        this.moved[cell] = 1;
      } else if (this.known[cell]) {
        const difference = cells[cell]! - this.cells[cell]!;
        if (Math.abs(difference) <= changedLevels) this.cells[cell]! += Math.sign(difference) * driftLevels;
      } else if (this.canLearn && !active[cell]) {
        this.known[cell] = 1;
        this.cells[cell] = cells[cell]!;
      }
    }
  }

  /** A clip that ends on its last picture, or a speaker who stands still: the changed cells moved there, nothing was cut. */
  isRestOfMotion(cells: Uint8Array, changed: Mask, size: number): boolean {
    if (!this.canLearn || size > 0.5 * numCells) return false;
    let [numChanged, numMoved, difference] = [0, 0, 0];
    for (let cell = 0; cell < numCells; cell++) {
      if (!changed[cell]) continue;
      numChanged++;
      if (!this.moved[cell]) continue;
      numMoved++;
      difference += Math.abs(cells[cell]! - this.movedCells[cell]!);
    }
    return numMoved >= 0.85 * numChanged && difference <= 12 * numMoved;
  }

  /** Takes the changed cells as they are now. */
  absorb(cells: Uint8Array, changed: Mask): void {
    for (let cell = 0; cell < numCells; cell++) if (changed[cell]) this.cells[cell] = cells[cell]!;
  }

  /** How near a frame's changed cells have come to a new picture (1) from this one (0); below 0 where off the way. */
  progress(cells: Uint8Array, target: Uint8Array, changed: Mask): number {
    let [left, whole] = [0, 0];
    for (let cell = 0; cell < numCells; cell++) {
      if (!changed[cell]) continue;
      const distance = Math.abs(target[cell]! - cells[cell]!);
      left += this.known[cell] ? distance : Math.min(distance, 2 * unknownLevels);
      whole += this.known[cell] ? Math.abs(target[cell]! - this.cells[cell]!) : unknownLevels;
    }
    return whole === 0 ? 1 : 1 - left / whole;
  }
}
