// lectern status: the library in numbers, and what failed.
import type { Command } from 'commander';
import { byteText } from '../../../byte-text.ts';
import { databaseBytes } from '../../../store/database-file.ts';
import { msToSec, formatClock } from '../../../time.ts';
import { sourceJson } from '../../json.ts';
import { failureText } from '../../look-up-source.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { print, printJson } from '../print.ts';
import { counted, inLine } from '../style-text.ts';

export function registerStatus(program: Command): void {
  withCommonOptions(
    program
      .command('status')
      .description('the library in numbers, and what failed')
      .addHelpText('after', forExample('status')),
  ).action(async (options: CommonOptions) => {
    await withLectern(options, {}, async (lectern) => {
      const sources = await lectern.sources();
      const indexed = sources.filter((source) => source.status === 'indexed');
      const failed = sources.filter((source) => source.status === 'failed');
      const sum = (numbers: (number | null)[]) => numbers.reduce<number>((total, n) => total + (n ?? 0), 0);
      const durationMs = sum(indexed.map((source) => source.durationMs));
      const pages = sum(indexed.map((source) => source.numPages));
      const events = sum(indexed.map((source) => source.numEvents));
      const bytes = await databaseBytes(lectern.folder);
      if (options.json) {
        return printJson({
          library: lectern.folder,
          bytes,
          sources: sources.length,
          indexed: indexed.length,
          failed: failed.map((source) => sourceJson(source)),
          duration: msToSec(durationMs),
          pages,
          events,
        });
      }
      print(`library   ${lectern.folder} (${byteText(bytes)})`);
      print(`sources   ${indexed.length} indexed, ${failed.length} failed`);
      print(
        `holds     ${formatClock(durationMs)} of recordings, ${counted(pages, 'page')}, ${counted(events, 'event')}`,
      );
      for (const source of failed) print(`failed    ${inLine(failureText(source))}`);
    });
  });
}
