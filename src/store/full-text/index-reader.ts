// The full-text index as far as a filter lets it be seen.
import type { PassageFilter } from '../library.ts';
import { statement, type Db } from '../open.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { TermPostings } from './postings.ts';

export interface KindTotals {
  readonly passages: number;
  readonly tokens: number;
}

export class IndexReader {
  readonly #db: Db;
  readonly #condition: ShardCondition;
  readonly #withPositions: ReadonlySet<string>;
  readonly #termIds = new Map<string, number | undefined>();
  readonly #postings = new Map<string, TermPostings>();

  /** `termsOfPhrases`: those whose positions will be asked for. */
  constructor(db: Db, filter: PassageFilter, termsOfPhrases: readonly string[] = []) {
    this.#db = db;
    this.#condition = shardCondition(filter);
    this.#withPositions = new Set(termsOfPhrases);
  }

  /** By kind. */
  totals(): Map<number, KindTotals> {
    const rows = statement<{ kind: number } & KindTotals>(
      this.#db,
      `SELECT kind, sum(num_passages) AS passages, sum(num_tokens) AS tokens FROM shards
       WHERE ${this.#condition.sql} GROUP BY kind`,
    ).all(...this.#condition.parameters);
    return new Map(rows.map((row) => [row.kind, row]));
  }

  documentFrequency(term: string): number {
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

  /** The given terms if they are few, else the rarest of those that occur. */
  rarest(terms: readonly string[], count: number): readonly string[] {
    if (terms.length <= count) return terms;
    return terms
      .map((term) => ({ term, frequency: this.documentFrequency(term) }))
      .filter(({ frequency }) => frequency > 0)
      .sort((a, b) => a.frequency - b.frequency)
      .slice(0, count)
      .map(({ term }) => term);
  }

  /** All blobs of a term laid end to end inside SQLite: one value crosses into JavaScript, not thousands of rows. */
  #readPostings(term: string): TermPostings {
    const join = (column: string) => `CAST(group_concat(${column}, '') AS BLOB)`;
    const positions = this.#withPositions.has(term) ? join('positions') : 'NULL';
    const termId = this.#termId(term);
    const row =
      termId === undefined
        ? undefined
        : statement<{ occurrences: Uint8Array | null; positions: Uint8Array | null }>(
            this.#db,
            `SELECT ${join('occurrences')} AS occurrences, ${positions} AS positions FROM postings
             WHERE term_id = ? AND ${this.#condition.sql}`,
          ).get(termId, ...this.#condition.parameters);
    return new TermPostings(row?.occurrences ?? new Uint8Array(), row?.positions ?? new Uint8Array());
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
}

function shardCondition({ kinds = PASSAGE_KINDS, sourceIds, sourceKind }: PassageFilter): ShardCondition {
  const kindNos = PASSAGE_KINDS.flatMap((kind, kindNo) => (kinds.includes(kind) ? [kindNo] : []));
  const conditions = [`kind IN (${kindNos.join(', ')})`];
  const parameters: string[] = [];
  if (sourceIds) {
    conditions.push('source_no IN (SELECT no FROM sources WHERE id IN (SELECT value FROM json_each(?)))');
    parameters.push(JSON.stringify(sourceIds));
  }
  if (sourceKind) {
    conditions.push('source_no IN (SELECT no FROM sources WHERE kind = ?)');
    parameters.push(sourceKind);
  }
  return { sql: conditions.join(' AND '), parameters };
}
