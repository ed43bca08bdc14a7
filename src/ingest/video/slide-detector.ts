// Signatures in, slide states with their times out. Pure: it opens no file and keeps no more than some 40 s of frames.
// A state is a picture that has come to rest outside the cells that always move. While something changes, nothing is
// decided; once the changed part rests, its first frame is looked for backwards. So a fade is one boundary, and a scroll, a
// pointer or a clip inside a slide is none. Where everything moves for long, hard cuts divide the film into shots.
import { secToMs } from '../../time.ts';
import { ActivityWindow, type ObservedFrame } from './activity.ts';
import { everywhere, type Mask } from './cell-grid.ts';
import { Screen } from './screen.ts';
import { findCut } from './shot-cut.ts';
import { NUM_CELLS, type Signature } from './signature.ts';
import { findScroll, isBlank, MIN_CHANGED_CELLS, SlideAlbum, type AlbumEntry, type Picture } from './slide-album.ts';
import type { SlideState } from './slide.ts';
import { Timeline } from './timeline.ts';

/** How long a changed part must rest to be taken for a new state. Small changes (a pen, typing) must rest longer. */
const REST_SEC = 0.9;
const SMALL_REST_SEC = 2.4;
const SMALL_CHANGE_CELLS = 40;
/** A new state's first frame is the first that has gone this share of the way from the old picture to the new. */
const ARRIVED_SHARE = 0.15;
/** Frames kept for looking back. */
const LOOK_BACK_SEC = 30;
/** Scrolling moves at least this share of the picture's cells. */
const SCROLLING_SHARE = 0.08;
/** A blank moment shorter than this is not yet known to divide two spans. */
const DECIDED_MARGIN_MS = 3000;
/** Motion that doesn't come to rest for this long, nearly everywhere, is film. */
const FILM_SEC = 6;
const FILM_STILL_SHARE = 0.4;
/** A cut sooner than this after the last one begins no shot of its own: a film has hundreds of them, and none is a slide. */
const MIN_SHOT_MS = 8000;

/** A part of a video that no later frame changes: all states that begin before a moment, and what is shown until then. */
export interface DecidedSlides {
  /** In order of slide and state. Spans may reach beyond `untilMs`, and will then end otherwise. */
  readonly states: readonly SlideState[];
  /** In source time. */
  readonly untilMs: number;
}

/** What is on screen now. `entry` is undefined while the screen is blank. */
interface Shown {
  readonly entry: AlbumEntry | undefined;
  readonly isFilm: boolean;
  readonly screen: Screen;
  /** Rows scrolled since; undefined where nothing scrolled. */
  scrolledRows?: number;
}

/** A difference to what is shown that may become a new state. */
interface Change {
  readonly sinceSec: number;
  restingSinceSec: number;
  /** Changed cells when that rest began. */
  size: number;
}

export class SlideDetector {
  readonly #window = new ActivityWindow();
  readonly #album = new SlideAlbum();
  readonly #timeline = new Timeline();
  readonly #recent: ObservedFrame[] = [];
  #shown: Shown | undefined;
  #change: Change | undefined;
  #filmSinceSec: number | undefined;

  /** Takes the next frame in order of time. */
  push(signature: Signature): void {
    for (const frame of this.#window.push(signature)) this.#observe(frame);
  }

  /** All states, in order of slide and state. The detector is used up. */
  finish(endSec?: number): SlideState[] {
    for (const frame of this.#window.finish()) this.#observe(frame);
    const last = this.#recent.at(-1);
    if (!last) return [];
    if (!this.#shown) this.#settle(last, last.still);
    this.#timeline.close(secToMs(Math.max(endSec ?? 0, last.timeSec + 0.001)));
    return this.#timeline.states();
  }

  /** What is decided for good of the frames so far; nothing before the first picture has come to rest. */
  soFar(): DecidedSlides {
    const last = this.#recent.at(-1);
    if (!last || !this.#shown) return { states: [], untilMs: -Infinity };
    // What comes next begins no earlier than the frames that are looked back on, or than what is under way now.
    const open = [last.timeSec - LOOK_BACK_SEC, this.#change?.sinceSec, this.#filmSinceSec];
    const untilMs = secToMs(Math.min(...open.filter((sec) => sec !== undefined)));
    return { states: this.#timeline.statesUntil(secToMs(last.timeSec)), untilMs: untilMs - DECIDED_MARGIN_MS };
  }

  #observe(frame: ObservedFrame): void {
    this.#recent.push(frame);
    while (this.#recent[0]!.timeSec < frame.timeSec - LOOK_BACK_SEC) this.#recent.shift();
    const pendingSinceSec = this.#change?.sinceSec;
    const changed = this.#shown ? new Uint8Array(NUM_CELLS) : frame.still;
    const size = this.#shown ? this.#shown.screen.markChange(frame, changed) : frame.numStill;
    if (size < MIN_CHANGED_CELLS) {
      this.#change = undefined;
      this.#shown?.screen.keepUp(frame);
    } else {
      this.#followChange(frame, changed, size);
    }
    this.#followScroll(frame);
    this.#followFilm(frame, pendingSinceSec);
  }

  #followChange(frame: ObservedFrame, changed: Mask, size: number): void {
    const { timeSec, cells, active } = frame;
    const change = (this.#change ??= { sinceSec: timeSec, restingSinceSec: timeSec, size });
    let numRestless = 0;
    for (let cell = 0; cell < NUM_CELLS; cell++) numRestless += changed[cell]! & active[cell]!;
    const isGrowing = Math.abs(size - change.size) > Math.max(4, 0.15 * change.size);
    if (isGrowing || numRestless > Math.max(6, 0.06 * size)) {
      change.restingSinceSec = timeSec;
      change.size = size;
    }
    if (timeSec - change.restingSinceSec < (size < SMALL_CHANGE_CELLS ? SMALL_REST_SEC : REST_SEC)) return;
    if (this.#shown?.screen.isRestOfMotion(cells, changed, size)) {
      this.#shown.screen.absorb(cells, changed);
      this.#change = undefined;
    } else {
      this.#settle(frame, changed);
    }
  }

  /** The picture has come to rest on something else: gives it its place among the slides, and its time. */
  #settle(frame: ObservedFrame, changed: Mask): void {
    const picture = { cells: frame.cells, known: frame.still };
    const startSec = this.#arrivalSec(frame, changed);
    const current = this.#shown?.isFilm ? undefined : this.#shown;
    const entry = isBlank(picture)
      ? undefined
      : (this.#album.find(picture) ??
        (current && this.#scrolledFrom(current, picture)) ??
        this.#album.add(picture, current?.entry));
    this.#show(entry, startSec, frame, picture);
  }

  /** The current page, or its next state once scrolling has brought in so much that the text must be read again. */
  #scrolledFrom({ entry, screen, scrolledRows }: Shown, picture: Picture): AlbumEntry | undefined {
    if (!entry) return undefined;
    const scroll = findScroll(entry.picture, picture);
    if (scroll && Math.abs(scroll.rows) < 0.4 * (scroll.box.bottom - scroll.box.top)) return entry;
    const hasScrolled = scrolledRows !== undefined || findScroll(screen, picture) !== undefined;
    return hasScrolled ? this.#album.addState(picture, entry.slideIndex) : undefined;
  }

  #show(entry: AlbumEntry | undefined, startSec: number, frame: ObservedFrame, picture: Picture, isFilm = false) {
    this.#timeline.show(entry, secToMs(startSec), secToMs(frame.timeSec));
    this.#shown = { entry, isFilm, screen: new Screen(picture, !isFilm) };
    this.#change = undefined;
    this.#filmSinceSec = undefined;
  }

  /** The time of the first frame of the picture now at rest, found by going back while frames are on the way to it. */
  #arrivalSec(frame: ObservedFrame, changed: Mask): number {
    // What opens a video is shown from its first frame, whatever animation brings it in.
    if (!this.#shown) return this.#change?.sinceSec ?? this.#recent[0]!.timeSec;
    const { screen } = this.#shown;
    const onTheWay = this.#recent.findLastIndex(
      ({ cells }) => screen.progress(cells, frame.cells, changed) < ARRIVED_SHARE,
    );
    return this.#recent[onTheWay + 1]?.timeSec ?? frame.timeSec;
  }

  /** A page that moves for long is the same slide, with a state for each screenful so that all its text is read. */
  #followScroll(frame: ObservedFrame): void {
    const shown = this.#shown;
    const previous = this.#recent.at(-2);
    if (!shown?.entry || shown.isFilm || !previous || frame.numActive < SCROLLING_SHARE * NUM_CELLS) return;
    const picture = { cells: frame.cells, known: everywhere };
    const scroll = findScroll({ cells: previous.cells, known: everywhere }, picture);
    if (!scroll) return;
    this.#change = undefined;
    this.#filmSinceSec = undefined;
    shown.scrolledRows = (shown.scrolledRows ?? 0) + scroll.rows;
    if (Math.abs(shown.scrolledRows) < scroll.box.bottom - scroll.box.top) return;
    this.#show(this.#album.addState(picture, shown.entry.slideIndex), frame.timeSec, frame, picture);
  }

  /** Where nearly nothing is still for long, the film as a whole is what is shown, cut into shots. */
  #followFilm(frame: ObservedFrame, pendingSinceSec: number | undefined): void {
    const shown = this.#shown;
    const isRestless = frame.numStill <= FILM_STILL_SHARE * NUM_CELLS;
    if (shown?.isFilm) {
      const cut = isRestless ? findCut(this.#recent) : undefined;
      if (cut && secToMs(cut.timeSec) - this.#timeline.shownSinceMs >= MIN_SHOT_MS) this.#showFilm(cut.timeSec, frame);
    } else if (isRestless || (!shown?.entry && this.#change)) {
      this.#filmSinceSec ??= this.#change?.sinceSec ?? pendingSinceSec ?? frame.timeSec;
      if (frame.timeSec - this.#filmSinceSec >= FILM_SEC) this.#showFilm(this.#filmSinceSec, frame);
    } else {
      this.#filmSinceSec = undefined;
    }
  }

  #showFilm(sinceSec: number, frame: ObservedFrame): void {
    const picture = { cells: frame.cells, known: new Uint8Array(NUM_CELLS) };
    this.#show(this.#album.addSlide(picture), sinceSec, frame, picture, true);
  }
}
