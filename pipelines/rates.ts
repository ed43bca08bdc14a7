// How fast this machine indexes: wall seconds of finished work, kept in the library, so that the next plan is from
// measurements. Pages that need OCR take about a hundred times longer than the others; the mean of earlier runs covers both.
import PQueue from 'p-queue';
import { sha256 } from '../src/hash.ts';
import { isNumber, shape } from '../src/shape.ts';
import type { Library } from '../src/store/library.ts';

export interface Rates {
  /** Seconds of video indexed per wall second, OCR of its slides included. */
  readonly videoSecPerSec: number;
  readonly pagesPerSec: number;
  readonly origin: 'measured' | 'default';
}

/** Two cores of 2024, 720p lecture with 60 slides an hour; a manual with a text layer. */
const DEFAULT_RATES = { videoSecPerSec: 60, pagesPerSec: 50 };

interface Totals {
  readonly videoSec: number;
  readonly videoWallSec: number;
  readonly pages: number;
  readonly pageWallSec: number;
}

const areTotals = shape<Totals>({ videoSec: isNumber, videoWallSec: isNumber, pages: isNumber, pageWallSec: isNumber });

const RATES_KEY = sha256('rates');
const NO_CONTENT = sha256('');

async function readTotals(library: Library): Promise<Totals> {
  const stored = await library.getArtifact(RATES_KEY);
  const totals = readJson(stored);
  return areTotals(totals) ? totals : { videoSec: 0, videoWallSec: 0, pages: 0, pageWallSec: 0 };
}

/** undefined where there is none, and where it is damaged: then it is as if nothing had been measured. */
function readJson(stored: Uint8Array | undefined): unknown {
  try {
    return stored && JSON.parse(new TextDecoder().decode(stored));
  } catch {
    return undefined;
  }
}

export async function readRates(library: Library): Promise<Rates> {
  const { videoSec, videoWallSec, pages, pageWallSec } = await readTotals(library);
  return {
    videoSecPerSec: videoWallSec > 0 ? videoSec / videoWallSec : DEFAULT_RATES.videoSecPerSec,
    pagesPerSec: pageWallSec > 0 ? pages / pageWallSec : DEFAULT_RATES.pagesPerSec,
    origin: videoWallSec > 0 || pageWallSec > 0 ? 'measured' : 'default',
  };
}

export async function recordRate(
  library: Library,
  done: { videoSec?: number; pages?: number; wallSec: number },
): Promise<void> {
  const totals = await readTotals(library);
  const { videoSec = 0, pages = 0, wallSec } = done;
  const next: Totals = {
    videoSec: totals.videoSec + videoSec,
    videoWallSec: totals.videoWallSec + (videoSec > 0 ? wallSec : 0),
    pages: totals.pages + pages,
    pageWallSec: totals.pageWallSec + (pages > 0 ? wallSec : 0),
  };
  await library.putArtifact(RATES_KEY, NO_CONTENT, 'rates', new TextEncoder().encode(JSON.stringify(next)));
}

interface ModelTotals {
  readonly tokens: number;
  readonly wallSec: number;
}

const areModelTotals = shape<ModelTotals>({ tokens: isNumber, wallSec: isNumber });

/** Prompt tokens that a model reads in a wall second, the writing of its answers included; undefined where it never ran. */
export async function readModelRate(library: Library, model: string): Promise<number | undefined> {
  const { tokens, wallSec } = await readModelTotals(library, model);
  return wallSec > 0 ? tokens / wallSec : undefined;
}

/** One after another: windows of several sources end at any time, and none may be lost from the sum. */
const recording = new PQueue({ concurrency: 1 });

export function recordModelRate(library: Library, model: string, tokens: number, wallSec: number): Promise<void> {
  return recording.add(async () => {
    const totals = await readModelTotals(library, model);
    const next = { tokens: totals.tokens + tokens, wallSec: totals.wallSec + wallSec };
    await library.putArtifact(modelKey(model), NO_CONTENT, 'rates', new TextEncoder().encode(JSON.stringify(next)));
  });
}

/** What a model has read in this library, all windows and questions together. */
export async function readModelTotals(library: Library, model: string): Promise<ModelTotals> {
  const stored = await library.getArtifact(modelKey(model));
  const totals = readJson(stored);
  return areModelTotals(totals) ? totals : { tokens: 0, wallSec: 0 };
}

const modelKey = (model: string) => sha256(`rates of ${model}`);
