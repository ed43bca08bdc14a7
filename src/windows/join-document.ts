// A model's events of pages joined with what the reader finds in the same document: titles as the document spells its headings,
// the reader's events of pages that the model passed over, and chapters from the outline.
import type { SourceDescription } from '../events/describe-source.ts';
import type { Chapter, Event } from '../events/event.ts';
import type { ShownPage } from './document-pages.ts';
import { startOf } from './merge-events.ts';
import { pagesWithin } from './plan-pages.ts';
import { asSpelled } from './titles.ts';

/** Chapters of a document that has no text to find them by. */
const MAX_CHAPTERS = 12;

/** `noteOf`: why the model's word on a page is missing; undefined where it only passed the page over. */
export function joinDocument(
  events: readonly Event[],
  reader: SourceDescription,
  pages: readonly ShownPage[],
  noteOf: (pageIndex: number) => string | undefined,
): SourceDescription {
  const named = events.map((event) => ({ ...event, title: headingOf(event, pages), summary: summaryOf(event) }));
  const told = new Set(named.flatMap(pagesOf));
  const kept = reader.events
    .filter((event) => !told.has(startOf(event.place)))
    .map((event): Event => {
      const problem = noteOf(startOf(event.place));
      return problem === undefined
        ? event
        : { ...event, status: 'partial', note: `described by the reader: ${problem}` };
    });
  const all = [...named, ...kept].sort((a, b) => startOf(a.place) - startOf(b.place));
  return { events: all, chapters: reader.chapters.length > 0 ? reader.chapters : chaptersOf(all) };
}

function headingOf({ title, place }: Event, pages: readonly ShownPage[]): string {
  if (place.kind !== 'pages') return title;
  const sections = pagesWithin(pages, place).flatMap((page) => page.sections);
  return asSpelled(
    title,
    sections.map((section) => section.title),
  );
}

function summaryOf({ summary, evidence, title }: Event): string {
  return summary || evidence.map(({ text }) => text).join(' ') || title;
}

function pagesOf({ place }: Event): number[] {
  if (place.kind !== 'pages') return [];
  return Array.from({ length: place.endPageIndex - place.pageIndex }, (_, i) => place.pageIndex + i);
}

/** Runs of events, each under the name of its first. */
function chaptersOf(events: readonly Event[]): Chapter[] {
  const size = Math.ceil(events.length / MAX_CHAPTERS);
  const firsts = events.filter((_, i) => i % Math.max(1, size) === 0);
  return firsts.map(({ place, title, summary }, i) => {
    const next = firsts[i + 1];
    const pageIndex = startOf(place);
    const last = next === undefined ? Math.max(...events.flatMap(pagesOf)) + 1 : startOf(next.place);
    return { place: { kind: 'pages', pageIndex, endPageIndex: Math.max(pageIndex + 1, last) }, title, summary };
  });
}
