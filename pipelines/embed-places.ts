// What of a source gets vectors, and what the model is shown of each: an event of a timed source with what is said and shown in it,
// a page of a document.
import type { Event } from '../src/events/event.ts';
import type { SourceContent } from '../src/store/library.ts';

export interface PlaceToEmbed {
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly pageIndex: number | null;
  readonly text: string;
  /** When the picture that stands for it is on screen; undefined where there is none. */
  readonly stillMs: number | undefined;
}

/** Characters of an event's text: some 300 tokens. What it is about is said by then. */
const MAX_EVENT = 1200;
/** Characters of a page. */
const MAX_PAGE = 3000;

export function placesToEmbed(
  content: Pick<SourceContent, 'events' | 'captions' | 'pages' | 'slides'>,
): PlaceToEmbed[] {
  const pages = content.pages.flatMap(({ pageIndex, headings, text }) => {
    const words = [...headings.map((heading) => heading.text), text].join('\n').trim().slice(0, MAX_PAGE);
    return words === '' ? [] : [{ startMs: null, endMs: null, pageIndex, text: words, stillMs: undefined }];
  });
  const events = content.events.flatMap((event) => placeOfEvent(event, content) ?? []);
  return [...pages, ...events];
}

/** Events of documents are runs of pages, which have vectors of their own. */
function placeOfEvent(
  { place, title, summary, evidence }: Event,
  { captions, slides }: Pick<SourceContent, 'captions' | 'slides'>,
): PlaceToEmbed | undefined {
  if (place.kind !== 'time') return undefined;
  const { startMs, endMs } = place;
  const shown = evidence.flatMap((item) => (item.kind === 'slide' || item.kind === 'shown' ? [item.text] : []));
  const said = (captions?.cues ?? []).filter((cue) => cue.endMs > startMs && cue.startMs < endMs);
  const parts = [title, summary, ...shown, said.map(({ text }) => text).join(' ')];
  const state = slides.findLast(({ stillMs }) => stillMs >= startMs && stillMs < endMs);
  const text = parts.filter(Boolean).join('\n').slice(0, MAX_EVENT);
  return { startMs, endMs, pageIndex: null, text, stillMs: state?.stillMs };
}
