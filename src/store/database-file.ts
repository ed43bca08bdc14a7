// The file that a library's database is in. Apart from what opens it, so that whoever only names it or weighs it loads no SQLite.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

export const DATABASE_FILE = 'library.db';

/** With the log of what was written last; 0 where there is none. */
export async function databaseBytes(folder: string): Promise<number> {
  const sizes = await Promise.all(
    [DATABASE_FILE, `${DATABASE_FILE}-wal`].map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((total, size) => total + size, 0);
}
