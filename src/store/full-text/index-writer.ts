// Writes and removes the full-text index of a source, kept in ordinary tables: its passages, their inverted index, and the list
// of terms that removing it needs.
//
// Not SQLite's FTS5: that keeps one list of passages for each term, so a frequent term costs time in proportion to the
// whole library, with or without a filter (bench/results/search.md). Here the postings of a term lie in one row for each
// shard, the passages of one kind of one source: a filter picks rows by key, a source is replaced by replacing its rows, and
// the two figures in each row that bound its best score let a search leave many shards undecoded (see search.ts).
import { UnexpectedColumnError } from '../errors.ts';
import { statement, type Db } from '../statement.ts';
import { PASSAGE_KINDS, type NewPassage } from './passages.ts';
import { insertTermEnds } from './compounds.ts';
import { selectShards } from './passage-rows.ts';
import { FIELD_GAP, PostingsCollector, Scratch } from './postings.ts';
import { takeTokens } from './early-tokens.ts';
import { readPassage, type PlaceTerms } from './tokens.ts';
import { packAscending, unpackAscending } from './varint.ts';

interface NumberedSource {
  readonly no: number;
  readonly lang: string | null;
}

/** Writes the passages of a source that has none yet; they come grouped by kind. */
export function insertPassages(db: Db, source: NumberedSource, passages: readonly NewPassage[]): void {
  PASSAGE_KINDS.forEach((kind, kindNo) => {
    const ofKind = passages.filter((passage) => passage.kind === kind);
    if (ofKind.length > 0) insertShard(db, kindNo, source, ofKind);
  });
}

/** Writes the inverted index of a source anew from its passages, which stay. */
export function reindexPassages(db: Db, { no, lang }: NumberedSource): void {
  deletePostings(db, no);
  const select = statement<{ title: string; text: string }>(
    db,
    'SELECT title, text FROM passages WHERE id BETWEEN ? AND ? ORDER BY id',
  );
  for (const { kind, firstId, lastId } of selectShards(db, no, PASSAGE_KINDS)) {
    const index = new ShardIndex(lang);
    let ordinal = 0;
    for (const { title, text } of select.iterate(firstId, lastId)) index.add(ordinal++, title, text);
    statement(db, 'UPDATE shards SET num_tokens = ? WHERE kind = ? AND source_no = ?').run(index.numTokens, kind, no);
    insertPostings(db, kind, no, index);
  }
}

function insertShard(
  db: Db,
  kind: number,
  { no: sourceNo, lang }: NumberedSource,
  passages: readonly NewPassage[],
): void {
  const lastId = statement<{ id: number | null }>(db, 'SELECT max(id) AS id FROM passages').get()!.id ?? 0;
  const insert = statement(db, 'INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const index = new ShardIndex(lang);
  passages.forEach(({ startMs, endMs, pageIndex, title, text }, ordinal) => {
    insert.run(lastId + 1 + ordinal, sourceNo, kind, startMs, endMs, pageIndex, title, text);
    index.add(ordinal, title, text);
  });
  statement(db, 'INSERT INTO shards VALUES (?, ?, ?, ?, ?)').run(
    kind,
    sourceNo,
    lastId + 1,
    passages.length,
    index.numTokens,
  );
  insertPostings(db, kind, sourceNo, index);
}

function insertPostings(db: Db, kind: number, sourceNo: number, index: ShardIndex): void {
  const insert = statement(db, 'INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?)');
  const termIds = assignTermIds(db, [...index.terms.keys()]);
  const rows = [...index.terms.values()].map((list, i) => ({ termId: termIds[i]!, list }));
  // In key order, so that neighbouring rows are written together.
  rows.sort((a, b) => a.termId - b.termId);
  const scratch = new Scratch();
  for (const { termId, list } of rows) {
    const { occurrences, positions } = list.toBlobs(kind, sourceNo, scratch);
    insert.run(termId, kind, sourceNo, list.numPassages, occurrences, positions);
  }
  const packedIds = packAscending(rows.map(({ termId }) => termId));
  statement(db, 'INSERT INTO shard_terms VALUES (?, ?, ?)').run(kind, sourceNo, packedIds);
}

/** The id of each term, new ones where needed; in few statements, because a shard has thousands of terms. */
function assignTermIds(db: Db, terms: readonly string[]): number[] {
  const list = JSON.stringify(terms);
  statement(db, 'INSERT OR IGNORE INTO terms (term) SELECT value FROM json_each(?)').run(list);
  insertTermEnds(db, terms);
  // CROSS JOIN is SQLite's way to fix the order of the loops: one look-up a term, in the order given.
  return statement(db, 'SELECT terms.id FROM json_each(?) CROSS JOIN terms ON term = value')
    .pluck()
    .all(list) as number[];
}

/** The inverted index of one shard while it is being built. */
class ShardIndex {
  readonly terms = new Map<string, PostingsCollector>();
  numTokens = 0;
  readonly #lang: string | null;

  constructor(lang: string | null) {
    this.#lang = lang;
  }

  /** Passages in order of ordinal. */
  add(ordinal: number, title: string, text: string): void {
    const ofTitle = readPassage(title, this.#lang);
    const ofText = takeTokens(text, this.#lang);
    const length = ofTitle.length + ofText.length;
    this.numTokens += length;
    this.#addField(ordinal, length, ofTitle, 0, true);
    this.#addField(ordinal, length, ofText, ofTitle.length + FIELD_GAP, false);
  }

  #addField(ordinal: number, length: number, places: readonly PlaceTerms[], start: number, inTitle: boolean): void {
    for (let i = 0; i < places.length; i++) {
      const { term, other } = places[i]!;
      this.#collector(term).add(ordinal, length, start + i, inTitle);
      if (other !== '') this.#collector(other).add(ordinal, length, start + i, inTitle);
    }
  }

  #collector(term: string): PostingsCollector {
    let found = this.terms.get(term);
    if (!found) this.terms.set(term, (found = new PostingsCollector()));
    return found;
  }
}

export function deletePassages(db: Db, sourceNo: number): void {
  deletePostings(db, sourceNo);
  for (const { firstId, lastId } of selectShards(db, sourceNo, PASSAGE_KINDS)) {
    statement(db, 'DELETE FROM passages WHERE id BETWEEN ? AND ?').run(firstId, lastId);
  }
  statement(db, 'DELETE FROM shards WHERE source_no = ?').run(sourceNo);
}

function deletePostings(db: Db, sourceNo: number): void {
  const deletePosting = statement(db, 'DELETE FROM postings WHERE term_id = ? AND kind = ? AND source_no = ?');
  const deleted = statement<{ kind: number; term_ids: Uint8Array }>(
    db,
    'SELECT kind, term_ids FROM shard_terms WHERE kind BETWEEN 0 AND ? AND source_no = ?',
  ).all(PASSAGE_KINDS.length - 1, sourceNo);
  for (const { kind, term_ids } of deleted) {
    if (!(term_ids instanceof Uint8Array))
      throw new UnexpectedColumnError('column shard_terms.term_ids holds no bytes');
    for (const termId of unpackAscending(term_ids)) deletePosting.run(termId, kind, sourceNo);
    statement(db, 'DELETE FROM shard_terms WHERE kind = ? AND source_no = ?').run(kind, sourceNo);
  }
}
