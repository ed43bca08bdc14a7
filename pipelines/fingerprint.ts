// Which source an input is, and whether it has to be read: sha256 of its bytes names it, a fingerprint of everything that its rows
// depend on says whether they would come out the same.
import path from 'node:path';
import { transcriptionSettings, type Config } from '../src/config.ts';
import { canonicalJson, sha256, sha256File } from '../src/hash.ts';
import { findCompanionCaptions } from '../src/ingest/captions/companions.ts';
import type { Input } from '../src/ingest/discover.ts';
import { transcriberName } from '../src/ingest/speech/transcriber.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';
import type { Engine } from './engine.ts';
import { placeOf } from './source-place.ts';
import { STAGE_VERSIONS } from './stage-versions.ts';

/** A source's id. */
export const idOf = (contentHash: string) => contentHash.slice(0, 16);

export async function findIndexed(library: Library, contentHash: string): Promise<SourceRecord | undefined> {
  const known = await library.findSource(idOf(contentHash));
  return known?.status === 'indexed' ? known : undefined;
}

/** sha256 of the bytes; a file of the size and date that it had last time is not read again. */
export async function hashContent(input: Input, library: Library, signal?: AbortSignal): Promise<string> {
  const known = await library.lookUpPath(input.path);
  if (known && known.size === input.size && known.mtimeMs === input.mtimeMs) return known.contentHash;
  return sha256File(input.path, signal);
}

/** Everything that the rows of a source depend on. */
export async function fingerprintOf(
  input: Input,
  contentHash: string,
  { config, engine }: { readonly config: Config; readonly engine: Engine },
): Promise<string> {
  const companions = input.kind === 'media' ? await findCompanionCaptions(input.path) : [];
  const captionHashes = await Promise.all(
    companions.map(async (file) => [path.basename(file.path), await sha256File(file.path)]),
  );
  return sha256(
    canonicalJson({
      contentHash,
      captionHashes,
      engine: [engine.name, engine.version, ...(engine.identityFor ? [engine.identityFor(kindOf(input))] : [])],
      settings: { fps: config.fps, ocr: config.ocr, lang: config.lang },
      ...(input.kind === 'media' && { recogniser: transcriberName(transcriptionSettings(config)) }),
      stages: STAGE_VERSIONS,
    }),
  );
}

export const kindOf = ({ kind }: Input): SourceKind => (kind === 'media' ? 'video' : kind);

/** Whether indexing this input would do nothing. */
export async function isUnchanged(library: Library, input: Input, config: Config, engine: Engine): Promise<boolean> {
  const contentHash = await hashContent(input, library);
  const known = await findIndexed(library, contentHash);
  if (known === undefined) return false;
  const place = await placeOf(known, input, library);
  return known.fingerprint === (await fingerprintOf(place, contentHash, { config, engine }));
}
