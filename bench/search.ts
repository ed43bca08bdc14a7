// How long a search takes among a million events, beside the plain way with SQLite's FTS5 over the same rows in the same run.
// The databases are built once and kept in the system's temporary folder (lectern-bench/). Smaller: `--rows 100000`.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { search } from '../src/query/search.ts';
import type { PassageQuery } from '../src/store/library.ts';
import { SCHEMA_VERSION } from '../src/store/migrations.ts';
import { DATABASE_FILE } from '../src/store/database-file.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import { Corpus, seededRandom, type CorpusSource } from './search-corpus.ts';
import { median, printTable, quantile, saveTable } from './table.ts';

const SEED = 7;
const NUM_SOURCES = 2_000;
const QUERIES_PER_CLASS = 300;
/** FTS5 answers only so many of them: it needs minutes for the frequent terms. */
const PLAIN_QUERIES = 60;
const AGREEMENT_QUERIES = 50;
const LIMIT = 20;
/** What `lectern search` gives unless told otherwise. */
const USER_LIMIT = 10;
const TITLE_WEIGHT = 3;

interface BenchQuery {
  readonly query: PassageQuery;
  /** The same for FTS5. */
  readonly match: string;
  /** The same as somebody types it. */
  readonly typed: string;
}

const numRows = Number(process.argv[process.argv.indexOf('--rows') + 1] ?? NaN) || 1_000_000;
const corpus = new Corpus({ numRows, numSources: Math.ceil((NUM_SOURCES * numRows) / 1_000_000), seed: SEED });
const folder = join(tmpdir(), 'lectern-bench', `search-v${SCHEMA_VERSION}-${numRows}-${SEED}`);
const buildTable = existsSync(folder) ? [] : [await build()];

await using library = await openLibrary(folder, { readonly: true });
using plain = {
  db: new Database(join(folder, 'plain.db'), { readonly: true }),
  [Symbol.dispose]: () => plain.db.close(),
};

const ids = (await library.listSources()).map(({ id }) => id);
const random = seededRandom(SEED + 2);
const classes: Record<string, BenchQuery[]> = {
  'one term': queries(() => anyOf(1)),
  'three terms': queries(() => anyOf(3)),
  'three frequent terms': queries(() => anyOf(3, 300)),
  'phrase of 2 or 3 words': queries(phrase),
  'three terms in one source': queries(() => filtered(anyOf(3), { sourceIds: [pick(ids)] })),
  'three terms in documents': queries(() => filtered(anyOf(3), { sourceKind: 'document' })),
};

const tables = [...buildTable, await timings(), await userTimings(), await agreement()];
saveTable('search', ...tables);

/** Rows go into both databases, a source at a time; ours is what saveSource does, events and all. */
async function build(): Promise<string> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  let oursMs = 0;
  let plainMs = 0;
  {
    await using ours = await openLibrary(unfinished);
    const db = new Database(join(unfinished, 'plain.db'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(`
      CREATE TABLE events (id INTEGER PRIMARY KEY, source TEXT, source_kind TEXT, start_ms INTEGER, title TEXT, text TEXT);
      CREATE INDEX events_by_source ON events (source);
      CREATE VIRTUAL TABLE fts USING fts5 (title, text, content = events, content_rowid = id,
        tokenize = 'porter unicode61 remove_diacritics 2');
    `);
    const insertEvent = db.prepare('INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?)');
    const insertText = db.prepare('INSERT INTO fts (rowid, title, text) VALUES (?, ?, ?)');
    const insertAll = db.transaction(({ record, events }: CorpusSource) => {
      for (const { place, title, summary } of events) {
        const startMs = place.kind === 'time' ? place.startMs : null;
        const { lastInsertRowid } = insertEvent.run(record.id, record.kind, startMs, title, summary);
        insertText.run(lastInsertRowid, title, summary);
      }
    });
    const empty = {
      captions: null,
      slides: [],
      slideTexts: [],
      pages: [],
      document: null,
      chapters: [],
      summary: null,
    };
    for (const source of corpus.sources()) {
      let start = performance.now();
      await ours.saveSource(source.record, { ...empty, events: source.events });
      oursMs += performance.now() - start;
      start = performance.now();
      insertAll(source);
      plainMs += performance.now() - start;
    }
    db.close();
  }
  renameSync(unfinished, folder);
  const row = (name: string, ms: number, file: string) => {
    return [
      name,
      Math.round(numRows / (ms / 1000)).toString(),
      (statSync(join(folder, file)).size / 2 ** 20).toFixed(0),
    ];
  };
  return printTable(
    `Writing ${numRows} events of 12 to 23 words, one transaction a source`,
    ['store', 'rows/s', 'MiB'],
    [
      row('Lectern: all rows of a source, events and passages', oursMs, DATABASE_FILE),
      row('plain: one table of rows and FTS5 beside it', plainMs, 'plain.db'),
    ],
  );
}

async function timings(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, list] of Object.entries(classes)) {
    const ours: number[] = [];
    const plainTimes: number[] = [];
    for (const { query } of list.slice(0, 20)) await library.searchPassages(query);
    for (const [i, one] of list.entries()) {
      let start = performance.now();
      await library.searchPassages(one.query);
      ours.push(performance.now() - start);
      if (i >= PLAIN_QUERIES) continue;
      start = performance.now();
      searchPlain(one);
      plainTimes.push(performance.now() - start);
    }
    rows.push([name, ...spread(ours), ...spread(plainTimes)]);
  }
  const header = ['query', 'p50', 'p95', 'max', 'FTS5 p50', 'FTS5 p95', 'FTS5 max'];
  return printTable(
    `Search among ${numRows} events, best ${LIMIT}, ms, ${QUERIES_PER_CLASS} queries each`,
    header,
    rows,
  );
}

/**
 * What `lectern search` does once the library is open: other spellings, compounds and synonyms looked up, phrases preferred,
 * moments and pages ranked, hits with excerpts. CPU time beside it, since other work on the machine shifts only the wall's.
 */
async function userTimings(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, list] of Object.entries(classes)) {
    const wall: number[] = [];
    const cpu: number[] = [];
    const requests = list.map(({ typed, query: { sourceIds, sourceKind } }) => {
      return {
        query: typed,
        limit: USER_LIMIT,
        ...(sourceIds && { sourceIds }),
        ...(sourceKind && { kind: sourceKind }),
      };
    });
    for (const request of requests.slice(0, 20)) await search(library, request);
    for (const request of requests) {
      const start = performance.now();
      const cpuStart = process.threadCpuUsage();
      await search(library, request);
      wall.push(performance.now() - start);
      const { user, system } = process.threadCpuUsage(cpuStart);
      cpu.push((user + system) / 1000);
    }
    rows.push([name, ...spread(wall), ...spread(cpu).slice(0, 2)]);
  }
  return printTable(
    `The whole path of \`lectern search\` among ${numRows} events, best ${USER_LIMIT}, ms, ${QUERIES_PER_CLASS} queries each`,
    ['query', 'p50', 'p95', 'max', 'CPU p50', 'CPU p95'],
    rows,
  );
}

/** Both rank by BM25 with the same weights; their inverse document frequencies differ slightly, for frequent terms more. */
async function agreement(): Promise<string> {
  const rows: string[][] = [];
  for (const name of ['one term', 'three terms'] as const) {
    let same = 0;
    let total = 0;
    for (const { query, match } of classes[name]!.slice(0, AGREEMENT_QUERIES)) {
      const theirs = plain.db
        .prepare<unknown[], { rowid: number; score: number }>(
          `SELECT rowid, -bm25(fts, ${TITLE_WEIGHT}, 1) AS score FROM fts WHERE fts MATCH ? ORDER BY score DESC LIMIT 500`,
        )
        .all(match);
      // A hit that FTS5 scores like its own tenth is as good as that.
      const tenth = theirs[Math.min(9, theirs.length - 1)]?.score ?? 0;
      const good = new Set(theirs.filter(({ score }) => score >= tenth - 1e-9).map(({ rowid }) => rowid));
      const ours = await library.searchPassages({ ...query, limit: 10 });
      same += ours.filter(({ id }) => good.has(id)).length;
      total += ours.length;
    }
    rows.push([name, `${((100 * same) / total).toFixed(1)} %`]);
  }
  return printTable(
    'Best ten that are also among the best ten of FTS5 bm25() over all matches',
    ['query', 'shared'],
    rows,
  );
}

function searchPlain({ query, match }: BenchQuery): unknown[] {
  const filter = query.sourceIds?.[0] ?? query.sourceKind;
  if (filter === undefined) {
    return plain.db
      .prepare(
        `SELECT id, start_ms, events.title, events.text FROM fts JOIN events ON id = fts.rowid
         WHERE fts MATCH ? ORDER BY rank LIMIT ${LIMIT}`,
      )
      .all(match);
  }
  const column = query.sourceIds ? 'source' : 'source_kind';
  return plain.db
    .prepare(
      `SELECT id, start_ms, events.title, events.text FROM fts JOIN events ON id = fts.rowid
       WHERE fts MATCH ? AND ${column} = ? ORDER BY rank LIMIT ${LIMIT}`,
    )
    .all(match, filter);
}

function queries(make: () => BenchQuery): BenchQuery[] {
  return Array.from({ length: QUERIES_PER_CLASS }, make);
}

/** Words whose rank is uniform on a logarithmic scale, so frequent and rare ones come alike. */
function anyOf(count: number, maxRank = 50_000): BenchQuery {
  const words = Array.from({ length: count }, () => corpus.vocabulary[Math.floor(maxRank ** random()) - 1]!);
  return {
    query: { anyOf: words, limit: LIMIT },
    match: words.map((word) => `"${word}"`).join(' OR '),
    typed: words.join(' '),
  };
}

/** Words that follow each other in some event. */
function phrase(): BenchQuery {
  const id = 1 + Math.floor(random() * numRows);
  const { text } = plain.db.prepare<unknown[], { text: string }>('SELECT text FROM events WHERE id = ?').get(id)!;
  const words = text.split(' ');
  const count = 2 + Math.floor(random() * 2);
  const start = Math.floor(random() * (words.length - count));
  const found = words.slice(start, start + count);
  const quoted = `"${found.join(' ')}"`;
  return { query: { anyOf: [], allOf: [found], limit: LIMIT }, match: quoted, typed: quoted };
}

function filtered({ query, ...same }: BenchQuery, filter: Partial<PassageQuery>): BenchQuery {
  return { query: { ...query, ...filter }, ...same };
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function spread(times: readonly number[]): string[] {
  return [median(times), quantile(times, 0.95), Math.max(...times)].map((ms) => ms.toFixed(ms < 10 ? 2 : 1));
}
