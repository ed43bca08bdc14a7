// Search, top to bottom: a query's words, the passages that hold them, moments in timed sources and pages in documents ranked
// on one scale, and each as a hit with its text, excerpt and a link that opens it. Where vectors are there, places that mean what
// the query means are fused into that ranking, and a model puts the best in order.
import type { Cue } from '../ingest/captions/cue.ts';
import type { Library, NearPlace, SourceKind, SourceRecord } from '../store/library.ts';
import { type Candidates, type MatchedPassage, findCandidates } from './candidates.ts';
import { fusePlaces, type FusedPlace, type RankedPlace } from './fuse.ts';
import { endOfStretch, PLACING_MS, startOfCue } from './extent.ts';
import type { Hit } from './hit.ts';
import type { Meaning } from './meaning.ts';
import { type Moment, type SourceTimeline, pickMoments } from './moments.ts';
import { parseQuery, type ParsedQuery } from './parse-query.ts';
import { holdsPhrase, phraseTimes } from './phrases.ts';
import { rankPages } from './rank-pages.ts';
import { RANKING } from './ranking.ts';
import { type TimedMatch, keepNearPhrases, scoreTimeline, weighInTalk } from './timeline.ts';
import { toMomentHit, toPageHit } from './to-hit.ts';

export interface SearchRequest {
  readonly query: string;
  /** Ids of the sources to search; all where absent. */
  readonly sourceIds?: readonly string[];
  readonly kind?: SourceKind;
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

/** What bounds the moments of one source. */
interface SourceStructure {
  readonly durationMs: number;
  readonly eventEnds: readonly number[];
  /** The cues about a time, where a word may be said; of a long talk only those are read. */
  readonly cuesAbout: (atMs: number) => Promise<readonly Cue[]>;
}

/** Hits made for each one wanted where some may fall to exclusions. */
const SPARE_FOR_EXCLUDED = 4;
/** Cues this near a matching word may be the one that says it. */
const NEAR_CUES_MS = 20_000;

/** Places of either ranking that are fused, and hits that a model puts in order. */
const FUSED = 50;
const RERANKED = 20;
/** Characters of a hit that it is judged by: 300 tokens, which each hit costs. */
const MAX_JUDGED = 1200;

export async function search(library: Library, request: SearchRequest): Promise<SearchAnswer> {
  const { query, sourceIds, kind, limit, meaning } = request;
  const filter = { ...(sourceIds && { sourceIds }), ...(kind && { sourceKind: kind }) };
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

export async function readRecords(
  library: Library,
  candidates: Candidates | undefined,
  near: readonly NearPlace[] = [],
): Promise<Map<string, SourceRecord>> {
  const ids = new Set([...(candidates?.bySource.keys() ?? []), ...near.map(({ sourceId }) => sourceId)]);
  const found = await Promise.all([...ids].map((id) => library.findSource(id)));
  return new Map(found.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const])));
}

/** Moments and pages on one scale, best first. */
export async function rankPlaces(
  library: Library,
  candidates: Candidates,
  records: ReadonlyMap<string, SourceRecord>,
  limit: number,
): Promise<(Moment | PlacedPage)[]> {
  const moments = await findMoments(library, candidates, records, limit);
  const pages = findPages(candidates, records).slice(0, limit);
  return [...moments, ...pages].sort((a, b) => b.score - a.score).slice(0, limit);
}

async function findMoments(
  library: Library,
  candidates: Candidates,
  records: ReadonlyMap<string, SourceRecord>,
  limit: number,
): Promise<Moment[]> {
  const { bySource, weights: rarities } = candidates;
  const timelines: SourceTimeline[] = [];
  const pairs = neighbours(candidates.sequence, candidates.terms);
  for (const [sourceId, passages] of bySource) {
    const matches = passages.filter(isTimed);
    if (matches.length === 0) continue;
    const durationMs = records.get(sourceId)?.durationMs ?? 0;
    const weights = weighInTalk(rarities, matches, durationMs);
    const timeline = keepNearPhrases(
      scoreTimeline(matches, weights.place, durationMs, pairs),
      candidates.phrases.map((phrase) => phraseTimes(matches, phrase)),
    );
    const ofSource = weights.source.reduce((sum, weight) => sum + weight, 0);
    const sourceScore =
      RANKING.aboutnessWeight * aboutness(matches, rarities.library, durationMs) + RANKING.talkTermWeight * ofSource;
    timelines.push({ sourceId, timeline, sourceScore });
  }
  const structures = new Map<string, Promise<SourceStructure>>();
  return pickMoments(timelines, limit, async (sourceId, startMs) => {
    const known = structures.get(sourceId) ?? readStructure(library, records.get(sourceId)!);
    structures.set(sourceId, known);
    const { durationMs, eventEnds, cuesAbout } = await known;
    const near = (await cuesAbout(startMs)).filter((cue) => Math.abs(cue.startMs - startMs) < NEAR_CUES_MS);
    const { lang } = records.get(sourceId)!;
    const beginMs = startOfCue(startMs, near, (text) => saysTopic(text, lang, candidates));
    return { startMs: beginMs, endMs: endOfStretch(beginMs, eventEnds, durationMs) };
  });
}

/** Whether it says a word of the query, of which function words say nothing where there are others. */
function saysTopic(text: string, lang: string | null, { terms, matcher }: Candidates): boolean {
  const hasContent = terms.some(({ isStop }) => !isStop);
  return matcher.match(text, lang).matches.some(({ term }) => !(hasContent && terms[term]!.isStop));
}

/** Content words that follow each other in the query, function words between them left out. */
function neighbours(sequence: readonly number[], terms: Candidates['terms']): [number, number][] {
  const content = sequence.filter((term) => term >= 0 && !terms[term]!.isStop);
  return content.slice(1).flatMap((b, i): [number, number][] => (content[i] === b ? [] : [[content[i]!, b]]));
}

function isTimed(candidate: MatchedPassage): candidate is MatchedPassage & TimedMatch {
  return candidate.passage.startMs !== null && candidate.passage.endMs !== null;
}

/** How much a whole source is about the query: each term's occurrences in ten minutes, saturating. */
function aboutness(matches: readonly TimedMatch[], weights: readonly number[], durationMs: number): number {
  const counts = weights.map(() => 0);
  for (const { matched } of matches) for (const { term, share } of matched.matches) counts[term]! += share;
  const tens = Math.max(1, durationMs / 600_000);
  return counts.reduce((sum, count, term) => sum + (weights[term]! * count) / (count + 2 * tens), 0);
}

async function readStructure(library: Library, { id, durationMs }: SourceRecord): Promise<SourceStructure> {
  const eventEnds = await library.readEventEnds(id);
  let hasCaptions = true;
  const cuesAbout = async (atMs: number) => {
    if (!hasCaptions) return [];
    const captions = await library.readCaptions(id, { fromMs: atMs - PLACING_MS - 1, toMs: atMs + PLACING_MS + 1 });
    hasCaptions = captions !== undefined;
    return captions?.cues ?? [];
  };
  return { durationMs: Math.max(durationMs ?? 0, eventEnds.at(-1) ?? 0), eventEnds, cuesAbout };
}

function findPages(candidates: Candidates, records: ReadonlyMap<string, SourceRecord>): PlacedPage[] {
  return [...candidates.bySource].flatMap(([sourceId, passages]) =>
    records.get(sourceId)?.kind === 'document'
      ? rankPages(passages, candidates, records.get(sourceId)?.numPages ?? 0).map((page) => ({ ...page, sourceId }))
      : [],
  );
}
