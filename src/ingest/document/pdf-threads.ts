// A few worker threads over one PDF. Requests go to the least busy thread; a thread that crashes or hangs is replaced, and
// only the request it was on fails.
import { statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { PdfAnswer, PdfFacts, PdfMessage, PdfRequest, PdfWorkerData } from './pdf-worker.ts';
import { DocumentUnreadableError, PasswordNeededError, PasswordWrongError } from './errors.ts';
import { keepRunning, takeThread } from './spare-threads.ts';

/** Pages that are read together. */
export const UNIT_PAGES = 16;

/** A request that takes longer than this is a hang: a unit takes well under a second, one picture a few. */
const HANG_MS = 120_000;

/** A file of at least this size has pages for two threads, or pages that take long. */
const MANY_BYTES = 1 << 18;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  readonly opened: Promise<PdfFacts>;
  readonly pending: Map<number, Pending>;
}

/** A thread was lost on a request: the page asked for crashes or hangs the library. */
export class PdfThreadError extends Error {}

export class PdfThreads implements AsyncDisposable {
  readonly #data: PdfWorkerData;
  readonly #threads = new Set<Thread>();
  #maxThreads: number;
  #lastId = 0;
  #isClosed = false;

  /** With `maxThreads` 0 there is one that keeps no program from ending, until `allow` is called. */
  constructor(data: PdfWorkerData, maxThreads: number) {
    this.#data = data;
    this.#maxThreads = maxThreads;
  }

  /** @throws {PasswordNeededError | PasswordWrongError | DocumentUnreadableError} */
  async open(): Promise<PdfFacts> {
    const { opened } = this.#start();
    this.#startSecond();
    return opened;
  }

  /** From now on there may be so many threads, and they keep the program running. */
  allow(maxThreads: number): void {
    this.#maxThreads = maxThreads;
    for (const { worker } of this.#threads) keepRunning(worker);
    this.#startSecond();
  }

  /** A document of many pages wants a second thread: it is ready sooner where it starts beside the first. */
  #startSecond(): void {
    if (this.#maxThreads < 2 || this.#threads.size !== 1) return;
    const numBytes = statSync(this.#data.path, { throwIfNoEntry: false })?.size ?? 0;
    if (numBytes >= MANY_BYTES) this.#start();
  }

  /** Rejects with PdfThreadError where the request cost its thread, and with Error where it merely failed or came too late. */
  async request<R extends PdfRequest>(request: R): Promise<PdfAnswer<R>> {
    if (this.#isClosed) throw new Error('the document was closed');
    const thread = this.#leastBusy();
    const id = ++this.#lastId;
    return new Promise<PdfAnswer<R>>((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(thread, 'the page takes forever'), HANG_MS).unref();
      thread.pending.set(id, { resolve, reject, timer });
      // It is answered once the file is open, and never where that fails.
      thread.worker.postMessage({ id, request });
      thread.opened.catch((error: unknown) => settle(thread, id)?.reject(error as Error));
    });
  }

  #leastBusy(): Thread {
    const threads = [...this.#threads].sort((a, b) => a.pending.size - b.pending.size);
    const idlest = threads[0];
    if (idlest && (idlest.pending.size === 0 || threads.length >= this.#maxThreads)) return idlest;
    return this.#start();
  }

  #start(): Thread {
    const worker = takeThread();
    if (this.#maxThreads > 0) keepRunning(worker);
    const { promise: opened, resolve, reject } = Promise.withResolvers<PdfFacts>();
    opened.catch(() => {});
    const thread: Thread = { worker, opened, pending: new Map() };
    this.#threads.add(thread);
    worker.on('message', (message: PdfMessage) => {
      if (message.kind === 'opened') resolve(message.facts);
      else if (message.kind === 'refused') reject(this.#refusal(message.code, message.message));
      else if (message.kind === 'answer') settle(thread, message.id)?.resolve(message.value as never);
      else {
        settle(thread, message.id)?.reject(
          message.isBroken ? new PdfThreadError(message.message) : new Error(message.message),
        );
        if (message.isBroken) this.#drop(thread, message.message);
      }
    });
    const lost = (reason: string) => {
      reject(new DocumentUnreadableError(this.#data.path, reason));
      this.#drop(thread, reason);
    };
    worker.on('error', (error: Error) => lost(error.message));
    worker.on('exit', () => lost('the reader stopped'));
    worker.postMessage(this.#data);
    return thread;
  }

  #drop(thread: Thread, reason: string): void {
    this.#threads.delete(thread);
    // Closing is nobody's fault: a unit given up by it must not be tried page by page and kept.
    const error = this.#isClosed ? new Error(reason) : new PdfThreadError(reason);
    for (const id of [...thread.pending.keys()]) settle(thread, id)?.reject(error);
    void thread.worker.terminate();
  }

  #refusal(code: string, message: string): Error {
    const { path } = this.#data;
    if (code === 'PASSWORD_NEEDED') return new PasswordNeededError(path);
    if (code === 'PASSWORD_WRONG') return new PasswordWrongError(path);
    return new DocumentUnreadableError(
      path,
      'it is not a PDF, or it is cut off or damaged beyond repair',
      undefined,
      new Error(message),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const threads = [...this.#threads];
    for (const thread of threads) this.#drop(thread, 'the document was closed');
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

function settle(thread: Thread, id: number): Pending | undefined {
  const pending = thread.pending.get(id);
  thread.pending.delete(id);
  clearTimeout(pending?.timer);
  return pending;
}
