// The pages of a document, and what is known of the document as a whole.
import type { DocumentInfo, Heading, OutlineEntry, Page, PageLink } from '../ingest/document/page.ts';
import { arrayOf, isNumber, isString, oneOf, orNull, shape, union } from '../shape.ts';
import { parseColumn } from './columns.ts';
import type { PageRange } from './library.ts';
import { statement, type Db } from './statement.ts';

interface PageRow {
  readonly page_index: number;
  readonly label: string | null;
  readonly text: string;
  readonly headings: string;
  readonly links: string;
  readonly text_source: Page['textSource'];
}

interface DocumentRow {
  readonly num_pages: number;
  readonly title: string | null;
  readonly outline: string;
  readonly outline_source: DocumentInfo['outlineSource'];
}

const isHeading = shape<Heading>({ text: isString, level: isNumber, offset: isNumber });
const isTarget = union(
  shape<Extract<PageLink['target'], { kind: 'url' }>>({ kind: oneOf('url'), url: isString }),
  shape<Extract<PageLink['target'], { kind: 'page' }>>({ kind: oneOf('page'), pageIndex: isNumber }),
);
const isLink = shape<PageLink>({ text: isString, target: isTarget });
const isOutlineEntry = shape<OutlineEntry>({ title: isString, level: isNumber, pageIndex: orNull(isNumber) });

export function insertPages(db: Db, sourceNo: number, pages: readonly Page[]): void {
  const insert = statement(db, 'INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const { pageIndex, label, text, headings, links, textSource } of pages) {
    insert.run(sourceNo, pageIndex, label, text, JSON.stringify(headings), JSON.stringify(links), textSource);
  }
}

/** All pages, or those from `fromPageIndex` up to, not including, `toPageIndex`. */
export function selectPages(
  db: Db,
  sourceNo: number,
  { fromPageIndex = 0, toPageIndex = Infinity }: PageRange = {},
): Page[] {
  return statement<PageRow>(
    db,
    'SELECT * FROM pages WHERE source_no = ? AND page_index >= ? AND page_index < ? ORDER BY page_index',
  )
    .all(sourceNo, fromPageIndex, toPageIndex)
    .map((row) => ({
      pageIndex: row.page_index,
      label: row.label,
      text: row.text,
      headings: parseColumn(row.headings, arrayOf(isHeading), 'pages.headings'),
      links: parseColumn(row.links, arrayOf(isLink), 'pages.links'),
      textSource: row.text_source,
    }));
}

export function insertDocument(db: Db, sourceNo: number, document: DocumentInfo): void {
  statement(db, 'INSERT INTO documents VALUES (?, ?, ?, ?, ?)').run(
    sourceNo,
    document.numPages,
    document.title,
    JSON.stringify(document.outline),
    document.outlineSource,
  );
}

export function selectDocument(db: Db, sourceNo: number): DocumentInfo | undefined {
  const row = statement<DocumentRow>(db, 'SELECT * FROM documents WHERE source_no = ?').get(sourceNo);
  if (!row) return undefined;
  return {
    numPages: row.num_pages,
    title: row.title,
    outline: parseColumn(row.outline, arrayOf(isOutlineEntry), 'documents.outline'),
    outlineSource: row.outline_source,
  };
}
