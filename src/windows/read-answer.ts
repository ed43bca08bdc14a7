// A model's answer for one window of time to entries. Times may be written in any usual way; fields may go by their usual names.
import { z } from 'zod';
import { parseClock } from '../ingest/captions/clock.ts';
import { readList, type ReadList } from './read-list.ts';

export interface AnswerEntry {
  /** Seconds; undefined where absent or no time. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly title: string;
  readonly summary: string;
  readonly quote: string;
  readonly shown: string;
}

const time = z
  .union([z.number(), z.string().transform(secondsOf)])
  .optional()
  .catch(undefined);
/** White space made single; empty where there is no text. */
export const text = z
  .string()
  .transform((value) => value.replace(/\s+/g, ' ').trim())
  .catch('');
/** A model that says the same over and over is cut short. */
export const title = text.transform((value) => cut(value, 160));
export const summary = text.transform((value) => cut(value, 1000));

function cut(value: string, max: number): string {
  return value.length <= max ? value : `${value.slice(0, max).replace(/\s+\S*$/, '')}…`;
}

export function readAnswer(answer: string): ReadList<AnswerEntry> {
  return readList(answer, readEntry);
}

/** undefined for what has neither a time nor words. */
function readEntry(value: unknown): AnswerEntry | undefined {
  const field = fieldsOf(value);
  if (field === undefined) return undefined;
  const entry = {
    start: time.parse(field('start', 'start_time', 'from')),
    end: time.parse(field('end', 'end_time', 'to')),
    title: title.parse(field('title', 'event', 'name')),
    summary: summary.parse(field('summary', 'description')),
    quote: text.parse(field('quote')),
    shown: summary.parse(field('shown')),
  };
  const isEvent = entry.start !== undefined || entry.end !== undefined || entry.title !== '' || entry.summary !== '';
  return isEvent ? entry : undefined;
}

/** The field of an object that is there under the first of its usual names; undefined for what is no object. */
export function fieldsOf(value: unknown): ((...names: string[]) => unknown) | undefined {
  const record = z.record(z.string(), z.unknown()).safeParse(value).data;
  return record && ((...names) => names.map((name) => record[name]).find((field) => field !== undefined));
}

/** `72`, `72.5 s`, `00:01:12.500`, `1:12`; undefined for what is no time. */
function secondsOf(value: string): number | undefined {
  const trimmed = value.trim();
  const plain = /^<?(-?\d+(?:\.\d+)?)\s*(?:s|sec|seconds)?>?$/i.exec(trimmed)?.[1];
  if (plain !== undefined) return Number(plain);
  const ms = parseClock(trimmed);
  return ms === undefined ? undefined : ms / 1000;
}
