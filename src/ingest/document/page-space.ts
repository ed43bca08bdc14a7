// Where things stand on a page as it is shown: points from its top left, y growing downwards, /Rotate applied.
import type { Pdfium, Pointer } from './pdfium.ts';

/** Page user space (PDF 32000-1, 8.3.2.3) to the page as shown. */
export interface PageSpace {
  /** Quarter turns clockwise (PDF 32000-1, table 30: /Rotate). */
  readonly rotation: number;
  /** One function a coordinate: they are called for each letter, and a pair would be an object. */
  readonly shownX: (x: number, y: number) => number;
  readonly shownY: (x: number, y: number) => number;
}

export function pageSpaceOf(pdfium: Pdfium, page: Pointer): PageSpace {
  const rotation = pdfium.c.FPDFPage_GetRotation(page);
  const rect = pdfium.alloc(16);
  try {
    pdfium.c.FPDF_GetPageBoundingBox(page, rect);
    return { rotation, ...shownFrom(rotation, readRect(pdfium, rect)) };
  } finally {
    pdfium.free(rect);
  }
}

/** FS_RECTF (fpdfview.h): four float32. */
export function readRect(pdfium: Pdfium, rect: Pointer): [left: number, top: number, right: number, bottom: number] {
  const { view } = pdfium;
  const at = (offset: number) => view.getFloat32(rect + offset, true);
  return [at(0), at(4), at(8), at(12)];
}

function shownFrom(
  rotation: number,
  [left, top, right, bottom]: ReturnType<typeof readRect>,
): Pick<PageSpace, 'shownX' | 'shownY'> {
  switch (rotation) {
    case 1:
      return { shownX: (_, y) => y - bottom, shownY: (x) => x - left };
    case 2:
      return { shownX: (x) => right - x, shownY: (_, y) => y - bottom };
    case 3:
      return { shownX: (_, y) => top - y, shownY: (x) => right - x };
    default:
      return { shownX: (x) => x - left, shownY: (_, y) => top - y };
  }
}
