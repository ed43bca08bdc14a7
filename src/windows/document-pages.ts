// The pages of a document as a model is shown them: text under a marker that says which page of the file it is, and, where words
// alone lose something (scans, figures, tables), a picture of the page.
import type { Page } from '../ingest/document/page.ts';
import type { Section } from '../events/sections.ts';

export interface ShownPage {
  /** 0-based. */
  readonly pageIndex: number;
  readonly label: string | null;
  readonly text: string;
  readonly worth: PictureWorth;
  /** Titles of the sections that begin on it, as the document spells them, with their levels. */
  readonly sections: readonly Pick<Section, 'title' | 'level' | 'offset'>[];
}

/**
 * What a picture of the page tells that its text does not. 3: all, there is no text; 2: the text was read by OCR; 1: it shows a
 * figure or a table; 0: nothing.
 */
export type PictureWorth = 0 | 1 | 2 | 3;

/** `Figure 3.`, `Fig. 2:`, `Tabelle 4`, and the like, at the beginning of a line. */
const CAPTION =
  /^\s*(?:fig(?:ure|ura|\.)?|table|tab(?:elle|leau|la|\.)|abb(?:ildung|\.)?|grafik|diagram[am]?|chart|schéma|рис(?:унок|\.)|табл(?:ица|\.)|図|表|图|圖)\s*\d/imu;
/** Three cells, set apart by three spaces and more: two columns read well as text. */
const TABLE_ROW = /\S {3,}\S+.* {3,}\S/;
/** A line of a table of contents. */
const LEADERS = /(?:\. ?){4,}/;
const MIN_TABLE_ROWS = 4;

export function shownPages(pages: readonly Page[], sections: readonly Section[]): ShownPage[] {
  const begun = Map.groupBy(
    sections.filter(({ title }) => title !== ''),
    ({ pageIndex }) => pageIndex,
  );
  return pages.map((page) => ({
    pageIndex: page.pageIndex,
    label: page.label,
    text: page.text.trim(),
    worth: pictureWorth(page),
    sections: begun.get(page.pageIndex) ?? [],
  }));
}

function pictureWorth({ text, textSource }: Page): PictureWorth {
  if (textSource === 'none' || text.trim() === '') return 3;
  if (textSource === 'ocr') return 2;
  const rows = text.split('\n').filter((line) => TABLE_ROW.test(line) && !LEADERS.test(line)).length;
  return CAPTION.test(text) || rows >= MIN_TABLE_ROWS ? 1 : 0;
}

/** `[page 12]`: of the file, counted from 1, whatever is printed on it. */
function pageMarker({ pageIndex }: Pick<ShownPage, 'pageIndex'>): string {
  return `[page ${pageIndex + 1}]`;
}

export function pageText(page: ShownPage): string {
  return `${pageMarker(page)}\n${page.text}${page.text === '' ? '' : '\n'}\n`;
}

/** `- page 12: Load` for each section that begins on the page. */
export function sectionLines({ pageIndex, sections }: ShownPage): string {
  return sections.map(({ title }) => `- page ${pageIndex + 1}: ${title}\n`).join('');
}
