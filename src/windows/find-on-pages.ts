// A quote found again on the pages of a window, word for word; or the sentence that it was meant to be, where a model missed a word.
import type { Evidence } from '../events/event.ts';
import { nearestSentence } from '../text/nearest-sentence.ts';
import { foldText, locateQuote, type FoldedText } from '../text/quotes.ts';
import type { ShownPage } from './document-pages.ts';

export interface FoundQuote {
  /** In order of page: a sentence may run from one page onto the next. */
  readonly evidence: readonly (Evidence & { readonly kind: 'page' })[];
  /** It stands there in these very words. */
  readonly isExact: boolean;
}

/** Looks on the pages that are named first, then on all of them. */
export class PageQuotes {
  /** All of them. */
  readonly pages: readonly ShownPage[];
  readonly #joined = new Map<string, FoldedText>();

  constructor(pages: readonly ShownPage[]) {
    this.pages = pages;
  }

  /** undefined where no page holds anything like it. */
  find(quote: string, from: number, end: number): FoundQuote | undefined {
    const own = this.pages.filter(({ pageIndex }) => pageIndex >= from && pageIndex < end);
    const exact = this.#exact(quote, own) ?? this.#exact(quote, this.pages);
    if (exact) return { evidence: exact, isExact: true };
    const near = nearest(quote, own) ?? nearest(quote, this.pages);
    return near && { evidence: [near], isExact: false };
  }

  #exact(quote: string, pages: readonly ShownPage[]): FoundQuote['evidence'] | undefined {
    const texts = pages.map(({ text }) => text);
    const joined = texts.join('\n');
    const key = `${pages[0]?.pageIndex}-${pages.length}`;
    const known = this.#joined.get(key) ?? foldText(joined);
    this.#joined.set(key, known);
    const found = locateQuote(quote, known);
    if (found === undefined) return undefined;
    let at = 0;
    return pages.flatMap(({ pageIndex, text }) => {
      const start = at;
      at += text.length + 1;
      const piece = text.slice(Math.max(0, found.start - start), Math.max(0, found.end - start)).trim();
      return piece === '' ? [] : [{ kind: 'page' as const, pageIndex, text: piece.replace(/\s+/g, ' ') }];
    });
  }
}

function nearest(quote: string, pages: readonly ShownPage[]): FoundQuote['evidence'][number] | undefined {
  const found = pages.flatMap(({ pageIndex, text }) => {
    const near = nearestSentence(text, quote);
    return near === undefined ? [] : [{ pageIndex, ...near }];
  });
  const [best] = found.sort((a, b) => b.shared - a.shared);
  return best && { kind: 'page', pageIndex: best.pageIndex, text: best.text };
}
