// How an index run is told: bars with an ETA on a terminal, JSON Lines otherwise (on stdout with --json, else on stderr
// beside one plain line a source on stdout), no progress with --quiet.
import type { IndexOutcome, IndexReport } from '../../../pipelines/index-sources.ts';
import type { CommonOptions } from './common.ts';
import {
  onScreen,
  outcomeLine,
  reportJson,
  sourceLine,
  warningLine,
  type IndexReporter,
  type ProgressReport,
} from './index-report.ts';
import { print } from './print.ts';

/** At most this many progress lines a second for each source and stage; the last one of a stage always gets through. */
const PROGRESS_INTERVAL_MS = 1000;

export async function openReporter(options: CommonOptions): Promise<IndexReporter> {
  if (options.json) return new JsonReporter(process.stdout, options.quiet ?? false);
  if (!process.stderr.isTTY || options.quiet) return new PlainReporter(options.quiet ?? false);
  const { BarReporter } = await import('./bar-reporter.ts');
  return new BarReporter();
}

class JsonReporter implements IndexReporter {
  readonly #stream: NodeJS.WritableStream;
  readonly #quiet: boolean;
  readonly #lastAt = new Map<string, number>();

  constructor(stream: NodeJS.WritableStream, quiet: boolean) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  report(event: IndexReport): void {
    if (event.type === 'progress' && (this.#quiet || this.#isTooSoon(event))) return;
    this.#stream.write(`${JSON.stringify(reportJson(event))}\n`);
  }

  #isTooSoon({ source, stage, done, total }: ProgressReport): boolean {
    const key = `${source}\0${stage}`;
    const now = performance.now();
    if (done < total && now - (this.#lastAt.get(key) ?? -Infinity) < PROGRESS_INTERVAL_MS) return true;
    this.#lastAt.set(key, now);
    return false;
  }

  finish(): void {}
  [Symbol.dispose](): void {}
}

class PlainReporter implements IndexReporter {
  readonly #progress: JsonReporter;

  constructor(quiet: boolean) {
    this.#progress = new JsonReporter(process.stderr, quiet);
  }

  report(event: IndexReport): void {
    if (event.type === 'source') print(sourceLine(event));
    else if (event.type === 'warning') process.stderr.write(onScreen(`${warningLine(event)}\n`));
    else this.#progress.report(event);
  }

  finish(outcome: IndexOutcome): void {
    print(outcomeLine(outcome));
  }

  [Symbol.dispose](): void {}
}
