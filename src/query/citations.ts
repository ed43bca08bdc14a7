// A citation: a verbatim quote, the place it stands at, and whether it was found there again in the source itself.
import { isSound } from '../ingest/captions/sounds.ts';
import type { Library } from '../store/library.ts';
import type { Hit, HitPlace, HitSource } from './hit.ts';
import { linkPage, linkTimes } from './link.ts';
import { foldText, locateQuote } from '../text/quotes.ts';

export interface Citation extends HitPlace {
  readonly source: HitSource;
  readonly title: string;
  readonly link: string;
  /** As it stands in the source. */
  readonly quote: string;
  /** Whether the quote was found at this place when the source's text was read again. */
  readonly verified: boolean;
}

/** A passage to cite, wherever it came from: the reader's own choice, or a model's words about a hit. */
export interface Quotation extends HitPlace {
  readonly hit: Hit;
  readonly quote: string;
}

export async function cite(library: Library, quotation: Quotation): Promise<Citation> {
  const { hit, quote, startMs, endMs, pageIndex, pageLabel } = quotation;
  const { source, title } = hit;
  const link =
    startMs !== null && endMs !== null ? linkTimes(source.path, startMs, endMs) : linkPage(source.path, pageIndex ?? 0);
  const text = await readPlace(library, quotation);
  const verified = locateQuote(quote, foldText(text)) !== undefined;
  return { source, startMs, endMs, pageIndex, pageLabel, title, link, quote, verified };
}

/** What the source says at a place: the page, or all that is said while the span lasts. */
async function readPlace(library: Library, { hit, startMs, endMs, pageIndex }: Quotation): Promise<string> {
  const { id } = hit.source;
  if (pageIndex !== null) {
    const pages = await library.readPages(id, { fromPageIndex: pageIndex, toPageIndex: pageIndex + 1 });
    return pages.map(({ text }) => text).join('\n');
  }
  const captions = await library.readCaptions(id, { fromMs: startMs ?? 0, toMs: endMs ?? Infinity });
  const slides = await library.readPassages(id, { kinds: ['slide'], fromMs: startMs ?? 0, toMs: endMs ?? Infinity });
  const said = (captions?.cues ?? []).map(({ text }) => text);
  // Quotes of what is said leave out what is only heard.
  const withoutSounds = said.filter((text) => !isSound(text));
  return [said.join(' '), withoutSounds.join(' '), ...slides.map(({ text }) => text)].join('\n');
}
