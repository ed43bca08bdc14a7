// What an index run would do and cost, before it does anything: frames, pages and estimated seconds for each input, from
// the rates that earlier runs of this library measured, or from stated defaults where there were none.
import type { Config } from '../src/config.ts';
import { toErrorDetail, type ErrorDetail } from '../src/errors.ts';
import { discoverInputs, type Input } from '../src/ingest/discover.ts';
import { endOfTrack } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import { openDocument } from '../src/ingest/document/open-document.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import type { Library } from '../src/store/library.ts';
import { estimateMissing, estimateNew, type VectorEstimate } from './embed-estimate.ts';
import { openEmbedder } from './embed-meaning.ts';
import type { Engine, EngineEstimate, SourceMaterial } from './engine.ts';
import { isUnchanged } from './fingerprint.ts';
import { openEngine } from './open-engine.ts';
import { readRates, type Rates } from './rates.ts';
import { readCaptionsOf } from './read-captions.ts';
import { sampleDocument, type DocumentSample } from './sample-document.ts';

export interface PlannedInput {
  readonly path: string;
  readonly kind: Input['kind'];
  readonly action: 'index' | 'skip';
  readonly durationSec: number | null;
  readonly frames: number | null;
  readonly pages: number | null;
  readonly estimatedSec: number;
  /** Null where no model has a part in it. Its seconds are counted in `estimatedSec`. */
  readonly model: EngineEstimate | null;
  /** Null where no embedding model is installed, or it has its vectors. Its seconds are counted too. */
  readonly vectors: VectorEstimate | null;
  readonly error: ErrorDetail | null;
}

export interface IndexPlan {
  readonly engine: string;
  /** Which model would take what, and why; empty where there is nothing to choose. */
  readonly choices: readonly string[];
  readonly inputs: readonly PlannedInput[];
  readonly estimatedSec: number;
  /** `measured`: from earlier runs on this machine; `default`: stated assumptions, off by a factor of two or more. */
  readonly rates: Rates;
}

/** `force`: unchanged files too, as with `indexSources`. */
export async function planIndex(
  library: Library,
  config: Config,
  paths: readonly string[],
  force = false,
): Promise<IndexPlan> {
  await using engine = await openEngine(config);
  await using embedder = await openEmbedder(config);
  const rates = await readRates(library);
  const { inputs, refused } = await discoverInputs(paths, [library.folder]);
  const planned: PlannedInput[] = refused.map(({ path, error }) => ({
    ...nothing,
    path,
    kind: 'media',
    action: 'skip',
    error: error.toDetail(),
  }));
  for (const input of inputs) {
    if (!force && (await isUnchanged(library, input, config, engine))) {
      const vectors = embedder && (await estimateMissing(library, embedder, input));
      const action = vectors ? 'index' : 'skip';
      planned.push(withVectors({ ...nothing, path: input.path, kind: input.kind, action }, vectors));
      continue;
    }
    try {
      const measured = { ...nothing, ...(await estimate(input, config, { library, engine, rates })) };
      const vectors = embedder && (await estimateNew(library, embedder, measured));
      planned.push(withVectors({ ...measured, path: input.path, kind: input.kind, action: 'index' }, vectors));
    } catch (error) {
      planned.push({ ...nothing, path: input.path, kind: input.kind, action: 'skip', error: toErrorDetail(error) });
    }
  }
  const estimatedSec = planned.reduce((total, { estimatedSec }) => total + estimatedSec, 0);
  return { engine: engine.name, choices: engine.choices ?? [], inputs: planned, estimatedSec, rates };
}

const nothing = {
  durationSec: null,
  frames: null,
  pages: null,
  estimatedSec: 0,
  model: null,
  vectors: null,
  error: null,
};

function withVectors(input: PlannedInput, vectors: VectorEstimate | undefined): PlannedInput {
  return { ...input, vectors: vectors ?? null, estimatedSec: input.estimatedSec + (vectors?.estimatedSec ?? 0) };
}

interface Basis {
  readonly library: Library;
  readonly engine: Engine;
  readonly rates: Rates;
}

async function estimate(input: Input, config: Config, { library, engine, rates }: Basis) {
  switch (input.kind) {
    case 'media': {
      const probe = await probeMedia(input.path);
      const frames = probe.video ? Math.ceil(probe.durationSec * config.fps) : 0;
      const readingSec = probe.video ? probe.durationSec / rates.videoSecPerSec : 1;
      const { captions } = await readCaptionsOf(input.path, probe, config.lang, NEVER);
      const known = await library.findSource(input.path);
      const slides = known?.status === 'indexed' ? await library.readSlides(known.id) : { states: [], texts: [] };
      const model = await engine.estimate?.(
        {
          ...blank,
          kind: 'video',
          durationMs: Math.round(probe.durationSec * 1000),
          captions,
          slides: slides.states,
          slideTexts: slides.texts,
          ...(probe.video && { clip: { path: input.path, probe } }),
        },
        library,
      );
      return { durationSec: probe.durationSec, frames, ...withModel(readingSec, model) };
    }
    case 'document': {
      if (!engine.estimate) {
        await using document = await openDocument(input.path, { password: config.password });
        const pages = document.numPages;
        return { pages, estimatedSec: pages / rates.pagesPerSec };
      }
      const { material, numPages, numRead } = await documentMaterial(input, config, library);
      const timeless = { durationMs: null, captions: null };
      const model = await engine.estimate({ ...blank, kind: 'document', ...timeless, ...material }, library);
      const partly = numRead < numPages ? { readPages: numRead } : {};
      return { pages: numPages, ...withModel(numPages / rates.pagesPerSec, model && { ...model, ...partly }) };
    }
    case 'transcript': {
      if (!engine.estimate) return { estimatedSec: 1 };
      const { track } = await readCaptionFile(input.path);
      const durationMs = endOfTrack(track);
      const model = await engine.estimate({ ...blank, kind: 'transcript', durationMs, captions: track }, library);
      return withModel(1, model);
    }
  }
}

/** As it was indexed, or as some of its pages are. */
async function documentMaterial(input: Input, config: Config, library: Library): Promise<DocumentSample> {
  const known = await library.findSource(input.path);
  const [pages, document] =
    known?.status === 'indexed' ? await Promise.all([library.readPages(known.id), library.readDocument(known.id)]) : [];
  if (!pages || !document) return sampleDocument(input.path, config);
  const { numPages } = document;
  return { material: { pages, document, paper: { path: input.path } }, numPages, numRead: numPages };
}

const NEVER = new AbortController().signal;
const blank = { slides: [], slideTexts: [], pages: [], document: null } satisfies Partial<SourceMaterial>;

function withModel(readingSec: number, model: EngineEstimate | undefined) {
  return { estimatedSec: readingSec + (model?.estimatedSec ?? 0), model: model ?? null };
}
