// The PDFium library (Chromium's, compiled to WebAssembly by @embedpdf/pdfium) as a typed set of its C functions.
// Function meanings: https://pdfium.googlesource.com/pdfium/+/refs/heads/main/public/ (fpdfview.h, fpdf_text.h, fpdf_doc.h).
// Runs in worker threads only: every call blocks the thread it is made on.
import { readFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { init } from '@embedpdf/pdfium';
import { WasmCode } from './wasm-code.ts';

/** A C pointer, or a handle that PDFium hands out; 0 is none. */
export type Pointer = number;

/** The C functions used here, and C's own memory. Booleans come back as 0 and 1. */
interface PdfiumFunctions {
  PDFiumExt_Init(): void;
  FPDF_LoadCustomDocument(fileAccess: Pointer, password: Pointer): Pointer;
  FPDF_CloseDocument(doc: Pointer): void;
  FPDF_GetLastError(): number;
  FPDF_GetPageCount(doc: Pointer): number;
  FPDF_GetMetaText(doc: Pointer, tag: Pointer, buffer: Pointer, numBytes: number): number;
  FPDF_GetPageLabel(doc: Pointer, pageIndex: number, buffer: Pointer, numBytes: number): number;
  FPDFBookmark_GetFirstChild(doc: Pointer, bookmark: Pointer): Pointer;
  FPDFBookmark_GetNextSibling(doc: Pointer, bookmark: Pointer): Pointer;
  FPDFBookmark_GetTitle(bookmark: Pointer, buffer: Pointer, numBytes: number): number;
  FPDFBookmark_GetAction(bookmark: Pointer): Pointer;
  FPDFBookmark_GetDest(doc: Pointer, bookmark: Pointer): Pointer;
  FPDF_GetFormType(doc: Pointer): number;
  PDFiumExt_OpenFormFillInfo(): Pointer;
  PDFiumExt_InitFormFillEnvironment(doc: Pointer, formInfo: Pointer): Pointer;
  PDFiumExt_ExitFormFillEnvironment(form: Pointer): void;
  PDFiumExt_CloseFormFillInfo(formInfo: Pointer): void;
  FORM_OnAfterLoadPage(page: Pointer, form: Pointer): void;
  FORM_OnBeforeClosePage(page: Pointer, form: Pointer): void;
  FPDF_LoadPage(doc: Pointer, pageIndex: number): Pointer;
  FPDF_ClosePage(page: Pointer): void;
  FPDF_GetPageWidthF(page: Pointer): number;
  FPDF_GetPageHeightF(page: Pointer): number;
  FPDF_GetPageBoundingBox(page: Pointer, rect: Pointer): number;
  FPDFPage_GetRotation(page: Pointer): number;
  FPDFPage_Flatten(page: Pointer, usage: number): number;
  FPDFPage_CountObjects(page: Pointer): number;
  FPDFPage_GetObject(page: Pointer, index: number): Pointer;
  FPDFPage_GetAnnotCount(page: Pointer): number;
  FPDFPageObj_GetType(object: Pointer): number;
  FPDFPageObj_GetBounds(object: Pointer, left: Pointer, bottom: Pointer, right: Pointer, top: Pointer): number;
  FPDFText_LoadPage(page: Pointer): Pointer;
  FPDFText_ClosePage(textPage: Pointer): void;
  FPDFText_CountChars(textPage: Pointer): number;
  readonly FPDFText_GetUnicode: (textPage: Pointer, index: number) => number;
  FPDFText_HasUnicodeMapError(textPage: Pointer, index: number): number;
  FPDFText_GetFontSize(textPage: Pointer, index: number): number;
  FPDFText_GetLooseCharBox(textPage: Pointer, index: number, rect: Pointer): number;
  FPDFText_GetCharOrigin(textPage: Pointer, index: number, x: Pointer, y: Pointer): number;
  FPDFText_GetMatrix(textPage: Pointer, index: number, matrix: Pointer): number;
  FPDFText_GetTextObject(textPage: Pointer, index: number): Pointer;
  FPDFTextObj_GetFont(textObject: Pointer): Pointer;
  FPDFFont_GetFlags(font: Pointer): number;
  FPDFFont_GetWeight(font: Pointer): number;
  FPDFFont_GetBaseFontName(font: Pointer, buffer: Pointer, numBytes: number): number;
  FPDFLink_Enumerate(page: Pointer, startPos: Pointer, link: Pointer): number;
  FPDFLink_GetAnnotRect(link: Pointer, rect: Pointer): number;
  FPDFLink_GetDest(doc: Pointer, link: Pointer): Pointer;
  FPDFLink_GetAction(link: Pointer): Pointer;
  FPDFAction_GetType(action: Pointer): number;
  FPDFAction_GetDest(doc: Pointer, action: Pointer): Pointer;
  FPDFAction_GetURIPath(doc: Pointer, action: Pointer, buffer: Pointer, numBytes: number): number;
  FPDFDest_GetDestPageIndex(doc: Pointer, dest: Pointer): number;
  FPDFBitmap_CreateEx(width: number, height: number, format: number, firstScan: Pointer, stride: number): Pointer;
  FPDFBitmap_FillRect(bitmap: Pointer, left: number, top: number, width: number, height: number, argb: number): void;
  FPDFBitmap_Destroy(bitmap: Pointer): void;
  FPDF_RenderPageBitmap(
    bitmap: Pointer,
    page: Pointer,
    startX: number,
    startY: number,
    sizeX: number,
    sizeY: number,
    rotate: number,
    flags: number,
  ): void;
  malloc(numBytes: number): Pointer;
  free(pointer: Pointer): void;
}

/** The Emscripten module around them. */
interface PdfiumModule {
  /**
   * The compiled functions themselves. The module's own `_FPDF...` names check and copy their arguments at every call,
   * which costs a third of the time where there is a call for every letter of a book.
   */
  readonly wasmExports: PdfiumFunctions;
  /** Makes a JavaScript function callable from C; `signature` is Emscripten's (`i` for each 32-bit integer). */
  addFunction(fn: (...args: number[]) => number, signature: string): Pointer;
  removeFunction(pointer: Pointer): void;
  /** Replaced whenever the memory grows, so it is read anew at every use. */
  readonly HEAPU8: Uint8Array;
}

export class Pdfium {
  readonly c: PdfiumFunctions;
  readonly #module: PdfiumModule;
  readonly #code: WasmCode;
  #heap: Uint8Array;
  #view: DataView;

  private constructor(module: PdfiumModule, code: WasmCode) {
    this.c = module.wasmExports;
    this.#module = module;
    this.#code = code;
    this.#heap = module.HEAPU8;
    this.#view = new DataView(this.#heap.buffer);
  }

  static async load(): Promise<Pdfium> {
    const wasmPath = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
    const folder = getCompileCacheDir();
    const code = new WasmCode(readFileSync(wasmPath), folder && join(folder, 'pdfium.wasm-code'));
    const silent = () => {};
    const overrides = { instantiateWasm: code.instantiate.bind(code), print: silent, printErr: silent };
    // The package's own types rest on ambient Emscripten types that it does not install.
    const load = init as unknown as (overrides: object) => Promise<{ pdfium: PdfiumModule }>;
    const { pdfium: module } = await load(overrides);
    module.wasmExports.PDFiumExt_Init();
    return new Pdfium(module, code);
  }

  /** For the threads of later runs, which then need not compile again what this one has called often. */
  keepCode(): void {
    this.#code.keep(this.c.FPDFText_GetUnicode);
  }

  /** Memory as little-endian numbers; never kept across a call that may allocate. */
  get view(): DataView {
    const heap = this.#module.HEAPU8;
    if (this.#heap !== heap) {
      this.#heap = heap;
      this.#view = new DataView(heap.buffer);
    }
    return this.#view;
  }

  alloc(numBytes: number): Pointer {
    const pointer = this.c.malloc(numBytes);
    if (pointer === 0) throw new RangeError(`PDFium has no memory for ${numBytes} bytes`);
    return pointer;
  }

  free(pointer: Pointer): void {
    this.c.free(pointer);
  }

  /** A zero-terminated UTF-8 copy; the caller frees it. */
  allocString(text: string): Pointer {
    const bytes = Buffer.from(`${text}\0`, 'utf8');
    const pointer = this.alloc(bytes.length);
    this.write(bytes, pointer);
    return pointer;
  }

  write(bytes: Uint8Array, pointer: Pointer): void {
    this.#module.HEAPU8.set(bytes, pointer);
  }

  /** Makes `fn` callable from C; all of its arguments and its result are 32-bit integers. */
  addCallback(fn: (...args: number[]) => number): Pointer {
    return this.#module.addFunction(fn, 'i'.repeat(fn.length + 1));
  }

  removeCallback(pointer: Pointer): void {
    this.#module.removeFunction(pointer);
  }

  bytes(pointer: Pointer, length: number): Buffer {
    const heap = this.#module.HEAPU8;
    return Buffer.from(heap.buffer, heap.byteOffset + pointer, length);
  }

  /** Text from one of PDFium's "call for the size, call again for the content" functions; sizes are in bytes. */
  readString(encoding: 'utf16le' | 'utf8', call: (buffer: Pointer, numBytes: number) => number): string {
    const numBytes = call(0, 0);
    if (numBytes <= 0) return '';
    const buffer = this.alloc(numBytes);
    try {
      call(buffer, numBytes);
      return this.bytes(buffer, numBytes).toString(encoding).replace(/\0+$/, '');
    } finally {
      this.free(buffer);
    }
  }
}
