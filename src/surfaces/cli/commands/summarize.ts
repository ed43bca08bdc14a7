// lectern summarize: overview, chapters and key points of one source, each with its place.
import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../../../config.ts';
import { summaryMarkdown, summaryText, type SourceSummary } from '../../formats/summary.ts';
import { chapterJson, keyPointJson, sourceRefJson } from '../../json.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { abortOnSignals } from '../interrupt.ts';
import { wholeNumber } from '../numbers.ts';
import { hint, print, printJson } from '../print.ts';
import { bold, inLine, wrap } from '../style-text.ts';

interface SummarizeOptions extends CommonOptions {
  readonly words?: number;
  readonly lang?: string;
  readonly format?: 'md' | 'json' | 'txt';
  readonly engine?: EngineName;
  readonly model?: string;
}

export function registerSummarize(program: Command): void {
  withCommonOptions(
    program
      .command('summarize')
      .description('overview, chapters and key points of one source, each with its place')
      .addHelpText('after', forExample('summarize talk.mp4', 'summarize manual.pdf --words 300 --format md'))
      .argument('<source>', 'id, path or file name')
      .option('--words <n>', 'length of the overview', wholeNumber('words', 1, 5000))
      .option('--lang <code>', 'language of the summary; the reader engine keeps the language of the source')
      .addOption(new Option('--format <format>', 'how to print it').choices(['md', 'json', 'txt']))
      .addOption(new Option('--engine <engine>', 'what writes the summary').choices(ENGINES))
      .option('--model <name>', 'installed model that writes it (default: chosen by what it is for)'),
  ).action(async (name: string, options: SummarizeOptions) => {
    const { engine, model, words, lang } = options;
    const { signal } = abortOnSignals();
    await withLectern(options, { engine, model }, async (lectern) => {
      const source = await lectern.source(name);
      const { remark } = await lectern.engine(signal);
      if (remark !== undefined) hint(remark, options);
      const result = await lectern.summarize(source, { words, lang, signal });
      const { note } = result.summary;
      if (note !== undefined) hint(`About this summary: ${note}.`, options);
      if (options.json || options.format === 'json') printJson(summaryJson(result));
      else if (options.format === 'md') print(summaryMarkdown(result));
      else print(summaryText(result, { bold, wrap, inLine }));
    });
  });
}

function summaryJson({ source, summary, chapters }: SourceSummary) {
  return {
    source: sourceRefJson(source),
    overview: summary.overview,
    chapters: chapters.map(chapterJson),
    keyPoints: summary.keyPoints.map(keyPointJson),
    engine: summary.engine,
    lang: summary.lang,
    ...(summary.note !== undefined && { note: summary.note }),
  };
}
