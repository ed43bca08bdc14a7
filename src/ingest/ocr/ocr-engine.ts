// One tesseract.js engine in a thread of its own, started from files only, and stopped for good when it dies or hangs.
import { access, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OEM, PSM, createWorker } from 'tesseract.js';
import type { Page, Worker } from 'tesseract.js';
import type { Worker as Thread } from 'node:worker_threads';
import { OcrEngineError, OcrLanguageMissingError } from './errors.ts';

/** The data that suits the engine's LSTM recogniser: the best models with integer weights. */
const DATA_FOLDER = '4.0.0_best_int';
/** A picture that takes longer is a hang: a dense page takes ten seconds on a slow machine. */
const HANG_MS = 300_000;

/** One engine and its thread. tesseract.js leaves promises open for ever when its thread dies; here they reject. */
export class OcrEngine {
  readonly #worker: Worker;
  readonly #lost: PromiseWithResolvers<never>;

  constructor(worker: Worker, lost: PromiseWithResolvers<never>) {
    this.#worker = worker;
    this.#lost = lost;
  }

  /** `pgm`: the picture as a portable grey map. */
  async read(pgm: Uint8Array): Promise<Page> {
    const { promise: hung, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new OcrEngineError('one picture takes forever')), HANG_MS);
    const job = this.#worker.recognize(Buffer.from(pgm), { rotateAuto: true }, { text: false, blocks: true });
    try {
      return (await Promise.race([job, this.#lost.promise, hung])).data;
    } catch (error) {
      throw error instanceof OcrEngineError ? error : new OcrEngineError(String(error), error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A picture that is being read is given up: its timer would keep the program running for minutes. */
  async stop(): Promise<void> {
    this.#lost.reject(new OcrEngineError('it was stopped'));
    await this.#worker.terminate();
  }
}

/** `files`: the data of each of `langs`. */
export async function startEngine(langs: readonly string[], files: readonly string[]): Promise<OcrEngine> {
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const fail = (reason: unknown) => lost.reject(new OcrEngineError(String(reason), reason));
  const folder = await mkdtemp(join(tmpdir(), 'lectern-ocr-'));
  try {
    // The engine takes one folder for all of its languages; each package keeps its own.
    await Promise.all(files.map((file, index) => symlink(file, join(folder, `${langs[index]}.traineddata.gz`))));
    const start = createWorker([...langs], OEM.LSTM_ONLY, {
      workerPath: fileURLToPath(new URL('./engine-thread.ts', import.meta.url)),
      langPath: folder,
      cacheMethod: 'none',
      gzip: true,
      // Without a handler the package throws where nobody can catch it.
      errorHandler: fail,
    });
    const worker = await Promise.race([start, lost.promise]);
    (worker as Worker & { worker: Thread }).worker.on('error', fail);
    // Diagnostics go nowhere; a known resolution keeps it from guessing one.
    await worker.setParameters({ tessedit_pageseg_mode: PSM.AUTO, user_defined_dpi: '300', debug_file: '/dev/null' });
    return new OcrEngine(worker, lost);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {OcrLanguageMissingError} where the language's package is not installed. */
export async function findLanguageData(lang: string): Promise<string> {
  if (!/^[a-z]{3}(?:_[a-z]+)*$/i.test(lang)) throw new OcrLanguageMissingError(lang);
  try {
    const manifest = createRequire(import.meta.url).resolve(`@tesseract.js-data/${lang}/package.json`);
    const file = join(dirname(manifest), DATA_FOLDER, `${lang}.traineddata.gz`);
    await access(file);
    return file;
  } catch {
    throw new OcrLanguageMissingError(lang);
  }
}
