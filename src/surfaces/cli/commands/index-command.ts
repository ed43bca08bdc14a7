// lectern index: files and folders into the library, with progress as bars on a terminal and JSON Lines elsewhere.
import { Option, type Command } from 'commander';
import type { IndexOutcome, IndexReport } from '../../../../pipelines/index-sources.ts';
import { ENGINES, type EngineName } from '../../../config.ts';
import { configOf, forExample, withCommonOptions, withLibrary, type CommonOptions } from '../common.ts';
import { EXIT } from '../exit.ts';
import { openReporter } from '../index-reporter.ts';
import { abortOnSignals } from '../interrupt.ts';
import { finiteNumber, wholeNumber } from '../numbers.ts';
import { hint } from '../print.ts';

interface IndexOptions extends CommonOptions {
  readonly engine?: EngineName;
  readonly model?: string;
  readonly fps?: number;
  readonly ocr?: string;
  readonly lang?: string;
  readonly password?: string;
  readonly jobs?: number;
  readonly force?: boolean;
  readonly plan?: boolean;
  readonly watch?: boolean;
}

export function registerIndex(program: Command): void {
  withCommonOptions(
    program
      .command('index')
      .description(
        'read files, folders or globs into the library; unchanged files are skipped, interrupted work resumes',
      )
      .addHelpText('after', forExample('index ~/lectures', 'index talk.mp4 manual.pdf --plan'))
      .argument('<path...>', 'video, audio, PDF, image or caption files, folders, globs')
      .addOption(new Option('--engine <engine>', 'what understands the material').choices(ENGINES))
      .option('--model <name>', 'installed model for all of it (default: chosen by kind of source)')
      .option('--fps <n>', 'frames looked at per second of video, 1 to 2', finiteNumber('fps', 1, 2))
      .option('--ocr <mode>', 'auto, off, or languages such as eng+deu')
      .option('--lang <code>', 'language of the sources, where detection should not decide')
      .option('--password <text>', 'password for encrypted PDF files')
      .option('--jobs <n>', 'sources worked on at once', wholeNumber('jobs', 1, 64))
      .option('--force', 'index again even what is unchanged')
      .option('--plan', 'print what it would do and cost, and do nothing')
      .option('--watch', 'keep running and index what is added or changed'),
  ).action(async (paths: string[], options: IndexOptions) => {
    process.exitCode = await runIndex(paths, options);
  });
}

async function runIndex(paths: string[], options: IndexOptions): Promise<number> {
  const { engine, model, fps, ocr, lang, password, jobs } = options;
  const interrupt = abortOnSignals();
  const readConfig = () => configOf(options, { engine, model, fps, ocr, lang, password, jobs });
  const config = readConfig();
  return withLibrary(config, options, async (library) => {
    if (options.plan) {
      const { planIndex } = await import('../../../../pipelines/plan-index.ts');
      const { printPlan } = await import('../print-plan.ts');
      printPlan(await planIndex(library, config, paths, options.force), options);
      return EXIT.done;
    }
    const { readEarly } = await import('../../../../pipelines/read-early.ts');
    const { closeEarly } = await import('../../../ingest/document/early-pdf.ts');
    await using early = new AsyncDisposableStack();
    early.defer(closeEarly);
    await readEarly(paths, library);
    const { indexSources } = await import('../../../../pipelines/index-sources.ts');
    using reporter = await openReporter(options);
    const report = (event: IndexReport) => reporter.report(event);
    const note = (remark: string) => hint(remark, options);
    const request = { paths, force: options.force ?? false, signal: interrupt.signal, report, note };
    const outcome = await indexSources(library, config, request);
    reporter.finish(outcome);
    await early.disposeAsync();
    if (options.watch) {
      const { watchSources } = await import('../../../../pipelines/watch-sources.ts');
      hint('Watching for changes; press Ctrl-C to stop.', options);
      await watchSources(library, readConfig, request);
      return EXIT.interrupted;
    }
    return exitStatus(outcome);
  });
}

function exitStatus({ indexed, unchanged, failed }: IndexOutcome): number {
  if (failed === 0) return EXIT.done;
  return indexed + unchanged === 0 ? EXIT.failed : EXIT.partlyFailed;
}
