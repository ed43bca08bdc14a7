// Which cells move all the time around a moment: a speaker's inset, an embedded clip while it plays, a noisy camera.
// The answer is local in time: a busy cell is active within 20 s on both sides and doesn't rest for 4 s just now, so a
// clip's cells are free before and after it. A slide change moves many cells for an instant and doesn't count.
import { closeGaps, countMarked, everywhere, invert, markChanged, type Mask } from './cell-grid.ts';
import { NUM_CELLS, type Signature } from './signature.ts';

/** A frame with its surroundings in time. */
export interface ObservedFrame extends Signature {
  /** Cells that differ from the frame before. */
  readonly active: Mask;
  readonly numActive: number;
  /** Cells that don't move all the time around this frame; the others are busy. */
  readonly still: Mask;
  readonly numStill: number;
}

interface Entry extends Signature {
  readonly active: Mask;
  readonly numActive: number;
  /** Whether its activity counts for `busy`; decided once the seconds after it are known. */
  isCounted: boolean;
}

const WINDOW_SEC = 20;
/** Two frames half a second apart differ by more than this many levels where something moves; coding noise stays below. */
const ACTIVE_LEVELS = 4;
/** Share of frames on each side of a moment in which a busy cell is active. */
const BUSY_SHARE = 0.12;
/** At a video's ends, a side with fewer frames than this says nothing. */
const MIN_FRAMES_OF_SIDE = 4;
/** A burst that moves this share of the picture more than is usual around it, and is soon over, is a change of slide. */
const BURST_SHARE = 0.04;
const MAX_BURST_SEC = 2.6;
/** Frames on either side that say what is usual. */
const USUAL_FRAMES = 12;
/** What is usual, and how long a burst lasts, is known this much later. */
const CLASSIFY_DELAY_SEC = 6;
/** A cell that rests at least this long around a moment isn't busy then. */
const REST_SEC = 4;

/** Signatures in, the same out 20 s later with their surroundings. Holds 40 s of frames. */
export class ActivityWindow {
  readonly #entries: Entry[] = [];
  /** Entries [0, current) are past, [current, …) are now and future. */
  #current = 0;
  #numClassified = 0;
  readonly #past = new Uint16Array(NUM_CELLS);
  readonly #future = new Uint16Array(NUM_CELLS);
  /** When each cell was last active, in seconds. */
  readonly #lastActiveSec = new Float64Array(NUM_CELLS).fill(-Infinity);

  *push(signature: Signature): Generator<ObservedFrame> {
    const active = new Uint8Array(NUM_CELLS);
    const previous = this.#entries.at(-1);
    const numActive = previous ? markChanged(signature.cells, previous.cells, everywhere, ACTIVE_LEVELS, active) : 0;
    this.#entries.push({ ...signature, active, numActive, isCounted: false });
    this.#classify(signature.timeSec - CLASSIFY_DELAY_SEC);
    while (
      this.#current < this.#entries.length &&
      this.#entries[this.#current]!.timeSec <= signature.timeSec - WINDOW_SEC
    ) {
      yield this.#observe();
    }
  }

  *finish(): Generator<ObservedFrame> {
    this.#classify(Infinity);
    while (this.#current < this.#entries.length) yield this.#observe();
  }

  /** Decides for all frames up to a time whether they belong to a short burst; the others' activity enters the future. */
  #classify(upToSec: number): void {
    const entries = this.#entries;
    while (this.#numClassified < entries.length && entries[this.#numClassified]!.timeSec <= upToSec) {
      const entry = entries[this.#numClassified]!;
      entry.isCounted = !this.#isInBurst(this.#numClassified);
      if (entry.isCounted && entry.numActive > 0) addMask(this.#future, entry.active, 1);
      this.#numClassified++;
    }
  }

  #isInBurst(index: number): boolean {
    const around = this.#entries.slice(Math.max(0, index - USUAL_FRAMES), index + USUAL_FRAMES + 1);
    const usual = median(around.map((entry) => entry.numActive));
    const isWide = (i: number) => (this.#entries[i]?.numActive ?? 0) > usual + BURST_SHARE * NUM_CELLS;
    if (!isWide(index)) return false;
    let first = index;
    let last = index;
    while (first > 0 && isWide(first - 1)) first--;
    while (isWide(last + 1)) last++;
    return this.#entries[last]!.timeSec - this.#entries[first]!.timeSec <= MAX_BURST_SEC;
  }

  #observe(): ObservedFrame {
    const entry = this.#entries[this.#current]!;
    this.#current++;
    const { timeSec, cells, active, numActive } = entry;
    if (entry.isCounted && numActive > 0) {
      addMask(this.#future, active, -1);
      addMask(this.#past, active, 1);
    }
    while (this.#entries[0]!.timeSec < timeSec - WINDOW_SEC) {
      const oldest = this.#entries.shift()!;
      if (oldest.isCounted && oldest.numActive > 0) addMask(this.#past, oldest.active, -1);
      this.#current--;
      this.#numClassified--;
    }
    if (numActive > 0) {
      for (let cell = 0; cell < NUM_CELLS; cell++) if (active[cell]) this.#lastActiveSec[cell] = timeSec;
    }
    const busy = this.#busyCells(timeSec);
    const still = busy ? invert(busy) : everywhere;
    return { timeSec, cells, active, numActive, still, numStill: busy ? countMarked(still) : NUM_CELLS };
  }

  /** Undefined where no cell is busy, which is most of the time in most lectures. */
  #busyCells(timeSec: number): Mask | undefined {
    const numPast = this.#current;
    const numFuture = this.#numClassified - this.#current;
    const minPast = numPast < MIN_FRAMES_OF_SIDE ? 0 : BUSY_SHARE * numPast;
    const minFuture = numFuture < MIN_FRAMES_OF_SIDE ? 0 : BUSY_SHARE * numFuture;
    if (minPast === 0 && minFuture === 0) return undefined;
    const busy = new Uint8Array(NUM_CELLS);
    let numBusy = 0;
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      const isBusy = this.#past[cell]! >= minPast && this.#future[cell]! >= minFuture ? 1 : 0;
      busy[cell] = isBusy;
      numBusy += isBusy;
    }
    if (numBusy === 0) return undefined;
    this.#freeResting(busy, timeSec);
    return closeGaps(busy);
  }

  #freeResting(busy: Mask, timeSec: number): void {
    const isActiveSoon = new Uint8Array(NUM_CELLS);
    let next = this.#current;
    for (; next < this.#entries.length && this.#entries[next]!.timeSec < timeSec + REST_SEC; next++) {
      const { active, numActive, timeSec: activeSec } = this.#entries[next]!;
      if (numActive === 0) continue;
      for (let cell = 0; cell < NUM_CELLS; cell++) {
        if (active[cell] && activeSec - this.#lastActiveSec[cell]! < REST_SEC) isActiveSoon[cell] = 1;
      }
    }
    const isAtEnd = next === this.#entries.length;
    for (let cell = 0; cell < NUM_CELLS; cell++) {
      const isRecent = timeSec - this.#lastActiveSec[cell]! < REST_SEC;
      if (!isActiveSoon[cell] && !(isAtEnd && isRecent)) busy[cell] = 0;
    }
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

function addMask(counts: Uint16Array, mask: Mask, sign: 1 | -1): void {
  for (let cell = 0; cell < NUM_CELLS; cell++) counts[cell]! += sign * mask[cell]!;
}
