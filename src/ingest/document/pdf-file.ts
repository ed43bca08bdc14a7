// One open PDF: bytes are read from disk as PDFium asks for them, so a scan of a gigabyte costs no gigabyte of memory.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Pdfium, Pointer } from './pdfium.ts';
import { DocumentUnreadableError, PasswordNeededError, PasswordWrongError } from './errors.ts';

/** Bytes read from disk at a time, and how many such chunks are kept: 16 MiB in all. */
const CHUNK_BYTES = 1 << 18;
const MAX_CHUNKS = 64;

/** fpdfview.h FPDF_ERR_*: what FPDF_GetLastError says after a document did not open. */
const ERROR_PASSWORD = 4;
const ERROR_SECURITY = 5;
/** fpdf_flatten.h FLAT_NORMALDISPLAY. */
const FLATTEN_FOR_DISPLAY = 0;

export class PdfFile implements Disposable {
  readonly pdfium: Pdfium;
  readonly doc: Pointer;
  readonly numPages: number;
  /** Handles of the form that the document is; 0 where it is none. */
  readonly #formInfo: Pointer;
  readonly #form: Pointer;
  readonly #fd: number;
  readonly #pointers: Pointer[];
  readonly #callback: Pointer;

  private constructor(pdfium: Pdfium, doc: Pointer, fd: number, callback: Pointer, pointers: Pointer[]) {
    this.pdfium = pdfium;
    this.doc = doc;
    this.numPages = pdfium.c.FPDF_GetPageCount(doc);
    this.#formInfo = pdfium.c.FPDF_GetFormType(doc) === 0 ? 0 : pdfium.c.PDFiumExt_OpenFormFillInfo();
    this.#form = this.#formInfo === 0 ? 0 : pdfium.c.PDFiumExt_InitFormFillEnvironment(doc, this.#formInfo);
    this.#fd = fd;
    this.#callback = callback;
    this.#pointers = pointers;
  }

  /** @throws {PasswordNeededError | PasswordWrongError | DocumentUnreadableError} */
  static open(pdfium: Pdfium, path: string, password: string | undefined): PdfFile {
    const { c } = pdfium;
    const fd = openSync(path, 'r');
    const numBytes = fstatSync(fd).size;
    const callback = pdfium.addCallback(blockReader(pdfium, fd, numBytes));
    // FPDF_FILEACCESS (fpdfview.h): m_FileLen, m_GetBlock, m_Param, 32 bits each.
    const access = pdfium.alloc(12);
    pdfium.view.setUint32(access, numBytes, true);
    pdfium.view.setUint32(access + 4, callback, true);
    pdfium.view.setUint32(access + 8, 0, true);
    const secret = password === undefined ? 0 : pdfium.allocString(password);
    const doc = c.FPDF_LoadCustomDocument(access, secret);
    const pointers = secret === 0 ? [access] : [access, secret];
    if (doc !== 0) return new PdfFile(pdfium, doc, fd, callback, pointers);

    const error = c.FPDF_GetLastError();
    closeSync(fd);
    pdfium.removeCallback(callback);
    for (const pointer of pointers) pdfium.free(pointer);
    if (error === ERROR_PASSWORD) {
      throw password === undefined ? new PasswordNeededError(path) : new PasswordWrongError(path);
    }
    throw new DocumentUnreadableError(
      path,
      error === ERROR_SECURITY
        ? 'its encryption is of a kind that is not supported'
        : 'it is not a PDF, or it is cut off or damaged beyond repair',
    );
  }

  get declaresOutline(): boolean {
    return this.pdfium.c.FPDFBookmark_GetFirstChild(this.doc, 0) !== 0;
  }

  /** One without labels gives the first page an empty one, of two zero bytes. */
  get declaresLabels(): boolean {
    return this.pdfium.c.FPDF_GetPageLabel(this.doc, 0, 0, 0) > 2;
  }

  /** The title in the file's metadata, empty where it has none. */
  get declaredTitle(): string {
    const tag = this.pdfium.allocString('Title');
    try {
      return this.pdfium.readString('utf16le', (buffer, n) => this.pdfium.c.FPDF_GetMetaText(this.doc, tag, buffer, n));
    } finally {
      this.pdfium.free(tag);
    }
  }

  /** Calls `use` with the loaded page and lets it go. Throws where the page itself can't be loaded. */
  withPage<T>(pageIndex: number, use: (page: Pointer) => T): T {
    const { c } = this.pdfium;
    const page = c.FPDF_LoadPage(this.doc, pageIndex);
    if (page === 0) throw new Error('its contents are damaged');
    try {
      return use(page);
    } finally {
      c.FPDF_ClosePage(page);
    }
  }

  /** The same with the page's characters, those typed into its form fields included. */
  withTextPage<T>(pageIndex: number, use: (page: Pointer, textPage: Pointer) => T): T {
    const { c } = this.pdfium;
    // Fields are drawn by annotations, which hold no text; flattened (in memory), they are part of the page.
    // Who filled them in may have left the drawing to the reader: PDFium then draws them when the form's page is loaded.
    if (this.#form !== 0)
      this.withPage(pageIndex, (page) => {
        c.FORM_OnAfterLoadPage(page, this.#form);
        c.FPDFPage_Flatten(page, FLATTEN_FOR_DISPLAY);
        c.FORM_OnBeforeClosePage(page, this.#form);
      });
    return this.withPage(pageIndex, (page) => {
      const textPage = c.FPDFText_LoadPage(page);
      if (textPage === 0) throw new Error('its text is damaged');
      try {
        return use(page, textPage);
      } finally {
        c.FPDFText_ClosePage(textPage);
      }
    });
  }

  [Symbol.dispose](): void {
    if (this.#form !== 0) this.pdfium.c.PDFiumExt_ExitFormFillEnvironment(this.#form);
    if (this.#formInfo !== 0) this.pdfium.c.PDFiumExt_CloseFormFillInfo(this.#formInfo);
    this.pdfium.c.FPDF_CloseDocument(this.doc);
    this.pdfium.removeCallback(this.#callback);
    for (const pointer of this.#pointers) this.pdfium.free(pointer);
    closeSync(this.#fd);
  }
}

/** m_GetBlock of FPDF_FILEACCESS: copies `numBytes` from `position` to memory at `target`; 1 is success, 0 is failure. */
function blockReader(pdfium: Pdfium, fd: number, fileBytes: number) {
  const chunks = new Map<number, Buffer>();
  const chunkAt = (index: number): Buffer => {
    let chunk = chunks.get(index);
    if (chunk) return chunk;
    chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, fileBytes - index * CHUNK_BYTES));
    readSync(fd, chunk, 0, chunk.length, index * CHUNK_BYTES);
    if (chunks.size >= MAX_CHUNKS) chunks.delete(chunks.keys().next().value!);
    chunks.set(index, chunk);
    return chunk;
  };
  return (_param: number, position: number, target: number, numBytes: number): number => {
    let from = position >>> 0;
    let to = target >>> 0;
    const end = from + (numBytes >>> 0);
    if (end > fileBytes) return 0;
    while (from < end) {
      const offset = from % CHUNK_BYTES;
      const chunk = chunkAt((from - offset) / CHUNK_BYTES);
      const length = Math.min(end - from, chunk.length - offset);
      pdfium.write(chunk.subarray(offset, offset + length), to);
      from += length;
      to += length;
    }
    return 1;
  };
}
