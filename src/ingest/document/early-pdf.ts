// A PDF whose reading begins before the story of documents has loaded: opened, and its first pages read, by the thread that the
// story then goes on with.
import type { PageDraft } from './page-draft.ts';
import type { PdfFacts } from './pdf-worker.ts';
import { PdfThreads, UNIT_PAGES } from './pdf-threads.ts';

export interface EarlyPdf {
  readonly threads: PdfThreads;
  readonly facts: Promise<PdfFacts>;
  readonly firstUnit: Promise<PageDraft[]>;
}

const early = new Map<string, EarlyPdf>();

/** By one thread, which keeps no program from ending until somebody takes it. */
export function openEarly(path: string): void {
  const threads = new PdfThreads({ path, password: undefined }, 0);
  const facts = threads.open();
  const firstUnit = threads.request({ kind: 'text', start: 0, end: UNIT_PAGES });
  // Who takes them is told.
  for (const promise of [facts, firstUnit]) promise.catch(() => {});
  early.set(path, { threads, facts, firstUnit });
}

/** What was opened of this file, if anything was, for one taker. */
export function takeEarly(path: string): EarlyPdf | undefined {
  const taken = early.get(path);
  early.delete(path);
  return taken;
}

/** Closes what nobody took. */
export async function closeEarly(): Promise<void> {
  const left = [...early.values()];
  early.clear();
  await Promise.all(left.map(({ threads }) => threads[Symbol.asyncDispose]()));
}
