// What every command shares: the common options, the configuration and the library that they lead to.
import { Option, type Command } from 'commander';
import type { Config, ConfigOverrides } from '../../config.ts';
import { explainByDamage } from '../../store/integrity.ts';
import type { Library, SourceKind } from '../../store/library.ts';
import type { LecternLibrary } from '../api/lectern-library.ts';
import { readSettings } from '../settings.ts';
import { reindexNotice } from './reindex-notice.ts';

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

/** Those that every command has. */
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
  return readSettings({ library: options.library, ...flags }, options.config);
}

/** For what writes to the store itself. */
export async function withLibrary<T>(
  config: Config,
  options: CommonOptions,
  use: (library: Library) => Promise<T>,
): Promise<T> {
  const { openLibrary } = await import('../../store/sqlite-library.ts');
  await using library = await openLibrary(config.library, { onReindex: reindexNotice(options) });
  try {
    return await use(library);
  } catch (error) {
    throw await explainByDamage(error, library);
  }
}

/** For commands that do what another program can do, too. */
export async function withLectern<T>(
  options: CommonOptions,
  flags: ConfigOverrides,
  use: (lectern: LecternLibrary) => Promise<T>,
): Promise<T> {
  const { openLibrary } = await import('../api/lectern-library.ts');
  const settings = { library: options.library, ...flags };
  const opening = { configFile: options.config, onReindex: reindexNotice(options) };
  await using lectern = await openLibrary(settings, opening);
  try {
    return await use(lectern);
  } catch (error) {
    throw await lectern.explain(error);
  }
}
