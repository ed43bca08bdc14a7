// What the picture track comes down to: distinct slides, each with the states it was built up in and the times it was shown.
import type { Span } from '../../time.ts';

/** Raised whenever the same video gives other slides: they are then looked for anew. */
export const SLIDES_VERSION = 1;

export interface SlideState {
  /** 0-based, in order of first appearance. A slide that comes back keeps its number. */
  readonly slideIndex: number;
  /** 0-based within the slide: a build (one more bullet) is a new state of the same slide. */
  readonly stateIndex: number;
  /** When this state was on screen, in order; more than one where the slide came back. Absolute source time. */
  readonly spans: readonly Span[];
  /** A time at which this state is shown complete and still: where the picture for OCR is taken from. */
  readonly stillMs: number;
}

/** The text read off one slide state. */
export interface SlideText {
  readonly slideIndex: number;
  readonly stateIndex: number;
  /** The most prominent line (largest letters near the top); empty where the picture holds no text. */
  readonly title: string;
  /** All text in reading order, lines separated by `\n`, the title included. */
  readonly text: string;
  /** Mean word confidence of the OCR engine, 0 to 100. */
  readonly confidence: number;
}
