// Search, top to bottom: a query's words, the passages that hold them, moments in timed sources and pages in documents ranked
// on one scale, and each as a hit with its text, excerpt and a link that opens it. Where vectors are there, places that mean what
// the query means are fused into that ranking, and a model puts the best in order.
import type { Library, NearPlace, SourceKind, SourceRecord } from '../store/library.ts';
import { type Candidates, findCandidates } from './candidates.ts';
import { fusePlaces, type FusedPlace, type RankedPlace } from './fuse.ts';
import type { Hit } from './hit.ts';
import type { Meaning } from './meaning.ts';
import type { Moment } from './moments.ts';
import { parseQuery, type ParsedQuery } from './parse-query.ts';
import { holdsPhrase } from './phrases.ts';
import { rankMoments } from './rank-moments.ts';
import { rankPages } from './rank-pages.ts';
import { toMomentHit, toPageHit } from './to-hit.ts';

export interface SearchRequest {
  readonly query: string;
  /** Ids of the sources to search; all where absent. */
  readonly sourceIds?: readonly string[] | undefined;
  readonly kind?: SourceKind | undefined;
  /** The most hits to return. */
  readonly limit: number;
  /** Where an embedding model is installed. */
  readonly meaning?: Meaning | undefined;
}

export interface SearchAnswer {
  readonly query: string;
  /** True where nothing in the sources matches; then there are no hits. */
  readonly noMatch: boolean;
  /** Best first. */
  readonly hits: readonly Hit[];
}

type PlacedPage = Exclude<RankedPlace, Moment>;

/** Hits made for each one wanted where some may fall to exclusions. */
const SPARE_FOR_EXCLUDED = 4;

/** Places of either ranking that are fused, and hits that a model puts in order. */
const FUSED = 50;
const RERANKED = 20;
/** Characters of a hit that it is judged by: 300 tokens, which each hit costs. */
const MAX_JUDGED = 1200;

export async function search(library: Library, request: SearchRequest): Promise<SearchAnswer> {
  const { query, sourceIds, kind, limit, meaning } = request;
  const filter = { sourceIds, sourceKind: kind };
  const parsed = parseQuery(query);
  const candidates = await findCandidates(library, parsed, filter);
  const near = (await meaning?.nearest(library, query, { ...filter, limit: FUSED })) ?? [];
  if (candidates === undefined && near.length === 0) return { query, noMatch: true, hits: [] };
  const records = await readRecords(library, candidates, near);
  const spare = parsed.excluded.length > 0 ? SPARE_FOR_EXCLUDED : 1;
  const wanted = spare * (meaning ? Math.max(limit, RERANKED) : limit);
  const worded = candidates ? await rankPlaces(library, candidates, records, Math.max(wanted, near.length)) : [];
  const places: FusedPlace[] = near.length > 0 ? fusePlaces(worded, near).slice(0, wanted) : worded;
  const found = await Promise.all(
    places.map((place) => {
      const record = records.get(place.sourceId)!;
      return 'startMs' in place
        ? toMomentHit(library, record, place, candidates)
        : toPageHit(library, record, place, candidates);
    }),
  );
  const allowed = found.filter((hit, i) => isAllowed(hit, parsed, places[i]!));
  const hits = meaning ? await reorder(allowed, query, meaning) : allowed;
  return { query, noMatch: hits.length === 0, hits: hits.slice(0, limit) };
}

/** The store has left out passages with excluded words; a moment or page may still hold them in another passage. */
function isAllowed(
  { title, text, source }: Hit,
  { excluded, phrases }: ParsedQuery,
  { isWordless }: FusedPlace,
): boolean {
  if (excluded.some((phrase) => holdsPhrase(text, phrase, source.lang))) return false;
  // What is put in quotation marks has to be there, whatever the rest means.
  return !isWordless || phrases.every((phrase) => holdsPhrase(`${title}\n${text}`, phrase, source.lang));
}

/** The best hits by what a model that has read them thinks of them; the others stay behind, in their order. */
async function reorder(hits: readonly Hit[], query: string, meaning: Meaning): Promise<readonly Hit[]> {
  const scores = await meaning.score(query, hits.slice(0, RERANKED).map(textToJudge));
  const rest = hits.slice(scores.length);
  const above = rest[0]?.score ?? 0;
  const judged = scores.map((score, i) => ({ ...hits[i]!, score: above + score })).sort((a, b) => b.score - a.score);
  return [...judged, ...rest];
}

/** Of a long page the part that matched, and how it begins. */
function textToJudge({ title, text, snippet }: Hit): string {
  return text.length <= MAX_JUDGED ? `${title}\n${text}` : `${title}\n${snippet}\n${text.slice(0, MAX_JUDGED)}`;
}

async function readRecords(
  library: Library,
  candidates: Candidates | undefined,
  near: readonly NearPlace[] = [],
): Promise<Map<string, SourceRecord>> {
  const ids = new Set([...(candidates?.bySource.keys() ?? []), ...near.map(({ sourceId }) => sourceId)]);
  const found = await Promise.all([...ids].map((id) => library.findSource(id)));
  return new Map(found.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const])));
}

/** Moments and pages on one scale, best first. */
async function rankPlaces(
  library: Library,
  candidates: Candidates,
  records: ReadonlyMap<string, SourceRecord>,
  limit: number,
): Promise<(Moment | PlacedPage)[]> {
  const moments = await rankMoments(library, candidates, records, limit);
  const pages = findPages(candidates, records).slice(0, limit);
  return [...moments, ...pages].sort((a, b) => b.score - a.score).slice(0, limit);
}

function findPages(candidates: Candidates, records: ReadonlyMap<string, SourceRecord>): PlacedPage[] {
  return [...candidates.bySource].flatMap(([sourceId, passages]) =>
    records.get(sourceId)?.kind === 'document'
      ? rankPages(passages, candidates, records.get(sourceId)?.numPages ?? 0).map((page) => ({ ...page, sourceId }))
      : [],
  );
}
