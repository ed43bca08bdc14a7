// The batch: paths in, one result per input out. Sources are read side by side within bounds, ahead of those that are with the model;
// one that fails is reported with its reason and touches no other; one that is unchanged costs a look at its size and date.
import path from 'node:path';
import PQueue from 'p-queue';
import { transcriptionSettings, type Config } from '../src/config.ts';
import { InputError, InterruptedError, LecternError, toErrorDetail } from '../src/errors.ts';
import { canonicalJson, sha256, sha256File } from '../src/hash.ts';
import { findCompanionCaptions } from '../src/ingest/captions/companions.ts';
import { discoverInputs, type Input } from '../src/ingest/discover.ts';
import { transcriberName } from '../src/ingest/speech/transcriber.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';
import { openEmbedder } from './embed-meaning.ts';
import type { Engine } from './engine.ts';
import { SharedWorkers, type IndexContext, type IndexReport } from './index-context.ts';
import { openEngine } from './open-engine.ts';
import { moveSource, placeOf } from './source-place.ts';
import { STAGE_VERSIONS } from './stage-versions.ts';

export interface IndexRequest {
  readonly paths: readonly string[];
  /** Index again even what is unchanged; stored stage outputs are still used unless `fresh`. */
  readonly force?: boolean;
  readonly signal: AbortSignal;
  readonly report: (event: IndexReport) => void;
  /** Takes the place of the engine that the settings name, and stays the caller's. */
  readonly engine?: Engine;
  /** Gets remarks that concern no one source: which models do what. */
  readonly note?: (remark: string) => void;
}

export interface IndexOutcome {
  readonly indexed: number;
  readonly unchanged: number;
  readonly failed: number;
}

export async function indexSources(library: Library, config: Config, request: IndexRequest): Promise<IndexOutcome> {
  const outcome = { indexed: 0, unchanged: 0, failed: 0 };
  const report = (event: IndexReport) => {
    if (event.type === 'source') outcome[event.status] += 1;
    request.report(event);
  };
  const { signal, note } = request;
  const onSwitch = (from: string, to: string) => note?.(`${from} makes room for ${to}.`);
  let hasTold = false;
  const onSnapshotFailure = (error: unknown) => {
    if (!hasTold) note?.(`What the model reads can't be kept for questions: ${toErrorDetail(error).message}`);
    hasTold = true;
  };
  const options = { signal, onSwitch, onSnapshotFailure };
  await using own = request.engine ? undefined : await openEngine(config, options);
  const engine = request.engine ?? own!;
  for (const choice of engine.choices ?? []) note?.(choice);
  await using embedder = await openEmbedder(config);
  const { inputs, refused } = await discoverInputs(request.paths, [library.folder]);
  for (const { path: file, error } of refused) {
    report({ type: 'source', path: file, status: 'failed', record: null, error: error.toDetail() });
  }

  await using shared = new SharedWorkers(config);
  const context = { library, config, engine, embedder, signal: request.signal, report, shared };
  const reading = new PQueue({ concurrency: config.jobs });
  const underWay: Promise<void>[] = [];
  const copies = new Map<string, Promise<void>>();
  for (const input of inputs) {
    void reading.add(async () => {
      if (request.signal.aborted) return;
      const { promise: isRead, resolve: handOver } = Promise.withResolvers<void>();
      const work = indexInput(input, request.force ?? false, { ...context, handOver }, copies);
      underWay.push(work);
      await Promise.race([isRead, work]);
    });
  }
  await reading.onIdle();
  await Promise.all(underWay);
  if (request.signal.aborted) throw new InterruptedError();
  return outcome;
}

/** `copies`: by content hash, the input of this run that is at it, or the last of several. */
async function indexInput(
  input: Input,
  force: boolean,
  context: IndexContext,
  copies: Map<string, Promise<void>>,
): Promise<void> {
  const { library, report, signal } = context;
  let contentHash: string | undefined;
  let fingerprint = '';
  const { promise: isDone, resolve: finish } = Promise.withResolvers<void>();
  try {
    contentHash = await hashContent(input, library, signal);
    const earlier = copies.get(contentHash);
    copies.set(contentHash, isDone);
    if (earlier) {
      context.handOver();
      await earlier;
    }
    const known = await findIndexed(library, contentHash);
    const place = await placeOf(known, input, library);
    fingerprint = await fingerprintOf(place, contentHash, context);
    if ((!force || earlier) && known?.fingerprint === fingerprint) {
      await library.rememberPath(input.path, contentHash, input.size, input.mtimeMs);
      const record = await moveSource(known, place.path, library);
      const status = (await giveVectors(record, input, context)) ? 'indexed' : 'unchanged';
      report({ type: 'source', path: input.path, status, record, error: null });
      return;
    }
    const indexInputOfKind = await storyOf(input);
    const { facts, content, isUnfinished } = await indexInputOfKind(place, contentHash, context);
    signal.throwIfAborted();
    const record: SourceRecord = {
      ...emptyRecord(place, contentHash, isUnfinished ? '' : fingerprint, context),
      ...facts,
      numEvents: content.events.length,
      status: 'indexed',
    };
    await library.saveSource(record, content);
    await library.rememberPath(input.path, contentHash, input.size, input.mtimeMs);
    await giveVectors(record, input, context);
    report({ type: 'source', path: input.path, status: 'indexed', record, error: null });
  } catch (error) {
    if (signal.aborted) return;
    const detail = toErrorDetail(explainUnreadable(error, input.path));
    await rememberFailure(input, contentHash, fingerprint, detail, context);
    report({ type: 'source', path: input.path, status: 'failed', record: null, error: detail });
  } finally {
    finish();
  }
}

/** Loaded when the first source of its kind comes: a manual needs no ffmpeg, a lecture no PDFs. */
async function storyOf({ kind }: Input) {
  if (kind === 'document') return (await import('./index-document.ts')).indexDocument;
  if (kind === 'media') return (await import('./index-video.ts')).indexVideo;
  return (await import('./index-transcript.ts')).indexTranscript;
}

/** The source is in the library by now, and found by its words whatever becomes of its vectors. Tells whether it got some. */
async function giveVectors(source: SourceRecord, { path: file }: Input, context: IndexContext): Promise<boolean> {
  const { library, embedder, signal, report } = context;
  if (!embedder) return false;
  const { embedSource } = await import('./embed-source.ts');
  try {
    const onProgress = (done: number, total: number) =>
      report({ type: 'progress', source: file, stage: 'vectors', done, total });
    // The record may name another path of this content, which may be gone.
    return await embedSource({ ...source, path: file }, { library, embedder, signal, onProgress });
  } catch (error) {
    signal.throwIfAborted();
    const message = `It got no vectors from ${embedder.model.name} and is found by words alone: ${toErrorDetail(error).message}`;
    report({ type: 'warning', source: file, message });
    return false;
  }
}

const idOf = (contentHash: string) => contentHash.slice(0, 16);

async function findIndexed(library: Library, contentHash: string): Promise<SourceRecord | undefined> {
  const known = await library.findSource(idOf(contentHash));
  return known?.status === 'indexed' ? known : undefined;
}

/** Whether indexing this input would do nothing. */
export async function isUnchanged(library: Library, input: Input, config: Config, engine: Engine): Promise<boolean> {
  const contentHash = await hashContent(input, library);
  const known = await findIndexed(library, contentHash);
  if (known === undefined) return false;
  const place = await placeOf(known, input, library);
  return known.fingerprint === (await fingerprintOf(place, contentHash, { config, engine }));
}

/** A file system's own refusal (removed meanwhile, no permission) said as one of ours. */
function explainUnreadable(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (error instanceof LecternError || !['ENOENT', 'EACCES', 'EPERM', 'EIO', 'EISDIR'].includes(code ?? ''))
    return error;
  return new InputError(`${file} could not be read (${code})`, {
    code: 'UNREADABLE',
    remedy: 'Check that the file is still there and that you may read it.',
    cause: error,
  });
}

/** sha256 of the bytes; a file of the size and date that it had last time is not read again. */
async function hashContent(input: Input, library: Library, signal?: AbortSignal): Promise<string> {
  const known = await library.lookUpPath(input.path);
  if (known && known.size === input.size && known.mtimeMs === input.mtimeMs) return known.contentHash;
  return sha256File(input.path, signal);
}

/** Everything that the rows of a source depend on. */
async function fingerprintOf(
  input: Input,
  contentHash: string,
  { config, engine }: Pick<IndexContext, 'config' | 'engine'>,
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

const kindOf = ({ kind }: Input): SourceKind => (kind === 'media' ? 'video' : kind);

function emptyRecord(input: Input, contentHash: string, fingerprint: string, { engine }: IndexContext): SourceRecord {
  return {
    id: idOf(contentHash),
    contentHash,
    path: input.path,
    kind: kindOf(input),
    title: path.basename(input.path, path.extname(input.path)),
    durationMs: null,
    numPages: null,
    numEvents: 0,
    status: 'failed',
    error: null,
    engine: engine.name,
    lang: null,
    video: null,
    fingerprint,
    indexedAt: new Date(),
  };
}

/** A failure is listed by `lectern sources`, unless an earlier run of the same content succeeded: that one stays. */
async function rememberFailure(
  input: Input,
  contentHash: string | undefined,
  fingerprint: string,
  error: SourceRecord['error'],
  context: IndexContext,
): Promise<void> {
  if (contentHash === undefined) return;
  try {
    if (await findIndexed(context.library, contentHash)) return;
    await context.library.saveSource(
      { ...emptyRecord(input, contentHash, fingerprint, context), error },
      {
        captions: null,
        slides: [],
        slideTexts: [],
        pages: [],
        document: null,
        events: [],
        chapters: [],
        summary: null,
      },
    );
    await context.library.rememberPath(input.path, contentHash, input.size, input.mtimeMs);
  } catch {
    // The library itself may be what failed (disk full): the report that follows says so.
  }
}
