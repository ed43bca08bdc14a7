// lectern export: one source as a file for other programs, on stdout.
import { Option, type Command } from 'commander';
import { exportFormats, type ExportFormat } from '../../formats/export.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { hintAboutYoutube, print, printJson } from '../print.ts';

interface ExportOptions extends CommonOptions {
  readonly format: ExportFormat;
}

export function registerExport(program: Command): void {
  withCommonOptions(
    program
      .command('export')
      .description('write one source as captions, notes, chapters or data')
      .addHelpText('after', forExample('export talk.mp4 --format srt > talk.srt'))
      .argument('<source>', 'id, path or file name')
      .addOption(
        new Option(
          '--format <format>',
          'srt, vtt: captions; md: notes; json: everything; youtube: chapter list; csv: events',
        )
          .choices(Object.keys(exportFormats))
          .makeOptionMandatory(),
      ),
  ).action(async (name: string, options: ExportOptions) => {
    await withLectern(options, {}, async (lectern) => {
      const text = await lectern.export(name, options.format);
      if (options.json && options.format !== 'json') printJson({ format: options.format, text });
      else print(text);
      if (options.format === 'youtube') hintAboutYoutube(text, options);
    });
  });
}
