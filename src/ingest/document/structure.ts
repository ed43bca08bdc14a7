// What a PDF declares about its own order, read with pdf.js: its outline with the pages it opens, and its page labels.
// Runs in a worker thread (structure-worker.ts); the pages themselves are PDFium's.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { OutlineEntry } from './page.ts';
import { MAX_ENTRIES, MAX_LEVEL } from './pdf-outline.ts';

export interface DeclaredStructure {
  readonly outline: readonly OutlineEntry[];
  /** One a page; null where the file declares none. */
  readonly labels: readonly string[] | null;
}

/** One entry as pdf.js hands it out; its own type leaves `items` open. */
interface PdfJsEntry {
  readonly title: string;
  readonly dest: string | unknown[] | null;
  readonly items: readonly PdfJsEntry[];
}

export async function readStructure(path: string, password: string | undefined): Promise<DeclaredStructure> {
  // pdf.js looks for these classes of the browser when it is loaded, and loads a canvas of 30 MB where they are missing;
  // they serve drawing, which is not done here.
  for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: class {} });
  }
  const { getDocument, PDFDataRangeTransport, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const fd = openSync(path, 'r');
  const numBytes = fstatSync(fd).size;

  /** Reads from disk what pdf.js asks for: the outline of a large file lies in few of its bytes. */
  class FileRange extends PDFDataRangeTransport {
    override requestDataRange(begin: number, end: number): void {
      const bytes = new Uint8Array(end - begin);
      readSync(fd, bytes, 0, bytes.length, begin);
      this.onDataRange(begin, bytes);
    }
  }

  const task = getDocument({
    range: new FileRange(numBytes, null),
    disableAutoFetch: true,
    disableStream: true,
    verbosity: VerbosityLevel.ERRORS,
    ...(password !== undefined && { password }),
  });
  try {
    const doc = await task.promise;
    return { outline: await flattenOutline(doc), labels: await doc.getPageLabels() };
  } finally {
    await task.destroy();
    closeSync(fd);
  }
}

async function flattenOutline(doc: PDFDocumentProxy): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  const pages = new PageFinder(doc);
  const walk = async (items: readonly PdfJsEntry[], level: number): Promise<void> => {
    for (const { title, dest, items: children } of items) {
      if (entries.length >= MAX_ENTRIES) return;
      const text = title.replace(/\s+/g, ' ').trim();
      if (text !== '') entries.push({ title: text, level, pageIndex: await pages.indexOf(dest) });
      if (level < MAX_LEVEL) await walk(children, level + 1);
    }
  };
  // Typed as always there, null where the file has no outline.
  const outline = (await doc.getOutline()) as readonly PdfJsEntry[] | null;
  await walk(outline ?? [], 1);
  return entries;
}

class PageFinder {
  readonly #doc: PDFDocumentProxy;
  /** By the page's object: several entries open one page, and each question takes a message there and back. */
  readonly #known = new Map<string, number | null>();

  constructor(doc: PDFDocumentProxy) {
    this.#doc = doc;
  }

  /** PDF 32000-1, 12.3.2: a destination is an array (page first), or a name for one. */
  async indexOf(dest: string | unknown[] | null): Promise<number | null> {
    try {
      const explicit = typeof dest === 'string' ? await this.#doc.getDestination(dest) : dest;
      const page: unknown = explicit?.[0];
      if (typeof page === 'number') return this.#withinDocument(page);
      const key = JSON.stringify(page);
      let pageIndex = this.#known.get(key);
      if (pageIndex === undefined) {
        const found = await this.#doc.getPageIndex(page as Parameters<PDFDocumentProxy['getPageIndex']>[0]);
        pageIndex = this.#withinDocument(found);
        this.#known.set(key, pageIndex);
      }
      return pageIndex;
    } catch {
      return null;
    }
  }

  #withinDocument(pageIndex: number): number | null {
    return pageIndex >= 0 && pageIndex < this.#doc.numPages ? pageIndex : null;
  }
}
