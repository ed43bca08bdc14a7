// Whether a library's file is whole: asked by whoever wants to know, and where something failed that never should.
import { LecternError } from '../errors.ts';
import type { Library } from './library.ts';
import { statement, type Db } from './statement.ts';

interface OrphanRow {
  readonly table: string;
  readonly parent: string;
}

/** What is damaged first of all: pages, rows that break their table's rules, rows of sources that are not there. undefined where nothing is. */
export function findDamage(db: Db): string | undefined {
  const [finding] = db.pragma('integrity_check(1)') as { integrity_check: string }[];
  if (finding?.integrity_check !== 'ok') return finding?.integrity_check ?? 'no answer from SQLite';
  const orphan = statement<OrphanRow>(db, 'SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1').get();
  return orphan && `rows of ${orphan.table} belong to rows of ${orphan.parent} that are not there`;
}

/** The error to tell in place of one that is not ours: where the library turns out to be damaged, its rows were the cause. */
export async function explainByDamage(error: unknown, library: Library): Promise<unknown> {
  if (error instanceof LecternError) return error;
  return library.checkIntegrity().then(
    () => error,
    (damage: unknown) => (damage instanceof LecternError ? damage : error),
  );
}
