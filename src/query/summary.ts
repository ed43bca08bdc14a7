// The reader engine's summary of a source: an overview of connected sentences, and key points with their places, all of them
// the source's own sentences made readable.
import { pickCentral } from '../events/centrality.ts';
import { prepareDocument } from '../events/document-prose.ts';
import type { Chapter, Event, KeyPoint, Place, Summary } from '../events/event.ts';
import { prepareProse, type Prose } from '../events/prose.ts';
import { sentenceQuality } from '../events/sentence-quality.ts';
import { prepareTranscript } from '../events/transcript.ts';
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import type { Page } from '../ingest/document/page.ts';
import { detectLanguage } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';

export interface SummaryInput {
  readonly captions: CaptionTrack | null;
  readonly pages: readonly Page[];
  readonly events: readonly Event[];
  readonly chapters: readonly Chapter[];
  /** Length of the overview; about, because sentences stay whole. */
  readonly words?: number | undefined;
}

const DEFAULT_WORDS = 150;
/** One for so many words, within limits: five for eight minutes of speech. */
const KEY_POINTS = { min: 3, max: 10, words: 200 };

interface PlacedProse extends Prose {
  readonly placeOf: (unit: number) => Place;
  /** Who says it, where several people speak. */
  readonly speakerOf?: (unit: number) => string | undefined;
}

/** From speech where there is any, else from pages, else from what the events say (slides). undefined where nothing does. */
export async function summarize(input: SummaryInput): Promise<Summary | undefined> {
  const prose = await proseOf(input);
  const picked = pickCentral({
    ...prose,
    first: 0,
    end: prose.readable.length,
    maxWords: input.words ?? DEFAULT_WORDS,
  });
  if (picked.length === 0) return undefined;
  const overview = withSpeakers(
    prose,
    picked.sort((a, b) => a - b),
  );
  return {
    overview: overview.join(joint(prose.lang)),
    keyPoints: keyPoints(prose, input.chapters),
    engine: 'reader',
    lang: prose.lang,
  };
}

/** A name before the first sentence of each run of one speaker: what was said in a meeting is understood by who said it. */
function withSpeakers({ readable, speakerOf }: PlacedProse, units: readonly number[]): string[] {
  return units.map((unit, i) => {
    const speaker = nameOf(speakerOf?.(unit));
    const isSame = i > 0 && nameOf(speakerOf?.(units[i - 1]!)) === speaker;
    return speaker === undefined || isSame ? readable[unit]! : `${speaker}: ${readable[unit]!}`;
  });
}

/** Without what stands in brackets behind it, office or party: `The Chair (Hon. Anthony Rota)`. */
function nameOf(speaker: string | undefined): string | undefined {
  return speaker?.replace(/(?<=\S)\s*\(.*$/s, '');
}

/** Central sentences of every chapter, so that the points cover the whole source; of many chapters the most telling ones. */
function keyPoints(prose: PlacedProse, chapters: readonly Chapter[]): KeyPoint[] {
  const numWords = prose.lengths.reduce((sum, length) => sum + length, 0);
  const wanted = Math.min(KEY_POINTS.max, Math.max(KEY_POINTS.min, Math.round(numWords / KEY_POINTS.words)));
  const perChapter = Math.ceil(wanted / Math.max(1, chapters.length));
  const candidates = chapters.flatMap(({ place }) => {
    const [first, end] = place.kind === 'time' ? [place.startMs, place.endMs] : [place.pageIndex, place.endPageIndex];
    const stretch = { first: firstFrom(prose, first), end: firstFrom(prose, end) };
    return pickCentral({ ...prose, ...stretch, maxUnits: perChapter });
  });
  const allowed = new Set(candidates);
  const quality = prose.quality.map((value, i) => (allowed.has(i) ? value : 0));
  return pickCentral({ ...prose, quality, first: 0, end: prose.readable.length, maxUnits: wanted })
    .sort((a, b) => a - b)
    .map((i) => ({ text: prose.readable[i]!, place: prose.placeOf(i) }));
}

/** The first unit that begins there or later, in ms or pages: units are in order of place. */
function firstFrom({ readable, placeOf }: PlacedProse, start: number): number {
  let low = 0;
  let high = readable.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = placeOf(middle);
    if ((place.kind === 'time' ? place.startMs : place.pageIndex) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function proseOf({ captions, pages, events }: SummaryInput): Promise<PlacedProse> {
  if (captions !== null && captions.cues.length > 0) {
    const transcript = await prepareTranscript(captions);
    const placeOf = (i: number): Place => {
      const { startMs, endMs } = transcript.utterances[i]!;
      return { kind: 'time', startMs, endMs };
    };
    const several = new Set(transcript.utterances.map(({ speaker }) => speaker)).size > 1;
    return { ...transcript, placeOf, ...(several && { speakerOf: (i) => transcript.utterances[i]!.speaker }) };
  }
  if (pages.length > 0) {
    const prose = await prepareDocument(pages);
    const placeOf = (i: number): Place => {
      const { pageIndex } = prose.sentences[i]!;
      return { kind: 'pages', pageIndex, endPageIndex: pageIndex + 1 };
    };
    return { ...prose, placeOf };
  }
  return eventProse(events);
}

async function eventProse(events: readonly Event[]): Promise<PlacedProse> {
  const units = events.flatMap(({ summary, place }) => sentences(summary).map(({ text }) => ({ text, place })));
  const lang = detectLanguage(units.map((unit) => unit.text).join(' '))?.lang ?? 'en';
  const prose = await prepareProse(units.length, lang, (i) => {
    const { text } = units[i]!;
    return { readable: text, quality: sentenceQuality(text, lang) };
  });
  return { ...prose, placeOf: (i) => units[i]!.place };
}

/** Chinese and Japanese sentences follow each other without a space. */
function joint(lang: string): string {
  return /^(?:zh|ja)(?:-|$)/.test(lang) ? '' : ' ';
}
