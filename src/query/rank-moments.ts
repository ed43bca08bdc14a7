// The moments of timed sources that answer a query, best first: each source's matches are scored along its time, by its own rarity
// of words and what it is about as a whole, and the best beginnings become moments with the bounds that their source gives them.
import type { Cue } from '../ingest/captions/cue.ts';
import type { Library, SourceRecord } from '../store/library.ts';
import type { Candidates, MatchedPassage } from './candidates.ts';
import { endOfStretch, PLACING_MS, startOfCue } from './extent.ts';
import { type Moment, type SourceTimeline, pickMoments } from './moments.ts';
import { phraseTimes } from './phrases.ts';
import { RANKING } from './ranking.ts';
import { type AskedSpeakers, cutBySpeaker, findAskedSpeakers, preferTurns, stretchOfTurn } from './speakers.ts';
import { type TimedMatch, type Timeline, keepNearPhrases, scoreTimeline, weighInTalk } from './timeline.ts';
import { scoreTreatment } from './treatment.ts';

/** What bounds the moments of one source. */
interface SourceStructure {
  readonly durationMs: number;
  readonly eventEnds: readonly number[];
  /** The cues about a time, where a word may be said; of a long talk only those are read. */
  readonly cuesAbout: (atMs: number) => Promise<readonly Cue[]>;
}

/** Cues this near a matching word may be the one that says it. */
const NEAR_CUES_MS = 20_000;

export async function rankMoments(
  library: Library,
  candidates: Candidates,
  records: ReadonlyMap<string, SourceRecord>,
  limit: number,
): Promise<Moment[]> {
  const asked = await findAskedSpeakers(library, candidates);
  const timelines = [...candidates.bySource].flatMap(([sourceId, passages]): SourceTimeline[] => {
    const matches = passages.filter(isTimed);
    if (matches.length === 0) return [];
    const durationMs = records.get(sourceId)?.durationMs ?? 0;
    return [{ sourceId, ...scoreSource(sourceId, matches, durationMs, candidates, asked) }];
  });
  const structures = new Map<string, Promise<SourceStructure>>();
  return pickMoments(timelines, limit, async (sourceId, startMs) => {
    const known = structures.get(sourceId) ?? readStructure(library, records.get(sourceId)!);
    structures.set(sourceId, known);
    const { durationMs, eventEnds, cuesAbout } = await known;
    const near = (await cuesAbout(startMs)).filter((cue) => Math.abs(cue.startMs - startMs) < NEAR_CUES_MS);
    const { lang } = records.get(sourceId)!;
    const beginMs = startOfCue(startMs, near, (text) => saysTopic(text, lang, candidates));
    const turn = stretchOfTurn(beginMs, asked?.turns.get(sourceId) ?? []);
    return turn ?? { startMs: beginMs, endMs: endOfStretch(beginMs, eventEnds, durationMs) };
  });
}

function scoreSource(
  sourceId: string,
  matches: readonly (MatchedPassage & TimedMatch)[],
  durationMs: number,
  candidates: Candidates,
  asked: AskedSpeakers | undefined,
): { timeline: Timeline; sourceScore: number } {
  const { weights: rarities, phrases, sequence, terms } = candidates;
  const { place, source } = weighInTalk(rarities, matches, durationMs);
  // Who speaks is known by the turns: what is said there need not name them.
  const weights = place.map((weight, term) => (asked?.named.has(term) === true ? 0 : weight));
  const turns = asked?.turns.get(sourceId);
  const said = asked && turns ? cutBySpeaker(matches, turns, asked, candidates) : matches;
  const score = (of: readonly TimedMatch[]) => scoreTimeline(of, weights, durationMs, neighbours(sequence, terms));
  const timeline = keepNearPhrases(
    asked ? preferTurns(score(said), turns) : scoreTreatment(said, terms, durationMs, score),
    phrases.map((phrase) => phraseTimes(matches, phrase)),
  );
  const ofSource = source.reduce((sum, weight) => sum + weight, 0);
  const about = aboutness(matches, rarities.library, durationMs);
  return { timeline, sourceScore: RANKING.aboutnessWeight * about + RANKING.talkTermWeight * ofSource };
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
