// How long a search by meaning takes among 100,000 and a million places, beside the time that memory needs to hand over the bytes
// once: of all vectors in float32, of their codes, of their signs. And what comparing signs first costs in hits.
// Libraries are made on first use in the system's temporary folder (lectern-bench/). Other sizes: `--rows 100000 --dimensions 2048`.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { getLoadablePath } from 'sqlite-vec';
import { sha256 } from '../src/hash.ts';
import type { Library, PlacedVector, SourceRecord, VectorModel } from '../src/store/library.ts';
import { SCHEMA_VERSION } from '../src/store/migrations.ts';
import { DATABASE_FILE } from '../src/store/database-file.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import { codesOf } from '../src/store/vector-codes.ts';
import { seededRandom } from './search-corpus.ts';
import { median, printTable, quantile, saveTable } from './table.ts';

const SEED = 11;
const ROWS_PER_SOURCE = 500;
const NUM_TOPICS = 1000;
/** Turned against each other in each row, they never come again. */
const NUM_NOISES = 500;
/** Beside a topic's length of 1: rows of one topic have a cosine of 0.6 to each other. */
const NOISE = 0.8;
const NUM_QUERIES = 40;
const LIMIT = 50;
/** Queries whose true neighbours are looked for among all. */
const NUM_EXACT = 12;
const TOP = 10;

const argument = (name: string) => Number(process.argv[process.argv.indexOf(name) + 1] ?? NaN) || undefined;
const sizes = argument('--rows') === undefined ? [100_000, 1_000_000] : [argument('--rows')!];
const dimensions = argument('--dimensions') ?? 1024;
const model: VectorModel = { name: 'bench', identity: 'bench', dimensions, version: 1 };

/** Bytes a second: a copy reads and writes each. */
function bandwidth(): number {
  const from = Buffer.alloc(256 * 2 ** 20, 1);
  const to = Buffer.alloc(from.length, 2);
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    from.copy(to);
    return (performance.now() - start) / 1000;
  });
  return (2 * from.length) / Math.min(...times);
}

/** Vectors around topics, as those of lectures are: a row's neighbours are of its topic, and differ from it. */
class Vectors {
  readonly #random = seededRandom(SEED);
  readonly #topics = Array.from({ length: NUM_TOPICS }, () => this.#newNoise());
  readonly #noises = Array.from({ length: NUM_NOISES }, () => this.#newNoise());

  row(): Float32Array {
    return this.#near(this.#pick(this.#topics));
  }

  query(): Float32Array {
    return this.#near(this.row());
  }

  #near(vector: Float32Array): Float32Array {
    const noise = this.#pick(this.#noises);
    const turn = Math.floor(this.#random() * dimensions);
    const mixed = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) mixed[i] = vector[i]! + NOISE * noise[(i + turn) % dimensions]!;
    return scaled(mixed);
  }

  #pick(of: readonly Float32Array[]): Float32Array {
    return of[Math.floor(this.#random() * of.length)]!;
  }

  /** Nearly normal: the sum of three even ones. */
  #newNoise(): Float32Array {
    const random = this.#random;
    return scaled(Float32Array.from({ length: dimensions }, () => random() + random() + random() - 1.5));
  }
}

function scaled(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return vector.map((value) => value / length);
}

function sourceOf(no: number): SourceRecord {
  const contentHash = sha256(`bench ${no}`);
  return {
    ...{ id: contentHash.slice(0, 16), contentHash, path: `/bench/${no}.mp4`, kind: 'video', title: `talk ${no}` },
    ...{ durationMs: 3_600_000, numPages: null, numEvents: 0, status: 'indexed', error: null, engine: 'reader' },
    ...{ lang: 'en', video: null, fingerprint: '', indexedAt: new Date(0) },
  };
}

async function build(numRows: number, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const vectors = new Vectors();
  {
    await using library = await openLibrary(unfinished);
    for (let first = 0; first < numRows; first += ROWS_PER_SOURCE) {
      const source = sourceOf(first);
      const places = Array.from({ length: ROWS_PER_SOURCE }, (_, i): PlacedVector => {
        return { startMs: i * 1000, endMs: (i + 1) * 1000, pageIndex: null, vector: vectors.row() };
      });
      const nothing = { captions: null, slides: [], slideTexts: [], pages: [], document: null, summary: null };
      await library.saveSource(source, { ...nothing, events: [], chapters: [] });
      await library.saveVectors(source.id, model, places);
    }
  }
  renameSync(unfinished, folder);
}

/** The best of all rows by their codes, every one compared: places, and milliseconds for each query. */
function exactNeighbours(folder: string, queries: readonly Float32Array[]) {
  const db = new Database(join(folder, DATABASE_FILE), { readonly: true });
  db.loadExtension(getLoadablePath());
  const select = db.prepare<unknown[], { id: string; start_ms: number }>(
    `SELECT sources.id, start_ms FROM vector_codes JOIN sources ON no = source_no
     ORDER BY vec_distance_cosine(vec_int8(codes), vec_int8(?)) LIMIT ${TOP}`,
  );
  const times: number[] = [];
  const places = queries.map((query) => {
    const start = performance.now();
    const rows = select.all(codesOf(query));
    times.push(performance.now() - start);
    return new Set(rows.map((row) => `${row.id} ${row.start_ms}`));
  });
  db.close();
  return { places, times };
}

/** Milliseconds of the wall, and of this thread: other work on the machine shifts only the wall's. */
async function timesOf(library: Library, queries: readonly Float32Array[], filter: { sourceIds?: string[] }) {
  const wall: number[] = [];
  const cpuStart = process.threadCpuUsage();
  for (const query of queries) {
    const start = performance.now();
    await library.nearestPlaces(model, query, { limit: LIMIT, ...filter });
    wall.push(performance.now() - start);
  }
  const { user, system } = process.threadCpuUsage(cpuStart);
  return { wall, cpu: (user + system) / 1000 / queries.length };
}

const bytesPerSec = bandwidth();
const rows: string[][] = [];
for (const numRows of sizes) {
  const folder = join(tmpdir(), 'lectern-bench', `vectors-v${SCHEMA_VERSION}-${numRows}-${dimensions}-${SEED}`);
  if (!existsSync(folder)) await build(numRows, folder);
  await using library = await openLibrary(folder, { readonly: true });
  const source = new Vectors();
  const queries = Array.from({ length: NUM_QUERIES }, () => source.query());
  await timesOf(library, queries.slice(0, 3), {});
  const all = await timesOf(library, queries, {});
  const one = await timesOf(library, queries, { sourceIds: [sourceOf(0).id] });
  const exact = exactNeighbours(folder, queries.slice(0, NUM_EXACT));
  let found = 0;
  for (const [q, truth] of exact.places.entries()) {
    const hits = await library.nearestPlaces(model, queries[q]!, { limit: TOP });
    found += hits.filter(({ sourceId, startMs }) => truth.has(`${sourceId} ${startMs}`)).length;
  }
  const limit = (bytesPerVector: number) => ((1000 * numRows * bytesPerVector) / bytesPerSec).toFixed(1);
  rows.push([
    ...[String(numRows), median(all.wall).toFixed(1), quantile(all.wall, 0.95).toFixed(1), all.cpu.toFixed(1)],
    one.cpu.toFixed(1),
    median(exact.times).toFixed(0),
    ...[limit(4 * dimensions), limit(dimensions), limit(dimensions / 8)],
    `${((100 * found) / (TOP * exact.places.length)).toFixed(1)} %`,
  ]);
}
const table = printTable(
  `Search by meaning, ${dimensions} dimensions, best ${LIMIT}, ms (memory: ${(bytesPerSec / 1e9).toFixed(1)} GB/s)`,
  [
    'places',
    'p50',
    'p95',
    'CPU',
    'in one source, CPU',
    'every code compared',
    'float32 read once',
    'codes',
    'signs',
    `true best ${TOP} found`,
  ],
  rows,
);
if (argument('--rows') === undefined && argument('--dimensions') === undefined) saveTable('vectors', table);
