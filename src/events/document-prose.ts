// The sentences of a document in reading order, each with its page: what section events, chapters and summaries of documents
// are made of. Table rows, page headers and contents lines are text to search, not sentences to quote.
import type { Page } from '../ingest/document/page.ts';
import { detectByFunctionWords, detectLanguage } from '../text/language.ts';
import { countLetters } from '../text/latin-words.ts';
import { Breather } from './breather.ts';
import { sentences } from '../text/sentences.ts';
import { ProseBuilder, type Prose } from './prose.ts';
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
  /** Units that say nothing of their own: headings, running headers and footers. */
  readonly furniture: ReadonlySet<number>;
}

const SENTENCE_END = /[.!?。！？।؟]["'”’)\]]*$/u;
const LANGUAGE_SAMPLE_CHARACTERS = 20_000;
/** A text on so many pages is their header or footer. */
const REPEATED_PAGES = 3;

/** Events, chapters and the summary of one run read the same pages. */
const prepared = new WeakMap<readonly Page[], Promise<DocumentProse>>();

export function prepareDocument(pages: readonly Page[]): Promise<DocumentProse> {
  let prose = prepared.get(pages);
  if (prose === undefined) prepared.set(pages, (prose = prepare(pages)));
  return prose;
}

async function prepare(pages: readonly Page[]): Promise<DocumentProse> {
  const breather = new Breather();
  const builder = new DocumentProseBuilder(languageOf(pages) ?? 'en');
  for (const page of pages) {
    builder.add(page);
    await breather.breathe();
  }
  return builder.prose(pages);
}

type PageText = Pick<Page, 'pageIndex' | 'text'>;

/**
 * A document's language is guessed from so many pages, and from as many after them where function words don't tell it (contents
 * have few), up to a limit. Where all the pages say otherwise in the end, the work is done again.
 */
const GUESS_PAGES = 8;
const MAX_GUESS_PAGES = 64;

/** Takes in the pages of a document while later ones are still being read. */
export class EarlyProse {
  readonly #pages: PageText[] = [];
  readonly #breather = new Breather();
  #builder: DocumentProseBuilder | undefined;

  /** As far as it is guessed. */
  get lang(): string | undefined {
    return this.#builder?.lang;
  }

  /** In order. Gives the page's words as `latinWords` cuts them, where they are known by now. */
  async add(page: PageText): Promise<readonly string[] | undefined> {
    this.#pages.push(page);
    let words: readonly string[] | undefined;
    if (this.#builder !== undefined) words = this.#builder.add(page);
    else if (this.#pages.length % GUESS_PAGES === 0 && this.#pages.length <= MAX_GUESS_PAGES) await this.#guess();
    await this.#breather.breathe();
    return words;
  }

  async #guess(): Promise<void> {
    const guess = detectByFunctionWords(sampleOf(this.#pages.slice(-GUESS_PAGES)));
    if (guess === undefined) return;
    // Hardly a long document goes without phrases: its cover and contents have no heading to name them by.
    this.#builder = new DocumentProseBuilder(guess.lang, { phrases: true });
    for (const page of this.#pages) {
      this.#builder.add(page);
      await this.#breather.breathe();
    }
  }

  /** What was prepared is the document's, where its pages are those that were added and its language the one guessed. */
  keepFor(pages: readonly Page[]): void {
    const isSame = pages.length === this.#pages.length && pages.every(({ text }, i) => text === this.#pages[i]!.text);
    if (this.#builder === undefined || !isSame || this.#builder.lang !== (languageOf(pages) ?? 'en')) return;
    prepared.set(pages, Promise.resolve(this.#builder.prose(pages)));
  }
}

class DocumentProseBuilder {
  readonly lang: string;
  readonly #builder: ProseBuilder;
  readonly #sentences: PrintedSentence[] = [];
  /** Where each text has been seen: running headers and footers are the same on several pages. */
  readonly #seen = new Map<
    string,
    { numPages: number; lastPage: number; readonly mark: string; readonly readable: string; readonly quality: number }
  >();

  constructor(lang: string, options: { readonly phrases?: boolean } = {}) {
    this.lang = lang;
    this.#builder = new ProseBuilder(lang, options);
  }

  /** Gives the words of the page as they are written; undefined where some of it had to be normalised. */
  add({ pageIndex, text: pageText }: PageText): readonly string[] | undefined {
    const written: string[] = [];
    let isNormalised = false;
    for (const { text: printed, start } of sentences(pageText)) {
      // A single space, as nearly all are, is left alone: replacing it by itself is most of the cost.
      const text = printed.replace(/\s\s+|[^\S ]/g, ' ');
      this.#sentences.push({ text, pageIndex, offset: start });
      let seen = this.#seen.get(text);
      if (seen === undefined) {
        const [mark, readable] = cutMark(text);
        seen = { numPages: 1, lastPage: pageIndex, mark, readable, quality: printedQuality(readable, this.lang) };
        this.#seen.set(text, seen);
      } else if (seen.lastPage !== pageIndex) {
        seen.lastPage = pageIndex;
        seen.numPages++;
      }
      if (seen.mark !== '') written.push(...(seen.mark.match(/[\p{L}\p{N}]+/gu) ?? []));
      const read = this.#builder.add(seen);
      for (const word of read.words) written.push(word.written);
      isNormalised ||= read.isNormalised;
    }
    return isNormalised ? undefined : written;
  }

  /** `pages` as they are known in the end, with their headings. */
  prose(pages: readonly Page[]): DocumentProse {
    const headings = new Set(pages.flatMap((page) => page.headings.map((one) => `${page.pageIndex} ${one.offset}`)));
    const furniture = this.#runningLines();
    for (const [i, { text, pageIndex, offset }] of this.#sentences.entries()) {
      if (headings.has(`${pageIndex} ${offset}`) && !SENTENCE_END.test(text)) furniture.add(i);
      if (furniture.has(i) || this.#seen.get(text)!.numPages >= REPEATED_PAGES) this.#builder.quality[i] = 0;
    }
    return { sentences: this.#sentences, furniture, ...this.#builder.prose() };
  }

  /** Units at the top or the bottom of a page that other pages have there, too. */
  #runningLines(): Set<number> {
    const edges = this.#sentences.flatMap(({ text, pageIndex }, i) => {
      const isEdge = [i - 1, i + 1].some((other) => this.#sentences[other]?.pageIndex !== pageIndex);
      return isEdge && !SENTENCE_END.test(text) ? [{ i, text: blurDigits(text) }] : [];
    });
    const counts = new Map<string, number>();
    for (const { text } of edges) counts.set(text, (counts.get(text) ?? 0) + 1);
    return new Set(edges.filter(({ text }) => counts.get(text)! >= REPEATED_PAGES).map(({ i }) => i));
  }
}

/** Page numbers apart. */
function blurDigits(text: string): string {
  return text.replace(/\d+/g, '#');
}

/** The bullet, number or letter of a list's item belongs to the list. */
const MARK = /^(?:[•●▪■‣◦·►»*–—-]|\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)|(?:[a-z]|\d{1,2})[.)])\s+(?=["'“‘]?\p{Lu})/u;

function cutMark(text: string): [mark: string, rest: string] {
  const mark = MARK.exec(text)?.[0] ?? '';
  return [mark, text.slice(mark.length)];
}

/** How well a printed sentence can be quoted: whole, of words rather than numbers, no row of a table or of contents. */
function printedQuality(text: string, lang: string): number {
  const visible = text.replace(/\s+/g, '').length;
  if (countLetters(text) < 0.6 * visible || /(?:\. ?){4,}/.test(text)) return 0;
  // A key's or a menu's sign, or its icon, stood before such a comma: `Ambient Mode , you can`.
  const hasHole = /\p{L} ,\s|: :/u.test(text);
  const isWhole = !hasHole && /^["'“‘(\[]?[\p{Lu}\p{Lo}\p{N}]/u.test(text) && /[.!?:。！？।؟]["'”’)\]]*$/u.test(text);
  return sentenceQuality(text, lang) * (isWhole ? 1 : 0.2);
}

const languages = new WeakMap<readonly Page[], string | null>();

/** The language that a document is written in, told once from pages all over it; null where it reads like none. */
export function languageOf(pages: readonly Page[]): string | null {
  let lang = languages.get(pages);
  if (lang === undefined) languages.set(pages, (lang = detectLanguage(sampleOf(pages))?.lang ?? null));
  return lang;
}

function sampleOf(pages: readonly PageText[]): string {
  const step = Math.max(1, Math.floor(pages.length / 20));
  let sample = '';
  for (let i = 0; i < pages.length && sample.length < LANGUAGE_SAMPLE_CHARACTERS; i += step)
    sample += `${pages[i]!.text}\n`;
  return sample.slice(0, LANGUAGE_SAMPLE_CHARACTERS);
}
