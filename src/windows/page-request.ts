// What a model is asked for one window of pages: the schema of its answer, and the words.
import { sectionLines, type ShownPage } from './document-pages.ts';
import { eventListSchema } from './event-schema.ts';
import type { PageWindow } from './plan-pages.ts';
import type { WindowText } from './window-messages.ts';

/**
 * The same for all windows: a grammar of its own for each would be compiled anew, half a second with a released vocabulary. That
 * pages lie in the window is checked when the answer is read.
 */
export const PAGE_EVENT_SCHEMA = eventListSchema({
  page: { type: 'integer', description: 'Page on which it begins.' },
  lastPage: { type: 'integer', description: 'Page on which it ends.' },
  title: { type: 'string', minLength: 1 },
  summary: { type: 'string', description: 'One to three sentences.' },
  quote: { type: 'string', description: 'Words of the page, as they stand there.' },
});

const SYSTEM = `You index manuals, papers and books. You are given some pages of a document: the number of each page in brackets, its text, and of some pages a picture below the text. You describe only what stands on these pages.`;

/** `section`: the one that is under way where the window begins. `lang`: name of the language to write in. */
export function pageRequest(
  { pageIndex, endPageIndex, maxEvents }: PageWindow,
  { pages, title, section, lang }: PageRequest,
): WindowText {
  const numbers = `${pageIndex + 1} to ${endPageIndex}`;
  const outline = pages.map(sectionLines).join('');
  const under = section === '' ? '' : `The first of these pages goes on with the section "${section}".\n`;
  const begun = outline === '' ? '' : `Sections that begin on these pages:\n${outline}`;
  const instruction = `These were pages ${numbers} of "${title}".
${under}${begun}List what pages ${numbers} tell, as JSON: {"events": [{"page", "lastPage", "title", "summary", "quote"}]}.
An event is one subject: usually one section. They follow each other in the order of the pages, ${maxEvents} at most. page is the number in brackets above the text in which the subject begins, lastPage the one in which it ends; numbers printed on the pages don't count.
The title names the subject in a few words; a section's own heading where there is one. The summary says in one to three sentences what a reader learns. The quote is one telling sentence, copied word for word from the text of these pages. Write titles and summaries in ${lang ?? 'the language of the document'}; keep technical terms as they are.
`;
  return { system: SYSTEM, instruction };
}

export interface PageRequest {
  /** Of the window. */
  readonly pages: readonly ShownPage[];
  readonly title: string;
  /** Empty where none is. */
  readonly section: string;
  readonly lang?: string;
}
