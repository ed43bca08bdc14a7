// Slides and the text on them while a video is still being read: whoever describes its first minutes need not wait for its last. What
// is handed out for a part of the video is the same whenever it is asked for.
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import type { DecidedSlides } from '../src/ingest/video/slide-detector.ts';

export interface SeenSlides {
  /** In order of slide and state. */
  readonly slides: readonly SlideState[];
  /** In the same order; none where nobody reads them. */
  readonly slideTexts: readonly SlideText[];
}

export interface SlideFeed {
  /**
   * What is shown before a moment, in ms of the source, as soon as that is known for good; spans that begin before it may in the end
   * be longer behind it. `texts` says whether to wait for those as well. Rejects where reading fails.
   */
  until(ms: number, texts: boolean): Promise<SeenSlides>;
  /** All there is. */
  all(): Promise<SeenSlides>;
}

/** Of a source that has been read. */
export function readFeed(seen: SeenSlides): SlideFeed {
  return { until: async () => seen, all: async () => seen };
}

export class SlideReading implements SlideFeed {
  readonly #readText: (state: SlideState) => Promise<SlideText | undefined>;
  readonly #texts = new Map<string, Promise<SlideText | undefined>>();
  #decided: DecidedSlides = { states: [], untilMs: -Infinity };
  #failure: { readonly error: unknown } | undefined;
  #news = Promise.withResolvers<void>();

  constructor(readText: (state: SlideState) => Promise<SlideText | undefined>) {
    this.#readText = readText;
  }

  /** States whose text is being read, or was. */
  get numTexts(): number {
    return this.#texts.size;
  }

  get isWhole(): boolean {
    return this.#decided.untilMs === Infinity;
  }

  /** Takes what is known by now, and begins to read the text of what is new in it. */
  decide(decided: DecidedSlides): void {
    this.#decided = decided;
    const begun = before(decided.states, decided.untilMs).filter((state) => !this.#texts.has(keyOf(state)));
    for (const state of begun.sort((a, b) => startOf(a) - startOf(b))) {
      const text = this.#readText(state);
      // Whoever wants it is told.
      text.catch(() => undefined);
      this.#texts.set(keyOf(state), text);
    }
    this.#tell();
  }

  finish(states: readonly SlideState[]): void {
    this.decide({ states, untilMs: Infinity });
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#tell();
  }

  async until(ms: number, texts: boolean): Promise<SeenSlides> {
    while (this.#decided.untilMs < ms) {
      if (this.#failure) throw this.#failure.error;
      await this.#news.promise;
    }
    const slides = before(this.#decided.states, ms);
    if (!texts) return { slides, slideTexts: [] };
    const read = await Promise.all(slides.map(async (state) => this.#texts.get(keyOf(state))));
    return { slides, slideTexts: read.filter((text) => text !== undefined) };
  }

  all(): Promise<SeenSlides> {
    return this.until(Infinity, true);
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** States that begin before a moment, with those of their spans that do. */
function before(states: readonly SlideState[], ms: number): SlideState[] {
  return states.flatMap((state) => {
    const spans = state.spans.filter(({ startMs }) => startMs < ms);
    return spans.length === 0 ? [] : [{ ...state, spans }];
  });
}

function startOf({ spans }: SlideState): number {
  return spans[0]?.startMs ?? Infinity;
}

function keyOf({ slideIndex, stateIndex }: SlideState): string {
  return `${slideIndex}.${stateIndex}`;
}
