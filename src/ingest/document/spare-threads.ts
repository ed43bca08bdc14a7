// Worker threads for PDFs, started before there is a file for them. A thread takes a quarter of a second to load its modules and
// PDFium; where the program knows early that it will read a PDF, that passes on another core while it loads itself.
import type { Worker } from 'node:worker_threads';
import { drain, startMuteThread } from './quiet-thread.ts';

const spares = new Set<Worker>();

/** Starts one for the next `takeThread`; it keeps no program from ending. */
export function startSpareThread(): void {
  const worker = startMuteThread(new URL('./pdf-worker.ts', import.meta.url));
  worker.unref();
  spares.add(worker);
  // If it fails while nobody has it, another is started when it is needed.
  worker.once('error', () => spares.delete(worker)).once('exit', () => spares.delete(worker));
}

/** A thread of pdf-worker.ts that waits to be told its file; it keeps no program from ending until `keepRunning`. */
export function takeThread(): Worker {
  if (spares.size === 0) startSpareThread();
  const [worker] = spares as Iterable<Worker> as [Worker];
  spares.delete(worker);
  return worker;
}

export function keepRunning(worker: Worker): void {
  worker.ref();
  drain(worker);
}
