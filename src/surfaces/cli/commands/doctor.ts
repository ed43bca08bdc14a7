// lectern doctor: what works on this machine, and what to do about the rest.
import type { Command } from 'commander';
import { configOf, forExample, withCommonOptions, withLectern, type CommonOptions } from '../common.ts';
import { EXIT } from '../exit.ts';
import { print, printJson } from '../print.ts';
import { bold } from '../style-text.ts';

export function registerDoctor(program: Command): void {
  withCommonOptions(
    program
      .command('doctor')
      .description('check ffmpeg, OCR, models and the library, and say what to do about each finding')
      .addHelpText('after', forExample('doctor')),
  ).action(async (options: CommonOptions) => {
    const { checkInstallation } = await import('../../../../pipelines/check-installation.ts');
    const config = configOf(options);
    // Whoever opens a library of an older version brings it up to date: that is told here, what else is wrong with it by its check.
    await withLectern(options, {}, async () => undefined).catch(() => undefined);
    const findings = await checkInstallation(config);
    if (options.json) printJson({ findings });
    else {
      for (const { part, status, message, remedy } of findings) {
        print(`${status.padEnd(7)} ${bold(part.padEnd(14))} ${message}`);
        if (remedy && status !== 'ok') print(`${' '.repeat(23)}${remedy}`);
      }
    }
    process.exitCode = findings.some(({ status }) => status === 'broken') ? EXIT.failed : EXIT.done;
  });
}
