// What a model is given to answer from: numbered passages, each with its place. Of one source that fits as a whole all of it, in
// order, so that the next question about it begins with the same tokens; otherwise what the search finds.
import { toUtterances } from '../events/utterances.ts';
import type { Library, SourceRecord } from '../store/library.ts';
import { formatClock } from '../time.ts';
import { gatherEvidence } from './evidence.ts';
import { toHitSource, type Hit } from './hit.ts';
import { linkPage, linkTimes } from './link.ts';
import { search, type SearchRequest } from './search.ts';

export interface EvidenceLine {
  readonly text: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
}

/** One passage: a page, or up to a minute of what is said or shown. */
export interface NumberedEvidence {
  /** From 1. */
  readonly number: number;
  readonly hit: Hit;
  readonly lines: readonly EvidenceLine[];
}

/** Speech of a whole source is cut into passages of about this length. */
const PASSAGE_MS = 45_000;
const HITS = 8;

/** Best hits first. */
export async function evidenceOfSearch(
  library: Library,
  request: Omit<SearchRequest, 'limit'>,
): Promise<NumberedEvidence[]> {
  const { hits } = await search(library, { ...request, limit: HITS });
  const gathered = await gatherEvidence(library, hits);
  return gathered
    .flatMap(({ hit, sentences }) => {
      // The page after a hit's own belongs to other places.
      const own = sentences.filter(({ pageIndex }) => pageIndex === hit.pageIndex);
      return own.length === 0 ? [] : [{ hit, lines: own }];
    })
    .map((one, i) => ({ number: i + 1, ...one }));
}

export async function evidenceOfSource(library: Library, source: SourceRecord): Promise<NumberedEvidence[]> {
  const passages = source.kind === 'document' ? await pages(library, source) : await stretches(library, source);
  return passages.filter(({ lines }) => lines.length > 0).map((one, i) => ({ number: i + 1, ...one }));
}

type Passage = Omit<NumberedEvidence, 'number'>;

async function pages(library: Library, source: SourceRecord): Promise<Passage[]> {
  return (await library.readPages(source.id)).map(({ pageIndex, label, text, headings }) => {
    const lines = text.trim() === '' ? [] : [{ text, startMs: null, endMs: null }];
    const place = { startMs: null, endMs: null, pageIndex, pageLabel: label, link: linkPage(source.path, pageIndex) };
    return { hit: hitOf(source, headings[0]?.text ?? source.title, text, place), lines };
  });
}

async function stretches(library: Library, source: SourceRecord): Promise<Passage[]> {
  const [captions, shown] = await Promise.all([
    library.readCaptions(source.id),
    library.readPassages(source.id, { kinds: ['slide'] }),
  ]);
  const spoken = captions === undefined ? [] : toUtterances(captions.cues, captions.lang);
  const slides = shown.flatMap(({ text, startMs, endMs }) =>
    startMs === null || endMs === null ? [] : [{ text: text.replaceAll('\n', ' | '), startMs, endMs }],
  );
  const lines = [...slides, ...spoken.map(({ text, startMs, endMs }) => ({ text, startMs, endMs }))].sort(
    (a, b) => a.startMs - b.startMs,
  );
  return [...Map.groupBy(lines, ({ startMs }) => Math.floor(startMs / PASSAGE_MS)).values()].map((group) => {
    const startMs = group[0]!.startMs;
    const endMs = Math.max(...group.map((line) => line.endMs));
    const place = { startMs, endMs, pageIndex: null, pageLabel: null, link: linkTimes(source.path, startMs, endMs) };
    return { hit: hitOf(source, source.title, group.map(({ text }) => text).join(' '), place), lines: group };
  });
}

function hitOf(
  source: SourceRecord,
  title: string,
  text: string,
  place: Pick<Hit, 'startMs' | 'endMs' | 'pageIndex' | 'pageLabel' | 'link'>,
): Hit {
  return { source: toHitSource(source), title, text, snippet: '', score: 0, ...place };
}

/** `[3] talk.mp4, 12:05-12:48: ...` */
export function evidenceText({ number, hit, lines }: NumberedEvidence): string {
  const { source, startMs, endMs, pageIndex, pageLabel } = hit;
  const page = pageLabel ?? String((pageIndex ?? 0) + 1);
  const place = startMs === null ? `page ${page}` : `${formatClock(startMs)}-${formatClock(endMs ?? startMs)}`;
  return `[${number}] ${source.title}, ${place}: ${lines.map(({ text }) => text).join(' ')}\n`;
}
