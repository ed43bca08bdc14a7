// The shape that all engines share: material of one source in, events and chapters out; a question in, a checked answer
// out. The pipelines see only this. `reader` needs no model; `qwen3-vl` and `openai` are one engine over two kinds of chat model.
import type { SourceDescription, SourceInput } from '../src/events/describe-source.ts';
import type { Summary } from '../src/events/event.ts';
import type { FrameTime } from '../src/ingest/video/exact-change.ts';
import type { Answer, AnswerRequest } from '../src/query/answer.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';
import type { Subject } from '../src/windows/moment-request.ts';
import type { SeenSlides, SlideFeed } from './slide-feed.ts';
import type { Clip } from './window-media.ts';

/** A document's file. */
export interface Paper {
  readonly path: string;
  readonly password?: string | undefined;
}

/** What ingest found in one source, before anything is understood. */
export interface SourceMaterial extends SourceInput {
  /** The file that the pictures are in; absent where the source shows none. */
  readonly clip?: Clip;
  /** The document that pages are drawn from; absent where they can't be. */
  readonly paper?: Paper;
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

export interface QuestionRequest extends AnswerRequest {
  /** Gets the answer in pieces, where the engine writes one. */
  readonly onText?: ((piece: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SummaryRequest {
  /** Length of the overview. */
  readonly words?: number | undefined;
  /** BCP 47 code asked for; the source's own language where absent. */
  readonly lang?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EngineEstimate {
  /** Of the model that would do it. */
  readonly name: string;
  readonly windows: number;
  /** Prompts of all windows, at most. */
  readonly promptTokens: number;
  /** Prompt and answer of the largest window, of `contextTokens` that the model can take. */
  readonly windowTokens: number;
  readonly contextTokens: number;
  /** Null for a server's model: only the server knows. */
  readonly weightBytes: number | null;
  /** Keys and values of the largest window. */
  readonly kvBytes: number | null;
  /** What the model reads that is kept for questions, and the most that may be; null where none is: reading it again is as fast. */
  readonly kept: { readonly bytes: number; readonly limitBytes: number } | null;
  readonly estimatedSec: number;
  /** `measured`: from this model's earlier work in this library. */
  readonly rate: 'measured' | 'default';
  /** Slides are known where the source was indexed before; otherwise two a minute are assumed. */
  readonly slides: 'known' | 'assumed';
  /** Pages of a document that were looked at for this, where not all were. */
  readonly readPages?: number;
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
