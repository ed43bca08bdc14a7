// A window's answer to events of pages: read, placed in the window, quotes looked up on its pages. Nothing that a model wrote is
// lost: what can't be confirmed is kept and marked, with a note that says what.
import type { Event, Evidence } from '../events/event.ts';
import { NO_TITLE, toEvent, type WindowAnswer } from './check-answer.ts';
import type { ShownPage } from './document-pages.ts';
import { PageQuotes } from './find-on-pages.ts';
import { placePages, type PlacedPages } from './place-pages.ts';
import type { PageWindow } from './plan-pages.ts';
import { readPageAnswer, type PageEntry } from './read-page-answer.ts';

/** `pages`: those of the window. */
export function checkPages(
  text: string,
  window: PageWindow,
  pages: readonly ShownPage[],
  engine: string,
): WindowAnswer<PageWindow> {
  const { entries, problem } = readPageAnswer(text);
  const told = entries.filter(({ title, summary }) => !NO_TITLE.test(title) || summary !== '');
  const quotes = new PageQuotes(pages);
  const placed = placePages(told, window, quotes);
  const events = told.map((entry, i) => eventOf(entry, placed[i]!, quotes, engine));
  const isSilent = events.length === 0 && pages.some((page) => page.text !== '');
  return {
    window,
    text,
    events,
    problem: problem ?? (isSilent ? 'the model described nothing of what is written' : undefined),
  };
}

function eventOf(entry: PageEntry, placed: PlacedPages, quotes: PageQuotes, engine: string): Event {
  const notes = placed.note === undefined ? [] : [placed.note];
  let { pageIndex, endPageIndex } = placed;
  let isPartial = placed.isDoubtful;
  const evidence: Evidence[] = [];
  const found = entry.quote === '' ? undefined : quotes.find(entry.quote, pageIndex, endPageIndex);
  if (found) {
    evidence.push(...found.evidence);
    if (!found.isExact) notes.push(`the quote "${entry.quote}" was put right by the page`);
    const at = found.evidence[0]!.pageIndex;
    if (at < pageIndex || at >= endPageIndex) {
      notes.push(`the quote stands on page ${at + 1}`);
      // On the next page the subject goes on; anywhere else the page was mistaken, and words decide.
      if (at === endPageIndex) endPageIndex++;
      else [pageIndex, endPageIndex] = [at, at + 1];
    }
  } else if (entry.quote !== '') {
    isPartial = true;
    const isWritten = quotes.pages.some((page) => page.pageIndex === pageIndex && page.text !== '');
    evidence.push(...(isWritten ? [] : [{ kind: 'shown' as const, text: entry.quote }]));
    notes.push(
      isWritten
        ? `the quote "${entry.quote}" was not found on these pages`
        : `the quote can't be looked up: page ${pageIndex + 1} has no text`,
    );
  }
  return toEvent(entry, { kind: 'pages', pageIndex, endPageIndex }, { evidence, isPartial, notes, engine });
}
