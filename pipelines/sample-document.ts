// A document before it is indexed, as far as a plan needs it: the text of some of its pages and the outline that it declares. A page
// that was not read is taken to be like the nearest one that was.
import type { Config } from '../src/config.ts';
import { openDocument } from '../src/ingest/document/open-document.ts';
import type { PageDraft } from '../src/ingest/document/page-draft.ts';
import type { Page } from '../src/ingest/document/page.ts';
import { needsOcr } from '../src/ingest/document/text-layer.ts';
import type { SourceMaterial } from './engine.ts';

export interface DocumentSample {
  readonly material: Pick<SourceMaterial, 'pages' | 'document' | 'paper'>;
  readonly numPages: number;
  readonly numRead: number;
}

/** Runs of pages, from all over the document. */
const NUM_RUNS = 4;
const RUN_PAGES = 16;
/** What OCR will read off a page, about. */
const SCANNED_TEXT = 'word '.repeat(350);

/** Throws as openDocument does. */
export async function sampleDocument(path: string, { password, ocr }: Config): Promise<DocumentSample> {
  const paper = { path, password };
  await using document = await openDocument(path, paper);
  const { numPages } = document;
  const structure = document.readStructure().catch(() => ({ outline: [], labels: null }));
  const drafts = (await Promise.all(runsOf(numPages).map(([start, end]) => document.draftPages(start, end)))).flat();
  const { outline } = await structure;
  const pages = Array.from({ length: numPages }, (_, pageIndex): Page => {
    const nearest = drafts.reduce((a, b) => (distance(b, pageIndex) < distance(a, pageIndex) ? b : a));
    const isScan = needsOcr(nearest);
    const text = !isScan ? nearest.text : ocr === 'off' ? '' : SCANNED_TEXT;
    const textSource = text === '' ? 'none' : isScan ? 'ocr' : 'text';
    return { pageIndex, label: null, text, headings: [], links: [], textSource };
  });
  const info = { numPages, title: null, outline, outlineSource: 'file' as const };
  return { material: { pages, document: info, paper }, numPages, numRead: drafts.length };
}

function runsOf(numPages: number): [number, number][] {
  if (numPages <= NUM_RUNS * RUN_PAGES) return [[0, numPages]];
  const step = (numPages - RUN_PAGES) / (NUM_RUNS - 1);
  return Array.from({ length: NUM_RUNS }, (_, i) => [Math.round(i * step), Math.round(i * step) + RUN_PAGES]);
}

function distance(draft: PageDraft, pageIndex: number): number {
  return Math.abs(draft.pageIndex - pageIndex);
}
