import { expect, it } from 'vitest';
import { languageOf } from '../../src/events/document-prose.ts';
import type { Page } from '../../src/ingest/document/page.ts';

const page = (pageIndex: number, text: string): Page => {
  return { pageIndex, label: null, text, headings: [], links: [], textSource: 'text' };
};

it("tells a document's language from pages all over it, whatever its contents pages look like", () => {
  const contents = Array.from({ length: 12 }, (_, i) =>
    page(i, 'splot xtics mxtics rgbmax tmargin 12 palette\n'.repeat(60)),
  );
  const prose =
    'The line is drawn from the first of the points to the last, and it is not closed unless you ask for it.\n';
  const text = Array.from({ length: 60 }, (_, i) => page(12 + i, prose.repeat(20)));
  expect(languageOf([...contents, ...text])).toBe('en');
});

it('tells no language where a document has no words', () => {
  expect(languageOf([page(0, '1 2 3')])).toBeNull();
});
