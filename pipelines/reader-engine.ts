// The engine that needs no model: events from slides, captions and page text; summaries and answers made of the source's
// own sentences.
import { setImmediate } from 'node:timers/promises';
import { describeSource, READER_VERSION } from '../src/events/describe-source.ts';
import { LecternError } from '../src/errors.ts';
import type { Engine } from './engine.ts';

export class OutputLanguageError extends LecternError {
  constructor(asked: string, available: string) {
    super(`The reader engine quotes the source, so it can't write ${asked}: this source is in ${available}`, {
      code: 'LANGUAGE_UNAVAILABLE',
      remedy: 'Leave --lang out, or use an engine with a language model.',
    });
  }
}

const NOTHING_READABLE = 'No captions, speech or readable text was found in this source.';

const primary = (lang: string) => lang.toLowerCase().split('-')[0];

export const readerEngine: Engine = {
  name: 'reader',
  version: READER_VERSION,
  readsSentences: true,

  describe: (material) => describeSource(material),

  async summarize(library, source, { words, lang, signal }) {
    if (lang !== undefined && source.lang !== null && primary(lang) !== primary(source.lang)) {
      throw new OutputLanguageError(lang, source.lang);
    }
    const summary = await untilAborted(signal, async () => {
      const { summarize } = await import('../src/query/summary.ts');
      const [events, chapters, captions, pages] = await Promise.all([
        library.readEvents(source.id),
        library.readChapters(source.id),
        library.readCaptions(source.id),
        library.readPages(source.id),
      ]);
      return summarize({ events, chapters, captions: captions ?? null, pages, words });
    });
    return summary ?? { overview: NOTHING_READABLE, keyPoints: [], engine: 'reader', lang: source.lang ?? 'en' };
  },

  async answer(library, request) {
    const { answerQuestion } = await import('../src/query/answer.ts');
    return untilAborted(request.signal, () => answerQuestion(library, request));
  },

  async [Symbol.asyncDispose]() {},
};

/** Nothing is written and nothing held: what is interrupted is left where it is, and nobody waits for its end. */
async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  if (!signal) return work();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await Promise.race([work(), aborted]);
    // A search gives way nowhere. Ctrl-C that came meanwhile is noticed now: the second turn of the event loop looks for signals.
    await setImmediate();
    await setImmediate();
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
