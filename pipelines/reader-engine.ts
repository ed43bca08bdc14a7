// The engine that needs no model: events from slides, captions and page text; summaries and answers made of the source's
// own sentences.
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

  async summarize(library, source, { words, lang }) {
    if (lang !== undefined && source.lang !== null && primary(lang) !== primary(source.lang)) {
      throw new OutputLanguageError(lang, source.lang);
    }
    const { summarize } = await import('../src/query/summary.ts');
    const [events, chapters, captions, pages] = await Promise.all([
      library.readEvents(source.id),
      library.readChapters(source.id),
      library.readCaptions(source.id),
      library.readPages(source.id),
    ]);
    const summary = await summarize({
      events,
      chapters,
      captions: captions ?? null,
      pages,
      words,
    });
    return summary ?? { overview: NOTHING_READABLE, keyPoints: [], engine: 'reader', lang: source.lang ?? 'en' };
  },

  async answer(library, request) {
    const { answerQuestion } = await import('../src/query/answer.ts');
    return answerQuestion(library, request);
  },

  async [Symbol.asyncDispose]() {},
};
