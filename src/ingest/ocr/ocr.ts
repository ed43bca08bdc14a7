// OCR over a few engines, offline: their WebAssembly and language data come from node_modules, nothing is fetched and no
// cache is written. An engine that dies is replaced and costs only the picture it was on.
import PQueue from 'p-queue';
import type { Page } from 'tesseract.js';
import type { OcrEngine } from './ocr-engine.ts';
import type { OcrImage, OcrLine, OcrResult } from './ocr-result.ts';
import type { PreparedImage } from './ocr-image.ts';
import type { Turns } from './turn.ts';
import { busiestStrip, looksSideways, turnImage } from './turn.ts';
import { findLanguageData, startEngine } from './ocr-engine.ts';
import { OcrEngineError } from './errors.ts';
import { prepareImage } from './ocr-image.ts';

/** Text that reads worse than this may stand on its side or on its head (mean word confidence, 0 to 100). */
const TURNED_CONFIDENCE = 55;
export interface OcrOptions {
  /** Names of the npm packages `@tesseract.js-data/<lang>`: `eng`, `deu`, `chi_sim`. The first one leads. */
  readonly langs?: readonly string[];
  readonly numWorkers?: number;
}

export interface Ocr extends AsyncDisposable {
  readonly langs: readonly string[];
  readonly numWorkers: number;
  /**
   * Waits for a free engine. `mayBeTurned` (scans, not slides) also tries pictures that lie on their side or stand on
   * their head. Rejects with OcrEngineError where the engine fails on the picture, with the signal's reason on abort.
   */
  recognize(image: OcrImage, signal?: AbortSignal, options?: { readonly mayBeTurned?: boolean }): Promise<OcrResult>;
}

/** @throws {OcrLanguageMissingError | OcrEngineError} */
export async function createOcr({ langs = ['eng'], numWorkers = 1 }: OcrOptions = {}): Promise<Ocr> {
  const files = await Promise.all(langs.map(findLanguageData));
  const started = await Promise.allSettled(Array.from({ length: numWorkers }, () => startEngine(langs, files)));
  const engines = started
    .filter(({ status }) => status === 'fulfilled')
    .map((start) => (start as PromiseFulfilledResult<OcrEngine>).value);
  const failure = started.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (!failure) return new TesseractOcr(langs, files, engines);
  await Promise.all(engines.map((engine) => engine.stop()));
  throw failure.reason;
}

class TesseractOcr implements Ocr {
  readonly langs: readonly string[];
  readonly numWorkers: number;
  readonly #files: readonly string[];
  readonly #engines: Set<OcrEngine>;
  readonly #idle: OcrEngine[];
  readonly #queue: PQueue;
  #isStopped = false;

  constructor(langs: readonly string[], files: readonly string[], engines: readonly OcrEngine[]) {
    this.langs = langs;
    this.numWorkers = engines.length;
    this.#files = files;
    this.#engines = new Set(engines);
    this.#idle = [...engines];
    this.#queue = new PQueue({ concurrency: engines.length });
  }

  async recognize(image: OcrImage, signal?: AbortSignal, { mayBeTurned = false } = {}): Promise<OcrResult> {
    signal?.throwIfAborted();
    const prepared = await prepareImage(image).catch((error: unknown) => {
      throw new OcrEngineError('the picture is damaged or of an unknown kind', error);
    });
    if (!mayBeTurned) return this.#read(prepared, 0, signal);
    let upright: OcrResult | undefined;
    if (!looksSideways(prepared)) {
      upright = await this.#read(prepared, 0, signal);
      if (upright.confidence >= TURNED_CONFIDENCE || upright.lines.length === 0) return upright;
    }
    const turns = await this.#likelyTurns(prepared, signal);
    return turns === 0 && upright ? upright : this.#read(turnImage(prepared, turns), turns, signal);
  }

  /** The position in which a strip of the picture reads best. */
  async #likelyTurns(image: PreparedImage, signal: AbortSignal | undefined): Promise<Turns> {
    let best: { turns: Turns; worth: number } = { turns: 0, worth: -1 };
    for (const turns of [0, 1, 3, 2] as const) {
      const worth = weight(await this.#read(busiestStrip(turnImage(image, turns)), turns, signal));
      if (worth > best.worth) best = { turns, worth };
    }
    return best.turns;
  }

  async #read(image: PreparedImage, turns: Turns, signal: AbortSignal | undefined): Promise<OcrResult> {
    const page = await this.#queue.add(() => this.#readOnIdle(image), signal && { signal });
    const lines = linesOf(page, image.scale);
    return {
      text: lines.map((line) => line.text).join('\n'),
      confidence: lines.length === 0 ? 0 : page.confidence,
      lines,
      turns,
      width: Math.round(image.width / image.scale),
      height: Math.round(image.height / image.scale),
    };
  }

  /** The queue lets in as many as there are engines; one that was lost is replaced here, by the next picture. */
  async #readOnIdle(image: PreparedImage): Promise<Page> {
    const engine = this.#idle.pop() ?? (await startEngine(this.langs, this.#files));
    this.#engines.add(engine);
    try {
      if (this.#isStopped) throw new OcrEngineError('it was stopped');
      const page = await engine.read(image.pgm);
      this.#idle.push(engine);
      return page;
    } catch (error) {
      this.#engines.delete(engine);
      await engine.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#queue.clear();
    await Promise.all([...this.#engines].map((engine) => engine.stop()));
  }
}

/**
 * Letters read, each counted by how surely: what decides between two readings of one picture. The engine also reads
 * lines that run upwards; those don't speak for the position they were read in.
 */
function weight({ lines }: OcrResult): number {
  const level = lines.filter(({ bbox }) => bbox.x1 - bbox.x0 > bbox.y1 - bbox.y0);
  return level.reduce((sum, { text, confidence }) => sum + text.length * (confidence / 100) ** 2, 0);
}

function linesOf({ blocks }: Page, scale: number): OcrLine[] {
  const scaled = ({ x0, y0, x1, y1 }: { x0: number; y0: number; x1: number; y1: number }) => ({
    x0: Math.round(x0 / scale),
    y0: Math.round(y0 / scale),
    x1: Math.round(x1 / scale),
    y1: Math.round(y1 / scale),
  });
  const lines = (blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
  return lines
    .map(({ text, bbox, confidence, rowAttributes, words }) => ({
      text: text.trim(),
      bbox: scaled(bbox),
      confidence,
      heightPx: Math.round(rowAttributes.rowHeight / scale),
      words: words.map((word) => ({ text: word.text, bbox: scaled(word.bbox), confidence: word.confidence })),
    }))
    .filter(({ text }) => text !== '');
}
