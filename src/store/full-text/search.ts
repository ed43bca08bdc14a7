// Search by words: the passages that match a query, best first, and how many hold a term.
//
// Shards are visited in order of the best score that any of their passages could reach, and the visit ends when that bound
// falls below the worst hit already found (the block-max idea of Ding and Suel, SIGIR 2011), so the result is that of reading all.
import type { PassageFilter, PassageHit, PassageQuery, PassageRank } from '../library.ts';
import { UnexpectedColumnError } from '../errors.ts';
import type { Db } from '../statement.ts';
import { BestHits, type RankedPassage } from './best-hits.ts';
import { Bm25 } from './bm25.ts';
import { IndexReader } from './index-reader.ts';
import { selectPassagesById, toPassage } from './passage-rows.ts';
import { readingLanguagesOf } from './languages.ts';
import { PASSAGE_KINDS } from './passages.ts';
import { PhraseMatcher, type Phrase } from './phrase.ts';
import { shardKey } from './term-postings.ts';
import { readQuery } from './tokens.ts';

/** A longer query is ranked by its rarest terms alone; the others could hardly change the order. */
const MAX_RANKED_TERMS = 64;

/** The places of the best passages; none of their text is read. */
export function rankPassages(db: Db, query: PassageQuery): PassageRank[] {
  const languages = readingLanguagesOf(db);
  const required = toPhrases(query.allOf, languages);
  const excluded = toPhrases(query.noneOf, languages);
  const words = distinctTerms([...query.anyOf.map((word) => readQuery(word, languages)), ...required]);
  const ranked = [...words, ...compoundTerms(query, words)];
  if (ranked.length === 0 || query.limit < 1) return [];

  const phrases = [...required, ...excluded].flat().filter((phrase) => phrase.length > 1);
  const index = new IndexReader(db, query, [...new Set(phrases.flat().map(({ term }) => term))]);
  const bm25 = new Bm25(index, index.rarest(ranked, MAX_RANKED_TERMS));
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
  return ranks.flatMap(({ id, sourceId, lang, score }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...toPassage(row, { id: sourceId, lang }), score }];
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
  const languages = readingLanguagesOf(db);
  const documentFrequency = terms.map((word) => {
    const ofReadings = readQuery(word, languages).map((tokens) => {
      return Math.min(...tokens.map(({ term }) => index.documentFrequency(term)));
    });
    return Math.min(
      total,
      ofReadings.reduce((sum, count) => sum + count, 0),
    );
  });
  return { total, documentFrequency };
}

/** Each as the ways to read it. */
function toPhrases(phrases: readonly (readonly string[])[] = [], languages: readonly string[]): Phrase[][] {
  return phrases.map((words) => readQuery(words.join(' '), languages)).filter((readings) => readings.length > 0);
}

/** Each word's term in every language, together; no term twice. */
function distinctTerms(read: readonly (readonly Phrase[])[]): string[][] {
  const seen = new Set<string>();
  return read
    .flatMap((readings) => (readings[0] ?? []).map((_, i) => readings.map((tokens) => tokens[i]!.term)))
    .flatMap((terms) => {
      const fresh = [...new Set(terms)].filter((term) => !seen.has(term));
      for (const term of fresh) seen.add(term);
      return fresh.length === 0 ? [] : [fresh];
    });
}

/** No term twice, and none of those that are words of the query. */
function compoundTerms({ compounds = [] }: PassageQuery, words: readonly (readonly string[])[]): string[][] {
  const seen = new Set(words.flat());
  return compounds.flatMap((of) => {
    const fresh = [...new Set(of.map(({ stem, lang }) => `${stem}@${lang}`))].filter((term) => !seen.has(term));
    for (const term of fresh) seen.add(term);
    return fresh.length === 0 ? [] : [fresh];
  });
}

function toRanks(index: IndexReader, hits: readonly RankedPassage[]): PassageRank[] {
  const origins = index.origins(new Set(hits.map(({ kind, sourceNo }) => shardKey(kind, sourceNo))));
  return hits.map(({ kind, sourceNo, ordinal, score }) => {
    const origin = origins.get(shardKey(kind, sourceNo));
    if (origin === undefined)
      throw new UnexpectedColumnError('column postings.occurrences names a source that is not there');
    const { sourceId, firstId, lang } = origin;
    return { id: firstId + ordinal, sourceId, kind: PASSAGE_KINDS[kind]!, lang, score };
  });
}
