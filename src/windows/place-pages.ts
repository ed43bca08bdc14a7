// The pages of a window's entries against the window: labels printed on the pages and numbers counted from the window's first page
// are put right; what still lies outside goes where its quote stands, or between its neighbours, marked.
import type { ShownPage } from './document-pages.ts';
import type { PageQuotes } from './find-on-pages.ts';
import type { PageWindow } from './plan-pages.ts';
import type { PageEntry } from './read-page-answer.ts';

/** 0-based, half-open. */
export interface PlacedPages {
  readonly pageIndex: number;
  readonly endPageIndex: number;
  /** What was done to the pages, in one sentence; undefined where they were right. */
  readonly note: string | undefined;
  /** The place is a guess. */
  readonly isDoubtful: boolean;
}

/** One for each entry, in their order. */
export function placePages(entries: readonly PageEntry[], window: PageWindow, quotes: PageQuotes): PlacedPages[] {
  const { pages } = quotes;
  const isRelative = countsFromWindow(entries, window);
  const firsts = entries.map(({ page }) => indexOf(page, window, pages, isRelative));
  return entries.map((entry, i) => {
    const given = firsts[i];
    if (given !== undefined) {
      const last = indexOf(entry.lastPage, window, pages, isRelative) ?? given;
      const note =
        given === Number(entry.page) - 1 ? undefined : `page ${entry.page} was read as page ${given + 1} of the file`;
      return { pageIndex: given, endPageIndex: Math.max(given, last) + 1, note, isDoubtful: false };
    }
    const what = entry.page === '' ? 'the page is missing' : `page ${entry.page} lies outside the window`;
    const [found] = entry.quote === '' ? [] : (quotes.find(entry.quote, 0, 0)?.evidence ?? []);
    if (found) {
      const { pageIndex } = found;
      const note = `${what}; the quote stands on page ${pageIndex + 1}`;
      return { pageIndex, endPageIndex: pageIndex + 1, note, isDoubtful: false };
    }
    const before = firsts.slice(0, i).findLast((index) => index !== undefined) ?? window.pageIndex;
    const after = firsts.slice(i + 1).find((index) => index !== undefined && index >= before);
    return { pageIndex: before, endPageIndex: (after ?? before) + 1, note: what, isDoubtful: true };
  });
}

/** A model that forgets where its window lies begins at 1. */
function countsFromWindow(entries: readonly PageEntry[], { pageIndex, endPageIndex }: PageWindow): boolean {
  const numbers = entries.map(({ page }) => Number(page)).filter((number) => number > 0);
  const numPages = endPageIndex - pageIndex;
  return pageIndex > 0 && numbers.length > 1 && numbers[0] === 1 && numbers.every((number) => number <= numPages);
}

function indexOf(
  page: string,
  window: PageWindow,
  pages: readonly ShownPage[],
  isRelative: boolean,
): number | undefined {
  const index = /^\d+$/.test(page) ? Number(page) - 1 + (isRelative ? window.pageIndex : 0) : NaN;
  if (index >= window.pageIndex && index < window.endPageIndex) return index;
  return page === '' ? undefined : pages.find(({ label }) => label !== null && label === page)?.pageIndex;
}
