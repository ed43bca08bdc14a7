// What a source shows and says, on one line of time: slides as they come on and go, sentences as they are spoken. Windows are
// stretches of it.
import { toUtterances } from '../events/utterances.ts';
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import type { SlideState, SlideText } from '../ingest/video/slide.ts';
import { msToSec, type Span } from '../time.ts';

/** One state of a slide, on screen in one go. */
export interface Shown extends Span {
  readonly slideIndex: number;
  readonly stateIndex: number;
  /** Where the picture of this state is taken from: maybe from another time at which it was shown. */
  readonly stillMs: number;
  /** Read off the slide; empty where nothing is written on it. */
  readonly text: string;
  /** Its heading, where it was read with confidence; empty otherwise. */
  readonly title: string;
}

export interface Spoken extends Span {
  readonly text: string;
}

export interface Timeline {
  readonly span: Span;
  /** Both in order of start. */
  readonly shown: readonly Shown[];
  readonly spoken: readonly Spoken[];
}

export interface TimelineInput {
  /** First and last moment in the source's own time. */
  readonly span: Span;
  readonly slides: readonly SlideState[];
  readonly slideTexts: readonly SlideText[];
  readonly captions: CaptionTrack | null;
}

/** Mean confidence of the OCR, 0 to 100. */
const SURE_OF_TITLE = 80;

export function timelineOf({ span, slides, slideTexts, captions }: TimelineInput): Timeline {
  const spoken = captions === null ? [] : toUtterances(captions.cues, captions.lang);
  return withSlides({ span, shown: [], spoken: [...spoken].sort(byStart) }, { slides, slideTexts });
}

/** The same with these slides, whatever it showed before. */
export function withSlides(
  { span, spoken }: Timeline,
  { slides, slideTexts }: Pick<TimelineInput, 'slides' | 'slideTexts'>,
): Timeline {
  const texts = new Map(slideTexts.map((text) => [`${text.slideIndex}.${text.stateIndex}`, text]));
  const shown = slides.flatMap(({ slideIndex, stateIndex, spans, stillMs }) => {
    const read = texts.get(`${slideIndex}.${stateIndex}`);
    const text = read?.text.trim() ?? '';
    const title = (read?.confidence ?? 0) >= SURE_OF_TITLE ? read!.title.trim() : '';
    return spans.map((one): Shown => ({ ...one, slideIndex, stateIndex, stillMs, text, title }));
  });
  return { span, shown: shown.sort(byStart), spoken };
}

function byStart(a: Span, b: Span): number {
  return a.startMs - b.startMs || a.endMs - b.endMs;
}

/** What is on screen within a span, in order; times cut to it. */
export function shownWithin({ shown }: Timeline, span: Span): Shown[] {
  return shown
    .filter(({ startMs, endMs }) => startMs < span.endMs && endMs > span.startMs)
    .map((one) => ({
      ...one,
      startMs: Math.max(one.startMs, span.startMs),
      endMs: Math.min(one.endMs, span.endMs),
    }));
}

/** Sentences that begin within a span, whole. */
export function spokenWithin({ spoken }: Timeline, { startMs, endMs }: Span): Spoken[] {
  return spoken.filter((one) => one.startMs >= startMs && one.startMs < endMs);
}

/** `[605.2-612.4 s] So the gradient points uphill.` */
export function spokenLine({ startMs, endMs, text }: Spoken): string {
  return `[${tenths(startMs)}-${tenths(endMs)} s] ${text}\n`;
}

/** `newText`: the lines that this state adds to what the window has shown of its slide. */
export function shownLine({ startMs, endMs, slideIndex }: Shown, newText: string): string {
  const head = `[slide ${slideIndex + 1}, ${tenths(startMs)}-${tenths(endMs)} s]`;
  return `${head}${newText === '' ? '' : ` ${newText.replaceAll('\n', ' | ')}`}\n`;
}

/** The lines of each state that no earlier state of its slide has, in the order given. */
export function newTexts(shown: readonly Shown[]): string[] {
  const seen = new Map<number, Set<string>>();
  return shown.map(({ slideIndex, text }) => {
    const known = seen.get(slideIndex) ?? new Set<string>();
    seen.set(slideIndex, known);
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !known.has(line));
    for (const line of lines) known.add(line);
    return lines.join('\n');
  });
}

function tenths(ms: number): string {
  return msToSec(ms).toFixed(1);
}
