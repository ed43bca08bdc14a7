// Chapters of a document: the highest level of its outline that divides it; where there is no such outline, runs of pages
// whose words belong together, as in a deck of slides, where every page has a title.
import type { DocumentProse } from './document-prose.ts';
import type { Chapter } from './event.ts';
import type { Section } from './sections.ts';
import { cutSegments, type SegmentationInput } from './segmentation.ts';
import { summaryOf } from './summary-sentences.ts';
import { titleFromPhrases, titleFromSentence } from './title.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Fewer headings than this divide nothing; more than this many are sections, and neighbours are taken together. */
const MIN_ENTRIES = 3;
const MAX_ENTRIES = 40;
/** Headings that begin later than at this share of the pages are those of an appendix. */
const MAX_UNCOVERED = 0.2;
/** Ideal pages of a chapter found by its words: this times the square root of the document's pages. */
const IDEAL_PER_ROOT = 1.5;
const MIN_IDEAL_PAGES = 2;
/** A deck of slides is one chapter for each where there are no more than this. */
const MAX_SLIDES = 12;
/** Titles of a deck: one a page, but for a cover without one and a page with two. */
const MIN_TITLED_SHARE = 0.7;
const MAX_TITLES_PER_SLIDE = 1.3;
/** Mean of its pages; a page of prose has two to four thousand. */
const MAX_SLIDE_CHARACTERS = 600;
/** Ideal slides of a chapter: this times the square root of the deck's. */
const SLIDES_PER_ROOT = 1;
/** What a chapter that begins with a slide of a title alone earns; see SegmentationInput.borders. */
const DIVIDER_WORTH = 8;

interface Start {
  readonly title: string;
  readonly pageIndex: number;
  /** First unit of the prose. */
  readonly unit: number;
  /** Contents and indexes end a chapter and are none. */
  readonly isListing: boolean;
}

export async function documentChapters(
  prose: DocumentProse,
  sections: readonly Section[],
  numPages: number,
): Promise<Chapter[]> {
  const titled = topSections(sections, numPages).map((section) => startOf(prose, section));
  const chosen = isDeck(prose, titled, numPages)
    ? await joinSlides(prose, titled, numPages)
    : await divide(prose, withText(titled, prose.sentences.length), numPages);
  const chapters: Chapter[] = [];
  for (const [i, { title, pageIndex, unit, isListing }] of chosen.entries()) {
    if (isListing) continue;
    const next = chosen[i + 1];
    const end = next?.unit ?? prose.sentences.length;
    const summary = summaryOf(prose, unit, end);
    const named = title || titleFromPhrases(await prose.phrases(), unit, end, new Set()) || titleFromSentence(summary);
    // The page on which the next chapter begins is this one's too, if the chapter's text reaches onto it.
    const lastPage = prose.sentences[end - 1]?.pageIndex ?? numPages - 1;
    const endPageIndex = Math.max(
      pageIndex + 1,
      next === undefined ? numPages : Math.min(next.pageIndex, lastPage) + 1,
    );
    if (named !== '') chapters.push({ place: { kind: 'pages', pageIndex, endPageIndex }, title: named, summary });
  }
  return chapters;
}

async function divide(prose: DocumentProse, entries: readonly Start[], numPages: number): Promise<readonly Start[]> {
  if (entries.length > 0 && entries.length <= MAX_ENTRIES) return entries;
  const ideal = Math.max(MIN_IDEAL_PAGES, IDEAL_PER_ROOT * Math.sqrt(numPages));
  return joinNeighbours(prose, entries.length === 0 ? pageStarts(prose) : entries, numPages, ideal);
}

/** A deck of slides: a title opens nearly every page, and there is little on each. */
function isDeck({ sentences }: DocumentProse, titled: readonly Start[], numPages: number): boolean {
  if (titled.length <= MAX_SLIDES || titled.length > MAX_TITLES_PER_SLIDE * numPages) return false;
  const opened = new Set(titled.map((start) => start.pageIndex));
  const characters = sentences.reduce((sum, { text }) => sum + text.length, 0);
  return opened.size >= MIN_TITLED_SHARE * numPages && characters <= MAX_SLIDE_CHARACTERS * numPages;
}

/** Slides of one subject as one chapter, under the title of the first; one with nothing but its title likes to open a chapter. */
function joinSlides(prose: DocumentProse, titled: readonly Start[], numPages: number): Promise<Start[]> {
  const slides = titled.filter(({ title }, i) => titled[i - 1]?.title !== title);
  const ideal = Math.max(MIN_IDEAL_PAGES, SLIDES_PER_ROOT * Math.sqrt(numPages));
  const borders = slides.map((slide) => (isOnlyTitle(prose, slide) ? DIVIDER_WORTH : 0));
  return joinNeighbours(prose, slides, numPages, ideal, { borders, topicalOnly: true });
}

function isOnlyTitle({ sentences, furniture }: DocumentProse, { title, pageIndex, unit }: Start): boolean {
  let characters = 0;
  for (let i = unit; sentences[i]?.pageIndex === pageIndex; i++) {
    if (!furniture.has(i)) characters += sentences[i]!.text.length;
  }
  return characters <= title.length;
}

/** Sections of the highest levels that are at least three; none where they leave much of the document out. */
function topSections(sections: readonly Section[], numPages: number): Section[] {
  const titled = sections.filter((section) => section.title !== '');
  const levels = [...new Set(titled.map((section) => section.level))].sort((a, b) => a - b);
  for (const level of levels) {
    const entries = titled.filter((section) => section.level <= level);
    if (entries.length >= MIN_ENTRIES) return entries[0]!.pageIndex <= MAX_UNCOVERED * numPages ? entries : [];
  }
  return [];
}

/** A heading with no more than itself before the next one is a line of the title page, not a chapter. */
function withText(starts: readonly Start[], numUnits: number): Start[] {
  return starts.filter(({ unit }, i) => (starts[i + 1]?.unit ?? numUnits) - unit > 1);
}

function startOf({ sentences }: DocumentProse, { title, pageIndex, offset, isListing }: Section): Start {
  const unit = sentences.findIndex(
    (sentence) => sentence.pageIndex > pageIndex || (sentence.pageIndex === pageIndex && sentence.offset >= offset),
  );
  return { title, pageIndex, unit: unit < 0 ? sentences.length : unit, isListing };
}

function pageStarts({ sentences }: DocumentProse): Start[] {
  return sentences.flatMap(({ pageIndex }, unit) =>
    unit === 0 || sentences[unit - 1]!.pageIndex < pageIndex ? [{ title: '', pageIndex, unit, isListing: false }] : [],
  );
}

/** Neighbouring starts with the same words become one, under the title of the first. */
async function joinNeighbours(
  prose: DocumentProse,
  starts: readonly Start[],
  numPages: number,
  ideal: number,
  { borders = starts.map(() => 0), topicalOnly = false }: Partial<SegmentationInput> = {},
): Promise<Start[]> {
  const firsts = await cutSegments({
    vocabulary: regroup(prose.vocabulary, starts),
    starts: [...starts.map((start) => start.pageIndex), numPages],
    borders,
    ideal,
    max: 3 * ideal,
    topicalOnly,
  });
  return firsts.map((first) => starts[first]!);
}

/** The same vocabulary with one unit for each start. */
function regroup(vocabulary: Vocabulary, starts: readonly Start[]): Vocabulary {
  const units = starts.map(({ unit }, i) => vocabulary.units.slice(unit, starts[i + 1]?.unit).flat());
  return { ...vocabulary, units };
}
