// From a query to the passages worth ranking: the terms are weighed by their rarity in the library, the store finds the best
// passages anywhere, and the sources that hold them are then read for all their matches. Only those are looked at in memory,
// so the cost of a search does not grow with the library.
import type { Library, Passage, PassageFilter, PassageKind, PassageQuery, PassageRank } from '../store/library.ts';
import { type MatchedText, Matcher } from './match.ts';
import { terms } from '../text/terms.ts';
import type { ParsedQuery } from './parse-query.ts';
import { languageOfQuery } from './query-language.ts';
import { type QueryTerm, toQueryTerms } from './query-terms.ts';
import { widenByCompounds } from './widen.ts';
import { RANKING } from './ranking.ts';
import { rarity, type TermWeights } from './term-weights.ts';

export interface Candidates {
  readonly query: ParsedQuery;
  readonly terms: readonly QueryTerm[];
  /** Required phrases, as indices of `terms`. */
  readonly phrases: readonly (readonly number[])[];
  /** The query's words in order, as indices of `terms`. */
  readonly sequence: readonly number[];
  readonly matcher: Matcher;
  /** What each term says, in the whole library: one measure, so that talks and documents compare. */
  readonly weights: TermWeights;
  /** What a word says that a single passage of the library holds. */
  readonly rarest: number;
  /** By source; sources with the best passages only. */
  readonly bySource: ReadonlyMap<string, readonly MatchedPassage[]>;
}

export interface MatchedPassage {
  readonly passage: Passage;
  readonly matched: MatchedText;
}

const MAX_PASSAGES = 300;
const MAX_PASSAGES_IN_SOURCES = 800;
const MAX_SOURCES = 10;
/** Pages are long: only the best are read again for where their words stand. */
const MAX_PAGES = 80;
/** What is said, shown and printed; events and headings only repeat it. */
const WEIGHED_KINDS: readonly PassageKind[] = ['caption', 'slide', 'page'];

/** undefined where the query has no words or nothing in the library matches them. */
export async function findCandidates(
  library: Library,
  query: ParsedQuery,
  filter: PassageFilter,
): Promise<Candidates | undefined> {
  const lang = languageOfQuery(query.words, await library.listLanguages(filter.sourceIds));
  const confirmed = await confirmSplits(library, toQueryTerms(query, lang), filter);
  const queryTerms = await widenByCompounds(library, confirmed, query, filter);
  const content = queryTerms.filter((term) => !term.isStop);
  const looked = content.length > 0 ? content : queryTerms;
  const anyOf = [...new Set(looked.flatMap((term) => [...term.lookups, ...term.relatedLookups]))];
  if (anyOf.length === 0) return undefined;
  const matcher = new Matcher(queryTerms);
  const compounds = looked.map((term) => term.compounds);
  const ask = { ...filter, anyOf, compounds, ...(query.excluded.length > 0 && { noneOf: query.excluded }) };
  const ranked = await searchBestSources(library, ask, looked, query.phrases);
  const found = await library.readRanked(withoutLesserPages(ranked));
  const passages = found.map((passage) => ({ passage, matched: matchPassage(passage, matcher) }));
  const matching = passages.filter(({ matched }) => matched.matches.length > 0);
  if (matching.length === 0) return undefined;
  const { weights, rarest } = await weigh(library, queryTerms, content.length > 0);
  const bySource = Map.groupBy(matching, ({ passage }) => passage.sourceId);
  const phrases = query.phrases.map((phrase) => toTermIndices(phrase, queryTerms, lang));
  const sequence = toTermIndices(query.words, queryTerms, lang);
  return { query, terms: queryTerms, phrases, sequence, matcher, weights, rarest, bySource };
}

/** What of a passage is searched: the title as a line of its own. */
export function textOf({ title, text }: Passage): string {
  return title === '' ? text : `${title}\n${text}`;
}

/** Who speaks is not said: those words are counted from before the first one, with a gap, so that none of what is said moves. */
function matchPassage(passage: Passage, matcher: Matcher): MatchedText {
  const { kind, title, text, lang } = passage;
  if (kind !== 'caption' || title === '') return matcher.match(textOf(passage), lang);
  const speaker = matcher.match(title, lang);
  const { matches, numWords } = matcher.match(text, lang);
  const before = speaker.matches.map((match) => ({ ...match, word: match.word - speaker.numWords - 1 }));
  return { matches: [...before, ...matches], numWords };
}

/** The best passages anywhere; where there are more than fit, all the matches of the sources that hold the best. */
async function searchBestSources(
  library: Library,
  ask: Omit<PassageQuery, 'limit'>,
  looked: readonly QueryTerm[],
  phrases: readonly (readonly string[])[],
): Promise<PassageRank[]> {
  const rankInOrder = (words: readonly string[]) =>
    library.rankPassages({ ...ask, anyOf: words, compounds: [], allOf: [words], limit: MAX_PASSAGES });
  const quoted = await Promise.all(phrases.map(rankInOrder));
  const apart = [...(await Promise.all(looked.flatMap((term) => term.splits).map(rankInOrder))), ...quoted].flat();
  // What is quoted has to be there: where nothing else is asked for, passages that hold one of its words would only lead away
  // from it, and ranking them takes longest.
  const isQuotation = looked.every(({ word }) => phrases.some((phrase) => phrase.includes(word)));
  let leading = isQuotation ? inSourcesOfAll(quoted) : [];
  if (leading.length === 0 || !(await matchesMany(library, ask))) {
    const best = await library.rankPassages({ ...ask, limit: MAX_PASSAGES });
    if (best.length < MAX_PASSAGES) return unique([...best, ...apart]);
    leading = [...best, ...apart];
  }
  const sourceIds = bestSources(leading);
  const all = await library.rankPassages({ ...ask, sourceIds, limit: MAX_PASSAGES_IN_SOURCES });
  return unique([...all, ...apart.filter((hit) => sourceIds.includes(hit.sourceId))]);
}

/** The hits in those sources that are in every one of the lists. */
function inSourcesOfAll(lists: readonly (readonly PassageRank[])[]): PassageRank[] {
  const sources = lists.map((hits) => new Set(hits.map(({ sourceId }) => sourceId)));
  return lists.flat().filter(({ sourceId }) => sources.every((of) => of.has(sourceId)));
}

/** Whether one of the words alone matches more passages than are looked at. */
async function matchesMany(library: Library, { anyOf, ...filter }: Omit<PassageQuery, 'limit'>): Promise<boolean> {
  const { documentFrequency } = await library.countPassages(anyOf, filter);
  return documentFrequency.some((count) => count >= MAX_PASSAGES);
}

/** Sources by the sum of their five best passages. */
function bestSources(hits: readonly PassageRank[]): string[] {
  const worth = (of: readonly PassageRank[]) => of.slice(0, 5).reduce((sum, { score }) => sum + score, 0);
  const groups = [...Map.groupBy(hits, ({ sourceId }) => sourceId)].map(([id, of]) => ({ id, worth: worth(of) }));
  return groups
    .sort((a, b) => b.worth - a.worth)
    .slice(0, MAX_SOURCES)
    .map(({ id }) => id);
}

function toTermIndices(phrase: readonly string[], queryTerms: readonly QueryTerm[], lang: string): number[] {
  const stems = phrase.flatMap((word) => terms(word, lang)).map(({ term }) => term);
  return stems.map((stem) => queryTerms.findIndex(({ forms }) => forms.has(stem)));
}

/** By term: how many of the passages hold it. */
export function countHolders(passages: readonly { matched: MatchedText }[], numTerms: number): number[] {
  const counts = Array.from({ length: numTerms }, () => 0);
  for (const { matched } of passages)
    for (const term of new Set(matched.matches.flatMap(({ term, share }) => (share === 1 ? [term] : []))))
      counts[term]!++;
  return counts;
}

function withoutLesserPages(hits: readonly PassageRank[]): PassageRank[] {
  let numPages = 0;
  const sorted = hits.toSorted((a, b) => b.score - a.score);
  return sorted.filter(({ kind }) => kind !== 'page' || numPages++ < MAX_PAGES);
}

function unique(hits: readonly PassageRank[]): PassageRank[] {
  return [...new Map(hits.map((hit) => [hit.id, hit])).values()];
}

/** Keeps the ways to cut a compound of which both parts are words of the library. */
async function confirmSplits(
  library: Library,
  queryTerms: readonly QueryTerm[],
  filter: PassageFilter,
): Promise<QueryTerm[]> {
  const parts = [...new Set(queryTerms.flatMap((term) => term.splits.flat()))];
  if (parts.length === 0) return [...queryTerms];
  const { documentFrequency } = await library.countPassages(parts, filter);
  const known = new Set(parts.filter((_, i) => documentFrequency[i]! > 0));
  return queryTerms.map((term) => ({ ...term, splits: term.splits.filter(([a, b]) => known.has(a) && known.has(b)) }));
}

async function weigh(
  library: Library,
  queryTerms: readonly QueryTerm[],
  hasContent: boolean,
): Promise<Pick<Candidates, 'weights' | 'rarest'>> {
  const lookups = queryTerms.flatMap((term) => [...term.lookups]);
  const { total, documentFrequency } = await library.countPassages(lookups, { kinds: WEIGHED_KINDS });
  let next = 0;
  const factors = queryTerms.map(({ isStop }) => (isStop && hasContent ? RANKING.stopWeight : 1));
  const weights = queryTerms.map(({ lookups: of }, term) => {
    const frequency = documentFrequency.slice(next, (next += of.length)).reduce((sum, count) => sum + count, 0);
    return factors[term]! * rarity(frequency, total);
  });
  return { weights: { library: weights, factors }, rarest: rarity(1, total) };
}
