// The times of a window's entries against the window: what lies outside and becomes right by one digit is put right, because small
// models miss a digit of a long number now and then (340.0 for 240.0); what one digit doesn't explain is cut to the window and
// marked.
import type { Span } from '../time.ts';
import type { AnswerEntry } from './read-answer.ts';

export interface PlacedTimes extends Span {
  /** What was done to the times, in one sentence; undefined where they were right. */
  readonly note: string | undefined;
  /** The times are a guess. */
  readonly isDoubtful: boolean;
}

/** A model rounds to whole seconds, and ends its last event one frame behind the last frame. */
const TOLERANCE_MS = 1500;

interface Placed {
  /** As written. */
  readonly seconds: number | undefined;
  readonly ms: number;
  readonly how: 'given' | 'corrected' | 'missing' | 'outside';
}

/**
 * One for each entry, in their order. An entry whose times say nothing about the window takes the place that its neighbours
 * leave; undefined where they leave none.
 */
export function placeTimes(given: readonly AnswerEntry[], window: Span): (PlacedTimes | undefined)[] {
  const isRelative = countsFromWindow(given, window);
  const entries = isRelative ? given.map((entry) => shifted(entry, window.startMs / 1000)) : given;
  const starts = entries.map(({ start }) => place(start, window));
  const ends = entries.map(({ end }) => place(end, window));
  return entries.map((entry, i) => {
    // What stands beside a time in the list: entries follow each other, so a border is usually named twice.
    const previousEnd = anchor(ends[i - 1]);
    const nextStart = anchor(starts[i + 1]);
    const start = settle(starts[i]!, window, previousEnd, (ms) => ms < (anchor(ends[i]) ?? Infinity));
    const end = settle(ends[i]!, window, nextStart, (ms) => ms > start.ms);
    const startMs = start.how === 'missing' ? (previousEnd ?? window.startMs) : start.ms;
    let endMs = end.how === 'missing' ? (nextStart ?? window.endMs) : end.ms;
    const notes = [noteOf('start', start), noteOf('end', end)].filter((note) => note !== '');
    let isDoubtful = [start, end].some(({ how }) => how === 'outside' || how === 'missing');
    if (isRelative) notes.push('its times were counted from the start of the window');
    if ([start, end].every(({ how }) => how === 'outside' || how === 'missing') && !spans(entry, window)) {
      const gap = { startMs: previousEnd ?? window.startMs, endMs: nextStart ?? window.endMs };
      return gap.endMs > gap.startMs ? { ...gap, note: notes.join('; '), isDoubtful: true } : undefined;
    }
    if (endMs <= startMs) {
      const better = oneDigitOff(entry.end, { startMs: startMs + 1, endMs: window.endMs }, nextStart);
      notes.push(`the end ${entry.end ?? 'missing'} lies before the start ${entry.start ?? 'missing'}`);
      isDoubtful ||= better === undefined || better !== nextStart;
      endMs = better ?? Math.max(nextStart ?? window.endMs, startMs + 1);
    }
    return { startMs, endMs, note: notes.length === 0 ? undefined : notes.join('; '), isDoubtful };
  });
}

/** A model that forgets where its window lies begins at 0 and ends by its length. */
function countsFromWindow(entries: readonly AnswerEntry[], { startMs, endMs }: Span): boolean {
  const times = entries.flatMap(({ start, end }) => [start ?? [], end ?? []].flat().map((sec) => sec * 1000));
  if (times.length < 2 || startMs <= TOLERANCE_MS) return false;
  const lengthMs = endMs - startMs;
  const numOutside = times.filter((ms) => ms < startMs - TOLERANCE_MS).length;
  const isFromZero = Math.min(...times) <= 0.05 * lengthMs && Math.max(...times) <= lengthMs + TOLERANCE_MS;
  return isFromZero && numOutside > times.length / 2;
}

function shifted(entry: AnswerEntry, seconds: number): AnswerEntry {
  const { start, end } = entry;
  const later = (time: number | undefined) => (time === undefined ? undefined : time + seconds);
  return { ...entry, start: later(start), end: later(end) };
}

function place(seconds: number | undefined, { startMs, endMs }: Span): Placed {
  if (seconds === undefined || !Number.isFinite(seconds)) return { seconds, ms: NaN, how: 'missing' };
  const ms = Math.round(seconds * 1000);
  const isInside = ms >= startMs - TOLERANCE_MS && ms <= endMs + TOLERANCE_MS;
  return { seconds, ms: Math.min(endMs, Math.max(startMs, ms)), how: isInside ? 'given' : 'outside' };
}

/** A time that can be relied on. */
function anchor(placed: Placed | undefined): number | undefined {
  return placed?.how === 'given' ? placed.ms : undefined;
}

function settle(
  placed: Placed,
  window: Span,
  neighbour: number | undefined,
  isPossible: (ms: number) => boolean,
): Placed {
  if (placed.how !== 'outside') return placed;
  const corrected = oneDigitOff(placed.seconds, window, neighbour, isPossible);
  return corrected === undefined ? placed : { ...placed, ms: corrected, how: 'corrected' };
}

/**
 * The time within the span that differs from the one given in one digit, or has one digit more or less: the one that the
 * neighbour confirms, else the only one there is.
 */
function oneDigitOff(
  seconds: number | undefined,
  { startMs, endMs }: Span,
  neighbour: number | undefined,
  isPossible: (ms: number) => boolean = () => true,
): number | undefined {
  if (seconds === undefined || seconds < 0) return undefined;
  const written = Number.isInteger(seconds) ? seconds.toFixed(1) : String(seconds);
  const candidates = new Set<number>();
  for (let i = 0; i <= written.length; i++) {
    const [before, after] = [written.slice(0, i), written.slice(i + 1)];
    const isDigit = /\d/.test(written[i] ?? '');
    if (isDigit) candidates.add(Number(before + after));
    for (let digit = 0; digit <= 9; digit++) {
      if (isDigit) candidates.add(Number(before + digit + after));
      candidates.add(Number(before + digit + written.slice(i)));
    }
  }
  const times = [...candidates].map((value) => Math.round(value * 1000));
  const possible = [...new Set(times)].filter((ms) => ms >= startMs && ms <= endMs && isPossible(ms));
  if (neighbour !== undefined) {
    const confirmed = possible.find((ms) => Math.abs(ms - neighbour) <= TOLERANCE_MS);
    if (confirmed !== undefined) return neighbour;
  }
  // Of a digit replaced and a digit lost the first is likelier, and the first digits leave the window soonest.
  const replaced = possible.filter((ms) => sameLength(ms, written));
  if (replaced.length === 1) return replaced[0];
  return possible.length === 1 ? possible[0] : undefined;
}

function sameLength(ms: number, written: string): boolean {
  return String(Math.floor(ms / 1000)).length === written.split('.', 1)[0]!.length;
}

function spans({ start, end }: AnswerEntry, window: Span): boolean {
  return start !== undefined && end !== undefined && start * 1000 < window.endMs && end * 1000 > window.startMs;
}

function noteOf(name: string, { seconds, ms, how }: Placed): string {
  switch (how) {
    case 'given':
      return '';
    case 'corrected':
      return `the ${name} ${seconds} was read as ${ms / 1000}`;
    case 'outside':
      return `the ${name} ${seconds} lies outside the window`;
    case 'missing':
      return `the ${name} is missing`;
  }
}
