// A PDF behind its worker threads. PDFium reads the pages, their text and their pixels, and an outline whose pages it can tell;
// pdf.js, in a thread of its own, reads page labels and other outlines: it takes 0.4 s to load and to find its way in the file.
import { availableParallelism } from 'node:os';
import type { DeclaredStructure } from './structure.ts';
import type { OpenDocument } from './open-document.ts';
import type { PageDraft } from './page-draft.ts';
import type { PdfFacts, PdfWorkerData } from './pdf-worker.ts';
import type { Raster, RasterSize } from './pdf-raster.ts';
import { PdfThreadError, PdfThreads, UNIT_PAGES } from './pdf-threads.ts';
import { takeEarly } from './early-pdf.ts';
import { failedDraft } from './page-draft.ts';
import { startQuietThread } from './quiet-thread.ts';

/** More threads read no faster than the disk and the memory bus deliver. */
const MAX_THREADS = 4;

export class PdfDocument implements OpenDocument {
  readonly kind = 'pdf';
  readonly numPages: number;
  readonly declaredTitle: string;
  readonly #threads: PdfThreads;
  readonly #data: PdfWorkerData;
  readonly #facts: PdfFacts;
  /** Pages that were read before anyone asked for them. */
  readonly #firstUnit: Promise<PageDraft[]> | undefined;

  private constructor(
    data: PdfWorkerData,
    threads: PdfThreads,
    facts: PdfFacts,
    firstUnit: Promise<PageDraft[]> | undefined,
  ) {
    this.#data = data;
    this.#threads = threads;
    this.#firstUnit = firstUnit;
    this.numPages = facts.numPages;
    this.declaredTitle = facts.declaredTitle;
    this.#facts = facts;
  }

  /** @throws {PasswordNeededError | PasswordWrongError | DocumentUnreadableError} */
  static async open(path: string, password: string | undefined, leavesCore: boolean): Promise<PdfDocument> {
    const data = { path, password };
    const numCores = Math.max(1, availableParallelism() - (leavesCore ? 1 : 0));
    const maxThreads = Math.min(MAX_THREADS, numCores);
    const early = password === undefined ? takeEarly(path) : undefined;
    early?.threads.allow(maxThreads);
    const threads = early?.threads ?? new PdfThreads(data, maxThreads);
    try {
      return new PdfDocument(data, threads, await (early?.facts ?? threads.open()), early?.firstUnit);
    } catch (error) {
      await threads[Symbol.asyncDispose]();
      throw error;
    }
  }

  async draftPages(start: number, end: number): Promise<PageDraft[]> {
    try {
      const isFirst = start === 0 && end === Math.min(UNIT_PAGES, this.numPages);
      return await ((isFirst && this.#firstUnit) || this.#threads.request({ kind: 'text', start, end }));
    } catch (error) {
      if (!(error instanceof PdfThreadError)) throw error;
      if (end - start === 1) return [failedDraft(start, error.message)];
      // One of these pages costs its thread: one by one, so that only that page is lost.
      const drafts: PageDraft[] = [];
      for (let pageIndex = start; pageIndex < end; pageIndex++)
        drafts.push(...(await this.draftPages(pageIndex, pageIndex + 1)));
      return drafts;
    }
  }

  async rasterise(pageIndex: number, size: RasterSize, channels: 1 | 3): Promise<Raster> {
    return this.#threads.request({ kind: 'raster', pageIndex, size, channels });
  }

  async readStructure(): Promise<DeclaredStructure> {
    const { declaresOutline, declaresLabels } = this.#facts;
    if (!declaresLabels) {
      const outline = declaresOutline ? await this.#threads.request({ kind: 'outline' }) : [];
      // Where an entry's page can't be told, pdf.js, which reads more kinds of destinations, is asked about all of them.
      if (outline.every(({ pageIndex }) => pageIndex !== null)) return { outline, labels: null };
    }
    const worker = startQuietThread(new URL('./structure-worker.ts', import.meta.url), this.#data);
    const { promise, resolve, reject } = Promise.withResolvers<DeclaredStructure>();
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('the reader of the outline stopped')));
    try {
      return await promise;
    } finally {
      await worker.terminate();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads[Symbol.asyncDispose]();
  }
}
