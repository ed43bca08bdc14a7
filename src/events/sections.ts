// A document cut into sections: by its outline where it has one, else by the headings found on its pages, else by pages. A
// section runs from its heading to the next one, whatever their levels, so sections never overlap in text.
import type { DocumentInfo, Page } from '../ingest/document/page.ts';
import { isListingByEntries } from '../text/listing.ts';
import { foldText } from '../text/quotes.ts';

export interface Section {
  /** Empty for a page without a heading. */
  readonly title: string;
  /** 1 is the top level. */
  readonly level: number;
  /** 0-based first page and the character offset where the section begins on it. */
  readonly pageIndex: number;
  readonly offset: number;
  /** Half-open: where the section ends, the last page included if it holds any of it. */
  readonly endPageIndex: number;
  /** Offset on the page `endPageIndex - 1` where the next section begins; Infinity where that page is the section's to its end. */
  readonly endOffset: number;
  /** Contents or an index: it names other places and tells nothing. */
  readonly isListing: boolean;
}

/** Where contents have no heading of their own. */
const CONTENTS = 'Contents';

type Start = Pick<Section, 'title' | 'level' | 'pageIndex' | 'offset'>;

export function sectionsOf(pages: readonly Page[], document: DocumentInfo | null): Section[] {
  const starts = outlineStarts(pages, document) ?? headingStarts(pages) ?? pageStarts(pages);
  return closeSections(starts, pages);
}

/** Texts as they are compared: of pages by their index, and of headings, which several entries of the outline are compared with. */
interface FoldedHeadings {
  readonly pages: Map<number, string>;
  readonly headings: Map<string, string>;
}

function outlineStarts(pages: readonly Page[], document: DocumentInfo | null): Start[] | undefined {
  const entries = (document?.outline ?? []).flatMap((entry) =>
    entry.pageIndex === null ? [] : [{ title: entry.title.trim(), level: entry.level, pageIndex: entry.pageIndex }],
  );
  if (entries.length < 2) return undefined;
  const byIndex = new Map(pages.map((page) => [page.pageIndex, page]));
  const folded: FoldedHeadings = { pages: new Map(), headings: new Map() };
  let last: Start | undefined;
  return entries.map((entry) => {
    const page = byIndex.get(entry.pageIndex);
    const from = last?.pageIndex === entry.pageIndex ? last.offset + 1 : 0;
    last = { ...entry, offset: page === undefined ? 0 : headingOffset(page, entry.title, from, folded) };
    return last;
  });
}

/** Where an outline entry's heading stands on its page; the top of the page where it isn't found. */
function headingOffset(page: Page, title: string, from: number, { pages, headings }: FoldedHeadings): number {
  const wanted = normalHeading(title, headings);
  const heading = page.headings.find((one) => one.offset >= from && normalHeading(one.text, headings).endsWith(wanted));
  if (heading !== undefined) return heading.offset;
  let normal = pages.get(page.pageIndex);
  if (normal === undefined) pages.set(page.pageIndex, (normal = page.text.toLowerCase()));
  const at = normal.indexOf(title.toLowerCase(), from);
  return at < 0 ? from : page.text.lastIndexOf('\n', at) + 1;
}

function normalHeading(text: string, known: FoldedHeadings['headings']): string {
  let normal = known.get(text);
  if (normal === undefined) known.set(text, (normal = foldText(text).folded.replace(/^[\d.]+/, '')));
  return normal;
}

function headingStarts(pages: readonly Page[]): Start[] | undefined {
  const starts = pages.flatMap(({ pageIndex, headings }) =>
    headings.map(({ text, level, offset }) => ({ title: text.trim(), level, pageIndex, offset })),
  );
  // Fewer headings than one in four pages cover too little to divide by.
  return starts.length >= 2 && starts.length >= pages.length / 4 ? starts : undefined;
}

function pageStarts(pages: readonly Page[]): Start[] {
  return pages.map((page) => ({
    title: page.headings[0]?.text.trim() ?? '',
    level: 1,
    pageIndex: page.pageIndex,
    offset: 0,
  }));
}

function closeSections(starts: readonly Start[], pages: readonly Page[]): Section[] {
  const endOfDocument = (pages.at(-1)?.pageIndex ?? -1) + 1;
  const ordered = [...starts].sort((a, b) => a.pageIndex - b.pageIndex || a.offset - b.offset);
  const [head] = ordered;
  if (head !== undefined) ordered.unshift(...frontMatter(head, pages));
  const listings = new Set(pages.flatMap(({ pageIndex, text }) => (isListingByEntries(text) ? [pageIndex] : [])));
  return ordered.map((start, i) => {
    const ends = endOf(start, ordered[i + 1], endOfDocument);
    // Without a name it could not be called anything.
    const isListing = start.title !== '' && isMostlyListing(start.pageIndex, ends.endPageIndex, listings);
    return { ...start, ...ends, isListing };
  });
}

/** What stands before the first heading: a cover without a title, and contents, which go on to the heading. */
function frontMatter(head: Start, pages: readonly Page[]): Start[] {
  const first = pages[0]?.pageIndex ?? 0;
  if (head.pageIndex === first && head.offset === 0) return [];
  const cover: Start = { title: '', level: 1, pageIndex: first, offset: 0 };
  const contents = pages.find(({ pageIndex, text }) => pageIndex < head.pageIndex && isListingByEntries(text));
  if (!contents) return [cover];
  const { pageIndex, headings } = contents;
  const start = { title: headings[0]?.text.trim() ?? CONTENTS, level: 1, pageIndex, offset: 0 };
  return pageIndex === first ? [start] : [cover, start];
}

function endOf(
  start: Start,
  next: Start | undefined,
  endOfDocument: number,
): Pick<Section, 'endPageIndex' | 'endOffset'> {
  if (next === undefined) return { endPageIndex: endOfDocument, endOffset: Infinity };
  if (next.offset > 0) return { endPageIndex: next.pageIndex + 1, endOffset: next.offset };
  return {
    endPageIndex: Math.max(next.pageIndex, start.pageIndex + 1),
    endOffset: next.pageIndex > start.pageIndex ? Infinity : 0,
  };
}

/** Half of its pages are enough: the last one may be almost empty. */
function isMostlyListing(pageIndex: number, endPageIndex: number, listings: ReadonlySet<number>): boolean {
  let number = 0;
  for (let i = pageIndex; i < endPageIndex; i++) if (listings.has(i)) number++;
  return number > 0 && 2 * number >= endPageIndex - pageIndex;
}
