// The links on a page: addresses, and jumps within the document, with the words they lie on.
import type { PageLink } from './page.ts';
import type { PdfFile } from './pdf-file.ts';
import type { PageSpace } from './page-space.ts';
import type { Pointer } from './pdfium.ts';
import { along, readRect } from './page-space.ts';

/** fpdf_doc.h PDFACTION_GOTO, PDFACTION_URI; launching programs and other files' pages are left alone. */
const ACTION_GOTO = 1;
const ACTION_URI = 3;
/** No honest page has more, and a hostile one may not take more of anyone's time. */
const MAX_LINKS = 2000;

/** A link's box on the page as shown, in points; `words` is filled while the page's text is read. */
export interface LinkBox {
  readonly target: PageLink['target'];
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  words: string;
}

export function readLinkBoxes(file: PdfFile, page: Pointer, space: PageSpace): LinkBox[] {
  const { pdfium, doc } = file;
  const { c } = pdfium;
  if (c.FPDFPage_GetAnnotCount(page) === 0) return [];
  const scratch = pdfium.alloc(24);
  const [position, link, rect] = [scratch, scratch + 4, scratch + 8];
  const boxes: LinkBox[] = [];
  try {
    pdfium.view.setInt32(position, 0, true);
    while (boxes.length < MAX_LINKS && c.FPDFLink_Enumerate(page, position, link)) {
      const handle = pdfium.view.getInt32(link, true);
      const target = targetOf(file, doc, handle);
      if (!target || !c.FPDFLink_GetAnnotRect(handle, rect)) continue;
      const [left, top, right, bottom] = readRect(pdfium, rect);
      const [xa, ya] = [along(space.right, left, top), along(space.down, left, top)];
      const [xb, yb] = [along(space.right, right, bottom), along(space.down, right, bottom)];
      const [x0, x1, y0, y1] = [Math.min(xa, xb), Math.max(xa, xb), Math.min(ya, yb), Math.max(ya, yb)];
      boxes.push({ target, x0, y0, x1, y1, words: '' });
    }
  } finally {
    pdfium.free(scratch);
  }
  return boxes;
}

/** Adds what stands in each box of these letters on one baseline; `centersOf` tells the letters' places along it. */
export function fillLinkBoxes(
  boxes: readonly LinkBox[],
  baseline: number,
  codes: readonly number[],
  centersOf: () => Float64Array,
): void {
  let centers: Float64Array | undefined;
  for (const box of boxes) {
    if (baseline < box.y0 || baseline > box.y1) continue;
    centers ??= centersOf();
    let words = '';
    for (let i = 0; i < codes.length; i++)
      if (centers[i]! >= box.x0 && centers[i]! <= box.x1) words += String.fromCodePoint(codes[i]!);
    if (words !== '') box.words += ` ${words}`;
  }
}

export function linksOf(boxes: readonly LinkBox[]): PageLink[] {
  return mergeBroken(boxes.map(({ words, target }) => ({ text: words.replace(/\s+/g, ' ').trim(), target })));
}

function targetOf({ pdfium }: PdfFile, doc: Pointer, link: Pointer): PageLink['target'] | undefined {
  const { c } = pdfium;
  const action = c.FPDFLink_GetAction(link);
  const actionType = action === 0 ? 0 : c.FPDFAction_GetType(action);
  if (actionType === ACTION_URI) {
    const url = pdfium.readString('utf8', (buffer, n) => c.FPDFAction_GetURIPath(doc, action, buffer, n));
    return url === '' ? undefined : { kind: 'url', url };
  }
  const dest = c.FPDFLink_GetDest(doc, link) || (actionType === ACTION_GOTO ? c.FPDFAction_GetDest(doc, action) : 0);
  const pageIndex = dest === 0 ? -1 : c.FPDFDest_GetDestPageIndex(doc, dest);
  return pageIndex < 0 ? undefined : { kind: 'page', pageIndex };
}

/** A link over a line's end is drawn as two boxes with one target: one link to its reader. */
function mergeBroken(links: readonly PageLink[]): PageLink[] {
  const merged: PageLink[] = [];
  for (const link of links) {
    const last = merged.at(-1);
    const isSameUrl = last?.target.kind === 'url' && link.target.kind === 'url' && last.target.url === link.target.url;
    if (isSameUrl && last.text !== link.text)
      merged[merged.length - 1] = { ...last, text: `${last.text} ${link.text}`.trim() };
    else if (!isSameUrl) merged.push(link);
  }
  return merged;
}
