// The smallest piece of laid-out text: neighbouring characters of one style on one baseline, as the file draws them.
// What reads a file makes runs; what finds lines, columns and paragraphs knows nothing else.

/** Coordinates in points (1/72 inch), y growing downwards, turned so that the text runs from left to right. */
export interface TextRun {
  /** Logical order, with the spaces between its words. */
  text: string;
  x0: number;
  x1: number;
  baseline: number;
  /** Letter size in points, as shown on the page. */
  size: number;
  bold: boolean;
  /** Set in a typewriter face, where line breaks and spaces carry meaning. */
  mono: boolean;
  /** Position in the order in which the file draws its text. */
  order: number;
}

/** One page's text before any layout, and what is needed to judge whether it can be trusted. */
export interface RawPage {
  readonly width: number;
  readonly height: number;
  /** In the direction that most of the page's text takes. */
  readonly runs: TextRun[];
  /** Text in other directions (labels up the side, stamps), each group turned upright. */
  readonly turnedRuns: TextRun[][];
  /** Characters that are no space, garbage included. */
  readonly numChars: number;
  /** Characters without a usable Unicode mapping: replacement, private-use and control characters. */
  readonly numGarbage: number;
  /** Share of the page covered by pictures, 0 to 1. */
  readonly imageCover: number;
  /** Whether anything at all is drawn on it. */
  readonly hasInk: boolean;
}
