// A model's answer for one window of pages to entries. Pages may be numbers, labels or ranges; fields may go by their usual names.
import { z } from 'zod';
import { summary, text, title } from './read-answer.ts';
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
  const record = z.record(z.string(), z.unknown()).safeParse(value).data;
  if (record === undefined) return undefined;
  const first = (...names: string[]) => names.map((name) => record[name]).find((field) => field !== undefined);
  const written = page.parse(first('page', 'firstPage', 'pages', 'start'));
  const [, from = written, to = ''] = /^(\d+)\s*(?:[-–—]|to|bis)\s*(\d+)$/.exec(written) ?? [];
  const entry = {
    page: from,
    lastPage: page.parse(first('lastPage', 'endPage', 'end')) || to,
    title: title.parse(first('title', 'event', 'name', 'heading')),
    summary: summary.parse(first('summary', 'description')),
    quote: text.parse(record['quote']),
  };
  return entry.title !== '' || entry.summary !== '' ? entry : undefined;
}
