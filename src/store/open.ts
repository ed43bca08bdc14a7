// Opens the database file of a library: one SQLite file in WAL mode (https://www.sqlite.org/wal.html), so that readers
// and one writer at a time, from any number of processes, don't disturb each other. Knows files, locks and pragmas; no tables.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from './database-file.ts';
import {
  findUnopenedReason,
  isBusy,
  isUnwritable,
  LibraryNotFoundError,
  NotALibraryError,
  translateError,
} from './errors.ts';
import type { ReportReindexing } from './full-text/reindex.ts';
import { migrate } from './migrations.ts';
import type { Db } from './statement.ts';

export interface OpenOptions {
  /** Creates nothing and changes nothing; the library must exist. */
  readonly readonly?: boolean;
  /** How long to wait for another program's write before giving up. */
  readonly lockTimeoutMs?: number;
  /** Told how far it is while the words of an older library are indexed anew, which may take minutes. */
  readonly onReindex?: ReportReindexing | undefined;
}

/** "LECT" in ASCII: SQLite's application_id, which tells our file from any other database. */
const APPLICATION_ID = 0x4c454354;

export const DEFAULT_LOCK_TIMEOUT_MS = 30_000;

/** SQLite waits this long inside one call, which blocks the event loop; longer waits are made of several calls. */
const BUSY_TIMEOUT_MS = 100;

export async function openDatabase(
  folder: string,
  { readonly = false, lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS, onReindex }: OpenOptions,
): Promise<Db> {
  const file = join(folder, DATABASE_FILE);
  try {
    if (readonly && !existsSync(file)) throw new LibraryNotFoundError(folder);
    if (!readonly) makeFolder(folder);
    return await retryWhileBusy(() => (readonly ? openToRead(file) : openToWrite(file, onReindex)), lockTimeoutMs);
  } catch (error) {
    throw translateError(findUnopenedReason(error, folder, file), folder);
  }
}

/** With the folders above it. mkdirSync's own `recursive` never ends on a file system that has no room for folders, such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

function openToWrite(file: string, onReindex?: ReportReindexing): Db {
  return prepared(new Database(file, { timeout: BUSY_TIMEOUT_MS }), (db) => {
    checkIsLibrary(db, file);
    // Switching to WAL takes a lock even when nothing changes, so it is only done once per file.
    if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
    // In WAL mode NORMAL survives the death of the process; a power cut can lose the last transactions, never mix them.
    db.pragma('synchronous = NORMAL');
    // The pages of frequent terms change with every source; a longer log writes them into the file less often.
    db.pragma('wal_autocheckpoint = 8000');
    db.pragma('journal_size_limit = 67108864');
    migrate(db, { file, readonly: false, applicationId: APPLICATION_ID, onReindex });
  });
}

function openToRead(file: string): Db {
  const prepareToRead = (db: Db) =>
    prepared(db, () => {
      checkIsLibrary(db, file);
      migrate(db, { file, readonly: true, applicationId: APPLICATION_ID });
    });
  try {
    return prepareToRead(new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS }));
  } catch (error) {
    // Readers of a WAL database write too: into the index of its log. Where the folder can't be written nobody can be
    // changing the library either, so with no log left to read, a copy of the file in memory says the same.
    if (!isUnwritable(findUnopenedReason(error, dirname(file), file)) || existsSync(`${file}-wal`)) throw error;
    return prepareToRead(new Database(copyWithoutLog(file), { readonly: true }));
  }
}

/** The bytes of a database, marked as one that needs no log: https://www.sqlite.org/fileformat2.html section 1.3.3. */
function copyWithoutLog(file: string): Buffer {
  const bytes = readFileSync(file);
  bytes.fill(1, 18, 20);
  return bytes;
}

/** The connection after its first statements; closed where one of them fails. */
function prepared(db: Db, prepare: (db: Db) => void): Db {
  try {
    db.pragma('cache_size = -65536');
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A fresh file is 0; anything else with tables in it belongs to another program and stays untouched. */
function checkIsLibrary(db: Db, file: string): void {
  // One transaction, so that both answers are from before or from after another process created the tables.
  const belongsToUs = db.transaction(() => {
    const applicationId = db.pragma('application_id', { simple: true });
    if (applicationId !== 0) return applicationId === APPLICATION_ID;
    return db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  })();
  if (!belongsToUs) throw new NotALibraryError(file);
}

/** Runs an operation again while another process holds the lock, without blocking the event loop in between. */
export async function retryWhileBusy<T>(operation: () => T, lockTimeoutMs: number): Promise<T> {
  const deadline = performance.now() + lockTimeoutMs;
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    // A random pause, so that two writers don't meet again at the same moment.
    await sleep(2 + Math.random() * 20);
  }
}
