// The story of a document: opened, its pages drafted sixteen at a time, those without usable text drawn and read by OCR,
// then headings and outline found over all of them. What is done is kept in the cache, so a run that stops goes on there.
import PQueue from 'p-queue';
import type { DocumentInfo, Page } from './page.ts';
import type { Ocr } from '../ocr/ocr.ts';
import type { OpenDocument, OpenOptions } from './open-document.ts';
import type { PageDraft } from './page-draft.ts';
import { OCR_VERSION } from '../ocr/ocr-result.ts';
import { draftPage, vocabularyOf } from './page-draft.ts';
import { findHeadings, inferOutline, prominentLine } from './headings.ts';
import { keepBetter, needsOcr } from './text-layer.ts';
import { UNIT_PAGES } from './pdf-threads.ts';
import { openDocument } from './open-document.ts';
import { rawPageFromOcr } from './ocr-page.ts';

/** Raised whenever the same file may read differently: cached pages of other versions are not used. */
export const DOCUMENT_VERSION = 7;

/** Units read ahead: enough for every thread while the caller works on a page, few enough to stop soon. */
const UNITS_AHEAD = 12;
/** Pages are drawn for OCR at this resolution: finer reads no better and takes longer (bench/ingest-document.ts). */
const OCR_DPI = 200;

/** Keys say what they hold; the caller adds whose it is (the hash of the file). */
export interface DocumentCache {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

export interface ReadOptions extends OpenOptions {
  /** `auto`: pages without usable text, in the languages of the engine; language codes: the same, and part of the cache's keys. */
  readonly ocr: 'auto' | 'off' | readonly string[];
  /** Called once, when the first page needs it. */
  readonly getOcr: () => Promise<Ocr>;
  readonly onProgress?: (donePages: number, totalPages: number) => void;
  /** Called with each page in order, while later ones are still being read, and awaited. */
  readonly onPage?: (page: Pick<Page, 'pageIndex' | 'text'>) => Promise<void>;
  readonly cache?: DocumentCache;
}

export interface ReadDocument {
  readonly info: DocumentInfo;
  readonly pages: Page[];
  /** What could not be read, one sentence each, page numbers 1-based. */
  readonly warnings: string[];
}

/** A draft and where its text came from. */
interface ReadPage {
  readonly draft: PageDraft;
  readonly textSource: Page['textSource'];
}

/** Throws as `openDocument` does, the signal's reason when aborted, and what `getOcr` throws. */
export async function readDocument(path: string, options: ReadOptions): Promise<ReadDocument> {
  await using document = await openDocument(path, { ...options, leavesCore: options.onPage !== undefined });
  const { numPages } = document;
  const warnings: string[] = [];
  const structure = document.readStructure().catch(() => {
    warnings.push('The outline and page labels could not be read; the outline is inferred from headings.');
    return { outline: [], labels: null };
  });

  const read: ReadPage[] = [];
  for await (const page of readPages(document, options, warnings)) {
    read.push(page);
    await options.onPage?.(page.draft);
  }

  const { outline: declared, labels } = await structure;
  // The threads end by themselves while the rest is worked out here.
  void document[Symbol.asyncDispose]();
  options.signal?.throwIfAborted();
  const drafts = read.map(({ draft }) => draft);
  const headings = findHeadings(drafts, declared);
  const pages = read.map(({ draft, textSource }, index) => ({
    pageIndex: draft.pageIndex,
    label: labels?.[index] ?? null,
    text: draft.text,
    headings: headings[index]!,
    links: draft.links,
    textSource,
  }));
  const title = readsLikeTitle(document.declaredTitle) ? document.declaredTitle.trim() : prominentLine(drafts[0]);
  const outlineSource = declared.length > 0 ? 'file' : 'headings';
  const outline = outlineSource === 'file' ? declared : inferOutline(drafts, headings);
  return { info: { numPages, title, outline, outlineSource }, pages, warnings };
}

/** Pages in order, read ahead by a few units: memory does not grow with the document. */
async function* readPages(document: OpenDocument, options: ReadOptions, warnings: string[]): AsyncGenerator<ReadPage> {
  const { numPages } = document;
  const { signal } = options;
  let donePages = 0;
  const reader = new PageReader(document, options, (count) => options.onProgress?.((donePages += count), numPages));
  // An abort closes the threads, so that whatever is being waited for ends at once.
  const stop = () => void document[Symbol.asyncDispose]();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const units: Promise<ReadPage[]>[] = [];
    for (let start = 0; start < numPages || units.length > 0;) {
      signal?.throwIfAborted();
      while (start < numPages && units.length < UNITS_AHEAD) {
        const unit = reader.readUnit(start, Math.min(numPages, start + UNIT_PAGES));
        unit.catch(() => {});
        units.push(unit);
        start += UNIT_PAGES;
      }
      yield* await units.shift()!;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    warnings.push(...reader.warnings());
  }
}

class PageReader {
  readonly #document: OpenDocument;
  readonly #options: ReadOptions;
  readonly #onDone: (numPages: number) => void;
  readonly #warnings = new Map<number, string>();
  readonly #unread: number[] = [];
  /** Pictures waiting for OCR take memory: no more of them than it can use. */
  readonly #ocrQueue = new PQueue({ concurrency: 1 });
  #ocr: Promise<Ocr> | undefined;

  constructor(document: OpenDocument, options: ReadOptions, onDone: (numPages: number) => void) {
    this.#document = document;
    this.#options = options;
    this.#onDone = onDone;
  }

  warnings(): string[] {
    const warnings = [...this.#warnings].sort(([a], [b]) => a - b).map(([, text]) => text);
    if (this.#unread.length > 0) {
      warnings.push(`${this.#unread.length} of ${this.#document.numPages} pages hold no usable text, and OCR is off.`);
    }
    return warnings;
  }

  async readUnit(start: number, end: number): Promise<ReadPage[]> {
    const drafts = await this.#cached(`text-${DOCUMENT_VERSION}-${start}-${end}`, () =>
      this.#document.draftPages(start, end),
    );
    return Promise.all(drafts.map((draft) => this.#finishPage(draft)));
  }

  async #finishPage(draft: PageDraft): Promise<ReadPage> {
    const { ocr } = this.#options;
    if (draft.failure !== undefined) this.#warn(draft.pageIndex, `could not be read: ${draft.failure}.`);
    let read: ReadPage = { draft, textSource: draft.text === '' ? 'none' : 'text' };
    if (needsOcr(draft)) {
      if (ocr === 'off') this.#unread.push(draft.pageIndex);
      else read = await this.#readByOcr(draft);
    }
    this.#onDone(1);
    return read;
  }

  async #readByOcr(draft: PageDraft): Promise<ReadPage> {
    const { pageIndex } = draft;
    // Outside the try: an engine that does not start, or a language that is not installed, is not this page's fault.
    const ocr = await (this.#ocr ??= this.#options.getOcr());
    this.#ocrQueue.concurrency = Math.max(1, ocr.numWorkers);
    try {
      const key = `ocr-${OCR_VERSION}-${DOCUMENT_VERSION}-${ocr.langs.join('+')}-${OCR_DPI}-${pageIndex}`;
      const [seen] = await this.#cached(key, async () => [
        await this.#ocrQueue.add(() => this.#recognise(pageIndex, ocr)),
      ]);
      return keepBetter(draft, seen!);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.#warn(pageIndex, `could not be read by OCR: ${error instanceof Error ? error.message : String(error)}`);
      return { draft, textSource: draft.text === '' ? 'none' : 'text' };
    }
  }

  async #recognise(pageIndex: number, ocr: Ocr): Promise<PageDraft> {
    const { width, height, pixels } = await this.#document.rasterise(pageIndex, { dpi: OCR_DPI }, 1);
    const result = await ocr.recognize({ pixels, width, height, channels: 1 }, this.#options.signal, {
      mayBeTurned: true,
    });
    const raw = rawPageFromOcr(result, OCR_DPI);
    return draftPage(pageIndex, raw, [], vocabularyOf([raw]));
  }

  #warn(pageIndex: number, text: string): void {
    this.#warnings.set(pageIndex, `Page ${pageIndex + 1} ${text}`);
  }

  /** Drafts from the cache, or made and put there. What failed is tried again next time. */
  async #cached(key: string, make: () => Promise<PageDraft[]>): Promise<PageDraft[]> {
    const { cache, signal } = this.#options;
    signal?.throwIfAborted();
    const known = readStored(await cache?.get(key));
    if (known) return known;
    const drafts = await make();
    if (drafts.every(({ failure }) => failure === undefined))
      await cache?.put(key, Buffer.from(JSON.stringify(drafts), 'utf8'));
    return drafts;
  }
}

/** undefined where there are none, and where they are damaged: the pages are read again. */
function readStored(stored: Uint8Array | undefined): PageDraft[] | undefined {
  try {
    return stored && (JSON.parse(Buffer.from(stored).toString('utf8')) as PageDraft[]);
  } catch {
    return undefined;
  }
}

/** `lindqvist2024-hedges`, `Invoice_2024-0117`, `remote-work-deck`: no spaces, and what stands for them. */
const FILE_NAME = /^(?:\S*_\S*|(?=\S*\d)\S+-\S+|[\p{Ll}\d]+(?:-[\p{Ll}\d]+)+)$/u;

/** Not a file name, and not what a program fills in by itself. */
function readsLikeTitle(title: string): boolean {
  const text = title.trim();
  if (!/\p{L}{3}/u.test(text) || FILE_NAME.test(text)) return false;
  return !/\.(?:docx?|pdf|tex|dvi|indd|qxd|rtf|odt|pptx?|xlsx?|html?)$|^(?:microsoft (?:word|powerpoint)|untitled|document\d*|presentation\d*|slide \d+)\b/i.test(
    text,
  );
}
