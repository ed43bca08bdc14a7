// How an index run is told: bars with an ETA on a terminal, JSON Lines otherwise (on stdout with --json, else on stderr
// beside one plain line a source on stdout), no progress with --quiet.
import path from 'node:path';
import type { IndexReport } from '../../../pipelines/index-sources.ts';
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

export async function openReporter(options: CommonOptions): Promise<IndexReporter> {
  if (options.json) return new JsonReporter(process.stdout, options.quiet ?? false);
  if (!process.stderr.isTTY || options.quiet) return new PlainReporter(options.quiet ?? false);
  const { BarReporter } = await import('./bar-reporter.ts');
  return new BarReporter();
}

type SourceReport = Extract<IndexReport, { type: 'source' }>;
export type ProgressReport = Extract<IndexReport, { type: 'progress' }>;

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

export const onScreen = (text: string) => printable(text, process.stderr);

export function warningLine({ source, message }: Extract<IndexReport, { type: 'warning' }>): string {
  return `warning: ${path.basename(source)}: ${message}`;
}

/** What became of one source. */
export function sourceLine({ path: file, status, record, error }: SourceReport): string {
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

export function outcomeLine({ indexed, unchanged, failed }: IndexOutcome): string {
  if (indexed + unchanged + failed === 0) return 'Nothing to index: no video, audio, PDF, image or caption file there.';
  const parts = [`${indexed} indexed`, `${unchanged} unchanged`, `${failed} failed`];
  return parts.join(', ');
}
