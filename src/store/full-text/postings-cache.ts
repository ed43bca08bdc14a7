// Postings, totals and shards that searches of one connection have read, for those that follow: a search asks for the same terms several times,
// under other filters, and a program that stays open gets the frequent ones again and again. What anybody changes in the
// library, here or in another process, empties it.
import { statement, type Db } from '../statement.ts';
import type { TermPostings } from './term-postings.ts';

export interface KindTotals {
  readonly passages: number;
  readonly tokens: number;
}

export interface ShardOrigin {
  readonly sourceId: string;
  readonly lang: string | null;
  /** Id of its first passage; the others follow. */
  readonly firstId: number;
}

/** Terms that are asked for again and again are frequent ones; decoded, the 50 most frequent of a million passages take this. */
const MAX_BYTES = 128 * 2 ** 20;
const MAX_ORIGINS = 50_000;

export class PostingsCache {
  /** By filter: totals, and by number of a source whether the filter lets it through. Of few filters: see IndexReader. */
  readonly totals = new Map<string, ReadonlyMap<number, KindTotals>>();
  readonly allowed = new Map<string, Uint8Array>();
  /** Of all sources, once they are asked for. */
  languages: readonly string[] | undefined;
  readonly #db: Db;
  /** Least recently used first. */
  readonly #entries = new Map<string, TermPostings>();
  readonly #origins = new Map<number, ShardOrigin>();
  #numBytes = 0;
  #version = '';

  constructor(db: Db) {
    this.#db = db;
  }

  /** To be called in the transaction in which the entries are then used. */
  validate(): void {
    // https://www.sqlite.org/pragma.html#pragma_data_version tells what other connections wrote, total_changes() what this one did.
    const version = statement<string>(
      this.#db,
      "SELECT data_version || '.' || total_changes() FROM pragma_data_version",
    )
      .pluck()
      .get() as string;
    if (version === this.#version) return;
    this.#version = version;
    this.totals.clear();
    this.allowed.clear();
    this.languages = undefined;
    this.#entries.clear();
    this.#origins.clear();
    this.#numBytes = 0;
  }

  get(term: string): TermPostings | undefined {
    const found = this.#entries.get(term);
    if (found) {
      this.#entries.delete(term);
      this.#entries.set(term, found);
    }
    return found;
  }

  /** What is known of shards, by key; the caller adds what it lacks of the ones it asks for. */
  originsOf({ size }: ReadonlySet<number>): Map<number, ShardOrigin> {
    if (this.#origins.size + size > MAX_ORIGINS) this.#origins.clear();
    return this.#origins;
  }

  /** The postings of a term in all shards, in the place of those that were kept of it. */
  set(term: string, postings: TermPostings): void {
    this.#delete(term);
    this.#entries.set(term, postings);
    this.#numBytes += postings.numBytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#numBytes <= MAX_BYTES) break;
      this.#delete(oldest);
    }
  }

  #delete(term: string): void {
    this.#numBytes -= this.#entries.get(term)?.numBytes ?? 0;
    this.#entries.delete(term);
  }
}

const caches = new WeakMap<Db, PostingsCache>();

/** That of a connection, valid for the transaction at hand. */
export function postingsCacheOf(db: Db): PostingsCache {
  let cache = caches.get(db);
  if (!cache) caches.set(db, (cache = new PostingsCache(db)));
  cache.validate();
  return cache;
}
