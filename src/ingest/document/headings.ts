// All drafts of a document -> which of their lines are headings, and at which level: lines that the file's own outline
// names, and lines that stand out by size, weight or number from the text around them.
import type { Heading, OutlineEntry } from './page.ts';
import type { HeadingCandidate, PageDraft } from './page-draft.ts';

/** Letters this much larger than the text's make a heading of a line. */
const LARGER = 1.12;
/** Nobody sets running text as large as this, and no scan is measured that badly. */
const MUCH_LARGER = 1.25;
const MAX_LEVEL = 6;
/** Levels that an outline inferred from headings goes down to. */
const OUTLINE_LEVELS = 3;
/** A line at the edge of this share of the pages (and of at least three) is a running header. */
const RUNNING_SHARE = 0.04;

/** In a document of so many pages, a style used less often than this makes no level of its own. */
const MANY_PAGES = 20;
const RARE = 3;

const NUMBERED = /^(?:(?:chapter|part|appendix|section)\s+[\dIVXA-Z]+|[\dA-Z](?:\.\d+)*\.?|\d+(?:\.\d+)+\.?)\s+\p{L}/iu;

/** One list a draft, in the order of the drafts. */
export function findHeadings(drafts: readonly PageDraft[], outline: readonly OutlineEntry[]): Heading[][] {
  const bodySize = usualSize(drafts);
  const running = runningLines(drafts);
  const named = byPage(outline);
  const standing = drafts.map(({ candidates }) =>
    candidates.filter((line) => !(line.isEdge && running.has(blurDigits(line.text))) && standsOut(line, bodySize)),
  );
  const levels = levelsOf(standing.flat(), bodySize, drafts.length > MANY_PAGES ? RARE : 1);
  return drafts.map((draft, index) => {
    const entries = [...(named.get(draft.pageIndex) ?? [])];
    const headings: Heading[] = [];
    for (const line of draft.candidates) {
      const entry = takeEntry(entries, line.text);
      if (entry) headings.push(headingOf(line, Math.min(MAX_LEVEL, entry.level)));
      else if (standing[index]!.includes(line)) headings.push(headingOf(line, levels.get(styleOf(line)) ?? MAX_LEVEL));
    }
    return headings;
  });
}

/** Where the file declares no outline: its headings of the upper levels. */
export function inferOutline(drafts: readonly PageDraft[], headings: readonly (readonly Heading[])[]): OutlineEntry[] {
  const entries = drafts.flatMap(({ pageIndex }, index) =>
    headings[index]!.map(({ text, level }) => ({ title: text, level, pageIndex })),
  );
  return entries.filter(({ level }) => level <= OUTLINE_LEVELS);
}

/** The line of the first page in the largest letters, where it stands out at all. */
export function prominentLine(draft: PageDraft | undefined): string | null {
  const lines = draft?.candidates.filter(({ text }) => text.length >= 3 && !isScrap(text) && isTitle(text)) ?? [];
  if (lines.length === 0) return null;
  return lines.reduce((a, b) => (b.size > a.size * 1.02 ? b : a)).text;
}

/** Of words: not the scraps of a drawing (`4 Zan`), and no heading that every other document has. */
function isTitle(text: string): boolean {
  return (/\p{L}{4}/u.test(text) || /^[\p{L}\s]+$/u.test(text)) && !/^(?:table of )?contents$/i.test(text);
}

function headingOf({ text, offset }: HeadingCandidate, level: number): Heading {
  return { text, level, offset };
}

/** The size of most letters of the document, in points. */
function usualSize(drafts: readonly PageDraft[]): number {
  const counts = new Map<number, number>();
  for (const { sizes } of drafts) for (const [size, n] of sizes) counts.set(size, (counts.get(size) ?? 0) + n);
  return [...counts].sort(([, m], [, n]) => n - m)[0]?.[0] ?? 0;
}

function standsOut({ text, size, bold }: HeadingCandidate, bodySize: number): boolean {
  if (isScrap(text)) return false;
  if (size < MUCH_LARGER * bodySize && isPieceOfSentence(text)) return false;
  if (size >= LARGER * bodySize) return true;
  if (size < 0.95 * bodySize || !bold) return false;
  return text.length <= 100 && (NUMBERED.test(text) || !/[.:]$/.test(text));
}

/** Marks of list items, as they are and as OCR reads them. */
const LIST_MARK = /^[*•●▪■‣◦·►»®©¢°–—-]\s/;
const MAX_NAME_WORDS = 8;
const SCRAP_WORDS = 3;
const TEXT_WORDS = 12;
/** Words that a sentence broken off at the end of its line ends with, and no name does. */
const OPEN_END =
  /\s(?:and|or|the|a|an|of|to|with|from|by|for|because|you|may|und|oder|der|die|das|et|ou|le|la|de|du|des|y|o|el|los|las|con)$/i;

/** An item of a list, the end of a sentence, sentences, or what OCR read off a drawing. */
function isScrap(text: string): boolean {
  const numWords = numWordsOf(text);
  if (LIST_MARK.test(text) || /^\p{Ll}.*\.$/u.test(text)) return true;
  return numWords < SCRAP_WORDS ? hasOddBracket(text) : numWords > TEXT_WORDS && /\p{Ll}{2}[.!]\s/u.test(text);
}

/** In letters that stand out a little, by design or by how a scan was measured. */
function isPieceOfSentence(text: string): boolean {
  if (NUMBERED.test(text)) return false;
  if (numWordsOf(text) < MAX_NAME_WORDS) return false;
  return OPEN_END.test(text) || /\p{Ll}{2}[.!](?:\s+\p{Lu}|$)/u.test(text);
}

function numWordsOf(text: string): number {
  return text.split(' ').length;
}

function hasOddBracket(text: string): boolean {
  let depth = 0;
  for (const [mark] of text.matchAll(/[([{)\]}]/g)) if ((depth += '([{'.includes(mark) ? 1 : -1) < 0) return true;
  return depth !== 0;
}

function styleOf({ size, bold, text }: HeadingCandidate): string {
  const depth = /^(\d+(?:\.\d+)+)\.?\s/.exec(text)?.[1]?.split('.').length ?? 0;
  return `${Math.round(size * 2) / 2} ${bold} ${depth}`;
}

/**
 * Styles from the largest down, bold before regular, fewer numbers before more; the smallest share the last level, and a
 * style seen fewer than `minLines` times has the level of the next smaller one.
 */
function levelsOf(lines: readonly HeadingCandidate[], bodySize: number, minLines: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(styleOf(line), (counts.get(styleOf(line)) ?? 0) + 1);
  const rank = (style: string) => {
    const [size, bold, depth] = style.split(' ');
    return [Math.max(Number(size), bodySize), bold === 'true' ? 1 : 0, -Number(depth)] as const;
  };
  const ordered = [...counts.keys()].sort((a, b) => {
    const [ra, rb] = [rank(a), rank(b)];
    return rb[0] - ra[0] || rb[1] - ra[1] || rb[2] - ra[2];
  });
  const levels = new Map<string, number>();
  let level = 1;
  for (const style of ordered) {
    levels.set(style, level);
    if (counts.get(style)! >= minLines) level = Math.min(MAX_LEVEL, level + 1);
  }
  return levels;
}

/** Lines that come back at the edge of page after page, page numbers apart. */
function runningLines(drafts: readonly PageDraft[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { candidates } of drafts) {
    for (const key of new Set(candidates.filter((line) => line.isEdge).map((line) => blurDigits(line.text)))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const least = Math.max(3, RUNNING_SHARE * drafts.length);
  return new Set([...counts].filter(([, n]) => n >= least).map(([key]) => key));
}

function blurDigits(text: string): string {
  return text.toLowerCase().replace(/\d+/g, '#');
}

function byPage(outline: readonly OutlineEntry[]): Map<number, OutlineEntry[]> {
  const pages = new Map<number, OutlineEntry[]>();
  for (const entry of outline) {
    if (entry.pageIndex === null) continue;
    const entries = pages.get(entry.pageIndex);
    if (entries) entries.push(entry);
    else pages.set(entry.pageIndex, [entry]);
  }
  return pages;
}

/** The outline entry that this line spells out, taken off the list. */
function takeEntry(entries: OutlineEntry[], text: string): OutlineEntry | undefined {
  const key = comparable(text);
  const index = entries.findIndex(({ title }) => comparable(title) === key);
  return index < 0 ? undefined : entries.splice(index, 1)[0];
}

/** Letters and digits only, without the number in front: outlines often leave it out. */
function comparable(text: string): string {
  const letters = text.toLowerCase().replace(/^(?:chapter|part|appendix|section)?\s*[\divx]+(?:\.\d+)*[.:)]?\s+/iu, '');
  return letters.replace(/[^\p{L}\p{N}]/gu, '');
}
