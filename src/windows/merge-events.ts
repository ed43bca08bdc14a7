// The events of all windows to the events of the source: what goes on from one window into the next under the same title is one
// event, and so is a build that a model reports as several events of one title.
import type { Event, Evidence } from '../events/event.ts';
import type { WindowAnswer } from './check-answer.ts';
import { plain, titleDifference } from './titles.ts';

/** Events of one title closer than this adjoin: two frames of a video that is looked at once a second. */
const ADJOINING_MS = 2000;
/** Share of a title's letters that may differ where a window ends: the same slide is read twice there. */
const MAX_SEAM_DIFFERENCE = 0.15;

interface TimedEvent extends Event {
  readonly place: Extract<Event['place'], { kind: 'time' }>;
}

/** Answers in any order. Events come out in order of start. */
export function mergeEvents(answers: readonly WindowAnswer[]): Event[] {
  const seams = new Set(answers.map(({ window }) => window.own.endMs));
  const all = answers
    .flatMap(({ events }) => events)
    .filter((event): event is TimedEvent => event.place.kind === 'time')
    .sort((a, b) => a.place.startMs - b.place.startMs || a.place.endMs - b.place.endMs);
  const merged: TimedEvent[] = [];
  for (const event of all) {
    const at = merged.findLastIndex((earlier) => isSame(earlier, event, seams));
    if (at < 0) merged.push(event);
    else merged[at] = join(merged[at]!, event);
  }
  return merged;
}

function isSame(earlier: TimedEvent, event: TimedEvent, seams: ReadonlySet<number>): boolean {
  if (event.place.startMs - earlier.place.endMs > ADJOINING_MS) return false;
  const difference = titleDifference(earlier.title, event.title);
  if (difference === 0) return true;
  const isSeam = [...seams].some((ms) => near(ms, earlier.place.endMs) && near(ms, event.place.startMs));
  return isSeam && difference <= MAX_SEAM_DIFFERENCE;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= ADJOINING_MS;
}

/** Of two readings of a title the one that was looked at longer. */
function join(a: TimedEvent, b: TimedEvent): TimedEvent {
  const lengthOf = ({ place }: TimedEvent) => place.endMs - place.startMs;
  const main = lengthOf(b) > lengthOf(a) ? b : a;
  const notes = [...new Set([a.note, b.note].filter((note) => note !== undefined))];
  return {
    place: { kind: 'time', startMs: a.place.startMs, endMs: Math.max(a.place.endMs, b.place.endMs) },
    title: main.title,
    summary: joinSummaries(a.summary, b.summary),
    evidence: [...a.evidence, ...b.evidence.filter((one) => !a.evidence.some((other) => isEqual(one, other)))],
    engine: a.engine,
    status: a.status === 'partial' || b.status === 'partial' ? 'partial' : 'complete',
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

function joinSummaries(a: string, b: string): string {
  if (a === '' || plain(b).includes(plain(a))) return b;
  if (b === '' || plain(a).includes(plain(b))) return a;
  return `${a} ${b}`;
}

function isEqual(a: Evidence, b: Evidence): boolean {
  return a.kind === b.kind && plain(a.text) === plain(b.text);
}
