// Pages of documents, written in the test itself.
import type { DocumentInfo, Page } from '../../src/ingest/document/page.ts';
import { sectionsOf } from '../../src/events/sections.ts';
import { shownPages, type ShownPage } from '../../src/windows/document-pages.ts';

/** A page for each text; a line that begins with `#` is a heading of as many levels. */
export function pagesOf(...texts: readonly string[]): Page[] {
  return texts.map((written, pageIndex) => {
    const headings: { text: string; level: number; offset: number }[] = [];
    let text = '';
    for (const line of written.split('\n')) {
      const [, marks, title] = /^(#+) (.*)$/.exec(line) ?? [];
      if (marks && title) headings.push({ text: title, level: marks.length, offset: text.length });
      text += `${title ?? line}\n`;
    }
    const trimmed = text.trimEnd();
    return {
      pageIndex,
      label: null,
      text: trimmed,
      headings,
      links: [],
      textSource: trimmed === '' ? ('none' as const) : ('text' as const),
    };
  });
}

/** Its headings as the file's own outline. */
export function documentOf(pages: readonly Page[]): DocumentInfo {
  const outline = pages.flatMap(({ pageIndex, headings }) =>
    headings.map(({ text, level }) => ({ title: text, level, pageIndex })),
  );
  return { numPages: pages.length, title: 'Manual', outline, outlineSource: 'file' };
}

export function shown(...texts: readonly string[]): ShownPage[] {
  const pages = pagesOf(...texts);
  return shownPages(pages, sectionsOf(pages, documentOf(pages)));
}
