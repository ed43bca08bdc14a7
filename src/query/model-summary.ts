// A model's summary of a source from its events: overview and key points, each point with the place of the event it is about. What is
// too long for one request is summed up in parts first. The language asked for is checked in what was written.
import { LecternError } from '../errors.ts';
import type { Event, KeyPoint, Summary } from '../events/event.ts';
import { complete, type ChatModel, type ChatRequest } from '../model/chat/chat-model.ts';
import { SchemaUnsupportedError } from '../model/remote/errors.ts';
import { detectLanguage } from '../text/language.ts';
import { formatClock } from '../time.ts';
import { readSummary, SUMMARY_SCHEMA, type WrittenSummary } from './read-summary.ts';

export interface ModelSummaryRequest {
  readonly title: string;
  readonly events: readonly Event[];
  /** Words of the overview, about. */
  readonly words?: number;
  /** BCP 47 code of the language to write in. */
  readonly lang: string;
  readonly signal?: AbortSignal;
}

export class SummaryFailedError extends LecternError {
  constructor(model: string, problem: string) {
    super(`${model} wrote no usable summary: ${problem}`, {
      code: 'SUMMARY_FAILED',
      remedy: 'Run the command again, use a larger model, or --engine reader.',
    });
  }
}

const DEFAULT_WORDS = 150;
const MAX_TOKENS = 2048;
/** Longer prompts make a model overlook what stands in their middle. */
const PROMPT_TOKENS = 24_576;

interface Line {
  /** Number of the event, from 1. */
  readonly number: number;
  readonly text: string;
}

/** undefined where there are no events. Rejects with SummaryFailedError, and as the model's stream does. */
export async function summarizeWithModel(model: ChatModel, request: ModelSummaryRequest): Promise<Summary | undefined> {
  const { events, lang } = request;
  if (events.length === 0) return undefined;
  const written = await summarizeLines(model, request, events.map(lineOf));
  const keyPoints = written.keyPoints.flatMap(({ text, event }): KeyPoint[] => {
    const about = events[event - 1];
    return about === undefined ? [] : [{ text, place: about.place }];
  });
  return { overview: written.overview, keyPoints, engine: model.name, lang };
}

/** Parts of what doesn't fit at once are summed up first, and their key points then together: as often as it takes. */
async function summarizeLines(
  model: ChatModel,
  request: ModelSummaryRequest,
  lines: readonly Line[],
): Promise<WrittenSummary> {
  const room = Math.min(PROMPT_TOKENS, model.contextTokens - MAX_TOKENS);
  const numTokens = await model.countTokens({ messages: messagesOf(request, lines) });
  if (numTokens <= room) return ask(model, request, lines);
  if (lines.length < 2) throw new SummaryFailedError(model.name, `one event takes ${numTokens} tokens of ${room}`);
  const numParts = Math.min(lines.length, Math.ceil(numTokens / room) + 1);
  const size = Math.ceil(lines.length / numParts);
  const points: Line[] = [];
  for (let at = 0; at < lines.length; at += size) {
    const part = await summarizeLines(model, request, lines.slice(at, at + size));
    points.push(...part.keyPoints.map(({ text, event }) => ({ number: event, text: `[${event}] ${text}\n` })));
  }
  if (points.length >= lines.length) {
    throw new SummaryFailedError(model.name, `${lines.length} events became ${points.length} key points`);
  }
  return summarizeLines(model, request, points);
}

/** Once more where the answer can't be read or is in another language. */
async function ask(model: ChatModel, request: ModelSummaryRequest, lines: readonly Line[]): Promise<WrittenSummary> {
  const known = new Set(lines.map(({ number }) => number));
  let problem = '';
  for (let attempt = 0; attempt < 2; attempt++) {
    const text = await completeAnyhow(model, {
      messages: messagesOf(request, lines, problem),
      maxTokens: MAX_TOKENS,
      schema: SUMMARY_SCHEMA,
      ...(request.signal && { signal: request.signal }),
    });
    const written = readSummary(text);
    problem = written === undefined ? 'it is not the JSON asked for' : languageProblem(written, request.lang);
    if (written !== undefined && problem === '') {
      return { ...written, keyPoints: written.keyPoints.filter(({ event }) => known.has(event)) };
    }
  }
  throw new SummaryFailedError(model.name, problem);
}

/** Servers that take no schema are asked without: what comes is read leniently in any case. */
async function completeAnyhow(model: ChatModel, request: ChatRequest): Promise<string> {
  try {
    return (await complete(model, request)).text;
  } catch (error) {
    if (!(error instanceof SchemaUnsupportedError)) throw error;
    const { schema: _, ...withoutSchema } = request;
    return (await complete(model, withoutSchema)).text;
  }
}

function languageProblem({ overview }: WrittenSummary, lang: string): string {
  const found = detectLanguage(overview)?.lang;
  if (found === undefined || primary(found) === primary(lang)) return '';
  return `it is written in ${nameOf(found)}, not in ${nameOf(lang)}`;
}

/** Events first, what is asked last: another language or length begins with the same tokens. */
function messagesOf({ title, words = DEFAULT_WORDS, lang }: ModelSummaryRequest, lines: readonly Line[], problem = '') {
  const system =
    'You sum up lectures and documents from the list of their numbered events, and add nothing of your own.\n';
  const again = problem === '' ? '' : ` Your last answer was no use: ${problem}.`;
  const question = `Write JSON: {"overview": a text of about ${words} words, "keyPoints": [{"text": one sentence, "event": number of the event it is about}]}, three to ten key points in order. Write everything in ${nameOf(lang)}; keep technical terms as they are.${again}`;
  return [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: `${title}\n${lines.map(({ text }) => text).join('')}\n${question}` },
  ];
}

function lineOf({ place, title, summary }: Event, i: number): Line {
  const at = place.kind === 'time' ? formatClock(place.startMs) : `page ${place.pageIndex + 1}`;
  return { number: i + 1, text: `[${i + 1}] ${at} ${title}: ${summary}\n` };
}

function primary(lang: string): string {
  return lang.toLowerCase().split('-')[0]!;
}

/** `de` -> `German`; a code that nobody knows stays. */
function nameOf(lang: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(lang) ?? lang;
  } catch {
    return lang;
  }
}
