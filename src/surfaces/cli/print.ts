// Where text goes: results on stdout, remarks about them on stderr.
import { MAX_QUERY } from '../../query/parse-query.ts';
import type { SourceRecord } from '../../store/library.ts';
import type { LecternLibrary } from '../api/lectern-library.ts';
import { youtubeRemark } from '../formats/chapters.ts';
import { printable } from './style-text.ts';

/** Of the common options, the one that silences remarks. */
interface HintOptions {
  readonly quiet?: boolean;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function print(text: string): void {
  const shown = printable(text, process.stdout);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** Where a query is longer than what is looked for. */
export function hintIfCut(query: string, options: HintOptions): void {
  if (query.length <= MAX_QUERY) return;
  hint(`Only the first ${MAX_QUERY} of its ${query.length} characters are looked for.`, options);
}

/** A remark beside the result: on stderr, so that it never gets into a pipe. */
export function hint(text: string, { quiet }: HintOptions): void {
  if (!quiet) process.stderr.write(printable(`${text}\n`, process.stderr));
}

/** Why a source has no events or chapters to show, for people. */
export function hintThatNothingWasFound(source: SourceRecord, options: HintOptions): void {
  const what = source.kind === 'document' ? 'text' : 'captions, speech or readable text';
  hint(`No ${what} was found in this source; lectern doctor says what could read more.`, options);
}

/** Why nothing was found, where there is nothing to find. */
export async function hintIfEmpty(lectern: LecternLibrary, options: HintOptions): Promise<void> {
  const isEmpty = (await lectern.sources()).length === 0;
  if (isEmpty) hint(`The library ${lectern.folder} is empty. Add something with: lectern index PATH`, options);
}

export function hintAboutYoutube(list: string, options: HintOptions): void {
  const remark = youtubeRemark(list);
  if (remark !== undefined) hint(remark, options);
}
