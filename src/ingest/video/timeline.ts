// When each state was shown: one state at a time, from the start of one to the start of the next.
import type { Span } from '../../time.ts';
import type { AlbumEntry } from './slide-album.ts';
import type { SlideState } from './slide.ts';

/** A blank moment no longer than this doesn't interrupt the slide that comes back after it. */
const maxFlickerMs = 2000;

export class Timeline {
  private readonly spans = new Map<AlbumEntry, Span[]>();
  private readonly stillsMs = new Map<AlbumEntry, number>();
  /** What is shown, and since when; undefined while the screen is blank. */
  private entry: AlbumEntry | undefined;
  private sinceMs = -Infinity;

  get shownSinceMs(): number {
    return this.sinceMs;
  }

  /** Something else, or nothing, is shown from `startMs` on. `stillMs`: when it is complete and at rest. */
  show(entry: AlbumEntry | undefined, startMs: number, stillMs: number): void {
    if (entry && entry === this.entry) return;
    this.close(startMs);
    this.entry = entry;
    // Looking back for a first frame never goes behind what was shown before.
    this.sinceMs = Math.max(startMs, this.sinceMs);
    if (entry && !this.stillsMs.has(entry)) this.stillsMs.set(entry, stillMs);
  }

  /** Ends what is shown. */
  close(endMs: number): void {
    const { entry, sinceMs: startMs } = this;
    this.entry = undefined;
    if (!entry || endMs <= startMs) return;
    const spans = this.spans.get(entry) ?? [];
    const before = spans.at(-1);
    if (before && startMs - before.endMs <= maxFlickerMs) spans[spans.length - 1] = { startMs: before.startMs, endMs };
    else spans.push({ startMs, endMs });
    this.spans.set(entry, spans);
  }

  /** In order of slide and state. */
  states(): SlideState[] {
    return [...this.spans]
      .map(([entry, spans]) => {
        const { slideIndex, stateIndex } = entry;
        return { slideIndex, stateIndex, spans, stillMs: this.stillsMs.get(entry)! };
      })
      .sort((a, b) => a.slideIndex - b.slideIndex || a.stateIndex - b.stateIndex);
  }
}
