// lectern sources: what is in the library.
import path from 'node:path';
import type { Command } from 'commander';
import type { SourceRecord } from '../../../store/library.ts';
import { formatClock } from '../../../time.ts';
import { sourceJson } from '../../json.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { hintIfEmpty, print, printJson } from '../print.ts';
import { bold, counted, dim, inLine } from '../style-text.ts';

export function registerSources(program: Command): void {
  withCommonOptions(
    program.command('sources').description('list what the library holds').addHelpText('after', forExample('sources')),
  ).action(async (options: CommonOptions) => {
    await withLectern(options, {}, async (lectern) => {
      const sources = await lectern.sources();
      if (options.json) return printJson({ sources: sources.map((source) => sourceJson(source)) });
      if (sources.length === 0) return hintIfEmpty(lectern, options);
      for (const source of sources) print(line(source));
    });
  });
}

function line(source: SourceRecord): string {
  const size =
    source.status === 'failed'
      ? 'failed'
      : source.durationMs !== null
        ? formatClock(source.durationMs)
        : `${source.numPages ?? 0} p.`;
  const rest =
    source.status === 'failed'
      ? inLine(source.error?.message ?? '')
      : `${counted(source.numEvents, 'event')}  ${dim(inLine(source.path))}`;
  const title = source.status === 'failed' ? path.basename(source.path) : source.title;
  return `${source.id.slice(0, 8)}  ${source.kind.padEnd(10)}  ${size.padStart(8)}  ${bold(inLine(title))}  ${rest}`;
}
