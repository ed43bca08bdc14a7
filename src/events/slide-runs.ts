// Where a video's slides divide it: what follows each other under one title is one run, and a new chapter begins with a run rather than
// within one. Pictures whose largest line is no title (a terminal, the menu of a program) divide nothing.
import type { Span } from '../time.ts';
import type { Event } from './event.ts';

export interface SlideRun extends Span {
  readonly title: string;
}

/** More pictures than this in a row under one title are a program's window: what changes is in it, and its title stays. */
const MAX_PICTURES = 8;

/** A chapter that begins with a run earns this, and one that begins within a run costs as much; see SegmentationInput.borders. */
const CHANGE_WORTH = 5;
/** Times as much where every run is to be a chapter. */
const EACH_WORTH = 4;
/** Speech about a new slide begins within a few seconds of its change; at this distance the change earns nothing, at twice it costs. */
const NEAR_MS = 8000;
/** A slide that is up for so many ideal chapters is talked about in several. */
const LONG_RUN = 2;
/** Runs are chapters where there are at most so many of them for each that the source's length asks for. */
const MAX_RUNS_PER_CHAPTER = 2;
const MIN_RUNS = 3;

/** In order of time, as the visits are. */
export function slideRuns(slideVisits: readonly Event[]): SlideRun[] {
  const runs: { title: string; startMs: number; endMs: number; pictures: number }[] = [];
  for (const { place, title } of slideVisits) {
    if (place.kind !== 'time' || !readsAsTitle(title)) continue;
    const run = runs.at(-1);
    if (run?.title === title) {
      run.endMs = Math.max(run.endMs, place.endMs);
      run.pictures++;
    } else runs.push({ title, startMs: place.startMs, endMs: place.endMs, pictures: 1 });
  }
  return runs.flatMap(({ pictures, ...run }) => (pictures <= MAX_PICTURES ? [run] : []));
}

/** Whether a source of this length may have a chapter for each of its runs. */
export function areChapters(runs: readonly SlideRun[], { startMs, endMs }: Span, idealMs: number): boolean {
  return runs.length >= MIN_RUNS && runs.length <= (MAX_RUNS_PER_CHAPTER * (endMs - startMs)) / idealMs;
}

/** [times] what a chapter that begins at each of them earns by the slides; `isEach`: every run is to be one. */
export function changeWorths(
  timesMs: readonly number[],
  runs: readonly SlideRun[],
  idealMs: number,
  isEach: boolean,
): number[] {
  const full = CHANGE_WORTH * (isEach ? EACH_WORTH : 1);
  return timesMs.map((timeMs) => {
    const nearest = runs.reduce((best, { startMs }) => Math.min(best, Math.abs(startMs - timeMs)), Infinity);
    const over = runs.find(({ startMs, endMs }) => startMs <= timeMs && timeMs < endMs);
    const isFree = over === undefined || over.endMs - over.startMs > LONG_RUN * idealMs;
    return full * Math.max(isFree ? 0 : -1, 1 - nearest / NEAR_MS);
  });
}

/** Words that begin as titles do: what a terminal or a line of code shows begins with a small letter or is signs for the most part. */
function readsAsTitle(title: string): boolean {
  const letters = title.match(/\p{L}/gu)?.length ?? 0;
  const signs = title.replace(/\s/gu, '').length;
  return letters >= 2 && 2 * letters >= signs && !/^\p{Ll}/u.test(title);
}
