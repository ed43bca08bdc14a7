// Where things stand on a page as it is shown: points from its top left, y growing downwards, /Rotate applied.
import type { Pdfium, Pointer } from './pdfium.ts';

/** Page user space (PDF 32000-1, 8.3.2.3) to the page as shown. */
export interface PageSpace {
  /** Quarter turns clockwise (PDF 32000-1, table 30: /Rotate). */
  readonly rotation: number;
  readonly right: Axis;
  readonly down: Axis;
}

/** How far in one direction a point of user space lies: weights of its coordinates (0, 1 or -1), and where the page begins. */
export interface Axis {
  readonly x: number;
  readonly y: number;
  readonly origin: number;
}

export function along({ x, y, origin }: Axis, pointX: number, pointY: number): number {
  return x * pointX + y * pointY + origin;
}

export function reversed({ x, y, origin }: Axis): Axis {
  return { x: -x, y: -y, origin: -origin };
}

export function pageSpaceOf(pdfium: Pdfium, page: Pointer): PageSpace {
  const rotation = pdfium.c.FPDFPage_GetRotation(page);
  const rect = pdfium.alloc(16);
  try {
    pdfium.c.FPDF_GetPageBoundingBox(page, rect);
    return { rotation, ...axesOf(rotation, readRect(pdfium, rect)) };
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

function axesOf(
  rotation: number,
  [left, top, right, bottom]: ReturnType<typeof readRect>,
): Pick<PageSpace, 'right' | 'down'> {
  const fromLeft = { x: 1, y: 0, origin: -left };
  const fromRight = { x: -1, y: 0, origin: right };
  const fromTop = { x: 0, y: -1, origin: top };
  const fromBottom = { x: 0, y: 1, origin: -bottom };
  if (rotation === 1) return { right: fromBottom, down: fromLeft };
  if (rotation === 2) return { right: fromRight, down: fromBottom };
  if (rotation === 3) return { right: fromTop, down: fromRight };
  return { right: fromLeft, down: fromTop };
}
