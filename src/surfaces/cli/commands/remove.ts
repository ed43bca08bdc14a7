// lectern remove: takes a source out of the library; the file itself is never touched.
import type { Command } from 'commander';
import { sourceRefJson } from '../../json.ts';
import { configOf, forExample, withCommonOptions, withLibrary, type CommonOptions } from '../common.ts';
import { lookUpSource } from '../look-up-source.ts';
import { print, printJson } from '../print.ts';
import { inLine } from '../style-text.ts';

export function registerRemove(program: Command): void {
  withCommonOptions(
    program
      .command('remove')
      .description('take a source out of the library (the file itself stays)')
      .addHelpText('after', forExample('remove talk.mp4'))
      .argument('<source>', 'id, path or file name'),
  ).action(async (name: string, options: CommonOptions) => {
    await withLibrary(configOf(options), options, async (library) => {
      const source = await lookUpSource(library, name);
      await library.removeSource(source.id);
      if (options.json) printJson({ removed: sourceRefJson(source) });
      else print(inLine(`Removed ${source.title} (${source.path}) from the library. The file itself was not touched.`));
    });
  });
}
