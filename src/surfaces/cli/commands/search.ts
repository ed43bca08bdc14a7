// lectern search: the second or the page where something is said, shown or written.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../../../config.ts';
import type { Hit } from '../../../query/hit.ts';
import type { SearchAnswer } from '../../../query/search.ts';
import { searchJson } from '../../json.ts';
import { collect, forExample, sourceKindOption, withCommonOptions, withLectern } from '../common.ts';
import { placeText, zoomText } from '../hit-text.ts';
import { abortOnSignals } from '../interrupt.ts';
import { wholeNumber } from '../numbers.ts';
import { hintIfCut, hintIfEmpty, print, printJson } from '../print.ts';
import { checkTextOrFile, readScope, ZOOM, type QueryOptions } from '../query-options.ts';
import { bold, dim, inLine, wrap } from '../style-text.ts';

interface FindOptions extends QueryOptions {
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
  ).action((words: string[], options: FindOptions) => runSearch(words.join(' '), options));
}

async function runSearch(query: string, options: FindOptions): Promise<void> {
  checkTextOrFile(query, options, 'query', 'lectern search "learning rate"');
  const { engine, queries } = options;
  // A search by words is over before anybody interrupts it.
  const signal = options.zoom ? abortOnSignals().signal : undefined;
  await withLectern(options, { engine }, async (lectern) => {
    const scope = { ...(await readScope(lectern, options)), signal };
    if (queries !== undefined) {
      const { answerLines } = await import('../query-lines.ts');
      process.exitCode = await answerLines(queries, scope, async (...asked) =>
        searchJson(await lectern.search(...asked)),
      );
      return;
    }
    hintIfCut(query, options);
    const result = await lectern.search(query, scope);
    if (options.json) return printJson(searchJson(result));
    printResult(result);
    if (result.noMatch) await hintIfEmpty(lectern, options);
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
