// Prepared statements, each prepared once for a connection.
import type Database from 'better-sqlite3';

export type Db = Database.Database;

const statements = new WeakMap<Db, Map<string, Database.Statement<unknown[]>>>();

/** The prepared statement for a text, prepared at its first use on this connection. */
export function statement<Row>(db: Db, sql: string): Database.Statement<unknown[], Row> {
  let ofDb = statements.get(db);
  if (!ofDb) statements.set(db, (ofDb = new Map<string, Database.Statement<unknown[]>>()));
  let prepared = ofDb.get(sql);
  if (!prepared) ofDb.set(sql, (prepared = db.prepare<unknown[]>(sql)));
  return prepared as Database.Statement<unknown[], Row>;
}
