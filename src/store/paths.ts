// What each path held when it was last read, so that an unchanged file need not be read again.
import { statement, type Db } from './statement.ts';

export interface PathRecord {
  readonly contentHash: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export function selectPath(db: Db, path: string): PathRecord | undefined {
  return statement<PathRecord>(
    db,
    'SELECT content_hash AS contentHash, size, mtime_ms AS mtimeMs FROM paths WHERE path = ?',
  ).get(path);
}

export function upsertPath(db: Db, path: string, { contentHash, size, mtimeMs }: PathRecord): void {
  statement(db, 'INSERT OR REPLACE INTO paths VALUES (?, ?, ?, ?)').run(path, contentHash, size, mtimeMs);
}

/** Another path that was last seen holding this content. */
export function otherPathOf(db: Db, contentHash: string, path: string): string | undefined {
  return statement<{ path: string }>(
    db,
    'SELECT path FROM paths WHERE content_hash = ? AND path <> ? ORDER BY path',
  ).get(contentHash, path)?.path;
}

export function deletePathsOf(db: Db, contentHash: string): void {
  statement(db, 'DELETE FROM paths WHERE content_hash = ?').run(contentHash);
}
