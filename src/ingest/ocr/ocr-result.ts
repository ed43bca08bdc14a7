// What OCR reads off one picture. Plain data in pixels of the picture that was given, kept in the cache as it is.

/** Raised whenever the same picture may read differently: cached results of other versions are not used. */
export const OCR_VERSION = 1;

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface OcrWord {
  readonly text: string;
  readonly bbox: Box;
  /** 0 to 100. */
  readonly confidence: number;
}

export interface OcrLine {
  readonly text: string;
  readonly bbox: Box;
  /** 0 to 100. */
  readonly confidence: number;
  /** Height of the line's letters from the lowest descender to the highest ascender. */
  readonly heightPx: number;
  readonly words: readonly OcrWord[];
}

export interface OcrResult {
  /** Lines in the engine's reading order, separated by `\n`. */
  readonly text: string;
  /** Mean word confidence, 0 to 100; 0 where nothing was read. */
  readonly confidence: number;
  readonly lines: readonly OcrLine[];
  /** Quarter turns clockwise that set the picture upright; boxes are in the upright picture. */
  readonly turns: 0 | 1 | 2 | 3;
  /** Size of the upright picture. */
  readonly width: number;
  readonly height: number;
}

/** A picture: encoded, or rows of 8-bit samples ([height, width, channels]; 1 is grey, 3 is RGB). */
export type OcrImage =
  | { readonly png: Uint8Array }
  | { readonly pixels: Uint8Array; readonly width: number; readonly height: number; readonly channels: 1 | 3 };
