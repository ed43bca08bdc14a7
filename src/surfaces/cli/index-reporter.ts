// How an index run is told: bars with an ETA on a terminal, JSON Lines otherwise (on stdout with --json, else on stderr
// beside one plain line a source on stdout), no progress with --quiet.
import path from 'node:path';
import cliProgress from 'cli-progress';
import type { IndexReport } from '../../../pipelines/index-context.ts';
import type { IndexOutcome } from '../../../pipelines/index-sources.ts';
import type { SourceRecord } from '../../store/library.ts';
import { formatClock } from '../../time.ts';
import { sourceJson } from '../json.ts';
import { print, type CommonOptions } from './common.ts';
import { bold, counted, dim, printable } from './style-text.ts';

export interface IndexReporter extends Disposable {
  report(event: IndexReport): void;
  finish(outcome: IndexOutcome): void;
}

/** At most this many progress lines a second for each source and stage; the last one of a stage always gets through. */
const PROGRESS_INTERVAL_MS = 1000;

export function openReporter(options: CommonOptions): IndexReporter {
  if (options.json) return new JsonReporter(process.stdout, options.quiet ?? false);
  return process.stderr.isTTY && !options.quiet ? new BarReporter() : new PlainReporter(options.quiet ?? false);
}

type SourceReport = Extract<IndexReport, { type: 'source' }>;
type ProgressReport = Extract<IndexReport, { type: 'progress' }>;

/** One line of contract.md's JSON Lines. */
export function reportJson(event: IndexReport) {
  if (event.type !== 'source') return event;
  const nothing = { id: null, kind: null, title: path.basename(event.path), duration: null, pages: null, events: 0 };
  const facts = event.record ? sourceJson(event.record, event.status) : nothing;
  return { type: 'source', ...facts, path: event.path, status: event.status, error: event.error };
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

class BarReporter implements IndexReporter {
  /** By source and stage. */
  readonly #bars = new Map<string, Map<string, cliProgress.SingleBar>>();
  readonly #multi = new cliProgress.MultiBar(
    {
      format: '{name}  {bar} {percentage}%  {stage}  {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      barsize: 24,
      etaBuffer: 40,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );

  report(event: IndexReport): void {
    if (event.type === 'progress') this.#advance(event);
    else if (event.type === 'warning') this.#multi.log(onScreen(`${warningLine(event)}\n`));
    else {
      this.#dropBarsOf(event.path);
      this.#multi.log(onScreen(`${sourceLine(event)}\n`));
    }
  }

  /** A bar for each stage of a source that is under way: some go on side by side, and each has its own ETA. */
  #advance({ source, stage, done, total }: ProgressReport): void {
    const bars = this.#bars.get(source) ?? new Map<string, cliProgress.SingleBar>();
    this.#bars.set(source, bars);
    const name = onScreen(path.basename(source).slice(0, 32).padEnd(32));
    let bar = bars.get(stage);
    if (!bar) {
      this.#dropFinished(bars);
      bar = this.#multi.create(total, 0, { name, stage });
      bars.set(stage, bar);
    }
    bar.setTotal(total);
    bar.update(done, { name, stage });
  }

  #dropFinished(bars: Map<string, cliProgress.SingleBar>): void {
    for (const [stage, bar] of bars) {
      if (bar.getProgress() < 1) continue;
      this.#multi.remove(bar);
      bars.delete(stage);
    }
  }

  #dropBarsOf(source: string): void {
    for (const bar of this.#bars.get(source)?.values() ?? []) this.#multi.remove(bar);
    this.#bars.delete(source);
  }

  finish(outcome: IndexOutcome): void {
    this[Symbol.dispose]();
    print(outcomeLine(outcome));
  }

  [Symbol.dispose](): void {
    // Lines that were logged are drawn with the next update, and stopping drops them.
    this.#multi.update();
    this.#multi.stop();
  }
}

const onScreen = (text: string) => printable(text, process.stderr);

function warningLine({ source, message }: Extract<IndexReport, { type: 'warning' }>): string {
  return `warning: ${path.basename(source)}: ${message}`;
}

function sourceLine({ path: file, status, record, error }: SourceReport): string {
  const name = path.basename(file);
  if (status === 'failed')
    return `failed     ${bold(name)}  ${error ? `${error.message.replace(/\.$/, '')}. ${error.remedy}` : ''}`;
  const size = record ? sizeOf(record) : '';
  const slides = record?.video ? `, ${counted(record.video.slides, 'slide')}` : '';
  return `${status.padEnd(9)}  ${bold(name)}  ${size}${slides}, ${counted(record?.numEvents ?? 0, 'event')}  ${dim(record?.id.slice(0, 8) ?? '')}`;
}

function sizeOf({ durationMs, numPages }: SourceRecord): string {
  if (durationMs !== null) return formatClock(durationMs);
  return numPages === null ? '' : counted(numPages, 'page');
}

function outcomeLine({ indexed, unchanged, failed }: IndexOutcome): string {
  if (indexed + unchanged + failed === 0) return 'Nothing to index: no video, audio, PDF, image or caption file there.';
  const parts = [`${indexed} indexed`, `${unchanged} unchanged`, `${failed} failed`];
  return parts.join(', ');
}
