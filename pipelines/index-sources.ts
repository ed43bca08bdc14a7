// The batch: paths in, one result per input out. Sources are read side by side within bounds, ahead of those that are with the model;
// one that fails is reported with its reason and touches no other; one that is unchanged costs a look at its size and date.
import path from 'node:path';
import PQueue from 'p-queue';
import type { Config } from '../src/config.ts';
import { InputError, InterruptedError, LecternError, toErrorDetail, type ErrorDetail } from '../src/errors.ts';
import { discoverInputs, type Input } from '../src/ingest/discover.ts';
import { explainByDamage } from '../src/store/integrity.ts';
import type { Library, SourceContent, SourceRecord } from '../src/store/library.ts';
import { openEmbedder } from './embed-meaning.ts';
import type { Embedder } from './embed-models.ts';
import type { Engine } from './engine.ts';
import { fingerprintOf, findIndexed, hashContent, idOf, kindOf } from './fingerprint.ts';
import { SharedWorkers, type IndexContext } from './index-context.ts';
import { openEngine } from './open-engine.ts';
import { moveSource, placeOf } from './source-place.ts';

/** What an index run tells its caller while it works; `source` is the input's absolute path. */
export type IndexReport =
  | {
      readonly type: 'progress';
      readonly source: string;
      readonly stage: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'warning'; readonly source: string; readonly message: string }
  | {
      readonly type: 'source';
      readonly path: string;
      readonly status: 'indexed' | 'unchanged' | 'failed';
      /** Null where the input failed before its content could be told. */
      readonly record: SourceRecord | null;
      readonly error: ErrorDetail | null;
    };

export interface IndexRequest {
  readonly paths: readonly string[];
  /** Index again even what is unchanged; stored stage outputs are still used. */
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

/** What all inputs of a run have in common. */
interface Run extends Pick<IndexContext, 'library' | 'config' | 'engine' | 'shared' | 'signal'> {
  /** Where an embedding model is installed. */
  readonly embedder: Embedder | undefined;
  readonly report: (event: IndexReport) => void;
  readonly force: boolean;
  /** By content hash, the input that is at it, or the last of several. */
  readonly copies: Map<string, Promise<void>>;
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
  const { force = false } = request;
  const run: Run = { library, config, engine, embedder, signal, report, shared, force, copies: new Map() };
  const reading = new PQueue({ concurrency: config.jobs });
  const underWay: Promise<void>[] = [];
  for (const input of inputs) {
    void reading.add(async () => {
      if (signal.aborted) return;
      const { promise: isRead, resolve: handOver } = Promise.withResolvers<void>();
      const work = indexInput(input, run, handOver);
      underWay.push(work);
      await Promise.race([isRead, work]);
    });
  }
  await reading.onIdle();
  await Promise.all(underWay);
  if (signal.aborted) throw new InterruptedError();
  return outcome;
}

async function indexInput(input: Input, run: Run, handOver: () => void): Promise<void> {
  const { library, signal, report, force, copies } = run;
  let contentHash: string | undefined;
  let fingerprint = '';
  const { promise: isDone, resolve: finish } = Promise.withResolvers<void>();
  try {
    contentHash = await hashContent(input, library, signal);
    const earlier = copies.get(contentHash);
    copies.set(contentHash, isDone);
    if (earlier) {
      handOver();
      await earlier;
    }
    const known = await findIndexed(library, contentHash);
    const place = await placeOf(known, input, library);
    fingerprint = await fingerprintOf(place, contentHash, run);
    if ((!force || earlier) && known?.fingerprint === fingerprint) {
      await keepUnchanged(known, place, input, run);
      return;
    }
    const story = await storyOf(input);
    const { facts, content, isUnfinished } = await story({
      ...run,
      input: place,
      contentHash,
      handOver,
      onProgress: (stage, done, total) => report({ type: 'progress', source: input.path, stage, done, total }),
      warn: (message) => report({ type: 'warning', source: input.path, message }),
    });
    signal.throwIfAborted();
    const record: SourceRecord = {
      ...emptyRecord(place, contentHash, isUnfinished ? '' : fingerprint, run),
      ...facts,
      numEvents: content.events.length,
      status: 'indexed',
    };
    await library.saveSource(record, content);
    await library.rememberPath(input.path, contentHash, input.size, input.mtimeMs);
    await giveVectors(record, input, run);
    report({ type: 'source', path: input.path, status: 'indexed', record, error: null });
  } catch (error) {
    if (signal.aborted) return;
    const detail = toErrorDetail(await explainByDamage(explainUnreadable(error, input.path), library));
    if (contentHash !== undefined) {
      await rememberFailure({ ...emptyRecord(input, contentHash, fingerprint, run), error: detail }, input, library);
    }
    report({ type: 'source', path: input.path, status: 'failed', record: null, error: detail });
  } finally {
    finish();
  }
}

/** What is indexed already may lie elsewhere by now, and get the vectors that it lacks. */
async function keepUnchanged(known: SourceRecord, place: Input, input: Input, run: Run): Promise<void> {
  const { library, report } = run;
  await library.rememberPath(input.path, known.contentHash, input.size, input.mtimeMs);
  const record = await moveSource(known, place.path, library);
  const status = (await giveVectors(record, input, run)) ? 'indexed' : 'unchanged';
  report({ type: 'source', path: input.path, status, record, error: null });
}

/** Loaded when the first source of its kind comes: a manual needs no ffmpeg, a lecture no PDFs. */
async function storyOf({ kind }: Input) {
  if (kind === 'document') return (await import('./index-document.ts')).indexDocument;
  if (kind === 'media') return (await import('./index-video.ts')).indexVideo;
  return (await import('./index-transcript.ts')).indexTranscript;
}

/** The source is in the library by now, and found by its words whatever becomes of its vectors. Tells whether it got some. */
async function giveVectors(source: SourceRecord, { path: file }: Input, run: Run): Promise<boolean> {
  const { library, embedder, signal, report } = run;
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

function emptyRecord(input: Input, contentHash: string, fingerprint: string, { engine }: Run): SourceRecord {
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

const NO_CONTENT: SourceContent = {
  captions: null,
  slides: [],
  slideTexts: [],
  pages: [],
  document: null,
  events: [],
  chapters: [],
  summary: null,
};

/** A failure is listed by `lectern sources`, unless an earlier run of the same content succeeded: that one stays. */
async function rememberFailure(record: SourceRecord, input: Input, library: Library): Promise<void> {
  try {
    if (await findIndexed(library, record.contentHash)) return;
    await library.saveSource(record, NO_CONTENT);
    await library.rememberPath(input.path, record.contentHash, input.size, input.mtimeMs);
  } catch {
    // The library itself may be what failed (disk full): the report that follows says so.
  }
}
