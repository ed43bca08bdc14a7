// The engine over a chat model, local or behind a server. What the model can't do (the one in the box knows slides and nothing
// else) the reader does, and says so.
import PQueue from 'p-queue';
import { READER_VERSION } from '../src/events/describe-source.ts';
import type { Summary } from '../src/events/event.ts';
import type { Answer } from '../src/query/answer.ts';
import { answerWithModel, WHOLE_TOKENS } from '../src/query/model-answer.ts';
import { summarizeWithModel } from '../src/query/model-summary.ts';
import type { Library, SourceRecord } from '../src/store/library.ts';
import { describePages } from './describe-pages.ts';
import { describeWindows } from './describe-windows.ts';
import type {
  DescribeContext,
  Engine,
  EngineDescription,
  QuestionRequest,
  SourceMaterial,
  SummaryRequest,
} from './engine.ts';
import { estimateModel, modelRate, type EngineEstimate } from './model-estimate.ts';
import type { OpenedModel } from './open-model.ts';
import { readerEngine } from './reader-engine.ts';

/** Raised whenever the same material and the same model would give other events. */
const MODEL_ENGINE_VERSION = 2;

/** A manual is read as a whole for its first question where that takes no longer; the next ones begin with what is read. */
const PATIENCE_SEC = 60;

export class ModelEngine implements Engine {
  readonly name: string;
  readonly version: number = 1000 * MODEL_ENGINE_VERSION + READER_VERSION;
  readonly identity: string;
  readonly model: OpenedModel;
  /** Windows of all sources; a question does not wait in it. */
  readonly #queue = new PQueue({ concurrency: 1 });

  constructor(model: OpenedModel) {
    this.name = model.chat.name;
    this.identity = model.identity;
    this.model = model;
  }

  get remark(): string | undefined {
    if (this.model.taste === undefined) return undefined;
    return `${this.name} knows slides and nothing else: questions and summaries are the reader's.`;
  }

  async estimate(material: SourceMaterial, library: Library): Promise<EngineEstimate | undefined> {
    return this.#cannotDescribe(material) === undefined ? estimateModel(material, this.model, library) : undefined;
  }

  async describe(material: SourceMaterial, context: DescribeContext): Promise<EngineDescription> {
    const reason = this.#cannotDescribe(material);
    if (reason === undefined) {
      const describe = material.kind === 'document' ? describePages : describeWindows;
      return describe(material, this.model, this.#queue, context);
    }
    context.warn(`${reason}; its events are the reader's.`);
    return readerEngine.describe(material, context);
  }

  #cannotDescribe({ kind, clip, captions, pages }: SourceMaterial): string | undefined {
    if (this.model.taste && !clip) return `${this.name} knows slides only, and this shows none`;
    if (kind === 'document') return pages.length > 0 ? undefined : 'There is nothing to be read here';
    return clip || captions?.cues.length ? undefined : 'There is nothing to be seen or heard here';
  }

  async summarize(library: Library, source: SourceRecord, request: SummaryRequest): Promise<Summary> {
    if (this.model.taste) return readerEngine.summarize(library, source, request);
    const { words, lang, signal } = request;
    const events = await library.readEvents(source.id);
    const summary = await summarizeWithModel(this.model.chat, {
      title: source.title,
      events,
      lang: lang ?? source.lang ?? 'en',
      ...(words !== undefined && { words }),
      ...(signal && { signal }),
    });
    return summary ?? readerEngine.summarize(library, source, { ...(words !== undefined && { words }) });
  }

  async answer(library: Library, request: QuestionRequest): Promise<Answer> {
    if (this.model.taste) return readerEngine.answer(library, request);
    const { tokensPerSec } = await modelRate(this.model, library);
    const wholeTokens = Math.max(WHOLE_TOKENS, PATIENCE_SEC * tokensPerSec);
    return answerWithModel(library, this.model.chat, { ...request, wholeTokens });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
  }
}
