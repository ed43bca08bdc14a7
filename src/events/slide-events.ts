// Slides as events: one for each visit, the time a slide stays on screen in one go. The states it is built up in are the
// same event for a reader; each is in the evidence with the lines it added and the second it came on. A slide that comes
// back later is a new visit, so its event opens where it is shown again.
import type { SlideState, SlideText } from '../ingest/video/slide.ts';
import type { Span } from '../time.ts';
import { pickCentral } from './centrality.ts';
import type { Event, Evidence } from './event.ts';
import { titleFromSentence } from './title.ts';
import type { Transcript } from './transcript.ts';

/** States of one slide that follow each other within this time belong to one visit. */
const VISIT_GAP_MS = 2000;
const MAX_SUMMARY_CHARACTERS = 280;

interface Visit {
  readonly slideIndex: number;
  readonly startMs: number;
  endMs: number;
  readonly states: { readonly stateIndex: number; readonly startMs: number; readonly endMs: number }[];
}

/** Slides without a readable word (a camera picture, an empty board) give no event of their own: speech covers them. */
export function slideEvents(
  slides: readonly SlideState[],
  slideTexts: readonly SlideText[],
  transcript: Transcript | undefined,
): Event[] {
  const texts = new Map(slideTexts.map((text) => [`${text.slideIndex}.${text.stateIndex}`, text]));
  return visitsOf(slides).flatMap((visit) => {
    const states = visit.states.map((state) => ({
      ...state,
      text: texts.get(`${visit.slideIndex}.${state.stateIndex}`),
    }));
    const last = states.findLast((state) => (state.text?.text.trim() ?? '') !== '');
    if (last === undefined) return [];
    const { summary, quotes } = spokenDuring(visit, transcript);
    const title = titleOfSlide(last.text!);
    return [
      {
        place: { kind: 'time', startMs: visit.startMs, endMs: visit.endMs },
        title,
        summary: summary || slideAsSentence(last.text!.text),
        evidence: [...stateEvidence(visit.slideIndex, states), ...quotes],
        engine: 'reader',
        status: 'complete',
      } satisfies Event,
    ];
  });
}

/** In order of time, overlapping or touching spans of one slide's states joined. */
function visitsOf(slides: readonly SlideState[]): Visit[] {
  const shown = slides
    .flatMap(({ slideIndex, stateIndex, spans }) => spans.map((span) => ({ slideIndex, stateIndex, ...span })))
    .sort((a, b) => a.startMs - b.startMs || a.stateIndex - b.stateIndex);
  const visits: Visit[] = [];
  for (const { slideIndex, stateIndex, startMs, endMs } of shown) {
    const visit = visits.at(-1);
    if (visit !== undefined && visit.slideIndex === slideIndex && startMs - visit.endMs <= VISIT_GAP_MS) {
      visit.endMs = Math.max(visit.endMs, endMs);
      visit.states.push({ stateIndex, startMs, endMs });
    } else {
      visits.push({ slideIndex, startMs, endMs, states: [{ stateIndex, startMs, endMs }] });
    }
  }
  return visits;
}

/** One entry for each state that shows something new, with only the lines that are new. */
function stateEvidence(
  slideIndex: number,
  states: readonly { stateIndex: number; startMs: number; endMs: number; text: SlideText | undefined }[],
): Evidence[] {
  const seen = new Set<string>();
  return states.flatMap(({ stateIndex, startMs, endMs, text }) => {
    const lines = (text?.text ?? '').split('\n').filter((line) => line.trim() !== '' && !seen.has(normal(line)));
    for (const line of lines) seen.add(normal(line));
    if (lines.length === 0) return [];
    return [{ kind: 'slide', slideIndex, stateIndex, startMs, endMs, text: lines.join('\n') } satisfies Evidence];
  });
}

function normal(line: string): string {
  return line.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

function titleOfSlide(text: SlideText): string {
  const title = text.title.trim() || (text.text.split('\n').find((line) => /\p{L}{3}/u.test(line)) ?? '').trim();
  return titleFromSentence(title.replace(/^[\s•▪●*–-]+/u, '') || text.text.trim());
}

/** A slide's lines as prose, where nobody speaks: `Momentum: keeps a running mean; damps oscillation.` */
export function slideAsSentence(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^[\s•▪●○*–-]+/u, '').trim())
    .filter((line) => /\p{L}{2}/u.test(line));
  const [title = '', ...rest] = lines;
  const body = rest.join('; ');
  const whole = body === '' ? title : `${title}${/[?!.:]$/.test(title) ? '' : ':'} ${body}`;
  const cut =
    whole.length <= MAX_SUMMARY_CHARACTERS
      ? whole
      : `${whole.slice(0, MAX_SUMMARY_CHARACTERS).replace(/\s+\S*$/, '')}…`;
  return /[.!?…。]$/.test(cut) ? cut : `${cut}.`;
}

/** The telling sentences of a stretch, readable as a summary and verbatim as quotes; empty where nobody speaks. */
export function spokenDuring(visit: Span, transcript: Transcript | undefined): { summary: string; quotes: Evidence[] } {
  if (transcript === undefined) return { summary: '', quotes: [] };
  const { utterances, readable } = transcript;
  // A sentence belongs to the slide under which most of it is said.
  const belongs = (i: number) => {
    const middle = (utterances[i]!.startMs + utterances[i]!.endMs) / 2;
    return middle >= visit.startMs && middle < visit.endMs;
  };
  const first = utterances.findIndex((_, i) => belongs(i));
  if (first < 0) return { summary: '', quotes: [] };
  let end = first;
  while (end < utterances.length && belongs(end)) end++;
  const picked = pickCentral({ ...transcript, first, end, maxUnits: 2 }).sort((a, b) => a - b);
  const quotes = picked.map((i): Evidence => {
    const { startMs, endMs, text } = utterances[i]!;
    return { kind: 'quote', startMs, endMs, text };
  });
  return { summary: picked.map((i) => readable[i]!).join(' '), quotes };
}
