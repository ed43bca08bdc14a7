// What an indexing story is given: its source, the library, the settings, where progress goes, and the few things that all
// sources of a run use together (one picture decoder at a time, one set of OCR workers).
import os from 'node:os';
import PQueue from 'p-queue';
import { transcriptionSettings, type Config } from '../src/config.ts';
import type { Input } from '../src/ingest/discover.ts';
import type { Ocr } from '../src/ingest/ocr/ocr.ts';
import type { Transcriber } from '../src/ingest/speech/transcriber.ts';
import type { DescribeContext, Engine } from './engine.ts';

/** One source under way. */
export interface IndexContext extends DescribeContext {
  /** At the source's place. */
  readonly input: Input;
  readonly config: Config;
  readonly engine: Engine;
  readonly shared: SharedWorkers;
  /** Says that the source has been read and is understood next: another one may be read meanwhile. */
  readonly handOver: () => void;
}

const NUM_CORES = os.availableParallelism();
/** Each takes 100 MB; half of many cores, so that decoding the next source has the others. */
const NUM_OCR_WORKERS = Math.min(8, Math.max(Math.min(4, NUM_CORES), NUM_CORES >> 1));

/** Decoding and OCR use every core by themselves, so sources that are indexed side by side take turns at them. */
export class SharedWorkers implements AsyncDisposable {
  readonly decoding = new PQueue({ concurrency: 1 });
  /** One picture more than there are OCR workers, so that the next still is decoded while the others are read. */
  readonly pictures = new PQueue({ concurrency: NUM_OCR_WORKERS + 1 });
  /** One source's speech after the other's: a recogniser spreads its pieces by itself. */
  readonly speech = new PQueue({ concurrency: 1 });
  /** Sources that are read and are being understood: as many again as are being read, so that the model never waits for files. */
  readonly understanding: PQueue;
  readonly #config: Config;
  #ocr: Promise<Ocr> | undefined;
  #transcriber: Promise<Transcriber | undefined> | undefined;

  constructor(config: Config) {
    this.#config = config;
    this.understanding = new PQueue({ concurrency: config.jobs });
  }

  /** The OCR languages of this run: Tesseract codes. */
  get ocrLangs(): readonly string[] {
    return this.#config.ocr === 'auto' || this.#config.ocr === 'off' ? ['eng'] : this.#config.ocr.split(/[+,]/);
  }

  /** Started when the first picture needs it: an archive of captions never pays for it. */
  ocr(): Promise<Ocr> {
    this.#ocr ??= import('../src/ingest/ocr/ocr.ts').then(({ createOcr }) =>
      createOcr({ langs: this.ocrLangs, numWorkers: NUM_OCR_WORKERS }),
    );
    return this.#ocr;
  }

  /** undefined where none is configured. Rejects with WhisperNotFoundError. */
  transcriber(): Promise<Transcriber | undefined> {
    this.#transcriber ??= import('../src/ingest/speech/open-transcriber.ts').then(({ openTranscriber }) =>
      openTranscriber(transcriptionSettings(this.#config)),
    );
    return this.#transcriber;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.decoding.clear();
    this.pictures.clear();
    this.speech.clear();
    const ocr = await this.#ocr?.catch(() => undefined);
    await ocr?.[Symbol.asyncDispose]();
  }
}
