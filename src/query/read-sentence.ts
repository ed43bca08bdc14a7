// What one sentence holds of what is asked for: its own words, those that stand over it, and the form of an answer.
import type { Candidates } from './candidates.ts';
import type { EvidenceSentence } from './evidence.ts';
import { pairsIn } from './match.ts';
import { hasSign, isAskingWord, type QuestionKind } from './question.ts';
import type { QueryTerm } from './query-terms.ts';

export interface Asked {
  readonly kind: QuestionKind;
  readonly candidates: Candidates;
  /** By term: its share of what is asked for; they sum to 1. */
  readonly shares: readonly number[];
}

export interface ReadSentence {
  /** Term -> 1, or less for a word that says nearly the same. */
  readonly own: ReadonlyMap<number, number>;
  /** The same of what stands over it: its heading, and who says it. */
  readonly heading: ReadonlyMap<number, number>;
  /** Share of the heading's words that the question names. */
  readonly headingShare: number;
  /** Places in the question's sequence whose word and the next one stand together here, too. */
  readonly pairs: readonly number[];
  /** Of a table's row: the share of its name's words that the question names; 0 for others. */
  readonly nameShare: number;
  readonly numWords: number;
  readonly isSigned: boolean;
}

/** Weight of a content word that names no topic, beside words that do. */
const WEAK_WEIGHT = 0.4;
/** And of the verb of a how-to question. */
const ACTION_WEIGHT = 0.5;
/** What a word that says nearly the same counts for the one asked for. */
const RELATED_SHARE = 0.4;
const UNDOING =
  /^((?:to\s+)?)(?:disable|turn\s+off|switch\s+off|unset|remove|suppress|deactivate|delete|hide|prevent|avoid)\b/i;

/** What each term of a question asks for: rare words most, function words nothing, words without a topic little. */
export function sharesOf({ terms, weights }: Candidates): number[] {
  const hasTopic = terms.some((term) => !term.isStop && !term.isWeak && !term.isAction);
  const factor = ({ word, isStop, isWeak, isAction }: QueryTerm) =>
    isStop || isAskingWord(word) ? 0 : !hasTopic ? 1 : isWeak ? WEAK_WEIGHT : isAction ? ACTION_WEIGHT : 1;
  const worth = terms.map((term, i) => factor(term) * weights.library[i]!);
  const total = worth.reduce((sum, one) => sum + one, 0);
  return worth.map((one) => (total === 0 ? 0 : one / total));
}

/** @param next the sentence after it; `lang`: of their source. */
export function readSentence(
  { text, heading, row, speaker = '', pageIndex }: EvidenceSentence,
  next: string,
  { kind, candidates, shares }: Asked,
  lang: string | null,
): ReadSentence {
  const { matches } = candidates.matcher.match(text, lang);
  const topics = matches.filter(({ term, share }) => share === 1 && shares[term]! > 0);
  // A term of several words is defined where its words stand together.
  const runs = joinNeighbours(topics).filter(
    ({ terms }) => [...terms].reduce((sum, term) => sum + shares[term]!, 0) > 0.6,
  );
  const over = candidates.matcher.match(heading, lang);
  const overRow = (row?.over ?? []).flatMap((line) => candidates.matcher.match(line, lang).matches);
  return {
    own: sharesIn([...matches, ...overRow]),
    heading: sharesIn([...over.matches, ...candidates.matcher.match(speaker, lang).matches]),
    headingShare: new Set(over.matches.map(({ word }) => word)).size / Math.max(1, over.numWords),
    pairs: pairsIn(topics, candidates.sequence),
    nameShare: row === undefined ? 0 : nameShareOf(row.name, candidates, lang),
    numWords: text.split(/\s+/).length,
    // Speech says "click" and "to do this" all the time; print instructs in so many words.
    isSigned:
      (kind !== 'how-to' || (pageIndex !== null && !undoes(text, matches))) && hasSign(kind, text, runs, next, lang),
  };
}

/** Whether a sentence says, alone or with the one after it, what the question's term means. `lang`: of their source. */
export function defines(
  sentences: readonly EvidenceSentence[],
  index: number,
  asked: Asked,
  lang: string | null,
): boolean {
  const { isSigned, own } = readSentence(sentences[index]!, sentences[index + 1]?.text ?? '', asked, lang);
  return isSigned && asked.shares.every((share, term) => share === 0 || own.get(term) === 1);
}

/** Whether it says how to get rid of what the question wants: `To disable log scaling: ...`, where no such verb is asked for. */
function undoes(text: string, matches: readonly { start: number }[]): boolean {
  const verb = UNDOING.exec(text);
  return verb !== null && !matches.some(({ start }) => start === verb[1]!.length);
}

function sharesIn(matches: readonly { term: number; share: number }[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { term, share } of matches) {
    found.set(term, Math.max(found.get(term) ?? 0, share === 1 ? 1 : Math.max(RELATED_SHARE, share)));
  }
  return found;
}

/** Matches of neighbouring words as one span each. */
function joinNeighbours(matches: readonly { term: number; word: number; start: number; end: number }[]) {
  const runs: { terms: Set<number>; start: number; end: number; word: number }[] = [];
  for (const { term, word, start, end } of matches) {
    const run = runs.at(-1);
    if (run !== undefined && word - run.word <= 1) {
      run.terms.add(term);
      Object.assign(run, { word, end });
    } else runs.push({ terms: new Set([term]), start, end, word });
  }
  return runs;
}

/** The share of a name's words that the question names. */
function nameShareOf(name: string, { matcher, terms }: Candidates, lang: string | null): number {
  const { matches, numWords } = matcher.match(name, lang);
  const named = new Set(matches.filter(({ term }) => !terms[term]!.isStop).map(({ word }) => word));
  return named.size / Math.max(1, numWords);
}
