// A model's summary of a source from its events: overview and key points, each point with the place of the event it is about. What is
// too long for one request is summed up chapter by chapter first. The language asked for is checked in what was written.
import { LecternError } from '../errors.ts';
import type { Chapter, Event, KeyPoint, Summary } from '../events/event.ts';
import type { ChatMessage, ChatModel, ChatRequest } from '../model/chat/chat-model.ts';
import { completeAnyhow } from '../model/remote/complete-anyhow.ts';
import { detectLanguage } from '../text/language.ts';
import { isSameLanguage, languageName } from '../text/language-name.ts';
import { CHAPTERS_SCHEMA, readChapters, readSummary, SUMMARY_SCHEMA, type WrittenSummary } from './read-summary.ts';
import { termsOf } from './source-terms.ts';
import { chapterMessages, numberedLine, overviewMessages, type Line, type SummaryWish } from './summary-request.ts';
import { partsOf } from './summary-parts.ts';

export interface ModelSummaryRequest {
  readonly title: string;
  readonly events: readonly Event[];
  /** Parts of what is too long follow them, and they come out in the language asked for. */
  readonly chapters?: readonly Chapter[];
  /** Words of the overview, about. */
  readonly words?: number | undefined;
  /** BCP 47 code of the language to write in. */
  readonly lang: string;
  /** Of the source; the one to write in where nobody knows. */
  readonly sourceLang?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class SummaryFailedError extends LecternError {
  readonly problem: string;

  constructor(model: string, problem: string) {
    super(`${model} wrote no usable summary: ${problem}`, {
      code: 'SUMMARY_FAILED',
      remedy: 'Run the command again, use a larger model, or --engine reader.',
    });
    this.problem = problem;
  }
}

const DEFAULT_WORDS = 150;
const MAX_TOKENS = 2048;
/** Longer prompts make a model overlook what stands in their middle. */
const PROMPT_TOKENS = 24_576;
/** Titles and summaries of so many chapters fit an answer. */
const CHAPTERS_AT_ONCE = 15;
const NOT_JSON = 'it is not the JSON asked for';

interface Work {
  readonly model: ChatModel;
  readonly wish: SummaryWish;
  readonly signal: AbortSignal | undefined;
}

/** What was written, and what is wrong with it: undefined where nothing is. */
interface Checked<T> {
  readonly written: T;
  readonly problem: string | undefined;
}

/**
 * undefined where there are no events. What comes in another language after a second try is marked by a note. Rejects with
 * SummaryFailedError where nothing can be read, and as the model's stream does.
 */
export async function summarizeWithModel(model: ChatModel, request: ModelSummaryRequest): Promise<Summary | undefined> {
  const { title, events, chapters = [], words = DEFAULT_WORDS, lang, sourceLang = lang, signal } = request;
  if (events.length === 0) return undefined;
  const isTranslation = !isSameLanguage(lang, sourceLang);
  const wish = { title, words, lang, terms: termsOf(events, sourceLang), isTranslation };
  const work = { model, wish, signal };
  const parts = partsOf(events, chapters);
  const { written, problem } = await sumUp(work, events.map(numberedLine), parts);
  const keyPoints = written.keyPoints.flatMap(({ text, event }): KeyPoint[] => {
    const about = events[event - 1];
    return about === undefined ? [] : [{ text, place: about.place }];
  });
  const translated = isTranslation && chapters.length > 0 ? await rewriteChapters(work, chapters) : undefined;
  const ofChapters = translated?.problem && `chapters stay as they were, because ${translated.problem}`;
  const problems = [problem, ofChapters].filter((one) => one !== undefined);
  return {
    overview: written.overview,
    keyPoints,
    engine: model.name,
    lang: problem === undefined ? lang : (detectLanguage(written.overview)?.lang ?? lang),
    ...(translated && { chapters: translated.written }),
    ...(problems.length > 0 && { note: problems.join('; ') }),
  };
}

/** Parts of what doesn't fit at once are summed up first, and what was written of them then together: as often as it takes. */
async function sumUp(
  work: Work,
  lines: readonly Line[],
  parts: ReturnType<typeof partsOf>,
): Promise<Checked<WrittenSummary>> {
  const { model, wish } = work;
  const room = Math.min(PROMPT_TOKENS, model.contextTokens - MAX_TOKENS);
  const count = (some: readonly Line[]) => model.countTokens({ messages: overviewMessages(wish, some) });
  const numTokens = await count(lines);
  if (numTokens <= room) return askOverview(work, lines);
  if (lines.length < 2) throw new SummaryFailedError(model.name, `one event takes ${numTokens} tokens of ${room}`);
  const reduced: Line[] = [];
  for (const part of parts(lines, Math.ceil(numTokens / room) + 1)) {
    // What only leads to the summary may be in any language.
    const { written } = await sumUp({ ...work, wish: { ...wish, words: PART_WORDS } }, part, parts);
    reduced.push({ number: null, text: `Part of the source: ${written.overview}\n` });
    reduced.push(...written.keyPoints.map(({ text, event }) => ({ number: event, text: `[${event}] ${text}\n` })));
  }
  if ((await count(reduced)) >= numTokens) {
    throw new SummaryFailedError(model.name, `${lines.length} events became no shorter when they were summed up`);
  }
  return sumUp(work, reduced, parts);
}

/** Of the account of one part. */
const PART_WORDS = 80;

async function askOverview(work: Work, lines: readonly Line[]): Promise<Checked<WrittenSummary>> {
  const known = new Set(lines.map(({ number }) => number));
  const { written, problem } = await askTwice(work, {
    messagesOf: (problem) => overviewMessages(work.wish, lines, problem),
    schema: SUMMARY_SCHEMA,
    read: readSummary,
    proseOf: ({ overview, keyPoints }) => [overview, ...keyPoints.map(({ text }) => text)].join(' '),
  });
  return { written: { ...written, keyPoints: written.keyPoints.filter(({ event }) => known.has(event)) }, problem };
}

/** Titles and summaries in the language asked for; what the model leaves out, or writes in another one, stays as it is. */
async function rewriteChapters(work: Work, chapters: readonly Chapter[]): Promise<Checked<Chapter[]>> {
  const lines = chapters.map(numberedLine);
  const rewritten = [...chapters];
  let problem: string | undefined;
  for (let first = 0; first < lines.length; first += CHAPTERS_AT_ONCE) {
    const some = lines.slice(first, first + CHAPTERS_AT_ONCE);
    const answer = await askTwice(work, {
      messagesOf: (problem) => chapterMessages(work.wish, some, problem),
      schema: CHAPTERS_SCHEMA,
      read: readChapters,
      proseOf: (written) => written.map(({ title, summary }) => `${title}. ${summary}`).join(' '),
    }).catch((error: unknown) => {
      // The overview is good without.
      if (error instanceof SummaryFailedError) return { written: [], problem: error.problem };
      throw error;
    });
    problem ??= answer.problem;
    for (const { chapter, title, summary } of answer.problem === undefined ? answer.written : []) {
      const old = some.some(({ number }) => number === chapter) ? chapters[chapter - 1] : undefined;
      if (old) rewritten[chapter - 1] = { ...old, title, summary: summary || old.summary };
    }
  }
  return { written: rewritten, problem };
}

interface Question<T> {
  messagesOf(problem?: string): ChatMessage[];
  readonly schema: ChatRequest['schema'];
  read(text: string): T | undefined;
  /** What the language is told by. */
  proseOf(written: T): string;
}

/** Once more, with what was wrong, where the answer can't be read or is in another language. */
async function askTwice<T>({ model, wish, signal }: Work, question: Question<T>): Promise<Checked<T>> {
  let best: Checked<T> | undefined;
  let problem: string | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    const { schema } = question;
    const messages = question.messagesOf(problem);
    const { text } = await completeAnyhow(model, { messages, maxTokens: MAX_TOKENS, schema, signal });
    const written = question.read(text);
    problem = written === undefined ? NOT_JSON : languageProblem(question.proseOf(written), wish.lang);
    if (written !== undefined) best = { written, problem };
    if (problem === undefined) break;
  }
  if (best === undefined) throw new SummaryFailedError(model.name, NOT_JSON);
  return best;
}

function languageProblem(prose: string, lang: string): string | undefined {
  const found = detectLanguage(prose)?.lang;
  if (found === undefined || isSameLanguage(found, lang)) return undefined;
  return `it is written in ${languageName(found)}, not in ${languageName(lang)}`;
}
