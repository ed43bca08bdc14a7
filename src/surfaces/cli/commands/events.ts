// lectern events: what happens at which second (or stands on which page), with the evidence each statement rests on.
import type { Command } from 'commander';
import type { Event } from '../../../events/event.ts';
import { UsageError } from '../../../errors.ts';
import { formatClock } from '../../../time.ts';
import { startText } from '../../formats/summary.ts';
import { eventJson, sourceRefJson } from '../../json.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { parseMoment } from '../numbers.ts';
import { hint, hintThatNothingWasFound, print, printJson } from '../print.ts';
import { bold, dim, inLine, wrap } from '../style-text.ts';

interface EventsOptions extends CommonOptions {
  readonly from?: number;
  readonly to?: number;
}

export function registerEvents(program: Command): void {
  withCommonOptions(
    program
      .command('events')
      .description('the second-level events of one source')
      .addHelpText('after', forExample('events talk.mp4 --from 12:00 --to 15:30'))
      .argument('<source>', 'id, path or file name')
      .option('--from <time>', 'only what ends after this: seconds or h:mm:ss', parseMoment('from'))
      .option('--to <time>', 'only what starts before this: seconds or h:mm:ss', parseMoment('to')),
  ).action(async (name: string, options: EventsOptions) => {
    const { from, to } = options;
    if (from !== undefined && to !== undefined && from >= to) {
      throw new UsageError(
        `--from ${formatClock(from)} is not before --to ${formatClock(to)}`,
        'For example: --from 1:30 --to 2:00',
      );
    }
    await withLectern(options, {}, async (lectern) => {
      const source = await lectern.source(name);
      const events = await lectern.events(source, { fromMs: from, toMs: to });
      if (options.json) return printJson({ source: sourceRefJson(source), events: events.map(eventJson) });
      print(bold(inLine(source.title)));
      for (const event of events) print(eventLines(event));
      if (source.numEvents === 0) hintThatNothingWasFound(source, options);
      else if (events.length === 0) hint('Nothing of this source lies between --from and --to.', options);
    });
  });
}

function eventLines({ place, title, summary, note, engine }: Event): string {
  const lines = [
    `\n${startText(place).padStart(8)}  ${bold(inLine(title))}  ${dim(engine)}`,
    wrap(summary, ' '.repeat(10)),
  ];
  if (note !== undefined) lines.push(dim(wrap(note, ' '.repeat(10))));
  return lines.filter(Boolean).join('\n');
}
