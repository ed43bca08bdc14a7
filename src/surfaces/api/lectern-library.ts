// What a program can do with a library, and the command line does: index, search, ask, summarize, look through, export. Models are
// opened by the first request that needs them and kept until the library is closed. Nothing is printed here.
import type { OpenedMeaning } from '../../../pipelines/embed-meaning.ts';
import type { Engine } from '../../../pipelines/engine.ts';
import type { IndexOutcome } from '../../../pipelines/index-sources.ts';
import type { IndexPlan } from '../../../pipelines/plan-index.ts';
import type { Zoomable } from '../../../pipelines/zoom-hits.ts';
import type { Config, ConfigOverrides } from '../../config.ts';
import type { Chapter, Event } from '../../events/event.ts';
import type { Answer } from '../../query/answer.ts';
import type { SearchAnswer } from '../../query/search.ts';
import { explainByDamage } from '../../store/integrity.ts';
import type { Library, SourceRecord, TimeRange } from '../../store/library.ts';
import { openLibraryToRead } from '../../store/sqlite-library.ts';
import type { ExportFormat } from '../formats/export.ts';
import type { SourceSummary } from '../formats/summary.ts';
import { lookUpSource, requireIndexed } from '../look-up-source.ts';
import { readSettings } from '../settings.ts';
import {
  ZOOMED_PLACES,
  type AskOptions,
  type IndexOptions,
  type OpenLibraryOptions,
  type SearchOptions,
  type SourceName,
  type SummarizeOptions,
} from './requests.ts';

/**
 * Opens the library of the settings, which are those of the command line: what is given here stands over the environment, and that
 * over the settings file. A library that is not there is made; one that may not be written can be read.
 * @throws UsageError for a setting that is not valid; LecternError with what is wrong with the library and how to mend it.
 */
export async function openLibrary(
  settings: ConfigOverrides = {},
  { configFile, onReindex }: OpenLibraryOptions = {},
): Promise<LecternLibrary> {
  const config = readSettings(settings, configFile);
  return new LecternLibrary(await openLibraryToRead(config.library, { onReindex }), config);
}

export class LecternLibrary implements AsyncDisposable {
  readonly config: Config;
  readonly #library: Library;
  /** The library, and the models that were opened for it: closed in the opposite order. */
  readonly #opened = new AsyncDisposableStack();
  #engine: Promise<Engine> | undefined;
  #meaning: Promise<OpenedMeaning | undefined> | undefined;

  constructor(library: Library, config: Config) {
    this.config = config;
    this.#library = this.#opened.use(library);
  }

  /** Absolute path of the folder that holds the database. */
  get folder(): string {
    return this.#library.folder;
  }

  /**
   * Reads files, folders and globs into the library. An input that fails is reported and harms no other; one that is unchanged costs a
   * look at its date. Rejects with InterruptedError when the signal aborts: what was finished is kept.
   */
  async index(paths: readonly string[], options: IndexOptions = {}): Promise<IndexOutcome> {
    const { force = false, signal = new AbortController().signal, onReport, onRemark } = options;
    const { indexSources } = await import('../../../pipelines/index-sources.ts');
    const outcome = await indexSources(this.#library, this.config, {
      paths,
      force,
      signal,
      report: (report) => onReport?.(report),
      note: (remark) => onRemark?.(remark),
      ...(this.#engine && { engine: await this.#engine }),
    });
    await this.#noticeVectors();
    return outcome;
  }

  /** What indexing these paths would do and cost, before any work. */
  async plan(paths: readonly string[], { force }: Pick<IndexOptions, 'force'> = {}): Promise<IndexPlan> {
    const { planIndex } = await import('../../../pipelines/plan-index.ts');
    return planIndex(this.#library, this.config, paths, force);
  }

  /**
   * The places where words, "exact phrases" and none of the -excluded words are said, shown or written, best first.
   * @throws LecternError SOURCE_NOT_FOUND, SOURCE_AMBIGUOUS or SOURCE_FAILED for a source that is named.
   */
  async search(query: string, options: SearchOptions = {}): Promise<SearchAnswer> {
    const { kind, limit = 10, signal } = options;
    signal?.throwIfAborted();
    const { search } = await import('../../query/search.ts');
    const meaning = await this.#openMeaning(options);
    const sourceIds = await this.#idsOf(options.sources);
    const found = await search(this.#library, { query, sourceIds, kind, limit, meaning });
    return options.zoom ? { ...found, hits: await this.#zoomInto(found.hits, query, signal) } : found;
  }

  /**
   * An answer with verbatim quotes that were found again in their sources, or `abstained` where the sources hold none.
   * @throws LecternError as search does, and where a model or a server can't answer.
   */
  async ask(question: string, options: AskOptions = {}): Promise<Answer> {
    const { kind, limit = 10, onText, signal } = options;
    signal?.throwIfAborted();
    const engine = await this.#openEngine(signal);
    const meaning = await this.#openMeaning(options);
    const sourceIds = await this.#idsOf(options.sources);
    const request = { question, sourceIds, kind, limit, meaning, onText, signal };
    const answered = await engine.answer(this.#library, request);
    if (!options.zoom) return answered;
    return { ...answered, citations: await this.#zoomInto(answered.citations, question, signal) };
  }

  /** Overview, key points and chapters, each with its place. @throws LecternError as search does, and for a language that can't be written. */
  async summarize(source: SourceName, { words, lang, signal }: SummarizeOptions = {}): Promise<SourceSummary> {
    const record = await this.source(source);
    const engine = await this.#openEngine(signal);
    const summary = await engine.summarize(this.#library, record, { words, lang, signal });
    return { source: record, summary, chapters: summary.chapters ?? (await this.#library.readChapters(record.id)) };
  }

  /** In order of place. @throws LecternError as search does. */
  async chapters(source: SourceName): Promise<Chapter[]> {
    const { id } = await this.source(source);
    return this.#library.readChapters(id);
  }

  /** What happens at which second, or stands on which page; where a range is given, what overlaps it. @throws LecternError as search does. */
  async events(source: SourceName, range: TimeRange = {}): Promise<Event[]> {
    const { id } = await this.source(source);
    return this.#library.readEvents(id, range);
  }

  /** The text of a file for other programs. @throws LecternError as search does, and FORMAT_NEEDS_TIMES. */
  async export(source: SourceName, format: ExportFormat): Promise<string> {
    const record = await this.source(source);
    const { id } = record;
    const { exportFormats } = await import('../formats/export.ts');
    return exportFormats[format]({
      source: record,
      chapters: await this.#library.readChapters(id),
      events: await this.#library.readEvents(id),
      cues: (await this.#library.readCaptions(id))?.cues ?? [],
      pages: await this.#library.readPages(id),
    });
  }

  /** All that the library holds, and what failed to be indexed. */
  async sources(): Promise<SourceRecord[]> {
    return this.#library.listSources();
  }

  /** One source that is indexed. @throws LecternError SOURCE_NOT_FOUND, SOURCE_AMBIGUOUS or SOURCE_FAILED. */
  async source(name: SourceName): Promise<SourceRecord> {
    return requireIndexed(typeof name === 'string' ? await lookUpSource(this.#library, name) : name);
  }

  /** Takes a source, a failed one too, out of the library; its file stays. @throws LecternError SOURCE_NOT_FOUND or SOURCE_AMBIGUOUS. */
  async remove(name: SourceName): Promise<SourceRecord> {
    const source = typeof name === 'string' ? await lookUpSource(this.#library, name) : name;
    await this.#library.removeSource(source.id);
    return source;
  }

  /**
   * What answers and summarizes: `reader`, or the name of a model; `remark` is what people should know about its answers.
   * @throws LecternError for a model that is not installed, or a server that does not answer.
   */
  async engine(signal?: AbortSignal): Promise<Pick<Engine, 'name' | 'remark'>> {
    return this.#openEngine(signal);
  }

  /** The error to tell in place of one that is no LecternError: LIBRARY_DAMAGED where the library's file turns out to be the cause. */
  async explain(error: unknown): Promise<unknown> {
    return explainByDamage(error, this.#library);
  }

  /** To be called when no request is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #idsOf(names: readonly SourceName[] | undefined): Promise<string[] | undefined> {
    return names && Promise.all(names.map(async (name) => (await this.source(name)).id));
  }

  async #zoomInto<P extends Zoomable>(places: readonly P[], query: string, signal?: AbortSignal): Promise<P[]> {
    const { zoomPlaces } = await import('../../../pipelines/zoom-hits.ts');
    const engine = await this.#openEngine(signal);
    return zoomPlaces(this.#library, engine, places, { query, limit: ZOOMED_PLACES, ...(signal && { signal }) });
  }

  /** Opened once for all requests; tried again where that failed. */
  #openEngine(signal?: AbortSignal): Promise<Engine> {
    this.#engine ??= import('../../../pipelines/open-engine.ts')
      .then(({ openEngine }) => openEngine(this.config, { signal }))
      .then((engine) => this.#opened.use(engine));
    this.#engine.catch(() => (this.#engine = undefined));
    return this.#engine;
  }

  /** Likewise; undefined where no model could help, or none is to. */
  async #openMeaning({ wordsOnly = false }: SearchOptions): Promise<OpenedMeaning | undefined> {
    if (wordsOnly) return undefined;
    this.#meaning ??= import('../../../pipelines/embed-meaning.ts')
      .then(({ openMeaning }) => openMeaning(this.#library, this.config))
      .then((meaning) => this.#opened.use(meaning));
    this.#meaning.catch(() => (this.#meaning = undefined));
    return this.#meaning;
  }

  /** Where there were no vectors before, the next search looks for some. */
  async #noticeVectors(): Promise<void> {
    const meaning = await this.#meaning;
    if (!meaning?.knowsPlaces) this.#meaning = undefined;
  }
}
