// What an index run would do and cost, before it does anything: frames, pages and estimated seconds for each input, from
// the rates that earlier runs of this library measured, or from stated defaults where there were none.
import type { Config } from '../src/config.ts';
import { toErrorDetail, type ErrorDetail } from '../src/errors.ts';
import { discoverInputs, type Input } from '../src/ingest/discover.ts';
import { openDocument } from '../src/ingest/document/open-document.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import type { Library } from '../src/store/library.ts';
import { openEngine } from './engine.ts';
import { isUnchanged } from './index-sources.ts';
import { readRates, type Rates } from './rates.ts';

export interface PlannedInput {
  readonly path: string;
  readonly kind: Input['kind'];
  readonly action: 'index' | 'skip';
  readonly durationSec: number | null;
  readonly frames: number | null;
  readonly pages: number | null;
  readonly estimatedSec: number;
  readonly error: ErrorDetail | null;
}

export interface IndexPlan {
  readonly engine: string;
  readonly inputs: readonly PlannedInput[];
  readonly estimatedSec: number;
  /** `measured`: from earlier runs on this machine; `default`: stated assumptions, off by a factor of two or more. */
  readonly rates: Rates;
}

export async function planIndex(library: Library, config: Config, paths: readonly string[]): Promise<IndexPlan> {
  await using engine = await openEngine(config);
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
    if (await isUnchanged(library, input, config, engine)) {
      planned.push({ ...nothing, path: input.path, kind: input.kind, action: 'skip' });
      continue;
    }
    try {
      planned.push({
        ...nothing,
        path: input.path,
        kind: input.kind,
        action: 'index',
        ...(await estimate(input, config, rates)),
      });
    } catch (error) {
      planned.push({ ...nothing, path: input.path, kind: input.kind, action: 'skip', error: toErrorDetail(error) });
    }
  }
  const estimatedSec = planned.reduce((total, { estimatedSec }) => total + estimatedSec, 0);
  return { engine: engine.name, inputs: planned, estimatedSec, rates };
}

const nothing = { durationSec: null, frames: null, pages: null, estimatedSec: 0, error: null };

async function estimate(input: Input, config: Config, rates: Rates) {
  switch (input.kind) {
    case 'media': {
      const probe = await probeMedia(input.path);
      const frames = probe.video ? Math.ceil(probe.durationSec * config.fps) : 0;
      return {
        durationSec: probe.durationSec,
        frames,
        estimatedSec: probe.video ? probe.durationSec / rates.videoSecPerSec : 1,
      };
    }
    case 'document': {
      await using document = await openDocument(input.path, {
        ...(config.password !== undefined && { password: config.password }),
      });
      const pages = document.numPages;
      return { pages, estimatedSec: pages / rates.pagesPerSec };
    }
    case 'transcript':
      return { estimatedSec: 1 };
  }
}
