// The story of a PDF or an image: pages with their text, headings and links -> events and chapters.
import path from 'node:path';
import { EarlyProse } from '../src/events/document-prose.ts';
import type { Page } from '../src/ingest/document/page.ts';
import { DOCUMENT_VERSION, readDocument } from '../src/ingest/document/read-document.ts';
import { OCR_VERSION } from '../src/ingest/ocr/ocr-result.ts';
import type { IndexContext } from './index-context.ts';
import { recordRate } from './rates.ts';
import { stageCache } from './stage.ts';
import { understand, type ReadSource } from './understand.ts';

export async function indexDocument(context: IndexContext): Promise<ReadSource> {
  const { input, contentHash, library, config, engine, signal, shared } = context;
  const startedAt = performance.now();
  const cache = stageCache(library, contentHash, {
    name: 'pages',
    version: DOCUMENT_VERSION,
    parameters: { ocr: config.ocr, ocrVersion: OCR_VERSION },
  });
  // Once it is known how long the document is: that decides which model takes it.
  let isToldLength = false;
  const onProgress = (done: number, total: number) => {
    context.onProgress('pages', done, total);
    if (!isToldLength) void engine.makeReady?.({ kind: 'document', captions: null, numPages: total });
    isToldLength = true;
  };
  const prose = engine.readsSentences === true ? new EarlyProse() : undefined;
  const onPage = async (page: Pick<Page, 'pageIndex' | 'text'>) => {
    const words = await prose?.add(page);
    const lang = config.lang ?? prose?.lang;
    if (lang !== undefined) library.prepareText(page.text, lang, words);
  };
  const { info, pages, warnings } = await readDocument(input.path, {
    ...(config.password !== undefined && { password: config.password }),
    ocr: config.ocr === 'auto' || config.ocr === 'off' ? config.ocr : shared.ocrLangs,
    getOcr: () => shared.ocr(),
    signal,
    onProgress,
    ...(prose && { onPage }),
    cache,
  });
  prose?.keepFor(pages);
  for (const message of warnings) context.warn(message);
  if (!cache.wasUsed)
    await recordRate(library, { pages: info.numPages, wallSec: (performance.now() - startedAt) / 1000 });

  const title = info.title ?? path.parse(input.path).name;
  const material = {
    kind: 'document' as const,
    durationMs: null,
    captions: null,
    slides: [],
    slideTexts: [],
    pages,
    document: info,
    mediaChapters: [],
    paper: { path: input.path, password: config.password },
    title,
  };
  return understand(material, { title, video: null }, context);
}
