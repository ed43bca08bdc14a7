// A model's answer for one window of pages to entries. Pages may be numbers, labels or ranges; fields may go by their usual names.
import { z } from 'zod';
import { fieldsOf, summary, text, title } from './read-answer.ts';
import { readList, type ReadList } from './read-list.ts';

export interface PageEntry {
  /** As written: a number, or a label as printed on the page; empty where absent. */
  readonly page: string;
  readonly lastPage: string;
  readonly title: string;
  readonly summary: string;
  readonly quote: string;
}

const page = z
  .union([z.number().transform(String), z.string()])
  .transform((value) => value.replace(/^\W*(?:pages?|pp?\.|seiten?|s\.)?\s*|\W+$/gi, ''))
  .catch('');

export function readPageAnswer(answer: string): ReadList<PageEntry> {
  return readList(answer, readEntry);
}

/** undefined for what has no words. */
function readEntry(value: unknown): PageEntry | undefined {
  const field = fieldsOf(value);
  if (field === undefined) return undefined;
  const written = page.parse(field('page', 'firstPage', 'pages', 'start'));
  const [, from = written, to = ''] = /^(\d+)\s*(?:[-–—]|to|bis)\s*(\d+)$/.exec(written) ?? [];
  const entry = {
    page: from,
    lastPage: page.parse(field('lastPage', 'endPage', 'end')) || to,
    title: title.parse(field('title', 'event', 'name', 'heading')),
    summary: summary.parse(field('summary', 'description')),
    quote: text.parse(field('quote')),
  };
  return entry.title !== '' || entry.summary !== '' ? entry : undefined;
}
