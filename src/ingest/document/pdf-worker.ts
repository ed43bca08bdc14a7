// Worker thread that holds one open PDF, the one that the first message names: answers requests for the text of pages and for their pictures. PDFium blocks the
// thread it runs on, so it never runs on the main one; a crash or a hang in it costs this thread and nothing else.
import { parentPort } from 'node:worker_threads';
import type { PageDraft } from './page-draft.ts';
import type { Raster, RasterSize } from './pdf-raster.ts';
import type { RawPage } from './text-run.ts';
import type { OutlineEntry, PageLink } from './page.ts';
import { LecternError } from '../../errors.ts';
import { PdfFile } from './pdf-file.ts';
import { Pdfium } from './pdfium.ts';
import { draftPage, failedDraft, vocabularyOf } from './page-draft.ts';
import { rasterisePage } from './pdf-raster.ts';
import { linksOf, readLinkBoxes } from './pdf-links.ts';
import { pageSpaceOf } from './page-space.ts';
import { readOutline } from './pdf-outline.ts';
import { readRawPage } from './pdf-text.ts';

export interface PdfWorkerData {
  readonly path: string;
  readonly password: string | undefined;
}

/** What the file says about itself, known as soon as it is open. */
export interface PdfFacts {
  readonly numPages: number;
  readonly declaredTitle: string;
  readonly declaresOutline: boolean;
  readonly declaresLabels: boolean;
}

export type PdfRequest =
  | { readonly kind: 'outline' }
  | { readonly kind: 'text'; readonly start: number; readonly end: number }
  | { readonly kind: 'raster'; readonly pageIndex: number; readonly size: RasterSize; readonly channels: 1 | 3 };

export interface PdfAnswers {
  readonly outline: OutlineEntry[];
  readonly text: PageDraft[];
  readonly raster: Raster;
}

export type PdfAnswer<R extends PdfRequest> = PdfAnswers[R['kind']];

export type PdfMessage =
  | { readonly kind: 'opened'; readonly facts: PdfFacts }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: PdfAnswers[keyof PdfAnswers] }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly isBroken: boolean };

/** By the end of so many pages, all that pages are read with has been optimised. */
const MANY_PAGES = 200;

const port = parentPort!;
const post = (message: PdfMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

// Loaded while the file may not be known yet.
const pdfium = await Pdfium.load();
port.once('message', open);

function open({ path, password }: PdfWorkerData): void {
  try {
    const file = PdfFile.open(pdfium, path, password);
    const { numPages, declaredTitle, declaresOutline, declaresLabels } = file;
    port.on('message', ({ id, request }: { id: number; request: PdfRequest }) => answer(file, id, request));
    post({ kind: 'opened', facts: { numPages, declaredTitle, declaresOutline, declaresLabels } });
  } catch (error) {
    const code = error instanceof LecternError ? error.code : 'DOCUMENT_UNREADABLE';
    post({ kind: 'refused', code, message: error instanceof Error ? error.message : String(error) });
  }
}

function answer(file: PdfFile, id: number, request: PdfRequest): void {
  try {
    if (request.kind === 'outline') {
      post({ kind: 'answer', id, value: readOutline(file) });
    } else if (request.kind === 'text') {
      const drafts = draftPages(file, request.start, request.end);
      // Before the answer: this thread is ended as soon as the last one is there.
      if (request.end >= file.numPages && file.numPages >= MANY_PAGES) pdfium.keepCode();
      post({ kind: 'answer', id, value: drafts });
    } else {
      const raster = rasterisePage(file, request.pageIndex, request.size, request.channels);
      post({ kind: 'answer', id, value: raster }, [raster.pixels.buffer]);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: 'failed', id, message, isBroken: leavesBroken(error) });
  }
}

/** Pages `start` to `end` (exclusive) or the last, together: their words are what hyphenation is undone against. */
function draftPages(file: PdfFile, start: number, end: number): PageDraft[] {
  const pages: { pageIndex: number; raw: RawPage; links: PageLink[] }[] = [];
  const failed: PageDraft[] = [];
  for (let pageIndex = start; pageIndex < Math.min(end, file.numPages); pageIndex++) {
    try {
      const read = file.withTextPage(pageIndex, (page, textPage) => {
        const space = pageSpaceOf(file.pdfium, page);
        const boxes = readLinkBoxes(file, page, space);
        const raw = readRawPage(file, page, textPage, space, boxes);
        return { pageIndex, raw, links: linksOf(boxes) };
      });
      pages.push(read);
    } catch (error) {
      if (!(error instanceof Error) || leavesBroken(error)) throw error;
      failed.push(failedDraft(pageIndex, error.message));
    }
  }
  const vocabulary = vocabularyOf(pages.map(({ raw }) => raw));
  const drafts = pages.map(({ pageIndex, raw, links }) => draftPage(pageIndex, raw, links, vocabulary));
  return [...drafts, ...failed].sort((a, b) => a.pageIndex - b.pageIndex);
}

/** A WebAssembly trap or failed allocation leaves the library in an unknown state: its thread must not be used again. */
function leavesBroken(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');
}
