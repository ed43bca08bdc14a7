// Where a source is read from when several paths hold its content: where it was before, unless it is gone from there, or only a
// copy of it has captions beside it. So a second copy changes nothing, and a file that was moved is found at its new place.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findCompanionCaptions } from '../src/ingest/captions/companions.ts';
import type { Input } from '../src/ingest/discover.ts';
import type { Library, SourceRecord } from '../src/store/library.ts';

/** `input`, or as it lies at the path where `known`, of the same content, was read from. */
export async function placeOf(known: SourceRecord | undefined, input: Input, library: Library): Promise<Input> {
  if (known === undefined || known.path === input.path || !(await isStillThere(known, library))) return input;
  const isMedia = input.kind === 'media';
  if (isMedia && (await hasCompanions(input.path)) && !(await hasCompanions(known.path))) return input;
  return { ...input, path: known.path };
}

/** The source at another path, where nothing but that has changed; a title that was the file's name follows it. */
export async function moveSource(source: SourceRecord, to: string, library: Library): Promise<SourceRecord> {
  if (source.path === to) return source;
  const title = source.title === nameOf(source.path) ? nameOf(to) : source.title;
  await library.moveSource(source.id, to, title);
  return { ...source, path: to, title };
}

const nameOf = (file: string) => path.parse(file).name;

async function isStillThere({ path: file, contentHash }: SourceRecord, library: Library): Promise<boolean> {
  const remembered = await library.lookUpPath(file);
  if (remembered?.contentHash !== contentHash) return false;
  const found = await stat(file).catch(() => undefined);
  return found?.size === remembered.size && found.mtimeMs === remembered.mtimeMs;
}

async function hasCompanions(file: string): Promise<boolean> {
  return (await findCompanionCaptions(file)).length > 0;
}
