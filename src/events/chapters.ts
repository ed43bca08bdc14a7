// Chapters of what runs in time: the file's own where it carries them, else cut where the words change, as slides come on, helped by
// pauses and words that open a new part. One for every few minutes, more minutes in longer sources; one for each slide where these are few.
import { stemTerms } from '../text/terms.ts';
import { overlapMs, type Span } from '../time.ts';
import type { Chapter, Event } from './event.ts';
import type { KeyPhrase } from './key-phrases.ts';
import { cutSegments } from './segmentation.ts';
import { borderWorths } from './speech-events.ts';
import { areChapters, changeWorths, slideRuns, type SlideRun } from './slide-runs.ts';
import { summaryOf } from './summary-sentences.ts';
import { titleFromPhrases, titleFromSentence } from './title.ts';
import type { Transcript } from './transcript.ts';

/** A chapter that the file itself declares. */
export interface MediaChapter {
  readonly startMs: number;
  readonly endMs: number;
  readonly title: string;
}

/** Ideal minutes of a chapter: this times a power of the source's minutes (0.8 in 3, 1.8 in 8, 5 in 30, 10 in 60), within limits. */
const IDEAL_SHARE = 0.3;
const IDEAL_POWER = 0.85;
const MIN_IDEAL_MS = 0.5 * 60_000;
const MAX_IDEAL_MS = 14 * 60_000;
/** Share of a chapter that a slide must be up to name it; less for one whose title is what the speech is about. */
const MIN_SLIDE_WORTH = 0.15;
const RETURNED_WORTH = 0.3;

export async function speechChapters(
  transcript: Transcript,
  whole: Span,
  slideVisits: readonly Event[] = [],
): Promise<Chapter[]> {
  const { utterances, vocabulary } = transcript;
  if (utterances.length === 0) return [];
  const wished = idealMs(whole);
  const runs = slideRuns(slideVisits);
  const isEach = areChapters(runs, whole, wished);
  const starts = utterances.map((utterance) => utterance.startMs);
  const changes = changeWorths(starts, runs, wished, isEach);
  const firsts = await cutSegments({
    vocabulary,
    starts: [...starts, utterances.at(-1)!.endMs],
    borders: borderWorths(transcript).map((worth, i) => worth + changes[i]!),
    ideal: isEach ? Math.min(wished, (whole.endMs - whole.startMs) / runs.length) : wished,
    max: 3 * wished,
    topicalOnly: true,
  });
  const phrases = await transcript.phrases();
  const taken = new Set<string>();
  const leads = new Set<string>();
  const begin = (unit: number) => changeInPause(utterances[unit - 1]!, utterances[unit]!, runs);
  return firsts.map((first, i) => {
    const end = firsts[i + 1] ?? utterances.length;
    // Chapters follow each other without gaps, from the start of the source to its end.
    const startMs = i === 0 ? whole.startMs : begin(first);
    const endMs = i === firsts.length - 1 ? Math.max(whole.endMs, utterances[end - 1]!.endMs) : begin(end);
    const summary = summaryOf(transcript, first, end);
    const title =
      titleFromSlides(runs, { startMs, endMs }, phrases.phrasesOf(first, end, 5), taken, transcript.lang) ||
      titleFromPhrases(phrases, first, end, taken, leads) ||
      titleFromSentence(summary || utterances[first]!.text);
    taken.add(title);
    leads.add(title.split(', ', 1)[0]!);
    return { place: { kind: 'time', startMs, endMs }, title, summary };
  });
}

/** Chapters the media file declares, each summed up from the speech in it. */
export function mediaChapters(declared: readonly MediaChapter[], transcript: Transcript | undefined): Chapter[] {
  return declared.map(({ startMs, endMs, title }, i) => {
    const [first, end] = transcript === undefined ? [0, 0] : utterancesWithin(transcript, startMs, endMs);
    const summary = transcript === undefined ? '' : summaryOf(transcript, first, end);
    return { place: { kind: 'time', startMs, endMs }, title: title.trim() || `Chapter ${i + 1}`, summary };
  });
}

/** A source without speech: runs of slides of the ideal length, each under the title of its longest. */
export function slideChapters(slideVisits: readonly Event[], whole: Span): Chapter[] {
  const visits = slideVisits.flatMap((event) => (event.place.kind === 'time' ? [{ event, ...event.place }] : []));
  const ideal = idealMs(whole);
  const runs = slideRuns(slideVisits);
  const isEach = areChapters(runs, whole, ideal);
  const groups: (typeof visits)[] = [];
  for (const visit of visits) {
    const group = groups.at(-1);
    const isNew = isEach
      ? runs.some(({ startMs }) => startMs === visit.startMs)
      : group !== undefined && visit.startMs - group[0]!.startMs >= ideal;
    if (group === undefined || isNew) groups.push([visit]);
    else group.push(visit);
  }
  return groups.map((group, i) => {
    const startMs = i === 0 ? whole.startMs : group[0]!.startMs;
    const endMs = groups[i + 1]?.[0]!.startMs ?? Math.max(whole.endMs, group.at(-1)!.endMs);
    const longest = group.reduce((a, b) => (b.endMs - b.startMs > a.endMs - a.startMs ? b : a));
    return { place: { kind: 'time', startMs, endMs }, title: longest.event.title, summary: longest.event.summary };
  });
}

function idealMs({ startMs, endMs }: Span): number {
  const minutes = (endMs - startMs) / 60_000;
  return Math.min(MAX_IDEAL_MS, Math.max(MIN_IDEAL_MS, IDEAL_SHARE * minutes ** IDEAL_POWER * 60_000));
}

/** A slide that comes on in the pause before a chapter's first words belongs to it from its first frame. */
function changeInPause(before: Span, first: Span, runs: readonly SlideRun[]): number {
  return runs.find(({ startMs }) => startMs >= before.endMs && startMs <= first.startMs)?.startMs ?? first.startMs;
}

/** Title of the slide that the chapter is about: shown long, and called what is said; not one that names a chapter already. */
function titleFromSlides(
  runs: readonly SlideRun[],
  place: Span,
  phrases: readonly KeyPhrase[],
  taken: ReadonlySet<string>,
  lang: string,
): string {
  const spoken = new Set(phrases.flatMap((phrase) => phrase.stems));
  const worth = new Map<string, number>();
  const before = new Set<string>();
  for (const run of runs) {
    const { title } = run;
    if (taken.has(title)) continue;
    if (run.endMs <= place.startMs) before.add(title);
    const share = overlapMs(run, place) / (place.endMs - place.startMs);
    const named = stemTerms(title, lang).filter((stem) => spoken.has(stem)).length;
    // A slide that comes back belongs to the chapter in which it was new.
    const isNew = !before.has(title);
    worth.set(title, (worth.get(title) ?? 0) + share * (1 + named) * (isNew ? 1 : RETURNED_WORTH));
  }
  const [best] = [...worth].sort((a, b) => b[1] - a[1]);
  return best !== undefined && best[1] >= MIN_SLIDE_WORTH ? best[0] : '';
}

function utterancesWithin({ utterances }: Transcript, startMs: number, endMs: number): [number, number] {
  const first = utterances.findIndex((utterance) => utterance.startMs >= startMs);
  if (first < 0) return [utterances.length, utterances.length];
  const next = utterances.findIndex((utterance) => utterance.startMs >= endMs);
  return [first, Math.max(first, next < 0 ? utterances.length : next)];
}
