// A library on one machine: the interface of library.ts put together from the tables of this folder. Every method is one
// transaction.
import { resolve } from 'node:path';
import { compressPayload, deleteArtifactsOf, insertArtifact, selectArtifact } from './artifacts.ts';
import { insertCaptions, selectCaptions } from './captions.ts';
import { insertChapters, selectChapters } from './chapters.ts';
import { LibraryDamagedError, LibraryReadOnlyError, translateError } from './errors.ts';
import { insertEvents, selectEventAt, selectEventEnds, selectEvents } from './events.ts';
import { tokenizeEarly } from './full-text/early-tokens.ts';
import { findCompounds } from './full-text/compounds.ts';
import { deletePassages, insertPassages } from './full-text/index-writer.ts';
import { languagesOf, languagesOfSources } from './full-text/languages.ts';
import { selectPassages } from './full-text/passage-rows.ts';
import { derivePassages } from './full-text/passages.ts';
import { countPassages, rankPassages, readRanked, searchPassages } from './full-text/search.ts';
import { findDamage } from './integrity.ts';
import type {
  Library,
  PageRange,
  PassageFilter,
  PassageQuery,
  PassageRange,
  PassageRank,
  PlacedVector,
  SourceContent,
  SourceRecord,
  TimeRange,
  VectorFilter,
  VectorModel,
} from './library.ts';
import { DEFAULT_LOCK_TIMEOUT_MS, openDatabase, retryWhileBusy, type OpenOptions } from './open.ts';
import { insertDocument, insertPages, selectDocument, selectPages } from './pages.ts';
import { deletePathsOf, otherPathOf, selectPath, upsertPath } from './paths.ts';
import { insertSlides, selectSlides } from './slides.ts';
import {
  deleteSource,
  insertSource,
  selectSourceByHash,
  selectSourceById,
  selectSourceByPrefix,
  selectLanguage,
  selectSourceNo,
  selectSources,
  selectSourcesAtPath,
  updateSourcePath,
  updateSourcePlace,
  type NumberedSource,
} from './sources.ts';
import type { Db } from './statement.ts';
import { insertSummary, selectSummary } from './summaries.ts';
import { countVectors, hasVectors, insertVectors, selectNearest } from './vectors.ts';

/** Opens the library in a folder, creating both unless `readonly`. Rejects with a LibraryError that says what to do. */
export async function openLibrary(folder: string, options: OpenOptions = {}): Promise<Library> {
  const absolute = resolve(folder);
  const db = await openDatabase(absolute, options);
  return new SqliteLibrary(absolute, db, options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS);
}

/** For those who only read: a library that may not be written (on a disc, of somebody else) is opened all the same. */
export async function openLibraryToRead(
  folder: string,
  options: Pick<OpenOptions, 'onReindex'> = {},
): Promise<Library> {
  try {
    return await openLibrary(folder, options);
  } catch (error) {
    if (!(error instanceof LibraryReadOnlyError)) throw error;
    return openLibrary(folder, { readonly: true });
  }
}

class SqliteLibrary implements Library {
  readonly folder: string;
  readonly #db: Db;
  readonly #lockTimeoutMs: number;
  readonly #snapshot: (select: (db: Db) => unknown) => unknown;

  constructor(folder: string, db: Db, lockTimeoutMs: number) {
    this.folder = folder;
    this.#db = db;
    this.#lockTimeoutMs = lockTimeoutMs;
    const snapshot = db.transaction((select: (db: Db) => unknown) => select(db));
    this.#snapshot = (select) => snapshot.deferred(select);
  }

  async listSources() {
    return this.#read((db) => selectSources(db));
  }

  async findSource(idOrPath: string) {
    return this.#read((db) => {
      const ofContentAt = () => {
        const known = selectPath(db, idOrPath);
        return known && selectSourceByHash(db, known.contentHash);
      };
      const source =
        selectSourceById(db, idOrPath) ??
        ofContentAt() ??
        selectSourcesAtPath(db, idOrPath)[0] ??
        selectSourceByPrefix(db, idOrPath);
      return source?.record;
    });
  }

  async saveSource(source: SourceRecord, content: SourceContent) {
    const passages = derivePassages(content);
    await this.#write((db) => {
      const previous = selectSourceById(db, source.id) ?? selectSourceByHash(db, source.contentHash);
      if (previous) deleteRows(db, previous.no);
      const no = insertSource(db, source, previous?.no);
      if (content.captions) insertCaptions(db, no, content.captions);
      insertSlides(db, no, content.slides, content.slideTexts);
      insertPages(db, no, content.pages);
      if (content.document) insertDocument(db, no, content.document);
      insertEvents(db, no, content.events);
      insertChapters(db, no, content.chapters);
      if (content.summary) insertSummary(db, no, content.summary);
      insertPassages(db, { no, lang: source.lang }, passages);
      releasePath(db, source.path, source.contentHash);
    });
  }

  prepareText(text: string, lang: string | null, words?: readonly string[]) {
    tokenizeEarly(text, lang, words);
  }

  async removeSource(id: string) {
    await this.#write((db) => {
      const source = selectSourceById(db, id);
      if (source) removeWithTraces(db, source);
    });
  }

  async lookUpPath(path: string) {
    return this.#read((db) => selectPath(db, path));
  }

  async rememberPath(path: string, contentHash: string, size: number, mtimeMs: number) {
    await this.#write((db) => {
      upsertPath(db, path, { contentHash, size, mtimeMs });
      // Before the new content is indexed its predecessor stays: it is the best answer there is.
      if (selectSourceByHash(db, contentHash)) releasePath(db, path, contentHash);
    });
  }

  async moveSource(id: string, path: string, title: string) {
    await this.#write((db) => updateSourcePlace(db, id, path, title));
  }

  async checkIntegrity() {
    await this.#read((db) => {
      const damage = findDamage(db);
      if (damage !== undefined) throw new LibraryDamagedError(this.folder, damage);
    });
  }

  async getArtifact(key: string) {
    return this.#read((db) => selectArtifact(db, key));
  }

  async putArtifact(key: string, contentHash: string, stage: string, payload: Uint8Array) {
    const compressed = compressPayload(payload);
    await this.#write((db) => insertArtifact(db, key, contentHash, stage, compressed));
  }

  async readEvents(sourceId: string, range?: TimeRange) {
    return (await this.#readOf(sourceId, (db, no) => selectEvents(db, no, range))) ?? [];
  }

  async readEventAt(sourceId: string, atMs: number) {
    return this.#readOf(sourceId, (db, no) => selectEventAt(db, no, atMs));
  }

  async readEventEnds(sourceId: string) {
    return (await this.#readOf(sourceId, selectEventEnds)) ?? [];
  }

  async readChapters(sourceId: string) {
    return (await this.#readOf(sourceId, selectChapters)) ?? [];
  }

  async readSummary(sourceId: string) {
    return this.#readOf(sourceId, selectSummary);
  }

  async readCaptions(sourceId: string, range?: TimeRange) {
    return this.#readOf(sourceId, (db, no) => selectCaptions(db, no, range));
  }

  async readSlides(sourceId: string) {
    return (await this.#readOf(sourceId, selectSlides)) ?? { states: [], texts: [] };
  }

  async readPages(sourceId: string, range?: PageRange) {
    return (await this.#readOf(sourceId, (db, no) => selectPages(db, no, range))) ?? [];
  }

  async readDocument(sourceId: string) {
    return this.#readOf(sourceId, selectDocument);
  }

  async listLanguages(sourceIds?: readonly string[]) {
    return this.#read((db) => (sourceIds ? languagesOfSources(db, sourceIds) : languagesOf(db)));
  }

  async findCompounds(words: readonly string[], { sourceIds }: Pick<PassageFilter, 'sourceIds'>) {
    return this.#read((db) => findCompounds(db, words, sourceIds && languagesOfSources(db, sourceIds)));
  }

  async searchPassages(query: PassageQuery) {
    return this.#read((db) => searchPassages(db, query));
  }

  async rankPassages(query: PassageQuery) {
    return this.#read((db) => rankPassages(db, query));
  }

  async readRanked(ranks: readonly PassageRank[]) {
    return this.#read((db) => readRanked(db, ranks));
  }

  async countPassages(terms: readonly string[], filter: PassageFilter) {
    return this.#read((db) => countPassages(db, terms, filter));
  }

  async readPassages(sourceId: string, filter: PassageRange) {
    return (
      (await this.#readOf(sourceId, (db, no) => {
        return selectPassages(db, { no, id: sourceId, lang: selectLanguage(db, no) }, filter);
      })) ?? []
    );
  }

  async saveVectors(sourceId: string, model: VectorModel, vectors: readonly PlacedVector[]) {
    await this.#write((db) => {
      const source = selectSourceById(db, sourceId);
      if (source) insertVectors(db, source.no, model, vectors);
    });
  }

  async hasVectors(sourceId: string, model: VectorModel) {
    return (await this.#readOf(sourceId, (db, no) => hasVectors(db, no, model))) ?? false;
  }

  async countVectors() {
    return this.#read(countVectors);
  }

  async nearestPlaces(model: Omit<VectorModel, 'name'>, vector: Float32Array, filter: VectorFilter) {
    return this.#read((db) => selectNearest(db, model, vector, filter));
  }

  async [Symbol.asyncDispose]() {
    this.#db.close();
  }

  /** One snapshot for all that `select` reads. */
  async #read<T>(select: (db: Db) => T): Promise<T> {
    return this.#translated(() => this.#snapshot(select) as T);
  }

  async #readOf<T>(sourceId: string, select: (db: Db, no: number) => T): Promise<T | undefined> {
    return this.#read((db) => {
      const no = selectSourceNo(db, sourceId);
      return no === undefined ? undefined : select(db, no);
    });
  }

  /** Takes the write lock first: a transaction that began by reading could not wait for another writer. */
  async #write(change: (db: Db) => void): Promise<void> {
    await this.#translated(() => this.#db.transaction(() => change(this.#db)).immediate());
  }

  async #translated<T>(operation: () => T): Promise<T> {
    try {
      return await retryWhileBusy(operation, this.#lockTimeoutMs);
    } catch (error) {
      throw translateError(error, this.folder);
    }
  }
}

/** What remains of a source's content when its rows are about to be written anew. */
function deleteRows(db: Db, no: number): void {
  deletePassages(db, no);
  deleteSource(db, no);
}

function removeWithTraces(db: Db, { no, record }: NumberedSource): void {
  deleteRows(db, no);
  deletePathsOf(db, record.contentHash);
  deleteArtifactsOf(db, record.contentHash);
}

/** The path now holds `contentHash`: sources of other content leave it, for another path of theirs or altogether. */
function releasePath(db: Db, path: string, contentHash: string): void {
  for (const source of selectSourcesAtPath(db, path)) {
    if (source.record.contentHash === contentHash) continue;
    const otherPath = otherPathOf(db, source.record.contentHash, path);
    if (otherPath === undefined) removeWithTraces(db, source);
    else updateSourcePath(db, source.no, otherPath);
  }
}
