// A path -> an open document, whatever kind of file it is: pages as text drafts, pages as pixels, what it declares about
// itself. The first bytes decide the kind; a wrong file name changes nothing.
import { open, stat } from 'node:fs/promises';
import type { DeclaredStructure } from './structure.ts';
import type { PageDraft } from './page-draft.ts';
import type { Raster, RasterSize } from './pdf-raster.ts';
import { DocumentEmptyError, DocumentUnreadableError, NoPagesError } from './errors.ts';
import { PdfDocument } from './pdf-document.ts';

export interface OpenOptions {
  readonly password?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The caller works on pages, on its own thread, while later ones are read: one core is left to it. */
  readonly leavesCore?: boolean;
}

export interface OpenDocument extends AsyncDisposable {
  readonly kind: 'pdf' | 'image';
  readonly numPages: number;
  /** The title in the file's metadata, empty where there is none. */
  readonly declaredTitle: string;
  /** Text of pages `start` to `end` (exclusive). A page that can't be read comes back with its `failure`. */
  draftPages(start: number, end: number): Promise<PageDraft[]>;
  rasterise(pageIndex: number, size: RasterSize, channels: 1 | 3): Promise<Raster>;
  /** Outline and page labels; both empty where the file declares none. */
  readStructure(): Promise<DeclaredStructure>;
}

/** A PDF's header may follow other bytes, within the first 1024 (PDF 32000-1, annex H.3, note 13). */
const HEADER_BYTES = 1024;

/** @throws {PasswordNeededError | PasswordWrongError | DocumentEmptyError | NoPagesError | DocumentUnreadableError} */
export async function openDocument(
  path: string,
  { password, signal, leavesCore = false }: OpenOptions = {},
): Promise<OpenDocument> {
  signal?.throwIfAborted();
  const head = await readHead(path);
  if (head.length === 0) throw new DocumentEmptyError(path);
  const document = head.includes('%PDF-')
    ? await PdfDocument.open(path, password, leavesCore)
    : await openImage(path, head);
  if (document.numPages === 0) {
    await document[Symbol.asyncDispose]();
    throw new NoPagesError(path);
  }
  return document;
}

/** Loaded where it is needed: the library behind it takes longer to load than a short PDF to read. */
async function openImage(path: string, head: Buffer): Promise<OpenDocument> {
  const { ImageDocument } = await import('./image-document.ts');
  return ImageDocument.open(path, head.toString('latin1'));
}

async function readHead(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).isDirectory())
      throw new DocumentUnreadableError(path, 'it is a folder', 'Name a file in it.');
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof DocumentUnreadableError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'reading it is not permitted' : message;
    throw new DocumentUnreadableError(path, reason, 'Check the path and its permissions.', error);
  }
}
