// Coherent stretches of speech, about 20 to 90 seconds each, as events: never cutting a sentence, with a title of the
// words it is about, one to three of its own sentences, and those sentences verbatim as evidence.
import { Breather } from './breather.ts';
import { overlapMs } from '../time.ts';
import type { Event, Evidence } from './event.ts';
import type { PhraseIndex } from './key-phrases.ts';
import { pickCentral } from './centrality.ts';
import { cutSegments } from './segmentation.ts';
import { opensThought } from './discourse.ts';
import { titleFromPhrases, titleFromSentence } from './title.ts';
import type { Transcript } from './transcript.ts';
import type { Utterance } from './utterances.ts';

const IDEAL_MS = 45_000;
const MAX_MS = 90_000;
/** A change of speaker earns 1 for this much speech on both sides of it. */
const TURN_MS = 15_000;
const MAX_TURN_WORTH = 3;
/** A slide names the speech if it is up for this share of it. */
const SLIDE_SHARE = 0.7;
/** An event of this many seconds is summed up in one sentence; longer ones in two, then three. */
const MS_PER_SENTENCE = 30_000;

/** `slideVisits`: the events of slides; speech about one tends to begin as it comes on, and is named after it. */
export async function speechEvents(transcript: Transcript, slideVisits: readonly Event[] = []): Promise<Event[]> {
  const slideChanges = slideVisits.flatMap(({ place }) => (place.kind === 'time' ? [place.startMs] : []));
  const { utterances, vocabulary } = transcript;
  const borders = borderWorths(transcript);
  const firsts = await cutSegments({
    vocabulary,
    starts: [...utterances.map((utterance) => utterance.startMs), utterances.at(-1)?.endMs ?? 0],
    borders: borders.map((worth, i) => worth + slideWorth(utterances[i]!.startMs, slideChanges)),
    ideal: IDEAL_MS,
    max: MAX_MS,
  });
  const phrases = await transcript.phrases();
  const breather = new Breather();
  const taken = new Set<string>();
  const events: Event[] = [];
  for (const [i, first] of firsts.entries()) {
    const spoken = describeSpeech(transcript, phrases, first, firsts[i + 1] ?? utterances.length, taken);
    const slide = slideOver(slideVisits, spoken);
    const event = slide === '' ? spoken : { ...spoken, title: underSlide(slide, spoken.title, taken) };
    taken.add(event.title);
    events.push(event);
    await breather.breathe();
  }
  return events;
}

/** [utterances] what a cut before each earns by the way it is spoken: a pause, an opening word, another speaker. */
export function borderWorths({ utterances, lang }: Transcript): number[] {
  const turnMs = turnLengths(utterances);
  return utterances.map((utterance, i) => {
    const pause = Math.min(1.5, utterance.pauseMs / 2000);
    const isTurn = i > 0 && utterances[i - 1]!.speaker !== utterance.speaker;
    // In a quick exchange a change of speaker means nothing; between two speeches it is a border.
    const turn = isTurn ? Math.min(MAX_TURN_WORTH, Math.min(turnMs[i - 1]!, turnMs[i]!) / TURN_MS) : 0;
    return pause + 0.6 * opensThought(utterance.text, lang) + turn;
  });
}

/** [utterances] length of the turn each one belongs to. */
function turnLengths(utterances: readonly Utterance[]): number[] {
  const lengths: number[] = [];
  for (let first = 0; first < utterances.length;) {
    let end = first;
    while (end < utterances.length && utterances[end]!.speaker === utterances[first]!.speaker) end++;
    const length = utterances[end - 1]!.endMs - utterances[first]!.startMs;
    for (let i = first; i < end; i++) lengths.push(length);
    first = end;
  }
  return lengths;
}

function slideWorth(startMs: number, slideChanges: readonly number[]): number {
  const nearest = slideChanges.reduce((best, change) => Math.min(best, Math.abs(change - startMs)), Infinity);
  return nearest < 4000 ? 1.5 * (1 - nearest / 4000) : 0;
}

function describeSpeech(
  transcript: Transcript,
  phrases: PhraseIndex,
  first: number,
  end: number,
  taken: ReadonlySet<string>,
): Event {
  const { utterances, readable } = transcript;
  const startMs = utterances[first]!.startMs;
  const endMs = utterances[end - 1]!.endMs;
  const maxUnits = Math.min(3, Math.max(1, Math.round((endMs - startMs) / MS_PER_SENTENCE)));
  const picked = pickCentral({ ...transcript, first, end, maxUnits }).sort((a, b) => a - b);
  if (picked.length === 0) picked.push(first);
  const summary = picked.map((i) => readable[i]! || utterances[i]!.text).join(' ');
  const evidence: Evidence[] = picked.map((i) => {
    const { startMs: from, endMs: to, text } = utterances[i]!;
    return { kind: 'quote', startMs: from, endMs: to, text };
  });
  const title = titleFromPhrases(phrases, first, end, taken) || titleFromSentence(summary);
  return { place: { kind: 'time', startMs, endMs }, title, summary, evidence, engine: 'reader', status: 'complete' };
}

/** Title of the slide that is up during most of the speech; empty where there is none. */
function slideOver(slideVisits: readonly Event[], { place }: Event): string {
  if (place.kind !== 'time') return '';
  const over = slideVisits.find(
    (visit) =>
      visit.place.kind === 'time' && overlapMs(visit.place, place) >= SLIDE_SHARE * (place.endMs - place.startMs),
  );
  return over === undefined ? '' : over.title.replace(/[\s:.…]+$/, '');
}

/** The slide's own title; what is said later under the same slide is told apart by its first phrase. */
function underSlide(slide: string, title: string, taken: ReadonlySet<string>): string {
  const [phrase = ''] = title.split(', ');
  const isNamed = phrase === '' || slide.toLowerCase().includes(phrase.toLowerCase());
  return isNamed || !taken.has(slide) ? slide : `${slide}: ${lowerFirst(phrase)}`;
}

/** `Squared length` -> `squared length`; `ReLU modules` stays. */
function lowerFirst(text: string): string {
  return /^\p{Lu}\p{Ll}+(?:\s|$)/u.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
