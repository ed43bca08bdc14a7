// lectern chapters: the chapters of one source, for reading or for other programs.
import { Option, type Command } from 'commander';
import { chapterFormats, type ChapterFormat } from '../../formats/chapters.ts';
import { startText } from '../../formats/summary.ts';
import { chapterJson, sourceRefJson } from '../../json.ts';
import { forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { hintAboutYoutube, hintThatNothingWasFound, print, printJson } from '../print.ts';
import { bold, dim, inLine, wrap } from '../style-text.ts';

interface ChaptersOptions extends CommonOptions {
  readonly format?: ChapterFormat | 'json';
}

export function registerChapters(program: Command): void {
  withCommonOptions(
    program
      .command('chapters')
      .description('the chapters of one source')
      .addHelpText('after', forExample('chapters talk.mp4', 'chapters talk.mp4 --format youtube'))
      .argument('<source>', 'id, path or file name')
      .addOption(
        new Option('--format <format>', 'how to print them').choices(['json', ...Object.keys(chapterFormats)]),
      ),
  ).action(async (name: string, options: ChaptersOptions) => {
    await withLectern(options, {}, async (lectern) => {
      const source = await lectern.source(name);
      const chapters = await lectern.chapters(source);
      if (options.format !== undefined && options.format !== 'json') {
        const text = chapterFormats[options.format](source, chapters);
        print(text);
        if (options.format === 'youtube') hintAboutYoutube(text, options);
        return;
      }
      if (options.json || options.format === 'json') {
        return printJson({ source: sourceRefJson(source), chapters: chapters.map(chapterJson) });
      }
      print(bold(inLine(source.title)));
      for (const { place, title, summary } of chapters) {
        print(`\n${startText(place).padStart(8)}  ${bold(inLine(title))}\n${dim(wrap(summary, ' '.repeat(10)))}`);
      }
      if (chapters.length === 0) hintThatNothingWasFound(source, options);
    });
  });
}
