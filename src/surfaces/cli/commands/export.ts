// lectern export: one source as a file for other programs, on stdout.
import { Option, type Command } from 'commander';
import { exportFormats, type ExportFormat } from '../../formats/export.ts';
import { configOf, forExample, withCommonOptions, withLibraryToRead, type CommonOptions } from '../common.ts';
import { requireSource } from '../look-up-source.ts';
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
    await withLibraryToRead(configOf(options), options, async (library) => {
      const source = await requireSource(library, name);
      const text = exportFormats[options.format]({
        source,
        chapters: await library.readChapters(source.id),
        events: await library.readEvents(source.id),
        cues: (await library.readCaptions(source.id))?.cues ?? [],
        pages: await library.readPages(source.id),
      });
      if (options.json && options.format !== 'json') printJson({ format: options.format, text });
      else print(text);
      if (options.format === 'youtube') hintAboutYoutube(text, options);
    });
  });
}
