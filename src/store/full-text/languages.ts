// The languages that sources are in, which say how a query's words may have been stemmed.
import { primaryLanguage } from '../../text/stem.ts';
import { statement, type Db } from '../statement.ts';
import { postingsCacheOf } from './postings-cache.ts';

/** Words of sources whose language isn't known, and Latin words in sources of other scripts, are read as English. */
const DEFAULT_LANGUAGE = 'en';

/** BCP 47 primary subtags. */
export function languagesOf(db: Db): readonly string[] {
  const cache = postingsCacheOf(db);
  cache.languages ??= [...new Set(selectLanguages(db).map((lang) => primaryLanguage(lang ?? DEFAULT_LANGUAGE)))];
  return cache.languages;
}

/** Those that a word may have been read in: English always. */
export function readingLanguagesOf(db: Db): readonly string[] {
  return [...new Set([DEFAULT_LANGUAGE, ...languagesOf(db)])];
}

/** Those of certain sources alone. */
export function languagesOfSources(db: Db, sourceIds: readonly string[]): readonly string[] {
  const rows = statement(
    db,
    'SELECT DISTINCT lang FROM sources WHERE id IN (SELECT value FROM json_each(?)) ORDER BY lang',
  )
    .pluck()
    .all(JSON.stringify(sourceIds)) as (string | null)[];
  return [...new Set(rows.map((lang) => primaryLanguage(lang ?? DEFAULT_LANGUAGE)))];
}

/** From one to the next by the index: a library has many sources and few languages. */
function selectLanguages(db: Db): (string | null)[] {
  return statement(
    db,
    `WITH RECURSIVE found (lang) AS (
       SELECT min(lang) FROM sources
       UNION ALL SELECT (SELECT min(lang) FROM sources WHERE lang > found.lang) FROM found WHERE found.lang IS NOT NULL
     ) SELECT lang FROM found WHERE lang IS NOT NULL
     UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 FROM sources WHERE lang IS NULL)`,
  )
    .pluck()
    .all() as (string | null)[];
}
