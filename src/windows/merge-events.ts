// The events of all windows to the events of the source: what goes on from one window into the next under the same title is one
// event, and so is a build of a slide that a model reports as several events of one title.
import type { Event, Evidence, Place } from '../events/event.ts';
import type { WindowAnswer } from './check-answer.ts';
import type { PageWindow } from './plan-pages.ts';
import { MAX_TITLE_DIFFERENCE, plain, titleDifference } from './titles.ts';

/** Events of one title closer than this adjoin: two frames of a video that is looked at once a second. */
const ADJOINING_MS = 2000;

/** Answers in any order, of one source. Events come out in order of start. */
export function mergeEvents(answers: readonly Pick<WindowAnswer | WindowAnswer<PageWindow>, 'window' | 'events'>[]) {
  const seams = new Set(answers.map(({ window }) => ('own' in window ? window.own.endMs : window.endPageIndex)));
  const all = answers
    .flatMap(({ events }) => events)
    .sort((a, b) => startOf(a.place) - startOf(b.place) || endOf(a.place) - endOf(b.place));
  const merged: Event[] = [];
  for (const event of all) {
    const at = merged.findLastIndex((earlier) => isSame(earlier, event, seams));
    if (at < 0) merged.push(event);
    else merged[at] = join(merged[at]!, event);
  }
  return merged;
}

/** Milliseconds, or pages. */
export function startOf(place: Place): number {
  return place.kind === 'time' ? place.startMs : place.pageIndex;
}

function endOf(place: Place): number {
  return place.kind === 'time' ? place.endMs : place.endPageIndex;
}

function isSame(earlier: Event, event: Event, seams: ReadonlySet<number>): boolean {
  const { kind } = event.place;
  const [startsAt, endedAt] = [startOf(event.place), endOf(earlier.place)];
  const adjoining = kind === 'time' ? ADJOINING_MS : 0;
  if (startsAt - endedAt > adjoining) return false;
  const difference = titleDifference(earlier.title, event.title);
  // Two sections of a manual may both be called "Examples".
  if (difference === 0 && kind === 'time') return true;
  const near = (a: number, b: number) => Math.abs(a - b) <= adjoining;
  const isSeam = [...seams].some((seam) => near(seam, endedAt) && near(seam, startsAt));
  // Where a window ends, the same slide is read twice.
  return isSeam && difference <= MAX_TITLE_DIFFERENCE;
}

/** Of two readings of a title the one that was looked at longer. */
function join(a: Event, b: Event): Event {
  const lengthOf = ({ place }: Event) => endOf(place) - startOf(place);
  const main = lengthOf(b) > lengthOf(a) ? b : a;
  const notes = [...new Set([a.note, b.note].filter((note) => note !== undefined))];
  return {
    place: hull(a.place, b.place),
    title: main.title,
    summary: joinSummaries(a.summary, b.summary),
    evidence: [...a.evidence, ...b.evidence.filter((one) => !a.evidence.some((other) => isEqual(one, other)))],
    engine: a.engine,
    status: a.status === 'partial' || b.status === 'partial' ? 'partial' : 'complete',
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

/** `a` starts first. */
function hull(a: Place, b: Place): Place {
  const end = Math.max(endOf(a), endOf(b));
  return a.kind === 'time' ? { ...a, endMs: end } : { ...a, endPageIndex: end };
}

function joinSummaries(a: string, b: string): string {
  if (a === '' || plain(b).includes(plain(a))) return b;
  if (b === '' || plain(a).includes(plain(b))) return a;
  return `${a} ${b}`;
}

function isEqual(a: Evidence, b: Evidence): boolean {
  return a.kind === b.kind && plain(a.text) === plain(b.text);
}
