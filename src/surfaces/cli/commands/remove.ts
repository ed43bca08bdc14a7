// lectern remove: takes a source out of the library; the file itself is never touched.
import type { Command } from 'commander';
import { sourceRefJson } from '../../json.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
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
    await withLectern(options, {}, async (lectern) => {
      const source = await lectern.remove(name);
      if (options.json) printJson({ removed: sourceRefJson(source) });
      else print(inLine(`Removed ${source.title} (${source.path}) from the library. The file itself was not touched.`));
    });
  });
}
