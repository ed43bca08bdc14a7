// What a model is asked for one window: the schema of its answer and the words. A model with a phrasing of its own is asked in that.
import { msToSec, type Span } from '../time.ts';
import { eventListSchema } from './event-schema.ts';
import type { WindowText } from './window-messages.ts';

/** Second-level events in order. */
export const EVENT_SCHEMA = eventListSchema({
  start: { type: 'number', description: 'Second of the source at which it begins.' },
  end: { type: 'number', description: 'Second of the source at which it ends.' },
  title: { type: 'string', minLength: 1 },
  summary: { type: 'string', description: 'One to three sentences.' },
  quote: {
    type: 'string',
    description: 'What is said, word for word; empty where nothing is.',
  },
  shown: { type: 'string', description: 'What is seen; empty where nothing is shown.' },
});

const SYSTEM = `You index lectures, talks and screen recordings. You are given stretches of a recording: pictures with their times, text read off slides, and what is said, each with the seconds at which it happens. You describe only what is there.`;

/** For models that follow instructions. `lang` is the name of the language to write in; the source's own where absent. */
export function eventRequest({ startMs, endMs }: Span, lang?: string): WindowText {
  const from = msToSec(startMs).toFixed(1);
  const to = msToSec(endMs).toFixed(1);
  const language = lang === undefined ? 'the language of the recording' : lang;
  const instruction = `List the events between ${from} and ${to} seconds as JSON: {"events": [{"start", "end", "title", "summary", "quote", "shown"}]}.
An event is a stretch in which one thing is explained or shown: usually one slide, or one thought. Events follow each other in order of time and lie between ${from} and ${to}; start and end are seconds of the recording as given above.
The title names the subject in a few words; a slide's own title where there is one. The summary says in one to three sentences what is said or shown. The quote is one telling sentence, copied word for word from what is said. Write titles and summaries in ${language}; keep technical terms as they are.
`;
  return { system: SYSTEM, instruction };
}
