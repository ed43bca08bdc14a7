// What the reports of an index run say: JSON for programs, lines for people.
import path from 'node:path';
import type { IndexOutcome, IndexReport } from '../../../pipelines/index-sources.ts';
import type { SourceRecord } from '../../store/library.ts';
import { formatClock } from '../../time.ts';
import { sourceJson } from '../json.ts';
import { bold, counted, dim, inLine, printable } from './style-text.ts';

export interface IndexReporter extends Disposable {
  report(event: IndexReport): void;
  finish(outcome: IndexOutcome): void;
}

type SourceReport = Extract<IndexReport, { type: 'source' }>;
export type ProgressReport = Extract<IndexReport, { type: 'progress' }>;

/** One of the JSON Lines of a run. */
export function reportJson(event: IndexReport) {
  if (event.type !== 'source') return event;
  const nothing = { id: null, kind: null, title: path.basename(event.path), duration: null, pages: null, events: 0 };
  const facts = event.record ? sourceJson(event.record, event.status) : nothing;
  return { type: 'source', ...facts, path: event.path, status: event.status, error: event.error };
}

export const onScreen = (text: string) => printable(text, process.stderr);

export function warningLine({ source, message }: Extract<IndexReport, { type: 'warning' }>): string {
  return `warning: ${inLine(`${path.basename(source)}: ${message}`)}`;
}

/** What became of one source. */
export function sourceLine({ path: file, status, record, error }: SourceReport): string {
  const name = inLine(path.basename(file));
  if (status === 'failed')
    return `failed     ${bold(name)}  ${error ? inLine(`${error.message.replace(/\.$/, '')}. ${error.remedy}`) : ''}`;
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
