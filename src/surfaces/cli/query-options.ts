// What `search` and `ask` have in common: one query or a file of them, and where to look for it.
import { UsageError } from '../../errors.ts';
import type { SourceKind } from '../../store/library.ts';
import type { LecternLibrary } from '../api/lectern-library.ts';
import { ZOOMED_PLACES, type SearchOptions } from '../api/requests.ts';
import type { CommonOptions } from './common.ts';

export interface QueryOptions extends CommonOptions {
  readonly source?: string[];
  readonly kind?: SourceKind;
  readonly limit: number;
  readonly queries?: string;
  readonly wordsOnly?: boolean;
  readonly zoom?: boolean;
}

export const ZOOM = [
  '--zoom',
  `look at the best ${ZOOMED_PLACES} again, at full frame rate, and begin each at the very frame`,
] as const;

/** @throws UsageError where neither is given, or both. `called` is what the text is, `example` a command line that is right. */
export function checkTextOrFile(text: string, { queries }: QueryOptions, called: string, example: string): void {
  if ((text.trim() === '') !== (queries === undefined)) return;
  throw new UsageError(`Give either a ${called} or --queries FILE`, `For example: ${example}`);
}

/** Sources by the names given; looked up once, however many queries there are. */
export async function readScope(lectern: LecternLibrary, options: QueryOptions): Promise<SearchOptions> {
  const { source, kind, limit, wordsOnly, zoom } = options;
  const sources = source && (await Promise.all(source.map((name) => lectern.source(name))));
  return { sources, kind, limit, wordsOnly, zoom };
}
