// The summary of a stored source by a model, from its events and chapters; the reader's where the model writes nothing that can be read
// and the source's own language will do.
import type { Summary } from '../src/events/event.ts';
import type { ChatModel } from '../src/model/chat/chat-model.ts';
import { summarizeWithModel, SummaryFailedError } from '../src/query/model-summary.ts';
import type { Library, SourceRecord } from '../src/store/library.ts';
import { isSameLanguage } from '../src/text/language-name.ts';
import type { SummaryRequest } from './engine.ts';
import { readerEngine } from './reader-engine.ts';

/** Rejects with SummaryFailedError, and as the model's stream does. */
export async function summarizeSource(
  library: Library,
  source: SourceRecord,
  model: ChatModel,
  { words, lang = source.lang ?? 'en', signal }: SummaryRequest,
): Promise<Summary> {
  const byReader = () => readerEngine.summarize(library, source, { words });
  const [events, chapters] = await Promise.all([library.readEvents(source.id), library.readChapters(source.id)]);
  try {
    const summary = await summarizeWithModel(model, {
      title: source.title,
      events,
      chapters,
      lang,
      sourceLang: source.lang ?? undefined,
      words,
      signal,
    });
    return summary ?? (await byReader());
  } catch (error) {
    // The reader writes the source's language alone.
    if (!(error instanceof SummaryFailedError) || !isSameLanguage(lang, source.lang ?? lang)) throw error;
    return { ...(await byReader()), note: `${error.message}; this is the reader's` };
  }
}
