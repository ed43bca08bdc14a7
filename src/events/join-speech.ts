// Slides and speech told once: where a stretch of speech is the speech about one slide, from its coming on to its going off, the
// two are one event, which begins when the slide does; speech across several slides is told with them where they quote all of it.
import { overlapMs } from '../time.ts';
import type { Event, Evidence } from './event.ts';

/** What the two have in common, beside all that either covers. Sentences go on for a few seconds after their slide is gone. */
const MIN_COMMON = 0.7;
const MOSTLY = 0.9;

/** The slides' events and those of speech that tell more. Only the reader's own events of slides take speech in. */
export function joinSpeech(visits: readonly Event[], speech: readonly Event[]): Event[] {
  const left = new Set(speech);
  const joined = visits.map((visit) => {
    const spoken = isOfSlide(visit) ? speech.find((one) => left.has(one) && isSameStretch(visit, one)) : undefined;
    if (spoken === undefined) return visit;
    left.delete(spoken);
    if (spoken.evidence.length <= visit.evidence.filter(isQuote).length) return visit;
    const shown = visit.evidence.filter((one) => !isQuote(one));
    return { ...visit, summary: spoken.summary, evidence: [...shown, ...spoken.evidence] };
  });
  const told = new Set(joined.filter(isOfSlide).flatMap(({ evidence }) => evidence.filter(isQuote).map(placeOf)));
  const isTold = ({ evidence }: Event) => evidence.every((one) => told.has(placeOf(one)));
  return [...joined, ...[...left].filter((one) => !isTold(one) || visits.some((visit) => holds(visit, one)))];
}

function isOfSlide({ engine, evidence }: Event): boolean {
  return engine === 'reader' && evidence.some(({ kind }) => kind === 'slide');
}

function isQuote({ kind }: Evidence): boolean {
  return kind === 'quote';
}

/** One sentence is said from one time to another; its words may come back. */
function placeOf(evidence: Evidence): string {
  return evidence.kind === 'quote' ? `${evidence.startMs} ${evidence.text}` : '';
}

/** A part of what is said under one slide is placed more finely than by the slide. */
function holds({ place: slide }: Event, { place: part }: Event): boolean {
  if (slide.kind !== 'time' || part.kind !== 'time') return false;
  return overlapMs(slide, part) >= MOSTLY * (part.endMs - part.startMs);
}

function isSameStretch({ place: a }: Event, { place: b }: Event): boolean {
  if (a.kind !== 'time' || b.kind !== 'time') return false;
  const common = overlapMs(a, b);
  return common >= MIN_COMMON * (a.endMs - a.startMs + (b.endMs - b.startMs) - common);
}
