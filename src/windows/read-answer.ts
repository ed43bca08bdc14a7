// A model's answer for one window to entries, as leniently as can be without guessing: fences, words around the JSON, thinking
// before it, an end that was cut off, a broken entry between good ones. What could not be read is told beside what could.
import { z } from 'zod';
import { parseClock } from '../ingest/captions/clock.ts';

export interface AnswerEntry {
  /** Seconds; undefined where absent or no time. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly title: string;
  readonly summary: string;
  readonly quote: string;
  readonly shown: string;
}

export interface ReadAnswer {
  readonly entries: readonly AnswerEntry[];
  /** What is wrong with the answer as a whole, in one sentence; undefined where nothing is. */
  readonly problem: string | undefined;
}

const time = z
  .union([z.number(), z.string().transform(secondsOf)])
  .optional()
  .catch(undefined);
const text = z
  .string()
  .transform((value) => value.replace(/\s+/g, ' ').trim())
  .catch('');

/** undefined for what has neither a time nor words. */
function readEntry(value: unknown): AnswerEntry | undefined {
  const record = z.record(z.string(), z.unknown()).safeParse(value).data;
  if (record === undefined) return undefined;
  const first = (...names: string[]) => names.map((name) => record[name]).find((field) => field !== undefined);
  const entry = {
    start: time.parse(first('start', 'start_time', 'from')),
    end: time.parse(first('end', 'end_time', 'to')),
    title: text.parse(first('title', 'event', 'name')),
    summary: text.parse(first('summary', 'description')),
    quote: text.parse(record['quote']),
    shown: text.parse(record['shown']),
  };
  const isEvent = entry.start !== undefined || entry.end !== undefined || entry.title !== '' || entry.summary !== '';
  return isEvent ? entry : undefined;
}

export function readAnswer(answer: string): ReadAnswer {
  const body = answer.replace(/^[\s\S]*<\/think>/, '');
  const whole = parseWhole(body);
  if (whole !== undefined) {
    const { entries, numBad } = readEntries(whole);
    return { entries, problem: numBad > 0 ? `${numBad} of ${whole.length} entries are no events` : undefined };
  }
  const salvaged = salvageObjects(body);
  const { entries } = readEntries(salvaged);
  const kept = entries.length === 1 ? '1 entry was' : `${entries.length} entries were`;
  return { entries, problem: `the answer is not whole JSON; ${kept} kept` };
}

/** The list of events where the text holds one whole JSON document, words and fences around it allowed. */
function parseWhole(body: string): unknown[] | undefined {
  const first = body.search(/[[{]/);
  const last = Math.max(body.lastIndexOf(']'), body.lastIndexOf('}'));
  if (first < 0 || last < first) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.slice(first, last + 1));
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return value as unknown[];
  const list = Object.values(value as object).find(Array.isArray) as unknown[] | undefined;
  return list ?? [value];
}

/** All innermost `{...}` that parse; one that is cut off at the end is closed in its text or behind its last whole field. */
function salvageObjects(body: string): unknown[] {
  const found: unknown[] = [];
  for (let at = body.indexOf('{'); at >= 0;) {
    const end = objectEnd(body, at);
    const isInnermost = !/^\{\s*"[^"]*"\s*:\s*[[{]/.test(body.slice(at));
    const value = !isInnermost
      ? undefined
      : end === undefined
        ? parseCutOff(body.slice(at))
        : parse(body.slice(at, end));
    if (value !== undefined) found.push(value);
    const next = value !== undefined && end !== undefined ? end : at + 1;
    at = body.indexOf('{', next);
  }
  return found;
}

/** Index behind the brace that closes the object, strings minded; undefined where none does. */
function objectEnd(body: string, start: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let i = start; i < body.length; i++) {
    const character = body[i];
    if (isString) {
      if (character === '\\') i++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return i + 1;
  }
  return undefined;
}

function parseCutOff(rest: string): unknown {
  // Cut off within a text: what there is of it is kept, and ends in an ellipsis.
  const inText = parse(`${rest}…"}`);
  if (inText !== undefined) return inText;
  for (let at = rest.lastIndexOf(','); at > 0; at = rest.lastIndexOf(',', at - 1)) {
    const value = parse(`${rest.slice(0, at)}}`);
    if (value !== undefined) return value;
  }
  return undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readEntries(values: readonly unknown[]): { entries: AnswerEntry[]; numBad: number } {
  const entries = values.map(readEntry).filter((entry) => entry !== undefined);
  return { entries, numBad: values.length - entries.length };
}

/** `72`, `72.5 s`, `00:01:12.500`, `1:12`; undefined for what is no time. */
function secondsOf(value: string): number | undefined {
  const trimmed = value.trim();
  const plain = /^<?(-?\d+(?:\.\d+)?)\s*(?:s|sec|seconds)?>?$/i.exec(trimmed)?.[1];
  if (plain !== undefined) return Number(plain);
  const ms = parseClock(trimmed);
  return ms === undefined ? undefined : ms / 1000;
}
