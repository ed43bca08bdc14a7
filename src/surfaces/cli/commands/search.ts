// lectern search: the second or the page where something is said, shown or written.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../../../config.ts';
import { UsageError } from '../../../errors.ts';
import type { Hit } from '../../../query/hit.ts';
import type { SearchAnswer } from '../../../query/search.ts';
import type { SourceKind } from '../../../store/library.ts';
import { searchJson } from '../../json.ts';
import {
  collect,
  configOf,
  forExample,
  sourceKindOption,
  withCommonOptions,
  withLibraryToRead,
  type CommonOptions,
} from '../common.ts';
import { placeText, zoomText } from '../hit-text.ts';
import { sourceIdsOf } from '../look-up-source.ts';
import { wholeNumber } from '../numbers.ts';
import { hintIfEmpty, print, printJson } from '../print.ts';
import { bold, dim, inLine, wrap } from '../style-text.ts';
import { openZoom, ZOOM } from '../zoom.ts';

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
      .option('--limit <n>', 'hits at most', wholeNumber('limit', 1, 1000), 10)
      .option(...ZOOM)
      .addOption(new Option('--engine <engine>', 'what looks again, with --zoom').choices(ENGINES))
      .option('--words-only', 'search by words alone, whatever models of meaning are installed')
      .addOption(
        new Option('--queries <file>', 'one query a line, or {"query","source"}; prints one JSON object a line'),
      ),
  ).action((words: string[], options: SearchOptions) => runSearch(words.join(' '), options));
}

async function runSearch(query: string, options: SearchOptions): Promise<void> {
  if ((query.trim() === '') === (options.queries === undefined)) {
    throw new UsageError('Give either a query or --queries FILE', 'For example: lectern search "learning rate"');
  }
  const config = configOf(options, { engine: options.engine });
  await withLibraryToRead(config, options, async (library) => {
    const { search } = await import('../../../query/search.ts');
    const { openMeaning } = await import('../../../../pipelines/embed-meaning.ts');
    await using meaning = options.wordsOnly ? undefined : await openMeaning(library, config);
    const sourceIds = await sourceIdsOf(library, options.source);
    await using zoom = await openZoom(library, config, options.zoom);
    const find = async (query: string, sourceIds: string[] | undefined): Promise<SearchAnswer> => {
      const { limit, kind } = options;
      const found = await search(library, { query, sourceIds, kind, limit, meaning });
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
}

function printResult({ query, noMatch, hits }: SearchAnswer): void {
  if (noMatch) return print(`No match for ${query}`);
  hits.forEach((hit, index) => print(`${index === 0 ? '' : '\n'}${hitLines(hit, index + 1)}`));
}

function hitLines(hit: Hit, rank: number): string {
  const head = `${String(rank).padStart(2)}. ${bold(placeText(hit))}  ${inLine(hit.title)}  ${dim(inLine(path.basename(hit.source.path)) + zoomText(hit))}`;
  return `${head}\n${wrap(hit.snippet, '    ')}\n    ${dim(hit.link)}`;
}
