// The pictures of pages, window after window, drawn a few at a time: a manual of a thousand scans never lies in memory.
import { openDocument, type OpenDocument } from '../src/ingest/document/open-document.ts';
import type { Raster } from '../src/ingest/document/pdf-raster.ts';
import type { Picture } from '../src/model/chat/chat-model.ts';
import { resizeAside } from '../src/model/qwen3-vl/resize-threads.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import type { PageMedia } from '../src/windows/page-messages.ts';
import type { PageWindow } from '../src/windows/plan-pages.ts';
import type { WindowPictures } from './ask-windows.ts';
import type { Paper } from './engine.ts';

/** Pixels of a picture that one token stands for, along a side. */
const TOKEN_SIDE = 32;
/** Drawn larger than it is shown, so that thin strokes survive. */
const OVERSAMPLING = 1.5;
/** The darkest spot of a blank page is no darker than this. */
const BLANK_LEVEL = 225;
/** Longer strips than this are no pages; models refuse them at 200. */
const MAX_ASPECT = 20;

export class PagePictures implements WindowPictures<PageWindow, PageMedia> {
  readonly #paper: Paper | undefined;
  readonly #frame: Size;
  readonly #signal: AbortSignal;
  readonly #warn: (message: string) => void;
  #document: Promise<OpenDocument> | undefined;

  constructor(paper: Paper | undefined, frame: Size, signal: AbortSignal, warn: (message: string) => void) {
    this.#paper = paper;
    this.#frame = frame;
    this.#signal = signal;
    this.#warn = warn;
  }

  /** Pages that are blank, or can't be drawn, are left out. */
  async of({ pictures }: PageWindow): Promise<PageMedia> {
    const media = new Map<number, Picture>();
    for (const pageIndex of this.#paper === undefined ? [] : pictures) {
      this.#signal.throwIfAborted();
      const picture = await this.#draw(pageIndex);
      if (picture) media.set(pageIndex, picture);
    }
    return media;
  }

  async #draw(pageIndex: number): Promise<Picture | undefined> {
    const { path, password } = this.#paper!;
    this.#document ??= openDocument(path, { signal: this.#signal, password });
    const document = await this.#document;
    const { width, height } = this.#frame;
    try {
      const drawn = await document.rasterise(pageIndex, { pixelsLongSide: OVERSAMPLING * Math.max(width, height) }, 3);
      const size = isBlank(drawn) ? undefined : sizeWithin(drawn, width * height);
      return size && (await resizeAside({ ...drawn, data: drawn.pixels }, size.width, size.height));
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#warn(`Page ${pageIndex + 1} can't be drawn: ${error instanceof Error ? error.message : String(error)}.`);
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const document = await this.#document?.catch(() => undefined);
    await document?.[Symbol.asyncDispose]();
  }
}

function isBlank({ pixels }: Raster): boolean {
  return pixels.every((level) => level >= BLANK_LEVEL);
}

/** As large as so many pixels allow, of whole tokens; undefined for a strip. */
export function sizeWithin({ width, height }: Size, pixels: number): Size | undefined {
  if (Math.max(width, height) > MAX_ASPECT * Math.min(width, height)) return undefined;
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  const whole = (side: number) => Math.max(1, Math.floor((side * scale) / TOKEN_SIDE + 1e-3)) * TOKEN_SIDE;
  return { width: whole(width), height: whole(height) };
}
