// Chapters of a document: the highest level of its outline that divides it; where there is no such outline, runs of pages
// whose words belong together.
import type { DocumentProse } from './document-prose.ts';
import type { Chapter } from './event.ts';
import type { Section } from './sections.ts';
import { cutSegments } from './segmentation.ts';
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
  const entries = withText(
    topSections(sections, numPages).map((section) => startOf(prose, section)),
    prose.sentences.length,
  );
  const starts = entries.length === 0 ? pageStarts(prose) : entries;
  const isDivided = entries.length > 0 && entries.length <= MAX_ENTRIES;
  const chosen = isDivided ? entries : await joinNeighbours(prose, starts, numPages);
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
async function joinNeighbours(prose: DocumentProse, starts: readonly Start[], numPages: number): Promise<Start[]> {
  const ideal = Math.max(MIN_IDEAL_PAGES, IDEAL_PER_ROOT * Math.sqrt(numPages));
  const firsts = await cutSegments({
    vocabulary: regroup(prose.vocabulary, starts),
    starts: [...starts.map((start) => start.pageIndex), numPages],
    borders: starts.map(() => 0),
    ideal,
    max: 3 * ideal,
  });
  return firsts.map((first) => starts[first]!);
}

/** The same vocabulary with one unit for each start. */
function regroup(vocabulary: Vocabulary, starts: readonly Start[]): Vocabulary {
  const units = starts.map(({ unit }, i) => vocabulary.units.slice(unit, starts[i + 1]?.unit).flat());
  return { ...vocabulary, units };
}
