// The outline that a PDF declares, as PDFium tells it: in a few milliseconds and on a thread that has the file open.
import type { OutlineEntry } from './page.ts';
import type { PdfFile } from './pdf-file.ts';
import type { Pointer } from './pdfium.ts';

/** Entries of a hostile or broken outline that loops are not followed for ever. */
export const MAX_ENTRIES = 20_000;
export const MAX_LEVEL = 12;
/** fpdf_doc.h PDFACTION_GOTO: any other action leaves the file, and its page numbers are not this file's. */
const ACTION_GOTO = 1;

export function readOutline({ pdfium, doc, numPages }: PdfFile): OutlineEntry[] {
  const { c } = pdfium;
  const entries: OutlineEntry[] = [];
  const seen = new Set<Pointer>();
  const pageIndexOf = (bookmark: Pointer): number | null => {
    const action = c.FPDFBookmark_GetAction(bookmark);
    if (action !== 0 && c.FPDFAction_GetType(action) !== ACTION_GOTO) return null;
    const dest = c.FPDFBookmark_GetDest(doc, bookmark);
    const pageIndex = dest === 0 ? -1 : c.FPDFDest_GetDestPageIndex(doc, dest);
    return pageIndex >= 0 && pageIndex < numPages ? pageIndex : null;
  };
  const walk = (parent: Pointer, level: number): void => {
    for (
      let bookmark = c.FPDFBookmark_GetFirstChild(doc, parent);
      bookmark !== 0 && !seen.has(bookmark) && entries.length < MAX_ENTRIES;
      bookmark = c.FPDFBookmark_GetNextSibling(doc, bookmark)
    ) {
      seen.add(bookmark);
      const title = pdfium.readString('utf16le', (buffer, n) => c.FPDFBookmark_GetTitle(bookmark, buffer, n));
      const text = title.replace(/\s+/g, ' ').trim();
      if (text !== '') entries.push({ title: text, level, pageIndex: pageIndexOf(bookmark) });
      if (level < MAX_LEVEL) walk(bookmark, level + 1);
    }
  };
  walk(0, 1);
  return entries;
}
