// A ranked place as a hit: its text, the excerpt that shows why it matched, its title and the link that opens it.
import type { Library, SourceRecord } from '../store/library.ts';
import type { Candidates } from './candidates.ts';
import { type Hit, toHitSource } from './hit.ts';
import { linkPage, linkTimes } from './link.ts';
import type { Moment } from './moments.ts';
import type { RankedPage } from './rank-pages.ts';
import { makeSnippet } from './snippet.ts';

const MAX_TEXT = 1200;

export async function toMomentHit(
  library: Library,
  record: SourceRecord,
  { startMs, endMs, score }: Moment,
  candidates: Candidates | undefined,
): Promise<Hit> {
  const [captions, event] = await Promise.all([
    library.readCaptions(record.id, { fromMs: startMs, toMs: endMs }),
    library.readEventAt(record.id, startMs),
  ]);
  const said = (captions?.cues ?? []).map((cue) => cue.text).join(' ');
  const text = said === '' ? (event?.summary ?? '') : said.slice(0, MAX_TEXT);
  return {
    source: toHitSource(record),
    startMs,
    endMs,
    pageIndex: null,
    pageLabel: null,
    title: event?.title ?? record.title,
    text,
    snippet: snippetOf(text, record, candidates),
    score,
    link: linkTimes(record.path, startMs, endMs),
  };
}

export async function toPageHit(
  library: Library,
  record: SourceRecord,
  { pageIndex, score, heading }: RankedPage,
  candidates: Candidates | undefined,
): Promise<Hit> {
  const [page] = await library.readPages(record.id, { fromPageIndex: pageIndex, toPageIndex: pageIndex + 1 });
  const text = page?.text ?? '';
  return {
    source: toHitSource(record),
    startMs: null,
    endMs: null,
    pageIndex,
    pageLabel: page?.label ?? null,
    title: heading ?? page?.headings[0]?.text ?? record.title,
    text,
    snippet: snippetOf(text, record, candidates),
    score,
    link: linkPage(record.path, pageIndex),
  };
}

/** Around the words of the query; the beginning where a place was found by its meaning alone. */
function snippetOf(text: string, { lang }: SourceRecord, candidates: Candidates | undefined): string {
  return candidates
    ? makeSnippet(text, candidates.matcher.match(text, lang).matches, candidates.weights.library)
    : makeSnippet(text, [], []);
}
