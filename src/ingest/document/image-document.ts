// A picture file as a document: one page, or as many as the file holds (TIFF). It has no text layer, so all of it is OCR's.
import sharp from 'sharp';
import type { DeclaredStructure } from './structure.ts';
import type { OpenDocument } from './open-document.ts';
import type { PageDraft } from './page-draft.ts';
import type { Raster, RasterSize } from './pdf-raster.ts';
import { DocumentUnreadableError } from './errors.ts';
import { failedDraft } from './page-draft.ts';

/** A picture has no size in inches that can be trusted: it is taken for a sheet of paper this long. */
const SHEET_INCHES = 11;
/** Formats whose pages are frames of one moving picture. */
const ANIMATED = new Set(['gif', 'webp', 'heif']);

export class ImageDocument implements OpenDocument {
  readonly kind = 'image';
  readonly declaredTitle = '';
  readonly numPages: number;
  readonly #path: string;

  private constructor(path: string, numPages: number) {
    this.#path = path;
    this.numPages = numPages;
  }

  /** @throws {DocumentUnreadableError} where it is no picture either; `head` is the start of the file, as latin1. */
  static async open(path: string, head: string): Promise<ImageDocument> {
    try {
      const { pages = 1, format } = await sharp(path).metadata();
      return new ImageDocument(path, ANIMATED.has(format) ? 1 : pages);
    } catch (error) {
      const tooLarge = await sizeBeyondLimit(path);
      if (tooLarge) throw new DocumentUnreadableError(path, tooLarge, 'Save it smaller, and index that.', error);
      throw new DocumentUnreadableError(path, kindOf(path, head), remedyOf(path), error);
    }
  }

  async draftPages(start: number, end: number): Promise<PageDraft[]> {
    return Array.from({ length: end - start }, (_, index) => {
      const { failure: _failure, ...blank } = failedDraft(start + index, '');
      return { ...blank, imageCover: 1, hasInk: true };
    });
  }

  async rasterise(pageIndex: number, size: RasterSize, channels: 1 | 3): Promise<Raster> {
    try {
      const { autoOrient } = await sharp(this.#path, { page: pageIndex }).metadata();
      const longSide = Math.max(autoOrient.width, autoOrient.height);
      const wanted = 'dpi' in size ? size.dpi * SHEET_INCHES : size.pixelsLongSide;
      const picture = sharp(this.#path, { page: pageIndex })
        .autoOrient()
        .flatten({ background: 'white' })
        .resize(resized(autoOrient, Math.min(1, wanted / longSide)))
        .toColourspace(channels === 1 ? 'b-w' : 'srgb');
      const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
    } catch (error) {
      throw new DocumentUnreadableError(this.#path, 'the picture is cut off or damaged', undefined, error);
    }
  }

  async readStructure(): Promise<DeclaredStructure> {
    return { outline: [], labels: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function resized({ width, height }: { width: number; height: number }, scale: number) {
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    fit: 'fill' as const,
  };
}

/** sharp's own limit: a few kilobytes of file can unpack to gigabytes of picture. */
const MAX_PIXELS = 0x3fff * 0x3fff;

/** What to say of a picture that is too large to unpack; undefined for one that is not, or is no picture. */
async function sizeBeyondLimit(path: string): Promise<string | undefined> {
  try {
    const { width, height } = await sharp(path, { limitInputPixels: false }).metadata();
    if (width * height <= MAX_PIXELS) return undefined;
    return `the picture has ${width} x ${height} pixels, more than ${Math.round(MAX_PIXELS / 1e6)} million`;
  } catch {
    return undefined;
  }
}

function kindOf(path: string, head: string): string {
  if (head.startsWith('PK\x03\x04')) return 'it is a ZIP or Office file, neither a PDF nor a picture';
  if (/^\s*<(?:!doctype html|html)/i.test(head)) return 'it is a web page, neither a PDF nor a picture';
  if (/\.pdf$/i.test(path)) return 'it is not a PDF, whatever its name says';
  return 'it is neither a PDF nor a picture, or it is damaged';
}

function remedyOf(path: string): string {
  return /\.pdf$/i.test(path)
    ? 'Download or export it again: a whole PDF starts with "%PDF-".'
    : 'Export it as PDF and index that.';
}
