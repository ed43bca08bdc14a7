// The full-text index as far as a filter lets it be seen.
import { UnexpectedColumnError } from '../errors.ts';
import type { PassageFilter } from '../library.ts';
import { statement, type Db } from '../statement.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { TermPostings, type ShardPostings } from './term-postings.ts';
import { postingsCacheOf, type KindTotals, type PostingsCache, type ShardOrigin } from './postings-cache.ts';

/** SQLite numbers them one after the other: no library comes near to it. */
const MAX_SOURCE_NO = 2 ** 31;

export class IndexReader {
  readonly #db: Db;
  readonly #condition: ShardCondition;
  readonly #withPositions: ReadonlySet<string>;
  readonly #termIds = new Map<string, number | undefined>();
  readonly #postings = new Map<string, TermPostings>();
  readonly #cache: PostingsCache;
  /** By number of the source: 1 where the filter lets it through. undefined until one is asked for. */
  #allowed: Uint8Array | undefined;

  /** `termsOfPhrases`: those whose positions will be asked for. */
  constructor(db: Db, filter: PassageFilter, termsOfPhrases: readonly string[] = []) {
    this.#db = db;
    this.#condition = shardCondition(filter);
    this.#withPositions = new Set(termsOfPhrases);
    this.#cache = postingsCacheOf(db);
  }

  /** By kind. */
  totals(): ReadonlyMap<number, KindTotals> {
    return this.#kept(this.#cache.totals, () => this.#selectTotals());
  }

  /** What a filter selects is kept by filter, but where it names single sources, which hardly anybody names again. */
  #kept<T>(known: Map<string, T>, select: () => T): T {
    const { sql, parameters, namesSources } = this.#condition;
    if (namesSources) return select();
    const key = [sql, ...parameters].join('\n');
    const value = known.get(key) ?? select();
    known.set(key, value);
    return value;
  }

  #selectTotals(): Map<number, KindTotals> {
    const rows = statement<{ kind: number } & KindTotals>(
      this.#db,
      `SELECT kind, sum(num_passages) AS passages, sum(num_tokens) AS tokens FROM shards
       WHERE ${this.#condition.sql} GROUP BY kind`,
    ).all(...this.#condition.parameters);
    return new Map(rows.map((row) => [row.kind, row]));
  }

  documentFrequency(term: string): number {
    if (this.#cached(term)) return this.postings(term).numPassages.reduce((sum, count) => sum + count, 0);
    const termId = this.#termId(term);
    if (termId === undefined) return 0;
    return (
      statement<{ passages: number | null }>(
        this.#db,
        `SELECT sum(num_passages) AS passages FROM postings WHERE term_id = ? AND ${this.#condition.sql}`,
      ).get(termId, ...this.#condition.parameters)!.passages ?? 0
    );
  }

  postings(term: string): TermPostings {
    let found = this.#postings.get(term);
    if (!found) this.#postings.set(term, (found = this.#readPostings(term)));
    return found;
  }

  /** The given words, each as its terms, if they are few, else the rarest of those that occur. */
  rarest(words: readonly (readonly string[])[], count: number): readonly (readonly string[])[] {
    if (words.length <= count) return words;
    return words
      .map((terms) => ({ terms, frequency: terms.reduce((sum, term) => sum + this.documentFrequency(term), 0) }))
      .filter(({ frequency }) => frequency > 0)
      .sort((a, b) => a.frequency - b.frequency)
      .slice(0, count)
      .map(({ terms }) => terms);
  }

  /** Whose the shards are that have these keys, and where their passages begin. */
  origins(keys: ReadonlySet<number>): ReadonlyMap<number, ShardOrigin> {
    const known = this.#cache.originsOf(keys);
    const missing = [...keys].filter((key) => !known.has(key));
    if (missing.length === 0) return known;
    // All in one statement: hundreds of hits lie in nearly as many shards. CROSS JOIN fixes the order of the loops.
    const rows = statement<{ key: number } & ShardOrigin>(
      this.#db,
      `SELECT value AS key, sources.id AS sourceId, lang, first_id AS firstId
       FROM json_each(?) CROSS JOIN shards ON shards.kind = value % ${PASSAGE_KINDS.length}
         AND source_no = value / ${PASSAGE_KINDS.length} CROSS JOIN sources ON sources.no = source_no`,
    ).all(JSON.stringify(missing));
    for (const { key, sourceId, lang, firstId } of rows) known.set(key, { sourceId, lang, firstId });
    return known;
  }

  /** Those of all sources are read, and kept, but where single sources are asked for and they aren't there yet. */
  #readPostings(term: string): TermPostings {
    const cached = this.#cached(term);
    if (cached) return this.#isEveryShard ? cached : cached.withShards((shard) => this.#isAllowed(shard));
    if (this.#condition.namesSources) return this.#selectPostings(term, this.#condition);
    const all = this.#selectPostings(term, EVERY_SHARD);
    this.#cache.set(term, all);
    return this.#isEveryShard ? all : all.withShards((shard) => this.#isAllowed(shard));
  }

  /** With positions where they will be asked for. */
  #cached(term: string): TermPostings | undefined {
    const cached = this.#cache.get(term);
    return cached && (cached.hasPositions || !this.#withPositions.has(term)) ? cached : undefined;
  }

  get #isEveryShard(): boolean {
    const { ofSources, kinds } = this.#condition;
    return ofSources === '' && kinds.size === PASSAGE_KINDS.length;
  }

  #isAllowed({ kind, sourceNo }: ShardPostings): boolean {
    if (!this.#condition.kinds.has(kind)) return false;
    if (this.#condition.ofSources === '') return true;
    this.#allowed ??= this.#kept(this.#cache.allowed, () => this.#selectAllowed());
    return this.#allowed[sourceNo] === 1;
  }

  #selectAllowed(): Uint8Array {
    const numbers = statement(this.#db, `SELECT no FROM sources WHERE ${this.#condition.ofSources} ORDER BY no`)
      .pluck()
      .all(...this.#condition.parameters) as number[];
    const last = numbers.at(-1) ?? 0;
    if (last < 0 || last > MAX_SOURCE_NO) throw new UnexpectedColumnError(`column sources.no holds ${last}`);
    const allowed = new Uint8Array(last + 1);
    for (const no of numbers) allowed[no] = 1;
    return allowed;
  }

  /** All blobs of a term laid end to end inside SQLite: one value crosses into JavaScript, not thousands of rows. */
  #selectPostings(term: string, condition: ShardCondition): TermPostings {
    const join = (column: string) => `CAST(group_concat(${column}, '') AS BLOB)`;
    const withPositions = this.#withPositions.has(term);
    const termId = this.#termId(term);
    const row =
      termId === undefined
        ? undefined
        : statement<{ occurrences: Uint8Array | null; positions: Uint8Array | null }>(
            this.#db,
            `SELECT ${join('occurrences')} AS occurrences, ${withPositions ? join('positions') : 'NULL'} AS positions
             FROM postings WHERE term_id = ? AND ${condition.sql}`,
          ).get(termId, ...condition.parameters);
    const positions = withPositions ? (row?.positions ?? new Uint8Array()) : undefined;
    return new TermPostings(row?.occurrences ?? new Uint8Array(), positions);
  }

  #termId(term: string): number | undefined {
    if (!this.#termIds.has(term)) {
      this.#termIds.set(term, statement<{ id: number }>(this.#db, 'SELECT id FROM terms WHERE term = ?').get(term)?.id);
    }
    return this.#termIds.get(term);
  }
}

/** A filter as a condition on the columns `kind` and `source_no`, which lead the keys of shards and postings. */
interface ShardCondition {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly kinds: ReadonlySet<number>;
  /** The part of it that is about sources, on the columns of their table; empty where it allows all. */
  readonly ofSources: string;
  /** Whether it lets single sources through: then what it asks for is little, and nothing that others would ask for. */
  readonly namesSources: boolean;
}

const EVERY_SHARD = shardCondition({});

function shardCondition({ kinds = PASSAGE_KINDS, sourceIds, sourceKind }: PassageFilter): ShardCondition {
  const kindNos = PASSAGE_KINDS.flatMap((kind, kindNo) => (kinds.includes(kind) ? [kindNo] : []));
  const ofSources: string[] = [];
  const parameters: string[] = [];
  if (sourceIds) {
    ofSources.push('id IN (SELECT value FROM json_each(?))');
    parameters.push(JSON.stringify(sourceIds));
  }
  if (sourceKind) {
    ofSources.push('kind = ?');
    parameters.push(sourceKind);
  }
  const conditions = [
    `kind IN (${kindNos.join(', ')})`,
    ...ofSources.map((condition) => `source_no IN (SELECT no FROM sources WHERE ${condition})`),
  ];
  return {
    sql: conditions.join(' AND '),
    parameters,
    kinds: new Set(kindNos),
    ofSources: ofSources.join(' AND '),
    namesSources: sourceIds !== undefined,
  };
}
