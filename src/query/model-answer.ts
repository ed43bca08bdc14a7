// A model's answer from numbered evidence: its words with [n] behind each statement, and the words of the source that each rests on,
// looked up in that source. A number that points nowhere is taken out; an answer that rests on nothing is no answer.
import type { ChatModel, ChatReport } from '../model/chat/chat-model.ts';
import { LecternError } from '../errors.ts';
import type { Library } from '../store/library.ts';
import type { Answer, AnswerRequest } from './answer.ts';
import { cite, type Citation } from './citations.ts';
import { chooseEvidence, searchEvidence, type ChosenEvidence } from './choose-evidence.ts';
import { evidenceText, type NumberedEvidence } from './model-evidence.ts';
import { quotationOf } from './model-quotation.ts';
import { NOT_FOUND, QUOTES } from './model-answer-words.ts';
import { readWritten } from './read-written.ts';

export interface ModelAnswerRequest extends AnswerRequest {
  /** Gets the answer in pieces, as it is written. */
  readonly onText?: (piece: string) => void;
  readonly signal?: AbortSignal;
  /** Tokens up to which a source is given whole, where the model's context takes as many. */
  readonly wholeTokens?: number;
}

const ABSTENTION = 'The sources do not hold an answer to this question.';
const MAX_TOKENS = 1024;
const MAX_CITATIONS = 10;
/** Of a whole source; longer ones cost more than a question is worth where nobody says how fast the model is. */
export const WHOLE_TOKENS = 32_768;
/** What the search finds takes no more: longer prompts make a model overlook what stands in their middle. */
const FOUND_TOKENS = 16_384;
/** Codes of errors that say that a prompt is too long. */
const TOO_LARGE: ReadonlySet<string> = new Set(['OUT_OF_MEMORY', 'CONTEXT_OVERFLOW']);

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
  const asked = { query: question, meaning, ...(sourceIds && { sourceIds }), ...(kind && { kind }) };
  const count = (evidence: readonly NumberedEvidence[]) =>
    model.countTokens({ messages: messagesOf(evidence, question) });
  const room = model.contextTokens - MAX_TOKENS;
  const chosen = await chooseEvidence(library, asked, count, {
    whole: Math.min(room, request.wholeTokens ?? WHOLE_TOKENS),
    found: Math.min(room, FOUND_TOKENS),
  });
  let hasBegun = false;
  const onText = (piece: string) => {
    hasBegun = true;
    request.onText?.(piece);
  };
  try {
    return await answerFrom(chosen, library, model, { ...request, onText });
  } catch (error) {
    // Weights and the keys and values of a whole source may be more than the machine holds: then as much as the search finds.
    const isTooLarge = error instanceof LecternError && TOO_LARGE.has(error.code);
    if (!chosen.isWhole || hasBegun || !isTooLarge) throw error;
    const found = await searchEvidence(library, asked, count, Math.min(room, FOUND_TOKENS));
    return answerFrom(found, library, model, request);
  }
}

async function answerFrom(
  { evidence, isWhole }: ChosenEvidence,
  library: Library,
  model: ChatModel,
  { question, onText, signal, limit = MAX_CITATIONS }: ModelAnswerRequest,
): Promise<Answer> {
  const looked = { hits: evidence.length, sentences: evidence.reduce((sum, { lines }) => sum + lines.length, 0) };
  const abstain = (usage?: ChatReport['usage']): Answer => {
    onText?.(ABSTENTION);
    return {
      question,
      answer: ABSTENTION,
      abstained: true,
      citations: [],
      engine: model.name,
      usage: { ...looked, ...usage },
    };
  };
  if (evidence.length === 0) return abstain();
  const streamed = new CitationNumbers(evidence, limit);
  const written = await readWritten(
    model.stream({
      messages: messagesOf(evidence, question),
      maxTokens: MAX_TOKENS,
      // What a search finds for one question is not what it finds for the next.
      ...(isWhole && { reusable: EVIDENCE }),
      ...(signal && { signal }),
    }),
    (piece) => onText?.(streamed.apply(piece)),
  );
  const { usage } = written.report;
  if (written.isNotFound) return abstain(usage);
  const numbers = new CitationNumbers(evidence, limit);
  const answer = numbers.apply(written.answer).trim();
  const quotations = numbers.used.map((one) => quotationOf(one, written.quotes.get(one.number), answer, evidence));
  const citations: Citation[] = await Promise.all(quotations.map((one) => cite(library, one)));
  // What rests on no passage is what the model believes, and nobody can look it up.
  if (citations.length === 0) return abstain(usage);
  return { question, answer, abstained: false, citations, engine: model.name, usage: { ...looked, ...usage } };
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

/**
 * Numbers of passages to numbers of citations, as the text goes by: the passage named first is citation 1. Numbers of passages that
 * there are not are taken out.
 */
class CitationNumbers {
  readonly used: NumberedEvidence[] = [];
  readonly #evidence: readonly NumberedEvidence[];
  readonly #limit: number;

  constructor(evidence: readonly NumberedEvidence[], limit: number) {
    this.#evidence = evidence;
    this.#limit = limit;
  }

  apply(text: string): string {
    return text.replace(/\s*\[(\d+(?:\s*,\s*\d+)*)\]/g, (_, numbers: string) => {
      const marks = numbers.split(',').map((number) => this.#numberOf(Number(number)));
      const known = marks.filter((mark) => mark > 0).map((mark) => `[${mark}]`);
      return known.length === 0 ? '' : ` ${known.join('')}`;
    });
  }

  #numberOf(number: number): number {
    const at = this.used.findIndex((one) => one.number === number);
    const passage = this.#evidence.find((one) => one.number === number);
    if (at >= 0 || passage === undefined || this.used.length >= this.#limit) return at + 1;
    return this.used.push(passage);
  }
}
