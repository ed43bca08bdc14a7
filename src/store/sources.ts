// The sources of a library: one row for each content, whatever number of paths hold it.
import type { ErrorDetail } from '../errors.ts';
import { isNumber, isString, orNull, shape } from '../shape.ts';
import { parseColumn } from './columns.ts';
import { AmbiguousSourceError, UnexpectedColumnError } from './errors.ts';
import type { SourceKind, SourceRecord, VideoFacts } from './library.ts';
import { statement, type Db } from './statement.ts';

interface SourceRow {
  readonly no: number;
  readonly id: string;
  readonly content_hash: string;
  readonly path: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly duration_ms: number | null;
  readonly num_pages: number | null;
  readonly num_events: number;
  readonly status: SourceRecord['status'];
  readonly error: string | null;
  readonly engine: string;
  readonly lang: string | null;
  readonly video: string | null;
  readonly fingerprint: string;
  readonly indexed_at: number;
}

/** A source with its number inside this database file, which other tables refer to. */
export interface NumberedSource {
  readonly no: number;
  readonly record: SourceRecord;
}

const isErrorDetail = shape<ErrorDetail>({ code: isString, message: isString, remedy: isString });
const isVideoFacts = shape<VideoFacts>({
  width: isNumber,
  height: isNumber,
  fps: orNull(isNumber),
  frames: isNumber,
  slides: isNumber,
});

const MIN_PREFIX_DIGITS = 4;

export function selectSources(db: Db): SourceRecord[] {
  return statement<SourceRow>(db, 'SELECT * FROM sources ORDER BY path, no')
    .all()
    .map((row) => toSource(row).record);
}

export function selectSourceById(db: Db, id: string): NumberedSource | undefined {
  const row = statement<SourceRow>(db, 'SELECT * FROM sources WHERE id = ?').get(id);
  return row && toSource(row);
}

export function selectSourceNo(db: Db, id: string): number | undefined {
  return statement(db, 'SELECT no FROM sources WHERE id = ?').pluck().get(id) as number | undefined;
}

export function selectLanguage(db: Db, no: number): string | null {
  return statement(db, 'SELECT lang FROM sources WHERE no = ?').pluck().get(no) as string | null;
}

export function selectSourceByHash(db: Db, contentHash: string): NumberedSource | undefined {
  const row = statement<SourceRow>(db, 'SELECT * FROM sources WHERE content_hash = ?').get(contentHash);
  return row && toSource(row);
}

/** Sources whose record names this path. */
export function selectSourcesAtPath(db: Db, path: string): NumberedSource[] {
  return statement<SourceRow>(db, 'SELECT * FROM sources WHERE path = ? ORDER BY indexed_at DESC')
    .all(path)
    .map(toSource);
}

/** The one source whose id begins with these hex digits; throws AmbiguousSourceError where there are several. */
export function selectSourceByPrefix(db: Db, prefix: string): NumberedSource | undefined {
  const digits = prefix.toLowerCase();
  if (digits.length < MIN_PREFIX_DIGITS || !/^[0-9a-f]+$/.test(digits)) return undefined;
  // 'g' sorts directly after the last hex digit, so the range is exactly the ids with this prefix.
  const rows = statement<SourceRow>(db, 'SELECT * FROM sources WHERE id >= ? AND id < ? ORDER BY id').all(
    digits,
    `${digits}g`,
  );
  if (rows.length > 1) {
    throw new AmbiguousSourceError(
      prefix,
      rows.map(({ id }) => id),
    );
  }
  return rows[0] && toSource(rows[0]);
}

/** Writes the record and returns the source's number: the given one, or a new one. */
export function insertSource(db: Db, source: SourceRecord, no: number | undefined): number {
  return statement<{ no: number }>(
    db,
    `INSERT INTO sources VALUES (@no, @id, @contentHash, @path, @kind, @title, @durationMs, @numPages, @numEvents, @status,
       @error, @engine, @lang, @video, @fingerprint, @indexedAt)
     RETURNING no`,
  ).get({
    ...source,
    no: no ?? null,
    error: source.error && JSON.stringify(source.error),
    video: source.video && JSON.stringify(source.video),
    indexedAt: source.indexedAt.getTime(),
  })!.no;
}

export function updateSourcePath(db: Db, no: number, path: string): void {
  statement(db, 'UPDATE sources SET path = ? WHERE no = ?').run(path, no);
}

export function updateSourcePlace(db: Db, id: string, path: string, title: string): void {
  statement(db, 'UPDATE sources SET path = ?, title = ? WHERE id = ?').run(path, title, id);
}

/** Rows that refer to the source go with it, except its full text (see full-text/). */
export function deleteSource(db: Db, no: number): void {
  statement(db, 'DELETE FROM sources WHERE no = ?').run(no);
}

function toSource(row: SourceRow): NumberedSource {
  const indexedAt = new Date(row.indexed_at);
  if (Number.isNaN(indexedAt.getTime())) throw new UnexpectedColumnError('column sources.indexed_at holds no time');
  return {
    no: row.no,
    record: {
      id: row.id,
      contentHash: row.content_hash,
      path: row.path,
      kind: row.kind,
      title: row.title,
      durationMs: row.duration_ms,
      numPages: row.num_pages,
      numEvents: row.num_events,
      status: row.status,
      error: row.error === null ? null : parseColumn(row.error, isErrorDetail, 'sources.error'),
      engine: row.engine,
      lang: row.lang,
      video: row.video === null ? null : parseColumn(row.video, isVideoFacts, 'sources.video'),
      fingerprint: row.fingerprint,
      indexedAt,
    },
  };
}
