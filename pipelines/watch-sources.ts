// Watched folders: what is added or changed is indexed once it has stopped growing, until the signal aborts. Settings are read again
// before each round, so that a model can be changed without starting anew; what is being indexed is finished as it was begun.
import path from 'node:path';
import { watch } from 'chokidar';
import type { Config } from '../src/config.ts';
import type { Library } from '../src/store/library.ts';
import { InterruptedError, UsageError } from '../src/errors.ts';
import { watchedRoot } from '../src/ingest/discover.ts';
import { indexSources, type IndexRequest } from './index-sources.ts';

/** A file counts as complete when its size has not changed for this long: a recording is copied, not yet a source. */
const SETTLED_MS = 2000;

export async function watchSources(library: Library, readConfig: () => Config, request: IndexRequest): Promise<void> {
  let config = readConfig();
  const roots = await Promise.all(request.paths.map(watchedRoot));
  const watcher = watch(roots, {
    ignoreInitial: true,
    ignored: (file) => file === library.folder || file.startsWith(library.folder + path.sep),
    awaitWriteFinish: { stabilityThreshold: SETTLED_MS, pollInterval: 200 },
  });
  const change = new EventSignal();
  watcher.on('add', () => change.raise()).on('change', () => change.raise());
  request.signal.addEventListener('abort', () => change.raise(), { once: true });
  // The same request again finds what is new (a caption file may belong to a video): what is unchanged costs a look at its date.
  // What failed is tried again too, and told once.
  const failures = new Map<string, string>();
  const again: IndexRequest = {
    ...request,
    force: false,
    report: (event) => {
      if (event.type === 'source') {
        if (event.status === 'unchanged' || (event.error && failures.get(event.path) === event.error.message)) return;
        if (event.error) failures.set(event.path, event.error.message);
        else failures.delete(event.path);
      }
      request.report(event);
    },
  };
  try {
    while (!request.signal.aborted) {
      await change.raised();
      if (request.signal.aborted) break;
      try {
        config = readConfig();
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        request.note?.(`The settings stay as they were: ${error.message}.`);
      }
      await indexSources(library, config, again);
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  } finally {
    await watcher.close();
  }
}

/** Remembers that something happened until it is asked for; several happenings are one. */
class EventSignal {
  #pending = false;
  #wake = () => {};

  raise(): void {
    this.#pending = true;
    this.#wake();
  }

  async raised(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#pending = false;
  }
}
