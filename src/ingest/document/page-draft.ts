// One page as it can be known without the rest of the document: its text, its links, and the lines that may be headings.
// Plain data: it crosses threads and is kept in the cache. Which of the lines are headings is decided in headings.ts.
import type { PageLink } from './page.ts';
import type { Block } from './paragraph.ts';
import type { RawPage } from './text-run.ts';
import type { Vocabulary } from './hyphen.ts';
import { layOutPage } from './layout.ts';
import { countWords } from './hyphen.ts';
import { isLegible } from './legible.ts';

/** A short block that stands alone. */
export interface HeadingCandidate {
  readonly text: string;
  /** Character offset of its line in the page's text. */
  readonly offset: number;
  /** Letter size in points. */
  readonly size: number;
  readonly bold: boolean;
  /** First or last block of its page, where running headers and footers stand. */
  readonly isEdge: boolean;
}

export interface PageDraft {
  readonly pageIndex: number;
  readonly text: string;
  readonly links: readonly PageLink[];
  readonly candidates: readonly HeadingCandidate[];
  /** Letters by size: [points, rounded to halves; number of letters]. */
  readonly sizes: readonly (readonly [number, number])[];
  /** Characters that are no space, and how many of them have no usable Unicode mapping. */
  readonly numChars: number;
  readonly numGarbage: number;
  /** Share of the page covered by pictures, 0 to 1. */
  readonly imageCover: number;
  readonly hasInk: boolean;
  /** Enough of the text reads as words and numbers: the font's mapping is right. */
  readonly isLegible: boolean;
  /** Why the page could not be read, where it could not. */
  readonly failure?: string;
}

const MAX_HEADING_CHARS = 160;
const MAX_HEADING_LINES = 4;

/** Counted when the first hyphen asks. */
export function vocabularyOf(pages: readonly RawPage[]): Vocabulary {
  let counts: Map<string, number> | undefined;
  const count = () => {
    const counted = new Map<string, number>();
    for (const { runs } of pages) for (const { text } of runs) countWords(text, counted);
    return counted;
  };
  return { get: (word) => (counts ??= count()).get(word) };
}

export function draftPage(
  pageIndex: number,
  page: RawPage,
  links: readonly PageLink[],
  vocabulary: Vocabulary,
): PageDraft {
  const blocks = layOutPage(page, vocabulary).filter((block) => block.text.trim() !== '');
  const candidates: HeadingCandidate[] = [];
  let text = '';
  for (const [index, block] of blocks.entries()) {
    if (text !== '') text += '\n\n';
    if (mayBeHeading(block)) {
      const isEdge = index === 0 || index === blocks.length - 1;
      const { size, bold } = block;
      candidates.push({ text: block.text.replace(/\s+/g, ' '), offset: text.length, size, bold, isEdge });
    }
    text += block.text;
  }
  const { numChars, numGarbage, imageCover, hasInk } = page;
  const facts = { numChars, numGarbage, imageCover, hasInk, isLegible: isLegible(text) };
  return { pageIndex, text, links, candidates, sizes: sizesOf(page), ...facts };
}

export function failedDraft(pageIndex: number, failure: string): PageDraft {
  const nothing = { numChars: 0, numGarbage: 0, imageCover: 0, hasInk: false, isLegible: false };
  return { pageIndex, text: '', links: [], candidates: [], sizes: [], ...nothing, failure };
}

function mayBeHeading(block: Block): boolean {
  const { kind, text, numLines, mono } = block;
  if (kind !== 'paragraph' || mono || numLines > MAX_HEADING_LINES || text.length > MAX_HEADING_CHARS) return false;
  return /\p{L}{2}/u.test(text) && !/[,;]$/.test(text);
}

function sizesOf({ runs }: RawPage): [number, number][] {
  const sizes = new Map<number, number>();
  for (const { size, text } of runs) {
    const key = Math.round(size * 2) / 2;
    sizes.set(key, (sizes.get(key) ?? 0) + text.length);
  }
  return [...sizes];
}
