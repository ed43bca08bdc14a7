// The shape that all engines share: material of one source in, events and chapters out; a question in, a checked answer
// out. The pipelines see only this. `reader` needs no model; `qwen3-vl` and `openai` are one engine over two kinds of chat model.
import { existsSync } from 'node:fs';
import { modelFolders } from '../src/config-folders.ts';
import { type Config, type EngineName } from '../src/config.ts';
import type { SourceDescription, SourceInput } from '../src/events/describe-source.ts';
import type { Summary } from '../src/events/event.ts';
import type { EngineEstimate } from './model-estimate.ts';
import type { OpenModelsOptions } from './open-model.ts';
import type { FrameTime } from '../src/ingest/video/exact-change.ts';
import type { Answer } from '../src/query/answer.ts';
import type { Meaning } from '../src/query/meaning.ts';
import type { Subject } from '../src/windows/moment-request.ts';
import type { SeenSlides, SlideFeed } from './slide-feed.ts';
import type { Clip } from './window-media.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';

/** What ingest found in one source, before anything is understood. */
export interface SourceMaterial extends SourceInput {
  /** The file that the pictures are in; absent where the source shows none. */
  readonly clip?: Clip;
  /** The document that pages are drawn from; absent where they can't be. */
  readonly paper?: { readonly path: string; readonly password?: string };
  /** As people call it. */
  readonly title?: string;
}

/** What is known of a timed source before its pictures are looked at. */
export type HeardMaterial = Omit<SourceMaterial, keyof SeenSlides>;

/** What is known of a source when its reading begins. */
export type ComingMaterial = Pick<SourceMaterial, 'kind' | 'clip' | 'captions'> & { readonly numPages?: number };

/** What an engine may use while it describes one source. */
export interface DescribeContext {
  /** Keeps what is finished, under the source's content. */
  readonly library: Library;
  readonly contentHash: string;
  readonly signal: AbortSignal;
  readonly onProgress: (stage: string, done: number, total: number) => void;
  readonly warn: (message: string) => void;
}

export interface EngineDescription extends SourceDescription {
  /** Some of it may come out better another time (a server did not answer): the next run describes the source again. */
  readonly isUnfinished?: boolean;
}

export interface QuestionRequest {
  readonly question: string;
  readonly sourceIds?: readonly string[];
  readonly kind?: SourceKind;
  /** The most citations an answer may rest on. */
  readonly limit?: number;
  /** Where an embedding model is installed. */
  readonly meaning?: Meaning | undefined;
  /** Gets the answer in pieces, where the engine writes one. */
  readonly onText?: (piece: string) => void;
  readonly signal?: AbortSignal;
}

export interface SummaryRequest {
  /** Length of the overview. */
  readonly words?: number;
  /** BCP 47 code asked for; the source's own language where absent. */
  readonly lang?: string;
  readonly signal?: AbortSignal;
}

export interface Engine extends AsyncDisposable {
  /** `reader`, or the model's name. */
  readonly name: string;
  /** Raised whenever the same material would give other events: part of a source's fingerprint. */
  readonly version: number;
  /** Tells models of one name apart; part of the fingerprint of sources of this kind too. */
  identityFor?(kind: SourceKind): string;
  /** What describes this material, where that is not the engine's name. */
  nameFor?(material: SourceMaterial): string;
  /** Which model takes what, and why, in sentences; none where there was nothing to choose. */
  readonly choices?: readonly string[];
  /** Whether it describes a document by its sentences, which can be taken in while later pages are still being read. */
  readonly readsSentences?: boolean;
  /** What people should know about its answers and summaries, in one sentence. */
  readonly remark?: string | undefined;
  /**
   * What describing would cost beside reading the file, from what is known beforehand; undefined where nothing. Rejects with
   * OutOfMemoryError or WindowBudgetError where it can't be done.
   */
  estimate?(material: SourceMaterial, library: Library): Promise<EngineEstimate | undefined>;
  describe(material: SourceMaterial, context: DescribeContext): Promise<EngineDescription>;
  /** The same for a timed source whose slides are still being found: with the same outcome, and sooner. */
  describeComing?(material: HeardMaterial, feed: SlideFeed, context: DescribeContext): Promise<EngineDescription>;
  /** Begins to load what describing will need, where there is room for it beside the reading. Never rejects. */
  makeReady?(coming: ComingMaterial): Promise<void>;
  summarize(library: Library, source: SourceRecord, request: SummaryRequest): Promise<Summary>;
  answer(library: Library, request: QuestionRequest): Promise<Answer>;
  /** The frame at which the subject begins, near a second of a clip; undefined where it can't tell. */
  beginningOf?(
    clip: Clip,
    nearSec: number,
    subject: Subject,
    signal?: AbortSignal,
  ): Promise<(FrameTime & { readonly engine: string }) | undefined>;
}

/** Loads no weights yet; asks a server what it is. Rejects with ModelNotFoundError, or as openModels does. */
export async function openEngine(config: Config, options: OpenModelsOptions = {}): Promise<Engine> {
  if ((config.engine ?? (await defaultEngine(config))) === 'reader') {
    const { readerEngine } = await import('./reader-engine.ts');
    return readerEngine;
  }
  const [{ openModels }, { ModelEngine }] = await Promise.all([import('./open-model.ts'), import('./model-engine.ts')]);
  return new ModelEngine(await openModels(config, options));
}

/** A model that was named, or added, is there to be used; the one in the box, which knows slides only, waits to be asked for. */
async function defaultEngine(config: Config): Promise<EngineName> {
  const isNamed = [config.model, config.interactiveModel, config.batchModel, config.longDocumentModel].some(Boolean);
  if (isNamed) return 'qwen3-vl';
  const folders = modelFolders(config).filter((folder) => existsSync(folder));
  if (folders.length === 0) return 'reader';
  const { InstalledModels } = await import('../src/model/installed-models.ts');
  const { models } = await new InstalledModels(folders).list();
  return models.some(({ kind, isShipped }) => kind === 'chat' && !isShipped) ? 'qwen3-vl' : 'reader';
}
