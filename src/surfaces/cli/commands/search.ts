// lectern search: the second or the page where something is said, shown or written.
import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Library, SourceKind } from '../../../store/library.ts';
import type { Hit } from '../../../query/hit.ts';
import type { SearchAnswer } from '../../../query/search.ts';
import { ENGINES, type Config, type EngineName } from '../../../config.ts';
import { UsageError } from '../../../errors.ts';
import { formatClock, formatTimestamp } from '../../../time.ts';
import { searchJson } from '../../json.ts';
import { openZoom, ZOOM } from '../zoom.ts';
import {
  collect,
  configOf,
  hintIfEmpty,
  positiveInteger,
  print,
  printJson,
  sourceIdsOf,
  sourceKindOption,
  withCommonOptions,
  withLibraryToRead,
  type CommonOptions,
  forExample,
} from '../common.ts';
import { bold, dim, wrap } from '../style-text.ts';

interface SearchOptions extends CommonOptions {
  readonly source?: string[];
  readonly kind?: SourceKind;
  readonly limit: number;
  readonly queries?: string;
  readonly wordsOnly?: boolean;
  readonly zoom?: boolean;
  readonly engine?: EngineName;
}

export function registerSearch(program: Command): void {
  withCommonOptions(
    program
      .command('search')
      .description('find the second, or the page, where something is said, shown or written')
      .addHelpText('after', forExample('search "learning rate"', 'search "update rule" --source talk.mp4 --limit 3'))
      .argument('[query...]', 'words, "exact phrases", -excluded words: \'"update rule" -momentum\'')
      .option('--source <source>', 'only in this source: id, path or file name (repeatable)', collect)
      .addOption(sourceKindOption())
      .option('--limit <n>', 'hits at most', positiveInteger('limit', 1000), 10)
      .option(...ZOOM)
      .addOption(new Option('--engine <engine>', 'what looks again, with --zoom').choices(ENGINES))
      .option('--words-only', 'search by words alone, whatever models of meaning are installed')
      .addOption(
        new Option('--queries <file>', 'one query a line, or {"query","source"}; prints one JSON object a line'),
      ),
  ).action(async (words: string[], options: SearchOptions) => {
    const query = words.join(' ');
    if ((query.trim() === '') === (options.queries === undefined)) {
      throw new UsageError('Give either a query or --queries FILE', 'For example: lectern search "learning rate"');
    }
    const config = configOf(options, { engine: options.engine });
    await withLibraryToRead(config, options, async (library) => {
      const { search } = await import('../../../query/search.ts');
      await using meaning = options.wordsOnly ? undefined : await openMeaningFor(library, config);
      const sourceIds = await sourceIdsOf(library, options.source);
      const filter = { limit: options.limit, meaning, ...(options.kind && { kind: options.kind }) };
      await using zoom = await openZoom(library, config, options.zoom);
      const find = async (query: string, sourceIds: string[] | undefined): Promise<SearchAnswer> => {
        const found = await search(library, { ...filter, query, ...(sourceIds && { sourceIds }) });
        return zoom ? { ...found, hits: await zoom.into(found.hits, query) } : found;
      };
      if (options.queries !== undefined) {
        const { answerLines } = await import('../query-lines.ts');
        process.exitCode = await answerLines(options.queries, async ({ query, source }) => {
          const ids = source === undefined ? sourceIds : await sourceIdsOf(library, [source]);
          return searchJson(await find(query, ids));
        });
        return;
      }
      const result = await find(query, sourceIds);
      if (options.json) return printJson(searchJson(result));
      printResult(result);
      if (result.noMatch) await hintIfEmpty(library, options);
    });
  });
}

export async function openMeaningFor(library: Library, config: Config) {
  const { openMeaning } = await import('../../../../pipelines/embed-meaning.ts');
  return openMeaning(library, config);
}

function printResult({ query, noMatch, hits }: SearchAnswer): void {
  if (noMatch) return print(`No match for ${query}`);
  hits.forEach((hit, index) => print(`${index === 0 ? '' : '\n'}${hitLines(hit, index + 1)}`));
}

export function placeText(hit: Pick<Hit, 'startMs' | 'endMs' | 'pageIndex' | 'pageLabel'>): string {
  if (hit.startMs !== null && hit.endMs !== null) return `${formatClock(hit.startMs)}–${formatClock(hit.endMs)}`;
  if (hit.pageIndex === null) return '';
  const number = `page ${hit.pageIndex + 1}`;
  return hit.pageLabel === null || hit.pageLabel === String(hit.pageIndex + 1)
    ? number
    : `${number} (${hit.pageLabel})`;
}

/** How much the place moved when it was looked at again. */
export function zoomText({ zoom, startMs }: Pick<Hit, 'zoom' | 'startMs'>): string {
  if (!zoom || startMs === null) return '';
  return `  begins at ${formatTimestamp(startMs)} (${zoom.engine})`;
}

function hitLines(hit: Hit, rank: number): string {
  const head = `${String(rank).padStart(2)}. ${bold(placeText(hit))}  ${hit.title}  ${dim(path.basename(hit.source.path) + zoomText(hit))}`;
  return `${head}\n${wrap(hit.snippet, '    ')}\n    ${dim(hit.link)}`;
}
