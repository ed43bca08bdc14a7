// A parsed query as weighted terms to look for. A term has several forms where writers differ: stemmed, in British and American
// spelling, and compounds written together or apart (`artboard`, `art board`), so one way of writing finds the other.
import { isWeakWord } from '../events/weak-words.ts';
import { irregularFormsOf } from '../text/irregular-forms.ts';
import { abbreviationsOf, synonymsOf } from '../text/synonyms.ts';
import { stemWord, terms } from '../text/terms.ts';
import type { Compound } from '../store/library.ts';
import { frameOf } from './frame.ts';
import type { ParsedQuery } from './parse-query.ts';

export interface WeighedCompound extends Compound {
  /** What it counts beside the word itself. */
  readonly share: number;
}

export interface QueryTerm {
  /** As the user wrote it, lower case. */
  readonly word: string;
  /** Stems that count as this term, in the query's language. */
  readonly forms: ReadonlySet<string>;
  /** Two words that count as this term when one follows the other: the compound written apart. Not stemmed. */
  readonly splits: readonly (readonly [string, string])[];
  /** Words to look for, not stemmed, since each source stems them in its own language: one for each form. */
  readonly lookups: readonly string[];
  /** Words that say nearly the same, not stemmed; they count as this term, but less. */
  readonly relatedLookups: readonly string[];
  /** Stems of certain languages that count as this term in part: compounds with the word, and what it is a compound of. */
  readonly compounds: readonly WeighedCompound[];
  /** A function word, or one that only asks, outside any phrase: beside others it weighs little and finds nothing by itself. */
  readonly isStop: boolean;
  /** A content word that names no topic: change, find, number. */
  readonly isWeak: boolean;
  /** The verb of a question how to do something, which texts often say in other words. */
  readonly isAction: boolean;
}

const ACTION =
  /^\s*(?:how (?:do|does|can|could|should|would|must) (?:i|we|you|one)|how to|(?:can|could|where (?:do|can)) i|i (?:want|would like) to|what (?:must|should|can) i do to)\s+(?<first>\p{L}+)|\bbe\s+(?<last>\p{L}+)[\s?]*$/iu;

const MIN_PART = 3;
const MIN_COMPOUND = 7;
/** The longest compounds of German are shorter; cuts of what is longer would each be looked up. */
const MAX_COMPOUND = 80;
/** A word of this length is clipped to one of these in a compound. */
const MIN_CLIPPED = 7;
const CLIPS = [3, 4];

/** Terms in order of first use, each stem once. `lang`: of the query. */
export function toQueryTerms(query: ParsedQuery, lang = 'en'): QueryTerm[] {
  const found = new Map<string, QueryTerm>();
  const { first, last } = ACTION.exec(query.text)?.groups ?? {};
  const action = (first ?? last)?.toLowerCase();
  const inPhrase = new Set(query.phrases.flat());
  const frame = frameOf(query.text);
  const words = query.words.flatMap((word) =>
    terms(word, lang).map((term) => ({
      ...term,
      isStop: (term.isStop || frame.has(word)) && !inPhrase.has(word),
    })),
  );
  const joined = joinNeighbours(words.map(({ word, isStop }) => (isStop && !/^[b-hj-z]$/.test(word) ? '' : word)));
  const genitives = joinGenitives(words);
  words.forEach(({ word, term, isStop }, i) => {
    const compounds = [...(joined.get(i) ?? []), ...(genitives.get(i) ?? [])];
    const spellings = isStop
      ? []
      : [
          ...otherSpellings(word, lang),
          ...irregularFormsOf(word, lang),
          ...abbreviationsOf(word, lang),
          ...yearIn(word),
          ...compounds,
        ];
    const earlier = found.get(term);
    const forms = new Set([...(earlier?.forms ?? [term]), ...spellings.map((other) => stemWord(other, lang))]);
    const relatedLookups = isStop || inPhrase.has(word) ? [] : synonymsOf(word, lang);
    found.set(term, {
      relatedLookups,
      compounds: [],
      word: earlier?.word ?? word,
      forms,
      splits: isStop ? [] : splitCompound(word),
      lookups: [...new Set([...(earlier?.lookups ?? [word]), ...spellings])],
      isStop: isStop && (earlier?.isStop ?? true),
      isWeak: isWeakWord(word, lang) && !inPhrase.has(word),
      isAction: word === action && !inPhrase.has(word),
    });
  });
  return [...found.values()];
}

/** `fy2022` is also written as the year alone. */
function yearIn(word: string): string[] {
  return /^\p{L}{1,3}((?:19|20)\d\d)$/u.exec(word)?.slice(1) ?? [];
}

/** Where a compound could be cut, both parts being words; which of them are, the library's own vocabulary says. */
function splitCompound(word: string): [string, string][] {
  const numbered = /^(\p{L}+)(\d+)$|^(\d+)(\p{L}+)$/u.exec(word);
  if (numbered !== null) return [[numbered[1] ?? numbered[3]!, numbered[2] ?? numbered[4]!]];
  if (word.length < MIN_COMPOUND || word.length > MAX_COMPOUND || !/^\p{Script=Latin}+$/u.test(word)) return [];
  const cuts = Array.from({ length: word.length - 2 * MIN_PART + 1 }, (_, i) => i + MIN_PART);
  return cuts.map((cut) => [word.slice(0, cut), word.slice(cut)]);
}

/**
 * Index of a word -> what it makes with the word before or after it: `auto`, `select` -> `autoselect`; `x`, `tics` -> `xtics`.
 * Names of commands and functions clip the first: `logarithmic`, `scale` -> `logscale`.
 */
function joinNeighbours(words: readonly string[]): Map<number, string[]> {
  const joined = new Map<number, string[]>();
  for (let i = 0; i + 1 < words.length; i++) {
    const [a, b] = [words[i]!, words[i + 1]!];
    if (a === '' || b.length < 2 || !/^\p{Script=Latin}+$/u.test(a + b)) continue;
    const compounds = [a + b, ...(a.length >= MIN_CLIPPED ? CLIPS.map((length) => a.slice(0, length) + b) : [])];
    if (a.length > 1) joined.set(i, [...(joined.get(i) ?? []), ...compounds]);
    joined.set(i + 1, [...(joined.get(i + 1) ?? []), ...compounds]);
  }
  return joined;
}

/** `range of the x axis` is written `xrange`, `size of a point` `pointsize`: names put what it is of first. */
function joinGenitives(words: readonly { readonly word: string; readonly isStop: boolean }[]): Map<number, string[]> {
  const joined = new Map<number, string[]>();
  words.forEach(({ word: of }, i) => {
    const head = words[i - 1];
    if ((of !== 'of' && of !== 'for') || head === undefined || head.isStop) return;
    const owner = words.findIndex(({ word }, j) => j > i && !/^(?:the|an?|my|your|its|this|that|each|all)$/.test(word));
    const { word = '' } = words[owner] ?? {};
    if (owner < 0 || !/^\p{Script=Latin}+$/u.test(word)) return;
    const singular = word.length > 3 ? word.replace(/(?<=[xs]|ch)es$|(?<=[^s])s$/, '') : word;
    const compounds = [...new Set([word + head.word, singular + head.word])];
    joined.set(i - 1, compounds);
    joined.set(owner, compounds);
  });
  return joined;
}

/** British for American spelling and the reverse, by ending; a form that is no word simply never occurs. */
function otherSpellings(word: string, lang: string): string[] {
  if (lang !== 'en') return [];
  const swaps: [RegExp, string][] = [
    [/is(e[ds]?|ing|ations?|ers?)$/, 'iz$1'],
    [/iz(e[ds]?|ing|ations?|ers?)$/, 'is$1'],
    [/our(s|ed|ing|ful|less|al)?$/, 'or$1'],
    [/(?<=\w{3})or(s|ed|ing|ful|less|al)?$/, 'our$1'],
    [/(?<=\w{3})tre(s)?$/, 'ter$1'],
    [/(?<=\w{3})ogue(s)?$/, 'og$1'],
    [/(?<=\w{3})og(s)?$/, 'ogue$1'],
    [/^grey(?=(?:s|ed|ing|ish|scale)?$)/, 'gray'],
    [/^gray(?=(?:s|ed|ing|ish|scale)?$)/, 'grey'],
    // Latin and Greek plurals, which stems keep apart: axis, axes; matrix, matrices.
    [/is$/, 'es'],
    [/es$/, 'is'],
    [/[ie]x$/, 'ices'],
    [/ices$/, 'ix'],
    [/ices$/, 'ex'],
  ];
  return swaps.flatMap(([from, to]) => (from.test(word) ? [word.replace(from, to)] : []));
}
