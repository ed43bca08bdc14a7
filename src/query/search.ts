// Search, top to bottom: a query's words, the passages that hold them, moments in timed sources and pages in documents ranked
// on one scale, and each as a hit with its text, excerpt and a link that opens it.
import type { Cue } from '../ingest/captions/cue.ts';
import type { Library, SourceKind, SourceRecord } from '../store/library.ts';
import { type Candidates, type MatchedPassage, findCandidates } from './candidates.ts';
import { endOfStretch, startOfCue } from './extent.ts';
import type { Hit } from './hit.ts';
import { type Moment, type SourceTimeline, pickMoments } from './moments.ts';
import { parseQuery } from './parse-query.ts';
import { holdsPhrase, phraseTimes } from './phrases.ts';
import { type RankedPage, rankPages } from './rank-pages.ts';
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
}

export interface SearchAnswer {
  readonly query: string;
  /** True where nothing in the sources matches; then there are no hits. */
  readonly noMatch: boolean;
  /** Best first. */
  readonly hits: readonly Hit[];
}

interface PlacedPage extends RankedPage {
  readonly sourceId: string;
}

/** What bounds the moments of one source. */
interface SourceStructure {
  readonly durationMs: number;
  readonly eventEnds: readonly number[];
  readonly cues: readonly Cue[];
}

/** Hits made for each one wanted where some may fall to exclusions. */
const SPARE_FOR_EXCLUDED = 4;
/** Cues this near a matching word may be the one that says it. */
const NEAR_CUES_MS = 20_000;

export async function search(library: Library, request: SearchRequest): Promise<SearchAnswer> {
  const { query, sourceIds, kind, limit } = request;
  const filter = { ...(sourceIds && { sourceIds }), ...(kind && { sourceKind: kind }) };
  const parsed = parseQuery(query);
  const candidates = await findCandidates(library, parsed, filter);
  if (candidates === undefined) return { query, noMatch: true, hits: [] };
  const records = await readRecords(library, candidates);
  const spare = parsed.excluded.length > 0 ? SPARE_FOR_EXCLUDED : 1;
  const places = await rankPlaces(library, candidates, records, limit * spare);
  const found = await Promise.all(
    places.map((place) => {
      const record = records.get(place.sourceId)!;
      return 'startMs' in place
        ? toMomentHit(library, record, place, candidates)
        : toPageHit(library, record, place, candidates);
    }),
  );
  // The store has left out passages with excluded words; a moment or page may still hold them in another passage.
  const hits = found.filter(({ text }) => !parsed.excluded.some((phrase) => holdsPhrase(text, phrase, 'en')));
  return { query, noMatch: hits.length === 0, hits: hits.slice(0, limit) };
}

export async function readRecords(library: Library, { bySource }: Candidates): Promise<Map<string, SourceRecord>> {
  const found = await Promise.all([...bySource.keys()].map((id) => library.findSource(id)));
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
  const { bySource, weights: rarities, matcher } = candidates;
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
    const { durationMs, eventEnds, cues } = await known;
    const near = cues.filter((cue) => Math.abs(cue.startMs - startMs) < NEAR_CUES_MS);
    const beginMs = startOfCue(startMs, near, matcher);
    return { startMs: beginMs, endMs: endOfStretch(beginMs, eventEnds, durationMs) };
  });
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
  const [eventEnds, captions] = await Promise.all([library.readEventEnds(id), library.readCaptions(id)]);
  return { durationMs: durationMs ?? eventEnds.at(-1) ?? 0, eventEnds, cues: captions?.cues ?? [] };
}

function findPages(candidates: Candidates, records: ReadonlyMap<string, SourceRecord>): PlacedPage[] {
  return [...candidates.bySource].flatMap(([sourceId, passages]) =>
    records.get(sourceId)?.kind === 'document'
      ? rankPages(passages, candidates, records.get(sourceId)?.numPages ?? 0).map((page) => ({ ...page, sourceId }))
      : [],
  );
}
