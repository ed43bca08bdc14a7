// A window's answer to events: read, placed in the window, cut to the window's own time, quotes looked up in what is said. Nothing
// that a model wrote is lost: what can't be confirmed is kept and marked, with a note that says what.
import type { Event, Evidence } from '../events/event.ts';
import { foldText, locateQuote } from '../text/quotes.ts';
import type { Span } from '../time.ts';
import { placeTimes, type PlacedTimes } from './place-times.ts';
import type { PlannedWindow } from './plan-windows.ts';
import { readAnswer, type AnswerEntry } from './read-answer.ts';
import type { Spoken, Timeline } from './timeline.ts';

export interface WindowAnswer<W = PlannedWindow> {
  readonly window: W;
  /** As the model wrote it. */
  readonly text: string;
  /** Events of the window, in order; those of other windows' time left out. */
  readonly events: readonly Event[];
  /** What is wrong with the answer; undefined where nothing is. The text is then worth keeping. */
  readonly problem: string | undefined;
}

/** What is left of an event after its window's own time is cut out must be this long. */
const MIN_LEFT_MS = 500;
/** A quote may begin a little before its event, or end after it. */
const QUOTE_MARGIN_MS = 5000;

/** Titles that say that there is nothing: scenes without a slide make no event. */
export const NO_TITLE = /^(?:\(?none\)?|n\/a|no slide|untitled|-+)?$/i;

export function checkAnswer(text: string, window: PlannedWindow, timeline: Timeline, engine: string): WindowAnswer {
  const { entries, problem } = readAnswer(text);
  const placed = placeTimes(entries, window);
  const events: Event[] = [];
  let numLost = 0;
  entries.forEach((entry, i) => {
    const times = placed[i];
    if (times === undefined) numLost++;
    else if (!NO_TITLE.test(entry.title) || entry.summary !== '') {
      const own = cutTo(times, window.own);
      if (own !== undefined) events.push(eventOf(entry, { ...times, ...own }, timeline, engine));
    }
  });
  const lost = numLost > 0 ? `${numLost} of ${entries.length} events lie outside the window` : undefined;
  const problems = [problem, lost].filter((one) => one !== undefined);
  events.sort((a, b) => startOf(a) - startOf(b));
  return { window, text, events, problem: problems.length > 0 ? problems.join('; ') : undefined };
}

function startOf({ place }: Event): number {
  return place.kind === 'time' ? place.startMs : 0;
}

function cutTo({ startMs, endMs }: Span, own: Span): Span | undefined {
  const cut = { startMs: Math.max(startMs, own.startMs), endMs: Math.min(endMs, own.endMs) };
  const isAll = cut.startMs === startMs && cut.endMs === endMs;
  return isAll || cut.endMs - cut.startMs >= MIN_LEFT_MS ? cut : undefined;
}

function eventOf(entry: AnswerEntry, times: PlacedTimes, timeline: Timeline, engine: string): Event {
  const { startMs, endMs } = times;
  const evidence: Evidence[] = [];
  const notes = times.note === undefined ? [] : [times.note];
  let isPartial = times.isDoubtful;
  if (entry.quote !== '') {
    const quote = locate(entry.quote, timeline.spoken, times);
    if (quote !== undefined) evidence.push(quote);
    else {
      isPartial = true;
      notes.push(`the quote "${entry.quote}" was not found in what is said`);
    }
  }
  if (entry.shown !== '') evidence.push({ kind: 'shown', text: entry.shown });
  return toEvent(entry, { kind: 'time', startMs, endMs }, { evidence, isPartial, notes, engine });
}

/** An event as it is stored: what the model told of it, and what checking found. */
export function toEvent(
  { title, summary }: Pick<AnswerEntry, 'title' | 'summary'>,
  place: Event['place'],
  checked: {
    readonly evidence: Evidence[];
    readonly isPartial: boolean;
    readonly notes: readonly string[];
    readonly engine: string;
  },
): Event {
  const { evidence, isPartial, notes, engine } = checked;
  return {
    place,
    title: title || firstWords(summary),
    summary,
    evidence,
    engine,
    status: isPartial ? 'partial' : 'complete',
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

/** The quote as it is spoken, with the times of the sentences it stands in. */
function locate(quote: string, spoken: readonly Spoken[], { startMs, endMs }: Span): Evidence | undefined {
  const near = spoken.filter((one) => one.endMs > startMs - QUOTE_MARGIN_MS && one.startMs < endMs + QUOTE_MARGIN_MS);
  const joined = near.map((one) => one.text).join(' ');
  const found = locateQuote(quote, foldText(joined));
  if (found === undefined) return undefined;
  let at = 0;
  const touched = near.filter((one) => {
    const from = at;
    at += one.text.length + 1;
    return from < found.end && from + one.text.length > found.start;
  });
  const text = joined.slice(found.start, found.end);
  return { kind: 'quote', startMs: touched[0]!.startMs, endMs: touched.at(-1)!.endMs, text };
}

function firstWords(summary: string): string {
  const words = summary.split(/\s+/).slice(0, 8).join(' ');
  return words === summary ? summary.replace(/[.。]$/, '') : `${words}…`;
}
