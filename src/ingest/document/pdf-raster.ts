// One page -> pixels, on white, annotations and filled-in form fields included.
import type { PdfFile } from './pdf-file.ts';

/** How large: pixels along the longer side, or dots per inch of the page's own size. */
export type RasterSize = { readonly pixelsLongSide: number } | { readonly dpi: number };

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** [height, width, channels] uint8. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** fpdfview.h: FPDFBitmap_BGRx and FPDFBitmap_Gray; FPDF_ANNOT. */
const FORMAT_GREY = 1;
const FORMAT_BGRX = 3;
const FLAG_ANNOTATIONS = 0x01;
/** A page may claim to be metres wide; its picture is never larger than this (pixels along the longer side). */
const MAX_LONG_SIDE = 8192;

export function rasterisePage(file: PdfFile, pageIndex: number, size: RasterSize, channels: 1 | 3): Raster {
  const { c } = file.pdfium;
  return file.withPage(pageIndex, (page) => {
    const points = { width: c.FPDF_GetPageWidthF(page), height: c.FPDF_GetPageHeightF(page) };
    const longSide = Math.max(points.width, points.height, 1);
    const wanted = 'dpi' in size ? size.dpi / 72 : size.pixelsLongSide / longSide;
    const scale = Math.min(wanted, MAX_LONG_SIDE / longSide);
    const width = Math.max(1, Math.round(points.width * scale));
    const height = Math.max(1, Math.round(points.height * scale));
    const stride = channels === 1 ? width : 4 * width;
    const buffer = file.pdfium.alloc(stride * height);
    try {
      const bitmap = c.FPDFBitmap_CreateEx(width, height, channels === 1 ? FORMAT_GREY : FORMAT_BGRX, buffer, stride);
      if (bitmap === 0) throw new Error(`page ${pageIndex + 1} can't be drawn at ${width}x${height}`);
      c.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
      c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, FLAG_ANNOTATIONS);
      c.FPDFBitmap_Destroy(bitmap);
      const drawn = file.pdfium.bytes(buffer, stride * height);
      return { width, height, pixels: channels === 1 ? new Uint8Array(drawn) : rgbFromBgrx(drawn, width * height) };
    } finally {
      file.pdfium.free(buffer);
    }
  });
}

function rgbFromBgrx(bgrx: Uint8Array, numPixels: number): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(3 * numPixels);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = bgrx[from + 2]!;
    rgb[to + 1] = bgrx[from + 1]!;
    rgb[to + 2] = bgrx[from]!;
  }
  return rgb;
}
