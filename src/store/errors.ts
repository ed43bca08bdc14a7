// What can go wrong with a library, each with what the reader can do about it, and the one place where SQLite's result
// codes (https://www.sqlite.org/rescode.html) and the system's become these errors.
import { accessSync, constants, statSync } from 'node:fs';
import { LecternError } from '../errors.ts';

export class LibraryError extends LecternError {}

export class LibraryNotFoundError extends LibraryError {
  constructor(folder: string) {
    super(`There is no library in ${folder}`, {
      code: 'LIBRARY_NOT_FOUND',
      remedy: 'Index something first (lectern index PATH), or name the right folder with --library.',
    });
  }
}

export class NotALibraryError extends LibraryError {
  constructor(file: string, cause?: unknown) {
    super(`${file} is not a Lectern library`, {
      code: 'LIBRARY_INVALID',
      remedy: 'Name another folder with --library, or move that file away; Lectern has left it as it was.',
      cause,
    });
  }
}

export class LibraryTooNewError extends LibraryError {
  constructor(file: string, found: number, known: number) {
    super(`${file} has schema version ${found}; this Lectern knows versions up to ${known}`, {
      code: 'LIBRARY_TOO_NEW',
      remedy: 'Update Lectern, or use another folder with --library.',
    });
  }
}

export class LibraryTooOldError extends LibraryError {
  constructor(file: string, found: number, known: number) {
    super(`${file} has schema version ${found} and must become version ${known}, but it is open for reading only`, {
      code: 'LIBRARY_TOO_OLD',
      remedy: 'Run lectern index once on this library with permission to write; it is brought up to date in place.',
    });
  }
}

/** A search by meaning needs an extension of SQLite, which comes as a package for each platform. */
export class VectorsUnavailableError extends LibraryError {
  constructor(cause: unknown) {
    super(`sqlite-vec can't be loaded on ${process.platform}-${process.arch}`, {
      code: 'VECTORS_UNAVAILABLE',
      remedy: 'Run npm ci again with optional packages, or search by words alone (--words-only).',
      cause,
    });
  }
}

export class LibraryLockedError extends LibraryError {
  constructor(folder: string, cause: unknown) {
    super(`The library in ${folder} stayed locked by another program`, {
      code: 'LIBRARY_LOCKED',
      remedy: 'Wait for the other program to finish or end it, then run the command again; nothing was lost.',
      cause,
    });
  }
}

export class LibraryFullError extends LibraryError {
  constructor(folder: string, cause: unknown) {
    super(`There is no space left for the library in ${folder}`, {
      code: 'LIBRARY_FULL',
      remedy: 'Free some disk space and run the command again; what was written before is intact.',
      cause,
    });
  }
}

export class LibraryNoFolderError extends LibraryError {
  constructor(path: string, cause: unknown) {
    super(`${path} is a file, and a library is a folder`, {
      code: 'LIBRARY_NO_FOLDER',
      remedy: 'Name a folder with --library; one that is not there yet is made.',
      cause,
    });
  }
}

export class LibraryUnreadableError extends LibraryError {
  constructor(folder: string, cause: unknown) {
    super(`The library in ${folder} may not be read by you`, {
      code: 'LIBRARY_UNREADABLE',
      remedy: 'Give yourself read permission on the folder and the files in it, or use another one with --library.',
      cause,
    });
  }
}

export class LibraryReadOnlyError extends LibraryError {
  constructor(folder: string, cause?: unknown) {
    super(`The library in ${folder} can't be written`, {
      code: 'LIBRARY_READ_ONLY',
      remedy: 'Give yourself write permission on the folder and the files in it, or use another one with --library.',
      cause,
    });
  }
}

export class LibraryDamagedError extends LibraryError {
  constructor(folder: string, what: string, cause?: unknown) {
    // Of a table that can't be read SQLite quotes the definition, line by line.
    super(`The library in ${folder} is damaged: ${what.split('\n', 1)[0]!}`, {
      code: 'LIBRARY_DAMAGED',
      remedy: 'Move the library folder away and index again; the sources themselves are not touched.',
      cause,
    });
  }
}

export class LibraryIoError extends LibraryError {
  constructor(folder: string, cause: Error) {
    super(`The library in ${folder} can't be read or written: ${cause.message}`, {
      code: 'LIBRARY_IO',
      remedy: 'Check the disk, its free space, limits and permissions, then run the command again.',
      cause,
    });
  }
}

/** An id prefix that fits several sources. */
export class AmbiguousSourceError extends LibraryError {
  readonly candidates: readonly string[];

  constructor(prefix: string, candidates: readonly string[]) {
    super(`"${prefix}" fits more than one source: ${candidates.join(', ')}`, {
      code: 'SOURCE_AMBIGUOUS',
      remedy: 'Give more digits of the id, or the path.',
    });
    this.candidates = candidates;
  }
}

/** A column that doesn't hold what its table says; becomes a LibraryDamagedError, which knows the folder. */
export class UnexpectedColumnError extends Error {}

/** What SQLite says of a file whose tables, rows or format are not those that this schema has: no statement of ours is wrong by itself. */
const DAMAGED = /^SQLITE_(?:CORRUPT|CONSTRAINT|ERROR|MISMATCH|SCHEMA|FORMAT|TOOBIG)/;

/** SQLite's extended result code (`SQLITE_BUSY_SNAPSHOT`) or the system's (`ENOSPC`); undefined for other errors. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

/** The file or its folder may not be written. */
export function isUnwritable(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (code.startsWith('SQLITE_READONLY') || ['EACCES', 'EPERM', 'EROFS'].includes(code));
}

function isFull(code: string): boolean {
  // SHMSIZE: the index of the write-ahead log could not be made larger.
  return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(code);
}

/** SQLite says of many things only that a file can't be opened: the file system knows which of them it is. */
export function findUnopenedReason(error: unknown, folder: string, file: string): unknown {
  if (!codeOf(error)?.startsWith('SQLITE_CANTOPEN')) return error;
  const typeOf = (path: string) => statSync(path, { throwIfNoEntry: false });
  try {
    if (typeOf(folder)?.isFile()) return new LibraryNoFolderError(folder, error);
    if (typeOf(file)?.isDirectory()) return new NotALibraryError(file, error);
    for (const one of [file, `${file}-wal`, `${file}-shm`]) if (typeOf(one)) accessSync(one, constants.R_OK);
  } catch (refusal) {
    return isUnwritable(refusal) ? new LibraryUnreadableError(folder, refusal) : refusal;
  }
  try {
    accessSync(folder, constants.W_OK);
    return error;
  } catch (refusal) {
    return refusal;
  }
}

/** The error to show for one that SQLite or the file system threw; any other is returned as it is. */
export function translateError(error: unknown, folder: string): unknown {
  if (error instanceof UnexpectedColumnError) return new LibraryDamagedError(folder, error.message, error);
  const code = codeOf(error);
  if (code === undefined || error instanceof LecternError) return error;
  if (isBusy(error)) return new LibraryLockedError(folder, error);
  if (isFull(code)) return new LibraryFullError(folder, error);
  if (isUnwritable(error)) return new LibraryReadOnlyError(folder, error);
  if (code === 'SQLITE_NOTADB') return new NotALibraryError(folder, error);
  if (DAMAGED.test(code)) return new LibraryDamagedError(folder, (error as Error).message, error);
  if (code.startsWith('SQLITE_') || /^E[A-Z]+$/.test(code)) {
    return new LibraryIoError(folder, error as Error);
  }
  return error;
}
