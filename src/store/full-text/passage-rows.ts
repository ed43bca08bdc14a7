// The passages themselves: what a hit shows, and what is read of a source at a place.
import type { Passage, PassageKind, PassageRange } from '../library.ts';
import { statement, type Db } from '../statement.ts';
import { PASSAGE_KINDS } from './passages.ts';

interface PassageRow {
  readonly id: number;
  readonly kind: number;
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly page_index: number | null;
  readonly title: string;
  readonly text: string;
}

/** Passages of one source in order of place, kind by kind within one place. */
export function selectPassages(
  db: Db,
  { no, ...source }: { no: number; id: string; lang: string | null },
  { kinds = PASSAGE_KINDS, fromMs, toMs, pageIndex }: PassageRange,
): Passage[] {
  const inTime = fromMs !== undefined || toMs !== undefined;
  const conditions = [
    'id BETWEEN @firstId AND @lastId',
    ...(inTime ? ['end_ms > @fromMs AND start_ms < @toMs'] : []),
    ...(pageIndex === undefined ? [] : ['page_index = @pageIndex']),
  ];
  const select = statement<PassageRow>(db, `SELECT * FROM passages WHERE ${conditions.join(' AND ')}`);
  return selectShards(db, no, kinds)
    .flatMap(({ firstId, lastId }) =>
      select.all({
        firstId,
        lastId,
        ...(inTime && { fromMs: fromMs ?? -Infinity, toMs: toMs ?? Infinity }),
        ...(pageIndex !== undefined && { pageIndex }),
      }),
    )
    .map((row) => toPassage(row, source))
    .sort((a, b) => (a.startMs ?? a.pageIndex!) - (b.startMs ?? b.pageIndex!) || a.id - b.id);
}

/** Those of the ids that there are, in no order. One statement: hundreds of them cost twice as much. */
export function selectPassagesById(db: Db, ids: readonly number[]): PassageRow[] {
  return statement<PassageRow>(
    db,
    'SELECT passages.* FROM json_each(?) CROSS JOIN passages ON passages.id = value',
  ).all(JSON.stringify(ids));
}

export function toPassage(row: PassageRow, source: { id: string; lang: string | null }): Passage {
  return {
    id: row.id,
    sourceId: source.id,
    lang: source.lang,
    kind: PASSAGE_KINDS[row.kind]!,
    startMs: row.start_ms,
    endMs: row.end_ms,
    pageIndex: row.page_index,
    title: row.title,
    text: row.text,
  };
}

/** The ids of a source's passages, kind by kind. */
export function selectShards(
  db: Db,
  sourceNo: number,
  kinds: readonly PassageKind[],
): { kind: number; firstId: number; lastId: number }[] {
  return statement<{ kind: number; firstId: number; lastId: number }>(
    db,
    `SELECT kind, first_id AS firstId, first_id + num_passages - 1 AS lastId
     FROM shards WHERE source_no = ? ORDER BY kind`,
  )
    .all(sourceNo)
    .filter(({ kind }) => kinds.includes(PASSAGE_KINDS[kind]!));
}
