// The reader engine's account of one source: what was ingested in, events and chapters out. No model: captions, slide text,
// slide changes and the document's own text and outline are all it reads.
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import type { DocumentInfo, Page } from '../ingest/document/page.ts';
import type { SlideState, SlideText } from '../ingest/video/slide.ts';
import { mediaChapters, slideChapters, speechChapters, type MediaChapter } from './chapters.ts';
import { documentChapters } from './document-chapters.ts';
import { prepareDocument } from './document-prose.ts';
import type { Chapter, Event } from './event.ts';
import { joinSpeech } from './join-speech.ts';
import { pageEvents } from './page-events.ts';
import { sectionsOf } from './sections.ts';
import { slideEvents } from './slide-events.ts';
import { speechEvents } from './speech-events.ts';
import { prepareTranscript } from './transcript.ts';

/** Raised whenever the same material gives other events or chapters: sources are then described anew. */
export const READER_VERSION = 19;

export interface SourceInput {
  readonly kind: 'video' | 'document' | 'transcript';
  /** null for documents, and where the medium doesn't say. */
  readonly durationMs: number | null;
  /** Where the source's own clock begins, if not at 0. */
  readonly startMs?: number;
  readonly captions: CaptionTrack | null;
  readonly slides: readonly SlideState[];
  readonly slideTexts: readonly SlideText[];
  readonly pages: readonly Page[];
  readonly document: DocumentInfo | null;
  /** Chapters that the media file carries. */
  readonly mediaChapters?: readonly MediaChapter[];
}

export interface SourceDescription {
  /** In order of place; in a video, what is shown and what is said are told apart by their evidence. */
  readonly events: readonly Event[];
  readonly chapters: readonly Chapter[];
}

/** CPU-bound; lets the event loop run about every 30 ms. Gives nothing for a source without a word. */
export async function describeSource(input: SourceInput): Promise<SourceDescription> {
  return input.kind === 'document' ? describeDocument(input) : describeTimed(input);
}

async function describeDocument({ pages, document }: SourceInput): Promise<SourceDescription> {
  const prose = await prepareDocument(pages);
  const sections = sectionsOf(pages, document);
  const events = await pageEvents(prose, sections);
  return { events, chapters: await documentChapters(prose, sections, pages.length) };
}

async function describeTimed(input: SourceInput): Promise<SourceDescription> {
  const transcript = input.captions === null ? undefined : await prepareTranscript(input.captions);
  return describeAround(slideEvents(input.slides, input.slideTexts, transcript), input);
}

/**
 * A timed source whose slides somebody else described: the reader adds events of what is said, unless the ones given tell that
 * too, and chapters. `visits` in order of start.
 */
export async function describeAround(
  visits: readonly Event[],
  input: SourceInput,
  { tellSpeech = false }: { readonly tellSpeech?: boolean } = {},
): Promise<SourceDescription> {
  const transcript = input.captions === null ? undefined : await prepareTranscript(input.captions);
  const speech = transcript === undefined || tellSpeech ? [] : await speechEvents(transcript, visits);
  const { startMs = 0 } = input;
  const lastMs = Math.max(transcript?.utterances.at(-1)?.endMs ?? startMs, lastEnd(input.slides, startMs));
  const whole = { startMs, endMs: Math.max(startMs + (input.durationMs ?? 0), lastMs) };
  const declared = input.mediaChapters ?? [];
  const chapters =
    declared.length > 0
      ? mediaChapters(declared, transcript)
      : transcript !== undefined && transcript.utterances.length > 0
        ? await speechChapters(transcript, whole, visits)
        : slideChapters(visits, whole);
  return { events: joinSpeech(visits, speech).sort(byStart), chapters };
}

function byStart(a: Event, b: Event): number {
  return startOf(a) - startOf(b);
}

function startOf({ place }: Event): number {
  return place.kind === 'time' ? place.startMs : place.pageIndex;
}

function lastEnd(slides: readonly SlideState[], startMs: number): number {
  return slides.reduce((end, { spans }) => Math.max(end, spans.at(-1)?.endMs ?? startMs), startMs);
}
