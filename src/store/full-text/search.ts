// Search by words: the passages that match a query, best first, and how many hold a term.
//
// Shards are visited in order of the best score that any of their passages could reach, and the visit ends when that bound
// falls below the worst hit already found (the block-max idea of Ding and Suel, SIGIR 2011), so the result is that of reading all.
import type { PassageFilter, PassageHit, PassageQuery, PassageRank } from '../library.ts';
import type { Db } from '../open.ts';
import { BestHits, type RankedPassage } from './best-hits.ts';
import { Bm25 } from './bm25.ts';
import { IndexReader } from './index-reader.ts';
import { selectPassagesById, toPassage } from './passage-rows.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { PhraseMatcher, type Phrase } from './phrase.ts';
import { shardKey } from './term-postings.ts';
import { tokenizeQuery, type Token } from './tokens.ts';

/** A longer query is ranked by its rarest terms alone; the others could hardly change the order. */
const MAX_RANKED_TERMS = 64;

/** The places of the best passages; none of their text is read. */
export function rankPassages(db: Db, query: PassageQuery): PassageRank[] {
  const required = toPhrases(query.allOf);
  const excluded = toPhrases(query.noneOf);
  const rankedTerms = distinctTerms([...query.anyOf.map((word) => tokenizeQuery(word).tokens), ...required]);
  if (rankedTerms.length === 0 || query.limit < 1) return [];

  const phrases = [...required, ...excluded].filter((phrase) => phrase.length > 1);
  const index = new IndexReader(db, query, distinctTerms(phrases));
  const bm25 = new Bm25(index, index.rarest(rankedTerms, MAX_RANKED_TERMS));
  const matcher = new PhraseMatcher(index, required, excluded);
  const best = new BestHits(Math.floor(query.limit));
  for (const candidate of bm25.candidates()) {
    if (candidate.bound < best.worstScore) break;
    const { key, kind, sourceNo } = candidate;
    const required = matcher.requiredIn(key);
    if (required?.size === 0) continue;
    const isExcluded = matcher.excluderIn(key);
    const visit = (ordinal: number, score: number) => {
      if (score >= best.worstScore && !isExcluded(ordinal)) best.offer({ kind, sourceNo, ordinal, score });
    };
    if (required) bm25.scoreThese(candidate, required, best.worstScore, visit);
    else bm25.score(candidate, best.worstScore, visit);
  }
  return toRanks(index, best.hits());
}

export function searchPassages(db: Db, query: PassageQuery): PassageHit[] {
  return readRanked(db, rankPassages(db, query));
}

/** The passages themselves, without those that were removed since they were ranked. */
export function readRanked(db: Db, ranks: readonly PassageRank[]): PassageHit[] {
  const rows = new Map(
    selectPassagesById(
      db,
      ranks.map(({ id }) => id),
    ).map((row) => [row.id, row]),
  );
  return ranks.flatMap(({ id, sourceId, score }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...toPassage(row, sourceId), score }];
  });
}

export function countPassages(
  db: Db,
  terms: readonly string[],
  filter: PassageFilter,
): { total: number; documentFrequency: number[] } {
  const index = new IndexReader(db, filter);
  const total = [...index.totals().values()].reduce((sum, { passages }) => sum + passages, 0);
  // A word of several tokens is at most as frequent as the rarest of them.
  const documentFrequency = terms.map((word) => {
    const frequencies = tokenizeQuery(word).tokens.map(({ term }) => index.documentFrequency(term));
    return frequencies.length === 0 ? 0 : Math.min(...frequencies);
  });
  return { total, documentFrequency };
}

function toPhrases(phrases: readonly (readonly string[])[] = []): Phrase[] {
  return phrases.map((words) => tokenizeQuery(words.join(' ')).tokens).filter((tokens) => tokens.length > 0);
}

function distinctTerms(tokenLists: readonly (readonly Token[])[]): string[] {
  return [...new Set(tokenLists.flat().map(({ term }) => term))];
}

function toRanks(index: IndexReader, hits: readonly RankedPassage[]): PassageRank[] {
  const origins = index.origins(new Set(hits.map(({ kind, sourceNo }) => shardKey(kind, sourceNo))));
  return hits.map(({ kind, sourceNo, ordinal, score }) => {
    const { sourceId, firstId } = origins.get(shardKey(kind, sourceNo))!;
    return { id: firstId + ordinal, sourceId, kind: PASSAGE_KINDS[kind]!, score };
  });
}
