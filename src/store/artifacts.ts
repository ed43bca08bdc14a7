// Stage outputs by key (a hash of input, stage, version and parameters), compressed. A use ties a payload to the content
// it was made for; a payload without uses is deleted.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { statement, type Db } from './statement.ts';

/** Outputs of work that never finished are kept this long for a resumed run to pick up. */
const KEEP_UNFINISHED_MS = 30 * 24 * 3_600_000;

/** A damaged one counts as none: what it held is made again, and put in its place. */
export function selectArtifact(db: Db, key: string): Uint8Array | undefined {
  const row = statement<{ payload: Uint8Array }>(db, 'SELECT payload FROM artifacts WHERE key = ?').get(key);
  try {
    return row && zstdDecompressSync(row.payload);
  } catch {
    return undefined;
  }
}

/** Outside the transaction: compressing is the slow part of storing an artifact. With a check of the bytes, which zstd leaves out by default. */
export function compressPayload(payload: Uint8Array): Uint8Array {
  return zstdCompressSync(payload, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

export function insertArtifact(db: Db, key: string, contentHash: string, stage: string, compressed: Uint8Array): void {
  statement(db, 'INSERT INTO artifacts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET payload = excluded.payload').run(
    key,
    stage,
    compressed,
  );
  statement(db, 'INSERT INTO artifact_uses VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET used_at = excluded.used_at').run(
    contentHash,
    key,
    Date.now(),
  );
}

/** Drops what only the given content used, and what interrupted work left behind long ago. */
export function deleteArtifactsOf(db: Db, contentHash: string): void {
  const unused = statement<{ key: string }>(
    db,
    `DELETE FROM artifact_uses
     WHERE content_hash = ? OR (used_at < ? AND content_hash NOT IN (SELECT content_hash FROM sources))
     RETURNING key`,
  ).all(contentHash, Date.now() - KEEP_UNFINISHED_MS);
  const deleteUnused = statement(
    db,
    'DELETE FROM artifacts WHERE key = @key AND NOT EXISTS (SELECT 1 FROM artifact_uses WHERE key = @key)',
  );
  for (const { key } of unused) deleteUnused.run({ key });
}
