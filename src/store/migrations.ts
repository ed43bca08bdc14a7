// The schema, as numbered steps. `PRAGMA user_version` says how far a file has come, so an up-to-date library opens
// without looking at a table; the table `migrations` records when each step ran.
import { LibraryNotFoundError, LibraryTooNewError, LibraryTooOldError } from './errors.ts';
import { insertTermEnds } from './full-text/compounds.ts';
import type { IsReadOtherwise, ReportReindexing } from './full-text/reindex.ts';
import { hasSpeakers, isGerman, isOtherThanEnglish, reindexWords } from './full-text/reindex.ts';
import type { Db } from './statement.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** What SQL alone can't do. */
  readonly fill?: (db: Db) => void;
  /** Whose words are read otherwise since: the passages that are there are indexed anew. */
  readonly rereadsWords?: IsReadOtherwise;
}

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'sources, their rows, artifacts and full text',
    sql: `
      CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;

      -- no: a small number for this source inside this file; id: what everyone else calls it.
      CREATE TABLE sources (
        no INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        content_hash TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('video', 'document', 'transcript')),
        title TEXT NOT NULL,
        duration_ms INTEGER,
        num_pages INTEGER,
        num_events INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('indexed', 'failed')),
        error TEXT,
        engine TEXT NOT NULL,
        lang TEXT,
        video TEXT,
        fingerprint TEXT NOT NULL,
        indexed_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX sources_by_path ON sources (path);

      CREATE TABLE paths (
        path TEXT PRIMARY KEY,
        content_hash TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ms REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX paths_by_hash ON paths (content_hash);

      -- payload: zstd. One payload may serve several contents; it goes when the last of them goes.
      CREATE TABLE artifacts (key TEXT PRIMARY KEY, stage TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
      CREATE TABLE artifact_uses (
        content_hash TEXT NOT NULL,
        key TEXT NOT NULL REFERENCES artifacts (key),
        used_at INTEGER NOT NULL,
        PRIMARY KEY (content_hash, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX artifact_uses_by_key ON artifact_uses (key);

      -- Either (start_ms, end_ms) or (page_index, end_page_index) is set, here and in chapters.
      CREATE TABLE events (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        start_ms INTEGER,
        end_ms INTEGER,
        page_index INTEGER,
        end_page_index INTEGER,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        evidence TEXT NOT NULL,
        engine TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('complete', 'partial')),
        note TEXT,
        PRIMARY KEY (source_no, ordinal)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE chapters (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        start_ms INTEGER,
        end_ms INTEGER,
        page_index INTEGER,
        end_page_index INTEGER,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        PRIMARY KEY (source_no, ordinal)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE summaries (
        source_no INTEGER PRIMARY KEY REFERENCES sources (no) ON DELETE CASCADE,
        overview TEXT NOT NULL,
        key_points TEXT NOT NULL,
        engine TEXT NOT NULL,
        lang TEXT NOT NULL
      ) STRICT;

      CREATE TABLE captions (
        source_no INTEGER PRIMARY KEY REFERENCES sources (no) ON DELETE CASCADE,
        origin TEXT NOT NULL,
        lang TEXT
      ) STRICT;
      CREATE TABLE cues (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL,
        text TEXT NOT NULL,
        speaker TEXT,
        PRIMARY KEY (source_no, ordinal)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE slide_states (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        slide_index INTEGER NOT NULL,
        state_index INTEGER NOT NULL,
        spans TEXT NOT NULL,
        still_ms INTEGER NOT NULL,
        PRIMARY KEY (source_no, ordinal)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE slide_texts (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        slide_index INTEGER NOT NULL,
        state_index INTEGER NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        confidence REAL NOT NULL,
        PRIMARY KEY (source_no, ordinal)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE documents (
        source_no INTEGER PRIMARY KEY REFERENCES sources (no) ON DELETE CASCADE,
        num_pages INTEGER NOT NULL,
        title TEXT,
        outline TEXT NOT NULL,
        outline_source TEXT NOT NULL CHECK (outline_source IN ('file', 'headings'))
      ) STRICT;
      CREATE TABLE pages (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        page_index INTEGER NOT NULL,
        label TEXT,
        text TEXT NOT NULL,
        headings TEXT NOT NULL,
        links TEXT NOT NULL,
        text_source TEXT NOT NULL CHECK (text_source IN ('text', 'ocr', 'none')),
        PRIMARY KEY (source_no, page_index)
      ) STRICT, WITHOUT ROWID;

      -- Full text (see full-text/). kind: position in PASSAGE_KINDS.
      CREATE TABLE passages (
        id INTEGER PRIMARY KEY,
        source_no INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        start_ms INTEGER,
        end_ms INTEGER,
        page_index INTEGER,
        title TEXT NOT NULL,
        text TEXT NOT NULL
      ) STRICT;
      -- A shard: the passages of one kind of one source. They have consecutive ids from first_id on.
      CREATE TABLE shards (
        kind INTEGER NOT NULL,
        source_no INTEGER NOT NULL,
        first_id INTEGER NOT NULL,
        num_passages INTEGER NOT NULL,
        num_tokens INTEGER NOT NULL,
        PRIMARY KEY (kind, source_no)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX shards_by_source ON shards (source_no);
      CREATE TABLE shard_terms (
        kind INTEGER NOT NULL,
        source_no INTEGER NOT NULL,
        term_ids BLOB NOT NULL,
        PRIMARY KEY (kind, source_no)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE) STRICT;
      -- The blobs: see full-text/postings.ts.
      CREATE TABLE postings (
        term_id INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        source_no INTEGER NOT NULL,
        num_passages INTEGER NOT NULL,
        occurrences BLOB NOT NULL,
        positions BLOB NOT NULL,
        PRIMARY KEY (term_id, kind, source_no)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 2,
    name: 'vectors of places',
    sql: `
      -- See vectors.ts. Vectors of different models, or cut to different lengths, are never compared.
      CREATE TABLE vector_models (
        model_no INTEGER PRIMARY KEY,
        identity TEXT NOT NULL,
        dimensions INTEGER NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (identity, dimensions)
      ) STRICT;
      -- version: of what is said about a place to the model. A source has the vectors of one model at a time, all or none.
      CREATE TABLE embedded_sources (
        source_no INTEGER PRIMARY KEY REFERENCES sources (no) ON DELETE CASCADE,
        model_no INTEGER NOT NULL REFERENCES vector_models (model_no),
        version INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE vector_codes (
        id INTEGER PRIMARY KEY,
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        start_ms INTEGER,
        end_ms INTEGER,
        page_index INTEGER,
        codes BLOB NOT NULL
      ) STRICT;
      CREATE INDEX vector_codes_by_source ON vector_codes (source_no);
      -- Narrow, because a search reads all of it, or all of some sources, in one go.
      CREATE TABLE vector_signs (
        source_no INTEGER NOT NULL REFERENCES sources (no) ON DELETE CASCADE,
        id INTEGER NOT NULL,
        signs BLOB NOT NULL,
        PRIMARY KEY (source_no, id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    name: 'events and cues by their times',
    sql: `
      -- What is said and shown at a time of a source, found without reading the texts of all that comes before it.
      CREATE INDEX events_by_start ON events (source_no, start_ms, ordinal, end_ms);
      CREATE INDEX cues_by_start ON cues (source_no, start_ms);
      -- No cue that lasts until a time begins earlier than this before it.
      ALTER TABLE captions ADD COLUMN longest_cue_ms INTEGER NOT NULL DEFAULT 0;
      UPDATE captions SET longest_cue_ms = (
        SELECT coalesce(max(end_ms - start_ms), 0) FROM cues WHERE cues.source_no = captions.source_no
      );
    `,
  },
  {
    version: 4,
    name: 'words by the language of their source',
    sql: 'CREATE INDEX sources_by_lang ON sources (lang);',
    rereadsWords: isOtherThanEnglish,
  },
  {
    version: 5,
    name: 'speakers in the full text',
    sql: `
      -- The title of a caption passage (kind 1) says who speaks in it.
      UPDATE passages SET title = (
        SELECT coalesce(group_concat(speaker, ', '), '') FROM (
          SELECT speaker FROM cues
          WHERE source_no = passages.source_no AND start_ms >= passages.start_ms AND start_ms < passages.end_ms
          GROUP BY speaker ORDER BY min(ordinal)
        )
      )
      FROM shards
      WHERE shards.kind = 1 AND id BETWEEN first_id AND first_id + num_passages - 1
        AND shards.source_no IN (SELECT source_no FROM cues WHERE speaker IS NOT NULL);
    `,
    rereadsWords: hasSpeakers,
  },
  {
    version: 6,
    name: 'ends of words',
    // Terms of languages that write compounds as one word, from their last letter to their first (see full-text/compounds.ts).
    sql: 'CREATE TABLE term_ends (reversed TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;',
    fill: (db) => {
      insertTermEnds(db, db.prepare("SELECT term FROM terms WHERE term LIKE '%@%'").pluck().all() as string[]);
    },
    // Fotos and Foto have one stem now.
    rereadsWords: isGerman,
  },
  {
    version: 7,
    name: 'times of words in cues',
    // ms from a word's beginning to the next one's, the first from the cue's, separated by spaces; NULL where captions have no such times.
    sql: 'ALTER TABLE cues ADD COLUMN word_steps TEXT;',
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)!.version;

/** Brings a database to the newest schema. Safe against another process doing the same at the same time. */
export function migrate(
  db: Db,
  {
    file,
    readonly,
    applicationId,
    onReindex,
  }: { file: string; readonly: boolean; applicationId: number; onReindex?: ReportReindexing | undefined },
): void {
  const found = userVersion(db);
  if (found === SCHEMA_VERSION) return;
  if (found > SCHEMA_VERSION) throw new LibraryTooNewError(file, found, SCHEMA_VERSION);
  if (readonly && found === 0) throw new LibraryNotFoundError(file);
  if (readonly) throw new LibraryTooOldError(file, found, SCHEMA_VERSION);
  db.transaction(() => {
    // Read again under the write lock: another process may have migrated in the meantime.
    const current = userVersion(db);
    const missing = MIGRATIONS.filter((migration) => migration.version > current);
    for (const { version, name, sql, fill } of missing) {
      db.exec(sql);
      fill?.(db);
      db.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run(version, name, Date.now());
    }
    const changes = missing.flatMap(({ rereadsWords }) => rereadsWords ?? []);
    if (changes.length > 0) reindexWords(db, changes, onReindex);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    db.pragma(`application_id = ${applicationId}`);
  }).immediate();
}

function userVersion(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}
