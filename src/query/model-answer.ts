// A model's answer from numbered evidence: its words with [n] behind each statement, and the words of the source that each rests on,
// looked up in that source. A number that points nowhere is taken out; an answer that rests on nothing is no answer.
import type { ChatModel, ChatReport } from '../model/chat/chat-model.ts';
import type { Library, SourceKind, SourceRecord } from '../store/library.ts';
import type { Answer, AnswerRequest } from './answer.ts';
import { cite, type Citation, type Quotation } from './citations.ts';
import { evidenceOfSearch, evidenceOfSource, evidenceText, type NumberedEvidence } from './model-evidence.ts';
import { foldText, locateQuote } from './quotes.ts';
import { NOT_FOUND, QUOTES } from './model-answer-words.ts';
import { readWritten } from './read-written.ts';

export interface ModelAnswerRequest extends AnswerRequest {
  /** Gets the answer in pieces, as it is written. */
  readonly onText?: (piece: string) => void;
  readonly signal?: AbortSignal;
}

const ABSTENTION = 'The sources do not hold an answer to this question.';
const MAX_TOKENS = 1024;
const MAX_CITATIONS = 10;
/** A source is given whole up to here: longer ones cost more than a question is worth where nothing is cached yet. */
const WHOLE_TOKENS = 32_768;

const SYSTEM = `You answer questions from numbered passages of lectures and documents, and from nothing else. You answer in the language of the question, in one to four sentences, and put the number of the passage behind each statement, like this [2]. Then you write a line that says ${QUOTES}, and below it one line for each passage you used: its number and the words it rests on, copied exactly, like this: [2] "the words of the passage". Where the passages do not hold the answer, you write only: ${NOT_FOUND}

Passages:
`;

/** Rejects as the model's stream does. */
export async function answerWithModel(
  library: Library,
  model: ChatModel,
  request: ModelAnswerRequest,
): Promise<Answer> {
  const { question, onText, signal, limit = MAX_CITATIONS } = request;
  const { evidence, isWhole } = await chooseEvidence(library, model, request);
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
  const quotations = numbers.used.map((one) => quotationOf(one, written.quotes.get(one.number), answer));
  const citations: Citation[] = await Promise.all(quotations.map((one) => cite(library, one)));
  // What rests on no passage is what the model believes, and nobody can look it up.
  if (citations.length === 0) return abstain(usage);
  return { question, answer, abstained: false, citations, engine: model.name, usage: { ...looked, ...usage } };
}

/** What `messagesOf` begins with, whatever the question. */
const EVIDENCE = { messages: 1 };

/** Evidence first and the question last: a prompt about the same passages begins with the same tokens. */
function messagesOf(evidence: readonly NumberedEvidence[], question: string) {
  return [
    { role: 'system' as const, content: SYSTEM + evidence.map(evidenceText).join('') },
    { role: 'user' as const, content: question },
  ];
}

async function chooseEvidence(
  library: Library,
  model: ChatModel,
  { question, sourceIds, kind, meaning }: ModelAnswerRequest,
): Promise<{ evidence: NumberedEvidence[]; isWhole: boolean }> {
  const room = Math.min(model.contextTokens - MAX_TOKENS, WHOLE_TOKENS);
  const fits = async (evidence: readonly NumberedEvidence[]) =>
    (await model.countTokens({ messages: messagesOf(evidence, question) })) <= room;
  const search = () =>
    evidenceOfSearch(library, { query: question, meaning, ...(sourceIds && { sourceIds }), ...(kind && { kind }) });
  // A question to a whole library that holds nothing about it is answered by nobody.
  let found = sourceIds ? undefined : await search();
  const source = found?.length === 0 ? undefined : await onlySource(library, sourceIds, kind);
  if (source) {
    const whole = await evidenceOfSource(library, source);
    if (whole.length > 0 && (await fits(whole))) return { evidence: whole, isWhole: true };
  }
  found ??= await search();
  while (found.length > 1 && !(await fits(found))) found = found.slice(0, -1);
  return { evidence: found, isWhole: false };
}

/** The source that is asked about, where there is but one: named, or alone in the library. */
async function onlySource(
  library: Library,
  sourceIds: readonly string[] | undefined,
  kind: SourceKind | undefined,
): Promise<SourceRecord | undefined> {
  if (sourceIds) return sourceIds.length === 1 ? library.findSource(sourceIds[0]!) : undefined;
  const sources = (await library.listSources()).filter((source) => kind === undefined || source.kind === kind);
  return sources.length === 1 ? sources[0] : undefined;
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
    const passage = this.#evidence[number - 1];
    if (at >= 0 || passage === undefined || this.used.length >= this.#limit) return at + 1;
    return this.used.push(passage);
  }
}

/** The quote as the passage has it, at the lines it stands in; without one, the line that shares most words with the answer. */
function quotationOf({ hit, lines }: NumberedEvidence, quote: string | undefined, answer: string): Quotation {
  const joined = lines.map(({ text }) => text).join(' ');
  const found = quote === undefined ? undefined : locateQuote(quote, foldText(joined));
  const { pageIndex, pageLabel } = hit;
  if (found) {
    let at = 0;
    const touched = lines.filter(({ text }) => {
      const from = at;
      at += text.length + 1;
      return from < found.end && from + text.length > found.start;
    });
    const place = { startMs: touched[0]!.startMs, endMs: touched.at(-1)!.endMs };
    return { hit, ...place, pageIndex, pageLabel, quote: joined.slice(found.start, found.end) };
  }
  if (quote !== undefined) return { hit, startMs: hit.startMs, endMs: hit.endMs, pageIndex, pageLabel, quote };
  const words = new Set(wordsOf(answer));
  const shared = (text: string) => wordsOf(text).filter((word) => words.has(word)).length;
  const best = lines.reduce((a, b) => (shared(b.text) > shared(a.text) ? b : a));
  return { hit, startMs: best.startMs, endMs: best.endMs, pageIndex, pageLabel, quote: best.text.trim() };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}
