// What a library can do, whatever database holds it. `sqlite-library.ts` is the implementation for one machine; another
// (PostgreSQL, for many machines) would implement the same interface, so every operation is asynchronous and each is atomic.
import type { Chapter, Event, Summary } from '../events/event.ts';
import type { ErrorDetail } from '../errors.ts';
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import type { DocumentInfo, Page } from '../ingest/document/page.ts';
import type { SlideState, SlideText } from '../ingest/video/slide.ts';

export type SourceKind = 'video' | 'document' | 'transcript';

export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  readonly fps: number | null;
  /** Frames sampled by ingest, and distinct slides found among them. */
  readonly frames: number;
  readonly slides: number;
}

export interface SourceRecord {
  /** First 16 hex digits of `contentHash`. */
  readonly id: string;
  /** sha256 of the file's bytes. */
  readonly contentHash: string;
  /** Absolute path the content was last seen at. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly durationMs: number | null;
  readonly numPages: number | null;
  readonly numEvents: number;
  readonly status: 'indexed' | 'failed';
  readonly error: ErrorDetail | null;
  readonly engine: string;
  /** BCP 47 code of the source's main language; null where unknown. */
  readonly lang: string | null;
  readonly video: VideoFacts | null;
  /** Everything the rows were made from (content, captions beside it, parameters, stage versions): unchanged means nothing to do. */
  readonly fingerprint: string;
  readonly indexedAt: Date;
}

/** All rows of one source, written in one transaction: readers see the old rows or the new ones, never a mixture. */
export interface SourceContent {
  readonly captions: CaptionTrack | null;
  readonly slides: readonly SlideState[];
  readonly slideTexts: readonly SlideText[];
  readonly pages: readonly Page[];
  readonly document: DocumentInfo | null;
  readonly events: readonly Event[];
  readonly chapters: readonly Chapter[];
  readonly summary: Summary | null;
}

/** The kinds of text that search covers. `heading` is an outline entry, a page's heading or a chapter's title. */
export type PassageKind = 'event' | 'caption' | 'slide' | 'page' | 'heading';

/** One searchable unit of text and its place; exactly one of (startMs, endMs) and pageIndex is set. */
export interface Passage {
  readonly id: number;
  readonly sourceId: string;
  /** BCP 47 code of the source's language, in which its words are stemmed; null where unknown. */
  readonly lang: string | null;
  readonly kind: PassageKind;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly pageIndex: number | null;
  readonly title: string;
  readonly text: string;
}

/** Where a passage of a search stands, before its text is read. */
export type PassageRank = Pick<PassageHit, 'id' | 'sourceId' | 'lang' | 'kind' | 'score'>;

export interface PassageHit extends Passage {
  /** BM25 with the field weights of its kind, larger is better. */
  readonly score: number;
}

export interface PassageFilter {
  readonly kinds?: readonly PassageKind[];
  readonly sourceIds?: readonly string[] | undefined;
  readonly sourceKind?: SourceKind | undefined;
}

/** What overlaps [fromMs, toMs), where one of them is given. */
export interface TimeRange {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Pages from `fromPageIndex` up to, not including, `toPageIndex`. */
export interface PageRange {
  readonly fromPageIndex?: number;
  readonly toPageIndex?: number;
}

/** Passages of one source: of all kinds and places where nothing is said. */
export interface PassageRange extends TimeRange {
  readonly kinds?: readonly PassageKind[];
  readonly pageIndex?: number;
}

/** A word of a language that writes compounds as one word, by its stem, and what it has to do with a word that is looked for. */
export interface Compound {
  /** BCP 47 primary subtag: means anything in sources of that language alone. */
  readonly lang: string;
  readonly stem: string;
  /**
   * The word looked for is its head, so that it is a kind of what that means (Kamera: Digitalkamera), or its modifier, so that it is
   * something for it (Kameratasche); or the word looked for is itself a compound, and this its head or modifier.
   */
  readonly relation: 'head' | 'modifier' | 'ownHead' | 'ownModifier';
}

/** A query in the store's own terms: already tokenised, so user input never reaches a database's query syntax. */
export interface PassageQuery extends PassageFilter {
  /**
   * A passage matches if it holds any of these terms, stemmed by the store in the language of each source; more and rarer ones
   * rank higher.
   * Where `allOf` is given that alone decides what matches, and these only rank.
   */
  readonly anyOf: readonly string[];
  /** A passage also matches if it holds any of these, each list being as rare as one word. */
  readonly compounds?: readonly (readonly Compound[])[];
  /** Every one of these terms or phrases (words in order) must occur. */
  readonly allOf?: readonly (readonly string[])[];
  /** None of these terms or phrases may occur. */
  readonly noneOf?: readonly (readonly string[])[];
  /** The most passages to return, best first. */
  readonly limit: number;
}

/** Whose vectors: only those of equal identity, dimensions and version can be compared. */
export interface VectorModel {
  readonly name: string;
  /** Hash of the weights. */
  readonly identity: string;
  readonly dimensions: number;
  /** Raised whenever the same place would be described otherwise to the model. */
  readonly version: number;
}

/** The meaning of a place: an event's span, or a page. */
export interface PlacedVector {
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly pageIndex: number | null;
  /** [dimensions] */
  readonly vector: Float32Array;
}

export interface NearPlace extends Omit<PlacedVector, 'vector'> {
  readonly sourceId: string;
  /** Cosine of the angle to the query, from -1 to 1. */
  readonly similarity: number;
}

export interface VectorCount {
  /** Of a VectorModel. */
  readonly identity: string;
  readonly sources: number;
}

export interface VectorFilter extends Omit<PassageFilter, 'kinds'> {
  readonly limit: number;
}

export interface Library extends AsyncDisposable {
  /** The library's folder: holds the database file. */
  readonly folder: string;

  // Sources
  listSources(): Promise<SourceRecord[]>;
  /** By id, unique id prefix of at least 4 digits, or path (absolute). */
  findSource(idOrPath: string): Promise<SourceRecord | undefined>;
  saveSource(source: SourceRecord, content: SourceContent): Promise<void>;
  /**
   * Makes ready what saving a source will need for a text of it, in the language that it will probably have. `words` are the text's, as
   * `latinWords` cuts them, where somebody has done so.
   */
  prepareText(text: string, lang: string | null, words?: readonly string[]): void;
  /** Removes the source, its rows, its paths, and the artifacts that no other source uses. */
  removeSource(id: string): Promise<void>;
  /** What is known of a path without reading the file: equal size and modification time mean equal content. */
  lookUpPath(path: string): Promise<{ contentHash: string; size: number; mtimeMs: number } | undefined>;
  rememberPath(path: string, contentHash: string, size: number, mtimeMs: number): Promise<void>;
  /** The source is at another path now, and maybe called otherwise; all else of it stays. */
  moveSource(id: string, path: string, title: string): Promise<void>;

  /** Reads the whole database for damage. @throws LibraryDamagedError */
  checkIntegrity(): Promise<void>;

  // Stage outputs, content-addressed. Writing a key again replaces its payload.
  getArtifact(key: string): Promise<Uint8Array | undefined>;
  putArtifact(key: string, contentHash: string, stage: string, payload: Uint8Array): Promise<void>;

  // Rows of a source, in order of place
  readEvents(sourceId: string, range?: TimeRange): Promise<Event[]>;
  /** The event under way at a time; of several the one that began last. */
  readEventAt(sourceId: string, atMs: number): Promise<Event | undefined>;
  /** When its events end, in ms and ascending; none for events on pages. */
  readEventEnds(sourceId: string): Promise<number[]>;
  readChapters(sourceId: string): Promise<Chapter[]>;
  readSummary(sourceId: string): Promise<Summary | undefined>;
  readCaptions(sourceId: string, range?: TimeRange): Promise<CaptionTrack | undefined>;
  readSlides(sourceId: string): Promise<{ states: SlideState[]; texts: SlideText[] }>;
  readPages(sourceId: string, range?: PageRange): Promise<Page[]>;
  readDocument(sourceId: string): Promise<DocumentInfo | undefined>;

  // Full text
  /** BCP 47 primary subtags of the languages that sources are in, all of them or certain ones; `en` stands for unknown ones. */
  listLanguages(sourceIds?: readonly string[]): Promise<readonly string[]>;
  /** Of each word, lower case: what of the library's words is a compound with it, or a part of it. Most words have none. */
  findCompounds(words: readonly string[], filter: Pick<PassageFilter, 'sourceIds'>): Promise<Compound[][]>;
  searchPassages(query: PassageQuery): Promise<PassageHit[]>;
  /** The same without a text read, for callers that go on with few of many; `readRanked` reads those. */
  rankPassages(query: PassageQuery): Promise<PassageRank[]>;
  /** In the order given, without those that were removed meanwhile. */
  readRanked(ranks: readonly PassageRank[]): Promise<PassageHit[]>;
  /** In how many passages of the filter each term occurs (stemmed like the passages), and how many passages there are. */
  countPassages(
    terms: readonly string[],
    filter: PassageFilter,
  ): Promise<{ total: number; documentFrequency: number[] }>;
  /** All passages of the given kinds that overlap a span of one source, in order. */
  readPassages(sourceId: string, filter: PassageRange): Promise<Passage[]>;

  // Vectors, where an embedding model is installed
  /** All vectors of a source, in place of those it had. They go when the source is saved anew. */
  saveVectors(sourceId: string, model: VectorModel, vectors: readonly PlacedVector[]): Promise<void>;
  hasVectors(sourceId: string, model: VectorModel): Promise<boolean>;
  /** Sources that have vectors, by the model that made them. */
  countVectors(): Promise<VectorCount[]>;
  /** Places nearest to a query's vector, best first. Rejects with VectorsUnavailableError. */
  nearestPlaces(model: Omit<VectorModel, 'name'>, vector: Float32Array, filter: VectorFilter): Promise<NearPlace[]>;
}
