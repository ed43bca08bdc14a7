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
  /** From 1, each once; of a document that is shown as a whole the page's own. */
  readonly number: number;
  /** Set where any number up to this one stands for it. */
  readonly lastNumber?: number;
  readonly hit: Hit;
  readonly lines: readonly EvidenceLine[];
}

/** Speech of a whole source is cut into passages of about this length. */
const PASSAGE_MS = 45_000;
const HITS = 8;
/** The best hits, whose next pages are shown too. */
const HITS_THAT_RUN_ON = 2;

/** Best hits first; of documents whole pages, each once. */
export async function evidenceOfSearch(
  library: Library,
  request: Omit<SearchRequest, 'limit'>,
): Promise<NumberedEvidence[]> {
  const { hits } = await search(library, { ...request, limit: HITS });
  const seen = new Set<string>();
  const passages = await Promise.all(
    hits
      .filter(({ source, pageIndex }) => pageIndex === null || isNew(seen, `${source.id} ${pageIndex}`))
      .map(passageOf),
  );
  const runsOn = await Promise.all(passages.slice(0, HITS_THAT_RUN_ON).map((passage) => nextPage(passage, seen)));
  return [...passages, ...runsOn.filter((passage) => passage !== undefined)]
    .filter(({ lines }) => lines.length > 0)
    .map((one, i) => ({ number: i + 1, ...one }));

  async function passageOf(hit: Hit): Promise<Passage> {
    if (hit.pageIndex !== null) return pageOf(hit, hit.pageIndex);
    const [gathered] = await gatherEvidence(library, [hit]);
    return { hit, lines: gathered!.sentences };
  }

  async function pageOf(hit: Hit, pageIndex: number): Promise<Passage> {
    const [page] = await library.readPages(hit.source.id, { fromPageIndex: pageIndex, toPageIndex: pageIndex + 1 });
    const place = { pageIndex, pageLabel: page?.label ?? null, link: linkPage(hit.source.path, pageIndex) };
    return { hit: { ...hit, ...place }, lines: linesOf(page?.text ?? '') };
  }

  /** A section may run on. */
  async function nextPage({ hit }: Passage, seen: Set<string>): Promise<Passage | undefined> {
    const next = hit.pageIndex === null ? undefined : hit.pageIndex + 1;
    return next === undefined || !isNew(seen, `${hit.source.id} ${next}`) ? undefined : pageOf(hit, next);
  }
}

function isNew(seen: Set<string>, key: string): boolean {
  return !seen.has(key) && Boolean(seen.add(key));
}

/** All of it, in order; a document page by page. */
export async function evidenceOfSource(library: Library, source: SourceRecord): Promise<NumberedEvidence[]> {
  if (source.kind === 'document') return pages(library, source);
  const passages = await stretches(library, source);
  return passages.filter(({ lines }) => lines.length > 0).map((one, i) => ({ number: i + 1, ...one }));
}

type Passage = Omit<NumberedEvidence, 'number'>;

async function pages(library: Library, source: SourceRecord): Promise<NumberedEvidence[]> {
  const all = (await library.readPages(source.id)).map(({ pageIndex, label, text, headings }) => {
    const place = { startMs: null, endMs: null, pageIndex, pageLabel: label, link: linkPage(source.path, pageIndex) };
    const hit = hitOf(source, headings[0]?.text ?? source.title, text, place);
    return { number: pageIndex + 1, hit, lines: linesOf(text) };
  });
  return all.filter(({ lines }) => lines.length > 0);
}

function linesOf(page: string): EvidenceLine[] {
  return page.trim() === '' ? [] : [{ text: page.trim(), startMs: null, endMs: null }];
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

/** `[3] talk.mp4, 12:05-12:48: ...`, or `[14] manual, page 14 (printed xii):` above the page's text. */
export function evidenceText({ number, hit, lines }: NumberedEvidence): string {
  const { source, startMs, endMs, pageIndex, pageLabel } = hit;
  const text = lines.map((line) => line.text).join(' ');
  if (startMs !== null) {
    return `[${number}] ${source.title}, ${formatClock(startMs)}-${formatClock(endMs ?? startMs)}: ${text}\n`;
  }
  const page = String((pageIndex ?? 0) + 1);
  const printed = pageLabel === null || pageLabel === page ? '' : ` (printed ${pageLabel})`;
  return `[${number}] ${source.title}, page ${page}${printed}:\n${text}\n\n`;
}
