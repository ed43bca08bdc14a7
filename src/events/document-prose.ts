// The sentences of a document in reading order, each with its page: what section events, chapters and summaries of documents
// are made of. Table rows, page headers and contents lines are text to search, not sentences to quote.
import type { Page } from '../ingest/document/page.ts';
import { detectLanguage } from '../text/language.ts';
import { Breather } from './breather.ts';
import { sentences } from '../text/sentences.ts';
import { prepareProse, type Prose } from './prose.ts';
import { sentenceQuality } from './sentence-quality.ts';

export interface PrintedSentence {
  /** White space made single. */
  readonly text: string;
  /** 0-based. */
  readonly pageIndex: number;
  /** Character offset in the page's text. */
  readonly offset: number;
}

export interface DocumentProse extends Prose {
  /** The units of the prose, in reading order. */
  readonly sentences: readonly PrintedSentence[];
}

const LANGUAGE_SAMPLE_CHARACTERS = 20_000;

/** Events, chapters and the summary of one run read the same pages. */
const prepared = new WeakMap<readonly Page[], Promise<DocumentProse>>();

export function prepareDocument(pages: readonly Page[]): Promise<DocumentProse> {
  let prose = prepared.get(pages);
  if (prose === undefined) prepared.set(pages, (prose = prepare(pages)));
  return prose;
}

async function prepare(pages: readonly Page[]): Promise<DocumentProse> {
  const lang = languageOf(pages) ?? 'en';
  const breather = new Breather();
  const found: PrintedSentence[] = [];
  for (const page of pages) {
    for (const { text, start } of sentences(page.text)) {
      found.push({ text: text.replace(/\s+/g, ' '), pageIndex: page.pageIndex, offset: start });
    }
    await breather.breathe();
  }
  const repeated = repeatedLines(found);
  const prose = await prepareProse(found.length, lang, (i) => {
    const { text } = found[i]!;
    return { readable: text, quality: repeated.has(text) ? 0 : printedQuality(text, lang) };
  });
  return { sentences: found, ...prose };
}

/** How well a printed sentence can be quoted: whole, of words rather than numbers, no row of a table or of contents. */
function printedQuality(text: string, lang: string): number {
  const letters = text.length - text.replace(/\p{L}+/gu, '').length;
  const visible = text.replace(/\s+/g, '').length;
  if (letters < 0.6 * visible || /(?:\. ?){4,}/.test(text)) return 0;
  const isWhole = /^["'“‘(\[]?[\p{Lu}\p{Lo}\p{N}]/u.test(text) && /[.!?:。！？।؟]["'”’)\]]*$/u.test(text);
  return sentenceQuality(text, lang) * (isWhole ? 1 : 0.2);
}

/** Running headers and footers: the same text on several pages. */
function repeatedLines(found: readonly PrintedSentence[]): ReadonlySet<string> {
  const seen = new Map<string, { numPages: number; lastPage: number }>();
  const repeated = new Set<string>();
  for (const { text, pageIndex } of found) {
    const known = seen.get(text);
    if (known === undefined) seen.set(text, { numPages: 1, lastPage: pageIndex });
    else if (known.lastPage !== pageIndex) {
      known.lastPage = pageIndex;
      if (++known.numPages === 3) repeated.add(text);
    }
  }
  return repeated;
}

const languages = new WeakMap<readonly Page[], string | null>();

/** The language that a document is written in, told once from pages all over it; null where it reads like none. */
export function languageOf(pages: readonly Page[]): string | null {
  let lang = languages.get(pages);
  if (lang === undefined) languages.set(pages, (lang = detectLanguage(sampleOf(pages))?.lang ?? null));
  return lang;
}

function sampleOf(pages: readonly Page[]): string {
  const step = Math.max(1, Math.floor(pages.length / 20));
  let sample = '';
  for (let i = 0; i < pages.length && sample.length < LANGUAGE_SAMPLE_CHARACTERS; i += step)
    sample += `${pages[i]!.text}\n`;
  return sample.slice(0, LANGUAGE_SAMPLE_CHARACTERS);
}
