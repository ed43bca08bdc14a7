// The first PDF that is named is read while the rest of the program loads, which takes as long as its first pages do.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { openEarly } from '../src/ingest/document/early-pdf.ts';
import type { Library } from '../src/store/library.ts';

/** Not one that the library knows as it is: nothing will be read of it. */
export async function readEarly(paths: readonly string[], library: Library): Promise<void> {
  const named = paths.find((one) => /\.pdf$/i.test(one));
  if (named === undefined) return;
  const file = path.resolve(named);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return;
  const known = await library.lookUpPath(file);
  if (known?.size !== found.size || known.mtimeMs !== found.mtimeMs) openEarly(file);
}
