// The engine over chat models, local or behind a server: the kind of request decides which one. What the model can't do (the one in
// the box knows slides and nothing else) the reader does, and says so.
import { READER_VERSION } from '../src/events/describe-source.ts';
import type { Summary } from '../src/events/event.ts';
import type { Answer } from '../src/query/answer.ts';
import { answerWithModel, WHOLE_TOKENS } from '../src/query/model-answer.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';
import { EVENT_SCHEMA } from '../src/windows/event-request.ts';
import { PAGE_EVENT_SCHEMA } from '../src/windows/page-request.ts';
import type { Subject } from '../src/windows/moment-request.ts';
import { describePages } from './describe-pages.ts';
import { describeWindows } from './describe-windows.ts';
import type {
  ComingMaterial,
  DescribeContext,
  Engine,
  EngineDescription,
  EngineEstimate,
  HeardMaterial,
  QuestionRequest,
  SourceMaterial,
  SummaryRequest,
} from './engine.ts';
import { keptWindows } from './kept-windows.ts';
import { estimateModel, modelRate } from './model-estimate.ts';
import { REQUEST_KINDS } from './model-rules.ts';
import type { OpenedModel, OpenedModels } from './open-model.ts';
import { readerEngine } from './reader-engine.ts';
import { readFeed, type SlideFeed } from './slide-feed.ts';
import { summarizeSource } from './summarize-source.ts';
import type { Clip } from './window-media.ts';
import { beginningByModel } from './zoom-frames.ts';

/** Raised whenever the same material and the same model would give other events. */
const MODEL_ENGINE_VERSION = 3;

/** From here on a document is a long one. */
const LONG_DOCUMENT_PAGES = 100;

/** A manual is read as a whole for its first question where that takes no longer; the next ones begin with what is read. */
const PATIENCE_SEC = 60;

export class ModelEngine implements Engine {
  readonly name: string;
  readonly version: number = 1000 * MODEL_ENGINE_VERSION + READER_VERSION;
  readonly #models: OpenedModels;

  constructor(models: OpenedModels) {
    this.name = models.batch.chat.name;
    this.#models = models;
  }

  get remark(): string | undefined {
    const { chat, taste } = this.#models.interactive;
    if (taste) return `${chat.name} knows slides and nothing else: questions and summaries are the reader's.`;
    return this.choices[REQUEST_KINDS.indexOf('interactive')];
  }

  get choices(): readonly string[] {
    return this.#models.reasons;
  }

  identityFor(kind: SourceKind): string {
    const { batch, longDocument } = this.#models;
    if (kind !== 'document' || longDocument === batch) return batch.identity;
    return `${batch.identity} ${longDocument.identity}`;
  }

  nameFor(material: SourceMaterial): string {
    return this.#modelFor(material).chat.name;
  }

  #modelFor({ kind, pages, document }: SourceMaterial): OpenedModel {
    return this.#modelOf(kind, document?.numPages ?? pages.length);
  }

  #modelOf(kind: SourceKind, numPages: number): OpenedModel {
    return this.#models[kind === 'document' && numPages >= LONG_DOCUMENT_PAGES ? 'longDocument' : 'batch'];
  }

  async estimate(material: SourceMaterial, library: Library): Promise<EngineEstimate | undefined> {
    const model = this.#modelFor(material);
    return this.#cannotDescribe(material, model) === undefined ? estimateModel(material, model, library) : undefined;
  }

  async describe(material: SourceMaterial, context: DescribeContext): Promise<EngineDescription> {
    const model = this.#modelFor(material);
    const reason = this.#cannotDescribe(material, model);
    if (reason === undefined) {
      if (material.kind === 'document') return describePages(material, model, context);
      return describeWindows(material, readFeed(material), model, context);
    }
    context.warn(`${reason}; its events are the reader's.`);
    return readerEngine.describe(material, context);
  }

  async describeComing(heard: HeardMaterial, feed: SlideFeed, context: DescribeContext): Promise<EngineDescription> {
    const model = this.#models.batch;
    if (this.#cannotDescribe(heard, model) !== undefined)
      return this.describe({ ...heard, ...(await feed.all()) }, context);
    return describeWindows(heard, feed, model, context);
  }

  async makeReady(coming: ComingMaterial): Promise<void> {
    const { numPages = 0 } = coming;
    const model = this.#modelOf(coming.kind, numPages);
    if (this.#whyNot(coming, numPages, model) !== undefined) return;
    const schema = coming.kind === 'document' ? PAGE_EVENT_SCHEMA : EVENT_SCHEMA;
    await model.chat.makeReady?.(model.taste ? {} : { schema });
  }

  #cannotDescribe(material: HeardMaterial, model: OpenedModel): string | undefined {
    return this.#whyNot(material, material.pages.length, model);
  }

  #whyNot(
    { kind, clip, captions }: ComingMaterial,
    numPages: number,
    { taste, chat }: OpenedModel,
  ): string | undefined {
    if (taste && !clip) return `${chat.name} knows slides only, and this shows none`;
    if (kind === 'document') return numPages > 0 ? undefined : 'There is nothing to be read here';
    return clip || captions?.cues.length ? undefined : 'There is nothing to be seen or heard here';
  }

  async summarize(library: Library, source: SourceRecord, request: SummaryRequest): Promise<Summary> {
    const { chat, taste } = this.#models.interactive;
    return taste ? readerEngine.summarize(library, source, request) : summarizeSource(library, source, chat, request);
  }

  async answer(library: Library, request: QuestionRequest): Promise<Answer> {
    const { interactive } = this.#models;
    if (interactive.taste) return readerEngine.answer(library, request);
    const { tokensPerSec } = await modelRate(interactive, library);
    const wholeTokens = Math.min(interactive.contextTokens, Math.max(WHOLE_TOKENS, PATIENCE_SEC * tokensPerSec));
    const read = { windowsOf: (source: SourceRecord) => keptWindows(library, source, interactive), tokensPerSec };
    return answerWithModel(library, interactive.chat, { ...request, wholeTokens, read });
  }

  async beginningOf(clip: Clip, nearSec: number, subject: Subject, signal?: AbortSignal) {
    const { chat, taste } = this.#models.interactive;
    const frame = taste ? undefined : await beginningByModel(chat, clip, nearSec, subject, signal);
    return frame && { ...frame, engine: chat.name };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#models[Symbol.asyncDispose]();
  }
}
