// When each state was shown: one state at a time, from the start of one to the start of the next.
import type { Span } from '../../time.ts';
import type { AlbumEntry } from './slide-album.ts';
import type { SlideState } from './slide.ts';

/** A blank moment no longer than this doesn't interrupt the slide that comes back after it. */
const MAX_FLICKER_MS = 2000;

export class Timeline {
  readonly #spans = new Map<AlbumEntry, Span[]>();
  readonly #stillsMs = new Map<AlbumEntry, number>();
  /** What is shown, and since when; undefined while the screen is blank. */
  #entry: AlbumEntry | undefined;
  #sinceMs = -Infinity;

  get shownSinceMs(): number {
    return this.#sinceMs;
  }

  /** Something else, or nothing, is shown from `startMs` on. `stillMs`: when it is complete and at rest. */
  show(entry: AlbumEntry | undefined, startMs: number, stillMs: number): void {
    if (entry && entry === this.#entry) return;
    this.close(startMs);
    this.#entry = entry;
    // Looking back for a first frame never goes behind what was shown before.
    this.#sinceMs = Math.max(startMs, this.#sinceMs);
    if (entry && !this.#stillsMs.has(entry)) this.#stillsMs.set(entry, stillMs);
  }

  /** Ends what is shown. */
  close(endMs: number): void {
    const [entry, startMs] = [this.#entry, this.#sinceMs];
    this.#entry = undefined;
    if (!entry || endMs <= startMs) return;
    this.#spans.set(entry, joined(this.#spans.get(entry) ?? [], { startMs, endMs }));
  }

  /** In order of slide and state. */
  states(): SlideState[] {
    return statesOf(this.#spans, this.#stillsMs);
  }

  /** What `states` would give if what is shown ended at `endMs`. */
  statesUntil(endMs: number): SlideState[] {
    const [entry, sinceMs] = [this.#entry, this.#sinceMs];
    if (!entry || endMs <= sinceMs) return this.states();
    const spans = joined(this.#spans.get(entry) ?? [], { startMs: sinceMs, endMs });
    return statesOf(new Map([...this.#spans, [entry, spans]]), this.#stillsMs);
  }
}

/** With a span behind the others, or at the end of the last one where only a blank moment lies between them. */
function joined(spans: readonly Span[], { startMs, endMs }: Span): Span[] {
  const before = spans.at(-1);
  if (!before || startMs - before.endMs > MAX_FLICKER_MS) return [...spans, { startMs, endMs }];
  return [...spans.slice(0, -1), { startMs: before.startMs, endMs }];
}

function statesOf(spansOf: ReadonlyMap<AlbumEntry, Span[]>, stillsMs: ReadonlyMap<AlbumEntry, number>): SlideState[] {
  return [...spansOf]
    .map(([entry, spans]) => {
      const { slideIndex, stateIndex } = entry;
      return { slideIndex, stateIndex, spans, stillMs: stillsMs.get(entry)! };
    })
    .sort((a, b) => a.slideIndex - b.slideIndex || a.stateIndex - b.stateIndex);
}
