// A model's answer from numbered evidence: its words with [n] behind each statement, and the words of the source that each rests on,
// looked up in that source. A number that points nowhere is taken out; an answer that rests on nothing is no answer.
import type { ChatModel, ChatReport } from '../model/chat/chat-model.ts';
import { LecternError } from '../errors.ts';
import { ASSUMED_BYTES_PER_SECOND } from '../model/engine/snapshot-store.ts';
import type { Library, SourceRecord } from '../store/library.ts';
import type { Answer, AnswerRequest } from './answer.ts';
import { cite, type Citation } from './citations.ts';
import { chooseEvidence, findOnce, foundEvidence, type ChosenEvidence, type Find } from './choose-evidence.ts';
import { CitationNumbers, passageOf } from './citation-numbers.ts';
import { evidenceText, type NumberedEvidence } from './model-evidence.ts';
import { quotationOf } from './model-quotation.ts';
import { NOT_FOUND, QUOTES } from './model-answer-words.ts';
import { readWritten } from './read-written.ts';
import { holds, windowGrounds, type Grounds, type ReadWindow } from './window-grounds.ts';

export interface ModelAnswerRequest extends AnswerRequest {
  /** Gets the answer in pieces, as it is written. */
  readonly onText?: ((piece: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tokens up to which a source is given whole, where the model's context takes as many. */
  readonly wholeTokens?: number;
  /** What the model has read when sources were indexed; absent where nothing is kept. */
  readonly read?: WindowsRead;
}

export interface WindowsRead {
  windowsOf(source: SourceRecord): Promise<readonly ReadWindow[]>;
  /** Prompt tokens that the model runs in a second. */
  readonly tokensPerSec: number;
}

const ABSTENTION = 'The sources do not hold an answer to this question.';
const MAX_TOKENS = 1024;
const MAX_CITATIONS = 10;
/** Of a whole source; longer ones cost more than a question is worth where nobody says how fast the model is. */
export const WHOLE_TOKENS = 32_768;
/** What the search finds takes no more: longer prompts make a model overlook what stands in their middle. */
const FOUND_TOKENS = 16_384;
/** Codes of errors that say that a prompt is too long, or that what it goes on from is gone. */
const TOO_LARGE: ReadonlySet<string> = new Set(['OUT_OF_MEMORY', 'CONTEXT_OVERFLOW', 'PICTURE_GONE']);
/** A window is asked where it takes less than this share of the time. */
const CHEAPER = 0.5;

const SYSTEM = `You answer questions from numbered passages of lectures and documents, and from nothing else. You answer in the language of the question, in one to four sentences, and put the number of the passage behind each statement, like this [2]. Then you write a line that says ${QUOTES}, and below it one line for each passage you used: its number and the words it rests on, copied exactly, like this: [2] "the words of the passage". Where the passages do not hold the answer, you write only: ${NOT_FOUND}

Passages:
`;

/** Behind the question, where so much lies between it and the instructions that a model may have lost sight of them. */
const REMINDER = `Answer from the passages alone, with [number] behind each statement; then ${QUOTES} as told above. Where they do not hold the answer, only: ${NOT_FOUND}`;
const FAR_CHARACTERS = 32_000;

/** Rejects as the model's stream does. */
export async function answerWithModel(
  library: Library,
  model: ChatModel,
  request: ModelAnswerRequest,
): Promise<Answer> {
  const { question, sourceIds, kind, meaning } = request;
  const asked = { query: question, meaning, sourceIds, kind };
  const count = (evidence: readonly NumberedEvidence[]) =>
    model.countTokens({ messages: messagesOf(evidence, question) });
  const room = model.contextTokens - MAX_TOKENS;
  const find = findOnce(library, asked);
  const chosen = await chooseEvidence(library, asked, find, count, {
    whole: Math.min(room, request.wholeTokens ?? WHOLE_TOKENS),
    found: Math.min(room, FOUND_TOKENS),
  });
  const own = groundsOf(chosen, question);
  const attempts: (() => Promise<Grounds>)[] = [];
  const window =
    request.read && (await cheaperWindow(library, model, own, room, { find, question, read: request.read }));
  if (window) attempts.push(async () => window);
  // After a window that does not hold the answer, the whole source may: what the search finds was there with the window.
  if (!window || chosen.isWhole) attempts.push(async () => own);
  // Weights and the keys and values of a whole source may be more than the machine holds: then as much as the search finds.
  if (chosen.isWhole || window) {
    const cut = () => foundEvidence(find, count, Math.min(room, FOUND_TOKENS));
    attempts.push(async () => groundsOf(await cut(), question));
  }
  return answerFromFirst(attempts, library, model, request);
}

/** From the first grounds that fit and hold the answer. */
async function answerFromFirst(
  attempts: readonly (() => Promise<Grounds>)[],
  library: Library,
  model: ChatModel,
  request: ModelAnswerRequest,
): Promise<Answer> {
  let hasBegun = false;
  const onText = request.onText && ((piece: string) => ((hasBegun = true), request.onText!(piece)));
  let last: Answer | undefined;
  for (const [i, attempt] of attempts.entries()) {
    const grounds = await attempt();
    try {
      const answer = await answerFrom(grounds, library, model, { ...request, onText });
      last = { ...answer, usage: sumOf(answer.usage, last?.usage) };
      // What the search finds is no more than was shown before.
      if (!last.abstained || hasBegun || i >= attempts.length - 2) break;
    } catch (error) {
      const isTooLarge = error instanceof LecternError && TOO_LARGE.has(error.code);
      if (i === attempts.length - 1 || hasBegun || !isTooLarge) throw error;
    }
  }
  if (last!.abstained) onText?.(ABSTENTION);
  return last!;
}

/** Tokens of all attempts; what was looked through in the last one. */
function sumOf(usage: Answer['usage'], before: Partial<Answer['usage']> = {}): Answer['usage'] {
  const tokens = ['prompt', 'cached', 'completion'] as const;
  const summed = tokens.filter((name) => usage[name] !== undefined || before[name] !== undefined);
  return { ...usage, ...Object.fromEntries(summed.map((name) => [name, (usage[name] ?? 0) + (before[name] ?? 0)])) };
}

async function answerFrom(
  { messages, reusable, evidence, marksPlaces }: Grounds,
  library: Library,
  model: ChatModel,
  { question, onText, signal, limit = MAX_CITATIONS }: ModelAnswerRequest,
): Promise<Answer> {
  const looked = { hits: evidence.length, sentences: evidence.reduce((sum, { lines }) => sum + lines.length, 0) };
  const abstain = (usage?: ChatReport['usage']): Answer => ({
    question,
    answer: ABSTENTION,
    abstained: true,
    citations: [],
    engine: model.name,
    usage: { ...looked, ...usage },
  });
  if (evidence.length === 0) return abstain();
  const streamed = new CitationNumbers(evidence, limit, marksPlaces);
  const written = await readWritten(model.stream({ messages, maxTokens: MAX_TOKENS, reusable, signal }), (piece) =>
    onText?.(streamed.apply(piece)),
  );
  const { usage } = written.report;
  if (written.isNotFound) return abstain(usage);
  const numbers = new CitationNumbers(evidence, limit, marksPlaces);
  const answer = numbers.apply(written.answer).trim();
  const quotes = new Map<NumberedEvidence | undefined, string>();
  for (const [number, quote] of [...written.quotes].toReversed()) quotes.set(passageOf(evidence, number), quote);
  const quotations = numbers.used.map((one) => quotationOf(one, quotes.get(one), answer, evidence));
  const citations: Citation[] = await Promise.all(quotations.map((one) => cite(library, one)));
  // What rests on no passage is what the model believes, and nobody can look it up.
  if (citations.length === 0) return abstain(usage);
  return { question, answer, abstained: false, citations, engine: model.name, usage: { ...looked, ...usage } };
}

function groundsOf({ evidence, isWhole }: ChosenEvidence, question: string): Grounds {
  // What a search finds for one question is not what it finds for the next.
  return { messages: messagesOf(evidence, question), evidence, ...(isWhole && { reusable: EVIDENCE }) };
}

/**
 * A window that the model has read, where the best of what the search finds stands in it, and a question to it runs in much less time
 * than one of its own: with all of that beside it that stands elsewhere.
 */
async function cheaperWindow(
  library: Library,
  model: ChatModel,
  own: Grounds,
  room: number,
  { find, question, read }: { readonly find: Find; readonly question: string; readonly read: WindowsRead },
): Promise<Grounds | undefined> {
  if (!model.reuse) return undefined;
  const found = await find();
  const ids = new Set(found.map(({ hit }) => hit.source.id));
  const source = ids.size === 1 ? await library.findSource([...ids][0]!) : undefined;
  if (!source) return undefined;
  const windows = (await read.windowsOf(source)).filter(({ place }) => holds(place, found[0]!.hit));
  const secondsFor = async ({ messages }: Grounds) => {
    const { numTokens, reused, fetchBytes } = await model.reuse!({ messages });
    return numTokens > room
      ? Infinity
      : (numTokens - reused) / read.tokensPerSec + fetchBytes / ASSUMED_BYTES_PER_SECOND;
  };
  let best: { grounds: Grounds; seconds: number } | undefined;
  for (const window of windows) {
    const beginning = await window.beginning();
    if (!beginning) continue;
    const grounds = await windowGrounds(library, source, { place: window.place, beginning }, { question, found });
    const seconds = await secondsFor(grounds);
    if (seconds < (best?.seconds ?? Infinity)) best = { grounds, seconds };
  }
  return best && best.seconds < CHEAPER * (await secondsFor(own)) ? best.grounds : undefined;
}

/** What `messagesOf` begins with, whatever the question. */
const EVIDENCE = { messages: 1 };

/** Evidence first and the question last: a prompt about the same passages begins with the same tokens. */
function messagesOf(evidence: readonly NumberedEvidence[], question: string) {
  const passages = evidence.map(evidenceText).join('');
  const content = passages.length < FAR_CHARACTERS ? question : `${question}\n\n${REMINDER}`;
  return [
    { role: 'system' as const, content: SYSTEM + passages },
    { role: 'user' as const, content },
  ];
}
