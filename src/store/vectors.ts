// Search by meaning: the vectors of places, beside the text of full-text/. A row is kept in two forms. The signs of a vector (1 bit
// a dimension) are compared with a query's over the whole library; the nearest of them are then compared by their codes (int8).
// Reading one bit in place of 32 is what makes a million rows a matter of a fifth of a second (bench/vectors.ts); plain tables with
// the functions of sqlite-vec (https://alexgarcia.xyz/sqlite-vec/api-reference.html) were three times as fast as its vec0 tables,
// follow their source when it goes, and can be written without the extension.
import { createRequire } from 'node:module';
import { VectorsUnavailableError } from './errors.ts';
import type { NearPlace, PlacedVector, VectorCount, VectorFilter, VectorModel } from './library.ts';
import { statement, type Db } from './statement.ts';
import { codesOf, signsOf } from './vector-codes.ts';

interface NearRow {
  readonly source_id: string;
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly page_index: number | null;
  readonly distance: number;
}

/** Rows whose codes are compared for each one wanted: signs alone order near neighbours only roughly. */
const OVERSAMPLING = 16;
const MIN_CANDIDATES = 1000;

/** All vectors of a source, in place of those it had. */
export function insertVectors(db: Db, sourceNo: number, model: VectorModel, vectors: readonly PlacedVector[]): void {
  deleteVectors(db, sourceNo);
  const modelNo = numberOf(db, model);
  statement(db, 'INSERT INTO embedded_sources VALUES (?, ?, ?)').run(sourceNo, modelNo, model.version);
  const insertCodes = statement<{ id: number }>(
    db,
    `INSERT INTO vector_codes (source_no, start_ms, end_ms, page_index, codes) VALUES (?, ?, ?, ?, ?) RETURNING id`,
  );
  const insertSigns = statement(db, 'INSERT INTO vector_signs VALUES (?, ?, ?)');
  for (const { startMs, endMs, pageIndex, vector } of vectors) {
    const { id } = insertCodes.get(sourceNo, startMs, endMs, pageIndex, codesOf(vector))!;
    insertSigns.run(sourceNo, id, signsOf(vector));
  }
}

function deleteVectors(db: Db, sourceNo: number): void {
  for (const table of ['vector_signs', 'vector_codes', 'embedded_sources']) {
    statement(db, `DELETE FROM ${table} WHERE source_no = ?`).run(sourceNo);
  }
}

/** Whether a source's vectors are this model's. */
export function hasVectors(db: Db, sourceNo: number, { identity, dimensions, version }: VectorModel): boolean {
  const row = statement(
    db,
    `SELECT 1 FROM embedded_sources JOIN vector_models USING (model_no)
     WHERE source_no = ? AND identity = ? AND dimensions = ? AND version = ?`,
  ).get(sourceNo, identity, dimensions, version);
  return row !== undefined;
}

/** Sources with vectors, by the model that made them. */
export function countVectors(db: Db): VectorCount[] {
  return statement<VectorCount>(
    db,
    `SELECT identity, count(*) AS sources FROM embedded_sources JOIN vector_models USING (model_no)
     GROUP BY model_no ORDER BY name`,
  ).all();
}

/** Best first. @throws VectorsUnavailableError where sqlite-vec can't be loaded */
export function selectNearest(
  db: Db,
  model: Omit<VectorModel, 'name'>,
  vector: Float32Array,
  filter: VectorFilter,
): NearPlace[] {
  const sources = sourcesOf(db, model, filter);
  if (sources.length === 0) return [];
  loadExtension(db);
  const rows = statement<NearRow>(
    db,
    `WITH near AS MATERIALIZED (
       SELECT id FROM vector_signs
       WHERE source_no IN (SELECT value FROM json_each(@sources))
       ORDER BY vec_distance_hamming(vec_bit(signs), vec_bit(@signs)) LIMIT @numCandidates),
     best AS MATERIALIZED (
       SELECT source_no, start_ms, end_ms, page_index, vec_distance_cosine(vec_int8(codes), vec_int8(@codes)) AS distance
       FROM near JOIN vector_codes USING (id) ORDER BY distance LIMIT @limit)
     SELECT sources.id AS source_id, start_ms, end_ms, page_index, distance
     FROM best JOIN sources ON no = source_no ORDER BY distance`,
  ).all({
    sources: JSON.stringify(sources),
    signs: signsOf(vector),
    codes: codesOf(vector),
    numCandidates: Math.max(MIN_CANDIDATES, OVERSAMPLING * filter.limit),
    limit: filter.limit,
  });
  return rows.map((row) => ({
    sourceId: row.source_id,
    startMs: row.start_ms,
    endMs: row.end_ms,
    pageIndex: row.page_index,
    similarity: 1 - row.distance,
  }));
}

/** Numbers of the sources that have vectors of the model and pass the filter. */
function sourcesOf(
  db: Db,
  { identity, dimensions, version }: Omit<VectorModel, 'name'>,
  { sourceIds, sourceKind }: VectorFilter,
): number[] {
  return statement(
    db,
    `SELECT no FROM embedded_sources JOIN vector_models USING (model_no) JOIN sources ON no = source_no
     WHERE identity = @identity AND dimensions = @dimensions AND version = @version
       AND (@kind IS NULL OR kind = @kind) AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))`,
  )
    .pluck()
    .all({
      identity,
      dimensions,
      version,
      kind: sourceKind ?? null,
      ids: sourceIds === undefined ? null : JSON.stringify(sourceIds),
    }) as number[];
}

function numberOf(db: Db, { identity, dimensions, name }: VectorModel): number {
  return statement<{ model_no: number }>(
    db,
    `INSERT INTO vector_models (identity, dimensions, name) VALUES (?, ?, ?)
     ON CONFLICT (identity, dimensions) DO UPDATE SET name = excluded.name RETURNING model_no`,
  ).get(identity, dimensions, name)!.model_no;
}

const extended = new WeakSet<Db>();

/** At the first search by meaning of a connection: others never pay for it. */
function loadExtension(db: Db): void {
  if (extended.has(db)) return;
  try {
    const { getLoadablePath } = createRequire(import.meta.url)('sqlite-vec') as { getLoadablePath: () => string };
    db.loadExtension(getLoadablePath());
  } catch (error) {
    throw new VectorsUnavailableError(error);
  }
  extended.add(db);
}
