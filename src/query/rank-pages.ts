// How well each page of a document answers a query: BM25 over its text, the headings that stand on it, and the section it
// belongs to. A heading that says what the query says is the place a printed index would point to, so it decides; pages that
// only list other places (contents, indexes) count little.
import { type Candidates, countHolders, type MatchedPassage } from './candidates.ts';
import { type MatchedText, pairsIn } from './match.ts';
import { isListing } from '../text/listing.ts';
import { matchesPhrase } from './phrases.ts';
import type { QueryTerm } from './query-terms.ts';
import { RANKING } from './ranking.ts';
import { weighInSource } from './term-weights.ts';

export interface RankedPage {
  readonly pageIndex: number;
  readonly score: number;
  /** The heading on the page that matches best; undefined where none does. */
  readonly heading: string | undefined;
}

/** Best first, pages without a required phrase left out. `passages` of one document of `numPages`: pages, headings, events. */
export function rankPages(
  passages: readonly MatchedPassage[],
  { terms, weights: rarities, phrases, sequence }: Candidates,
  numPages: number,
): RankedPage[] {
  const pages = passages.filter(({ passage }) => passage.kind === 'page');
  const averageWords = pages.reduce((sum, { matched }) => sum + matched.numWords, 0) / Math.max(1, pages.length);
  const weights = weighInSource(rarities, countHolders(pages, terms.length), numPages);
  const named = terms.map(({ isStop }, term) => (isStop ? 0 : weights.place[term]!));
  const total = named.reduce((sum, weight) => sum + weight, 0) || 1;
  const ofSource = RANKING.sourceTermWeight * weights.source.reduce((sum, weight) => sum + weight, 0);
  const ranked = new Map<number, { score: number; heading: string | undefined; headingScore: number }>();
  const at = (pageIndex: number) => {
    const page = ranked.get(pageIndex) ?? { score: ofSource, heading: undefined, headingScore: 0 };
    ranked.set(pageIndex, page);
    return page;
  };
  for (const { passage, matched } of pages) {
    const factor = isListing(passage.text) ? RANKING.listingFactor : 1;
    const pairs = pairScore(matched, sequence, terms, weights.place);
    const close = closeness(matched, terms, weights.place);
    at(passage.pageIndex!).score += factor * (textScore(matched, weights.place, averageWords) + pairs + close);
  }
  for (const { passage, matched } of passages) {
    if (passage.kind !== 'heading' || passage.pageIndex === null) continue;
    const page = at(passage.pageIndex);
    const score = RANKING.headingWeight * total * likeness(matched, named, total);
    if (score > page.headingScore) Object.assign(page, { headingScore: score, heading: passage.title });
  }
  const holders = pages.filter(({ matched }) => phrases.every((phrase) => matchesPhrase(matched, phrase)));
  const allowed = new Set(holders.map(({ passage }) => passage.pageIndex));
  return [...ranked]
    .filter(([pageIndex]) => phrases.length === 0 || allowed.has(pageIndex))
    .map(([pageIndex, { score, heading, headingScore }]) => ({ pageIndex, heading, score: score + headingScore }))
    .sort((a, b) => b.score - a.score || a.pageIndex - b.pageIndex);
}

/** The weight of words that stand next to each other in the query and in the text: names of menus are made of common words. */
function pairScore(
  { matches }: MatchedText,
  sequence: readonly number[],
  terms: readonly QueryTerm[],
  weights: readonly number[],
): number {
  let score = 0;
  for (const i of pairsIn(matches, sequence)) {
    const [a, b] = [sequence[i]!, sequence[i + 1]!];
    if (a !== b && !(terms[a]!.isStop && terms[b]!.isStop)) score += (weights[a]! + weights[b]!) / 2;
  }
  return score;
}

/** The weight of the terms around the best word of the page, each fading with its distance: a page holds several subjects. */
function closeness({ matches }: MatchedText, terms: readonly QueryTerm[], weights: readonly number[]): number {
  const content = matches.filter(({ term }) => !terms[term]!.isStop);
  const sums = new Float64Array(content.length);
  terms.forEach((_, term) => {
    const of = content.filter((match) => match.term === term);
    for (let i = 0, next = 0; i < content.length && of.length > 0; i++) {
      const { word } = content[i]!;
      while (next + 1 < of.length && Math.abs(of[next + 1]!.word - word) <= Math.abs(of[next]!.word - word)) next++;
      const gap = Math.abs(of[next]!.word - word);
      sums[i]! += weights[term]! * of[next]!.share * Math.exp(-gap / RANKING.closenessWords);
    }
  });
  return sums.reduce((best, sum) => Math.max(best, sum), 0);
}

function textScore({ matches, numWords }: MatchedText, weights: readonly number[], averageWords: number): number {
  const saturation =
    RANKING.saturation *
    (1 - RANKING.pageLengthShare + (RANKING.pageLengthShare * numWords) / Math.max(1, averageWords));
  let score = 0;
  for (const [term, found] of Map.groupBy(matches, ({ term }) => term)) {
    const count = found.reduce((sum, { share }) => sum + share, 0);
    score += (weights[term]! * count * (RANKING.saturation + 1)) / (count + saturation);
  }
  return score;
}

/** 1 where heading and query say the same; the share of the query's weight times the share of the heading's words. */
function likeness({ matches, numWords }: MatchedText, weights: readonly number[], total: number): number {
  const found = new Map<number, number>();
  for (const { term, share } of matches) found.set(term, Math.max(share, found.get(term) ?? 0));
  const ofQuery = [...found].reduce((sum, [term, share]) => sum + share * weights[term]!, 0) / total;
  const ofHeading = new Set(matches.map(({ word }) => word)).size / Math.max(1, numWords);
  return ofQuery ** RANKING.headingCoverage * ofHeading ** RANKING.headingExtraWords;
}
