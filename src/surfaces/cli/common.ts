// What every command shares: the common options, the configuration they lead to, the library, and where text goes.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { resolveConfig, type Config, type ConfigOverrides } from '../../config.ts';
import { InputError, UsageError } from '../../errors.ts';
import type { Library, SourceKind, SourceRecord } from '../../store/library.ts';
import { reindexNotice } from './reindex-notice.ts';
import { printable } from './style-text.ts';
import { youtubeRemark } from '../formats/chapters.ts';

export interface CommonOptions {
  readonly library?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly config?: string;
}

/** Below a command's options in its help: how it is used. */
export function forExample(...lines: readonly string[]): string {
  return `\nFor example:\n${lines.map((line) => `  lectern ${line}`).join('\n')}`;
}

/** The options that contract.md gives every command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option(
      '--library <folder>',
      'the library to use (default: $LECTERN_LIBRARY, else the data folder of this platform)',
    )
    .option('--json', 'JSON on stdout and nothing else there')
    .option('--quiet', 'no progress, no hints')
    .option('--config <file>', 'settings file (JSON)')
    .helpOption('-h, --help', 'show help');
}

export const sourceKindOption = () =>
  new Option('--kind <kind>', 'only sources of this kind').choices([
    'video',
    'document',
    'transcript',
  ] satisfies SourceKind[]);

export const collect = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];

export function configOf(options: CommonOptions, flags: ConfigOverrides = {}): Config {
  return resolveConfig({ library: options.library, ...flags }, { configFile: options.config });
}

export function positiveInteger(name: string, max = 100_000) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > max) {
      throw new UsageError(
        `--${name} must be a whole number from 1 to ${max}, not ${text}`,
        `For example: --${name} 10`,
      );
    }
    return value;
  };
}

/** `90`, `90.5`, `1:30` or `1:02:05` to milliseconds. */
export function parseMoment(name: string) {
  return (text: string): number => {
    const match = /^(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:\.\d+)?)$/.exec(text);
    if (!match) {
      throw new UsageError(`--${name} must be a time, not ${text}`, `Write seconds (90.5) or a clock (1:02:05).`);
    }
    return Math.round((Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3])) * 1000);
  };
}

type UseOfLibrary<T> = (library: Library) => Promise<T>;

/** For commands that change the library. */
export async function withLibrary<T>(config: Config, options: CommonOptions, use: UseOfLibrary<T>): Promise<T> {
  const { openLibrary } = await import('../../store/sqlite-library.ts');
  await using library = await openLibrary(config.library, { onReindex: reindexNotice(options) });
  return await use(library);
}

/** For commands that only read: a library that may not be written will do. */
export async function withLibraryToRead<T>(config: Config, options: CommonOptions, use: UseOfLibrary<T>): Promise<T> {
  const { openLibraryToRead } = await import('../../store/sqlite-library.ts');
  await using library = await openLibraryToRead(config.library, { onReindex: reindexNotice(options) });
  return await use(library);
}

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

/** As lookUpSource, for commands that need its content. @throws InputError SOURCE_FAILED for one that could not be indexed. */
export async function requireSource(library: Library, name: string): Promise<SourceRecord> {
  const found = await lookUpSource(library, name);
  if (found.status === 'failed') {
    throw new InputError(`Nothing of this source was indexed: ${failureText(found)}`, {
      code: 'SOURCE_FAILED',
      remedy: found.error?.remedy ?? 'Index it again.',
    });
  }
  return found;
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

export async function sourceIdsOf(
  library: Library,
  names: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (names === undefined) return undefined;
  return Promise.all(names.map(async (name) => (await requireSource(library, name)).id));
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function print(text: string): void {
  const shown = printable(text, process.stdout);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** A remark beside the result: on stderr, so that it never gets into a pipe. */
export function hint(text: string, options: CommonOptions): void {
  if (!options.quiet) process.stderr.write(printable(`${text}\n`, process.stderr));
}

/** Why a source has no events or chapters to show, for people. */
export function hintThatNothingWasFound(source: SourceRecord, options: CommonOptions): void {
  const what = source.kind === 'document' ? 'text' : 'captions, speech or readable text';
  hint(`No ${what} was found in this source; lectern doctor says what could read more.`, options);
}

/** Why nothing was found, where there is nothing to find. */
export async function hintIfEmpty(library: Library, options: CommonOptions): Promise<void> {
  const isEmpty = (await library.listSources()).length === 0;
  if (isEmpty) hint(`The library ${library.folder} is empty. Add something with: lectern index PATH`, options);
}

export function hintAboutYoutube(list: string, options: CommonOptions): void {
  const remark = youtubeRemark(list);
  if (remark !== undefined) hint(remark, options);
}
