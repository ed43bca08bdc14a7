// A query's words widened by the library's compounds, in languages that write those as one word: who asks for a filter is helped by
// an air filter, less by the change of filters, and in full by the latter if that is what the other words of the query say.
import type { Compound, Library, PassageFilter } from '../store/library.ts';
import type { ParsedQuery } from './parse-query.ts';
import type { QueryTerm } from './query-terms.ts';
import { RANKING } from './ranking.ts';

/** Of a word, the shortest; each costs time. */
const MAX_COMPOUNDS = 32;
/** Who says more than that has said enough. */
const MAX_WORDS = 16;

/** Words of phrases stand for themselves alone. */
export async function widenByCompounds(
  library: Library,
  terms: readonly QueryTerm[],
  { phrases }: ParsedQuery,
  filter: PassageFilter,
): Promise<QueryTerm[]> {
  const inPhrase = new Set(phrases.flat());
  const words = terms.map(({ word, isStop }) => (isStop || inPhrase.has(word) ? '' : word));
  if (words.filter((word) => word !== '').length > MAX_WORDS) return [...terms];
  const found = await library.findCompounds(words, filter);
  const heads = stemsOf(found, 'head');
  const modifiers = stemsOf(found, 'modifier');
  return terms.map((term, i) => {
    const compounds = found[i]!.map((compound) => {
      const { relation } = compound;
      const others = relation === 'head' ? modifiers : relation === 'modifier' ? heads : undefined;
      const isWhole = others?.get(keyOf(compound))?.some((other) => other !== i) ?? false;
      const share = isWhole ? 1 : relation === 'head' ? RANKING.headedShare : RANKING.relatedShare;
      return { ...compound, share };
    });
    return { ...term, compounds: compounds.sort((a, b) => b.share - a.share).slice(0, MAX_COMPOUNDS) };
  });
}

/** Stem and language -> indices of the words that are this part of it. */
function stemsOf(found: readonly (readonly Compound[])[], part: Compound['relation']): Map<string, number[]> {
  const stems = new Map<string, number[]>();
  found.forEach((compounds, i) => {
    for (const compound of compounds) {
      if (compound.relation !== part) continue;
      const key = keyOf(compound);
      stems.set(key, [...(stems.get(key) ?? []), i]);
    }
  });
  return stems;
}

function keyOf({ stem, lang }: Compound): string {
  return `${stem}@${lang}`;
}
