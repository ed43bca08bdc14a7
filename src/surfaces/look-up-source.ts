// A source by what a person calls it.
import path from 'node:path';
import { InputError } from '../errors.ts';
import type { Library, SourceRecord } from '../store/library.ts';

/**
 * The source that a person names: an id (or its first digits), a path, or the name of a file that only one source has.
 * @throws InputError SOURCE_NOT_FOUND or SOURCE_AMBIGUOUS.
 */
export async function lookUpSource(library: Library, name: string): Promise<SourceRecord> {
  const found =
    (await library.findSource(path.resolve(name))) ??
    (await library.findSource(name)) ??
    (await findByFileName(library, name));
  if (found !== undefined) return found;
  throw new InputError(`No source called ${name} in the library ${library.folder}`, {
    code: 'SOURCE_NOT_FOUND',
    remedy: 'Run lectern sources to see what is there, or lectern index to add it.',
  });
}

/** For what needs the content of a source. @throws InputError SOURCE_FAILED for one that could not be indexed. */
export function requireIndexed(source: SourceRecord): SourceRecord {
  if (source.status === 'indexed') return source;
  throw new InputError(`Nothing of this source was indexed: ${failureText(source)}`, {
    code: 'SOURCE_FAILED',
    remedy: source.error?.remedy ?? 'Index it again.',
  });
}

/** What failed and why; most reasons name the path themselves. */
export function failureText({ path: file, error }: SourceRecord): string {
  const reason = error?.message ?? 'unknown reason';
  return reason.includes(file) ? reason : `${file}: ${reason}`;
}

async function findByFileName(library: Library, name: string): Promise<SourceRecord | undefined> {
  const matches = (await library.listSources()).filter(
    (source) => path.basename(source.path) === name || path.parse(source.path).name === name || source.title === name,
  );
  if (matches.length > 1) {
    throw new InputError(`${name} could be any of ${matches.map((source) => source.path).join(', ')}`, {
      code: 'SOURCE_AMBIGUOUS',
      remedy: 'Give the id or the whole path.',
    });
  }
  return matches[0];
}
