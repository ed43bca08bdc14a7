// The run of sentences of one hit that answers a question best: most of what is asked for in the fewest words, said as an
// answer of its kind is said, whole, and with what it needs before and after it to be understood.
import type { Candidates } from './candidates.ts';
import type { Evidence, EvidenceSentence } from './evidence.ts';
import type { Hit } from './hit.ts';
import { hasSign, isAskingWord, type QuestionKind } from './question.ts';
import type { QueryTerm } from './query-terms.ts';

export interface AnswerPassage {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
  /** Share of the question's weight that the passage and its heading hold, 0 to 1. */
  readonly coverage: number;
  /** Indices of the question's terms that it holds. */
  readonly held: ReadonlySet<number>;
  readonly worth: number;
}

export interface Asked {
  readonly kind: QuestionKind;
  readonly candidates: Candidates;
  /** By term: its share of what is asked for; they sum to 1. */
  readonly shares: readonly number[];
}

const MAX_WORDS = 70;
/** Steps belong together: a question how to do something gets a longer passage, and what follows it. */
const MAX_WORDS_HOW_TO = 130;
const MAX_WORDS_WITH_CONTINUATION = 45;
/** A passage shorter than that says too little by itself; steps take more. */
const MIN_WORDS = 8;
const MIN_WORDS_HOW_TO = 25;
/** A word of the heading, or of a question that the sentences answer, counts for them, but less than one in them. */
const HEADING_SHARE = 0.7;
/** And a word that says nearly the same. */
const RELATED_SHARE = 0.4;
/** Sentences that a question somebody asked is taken to be answered in. */
const ANSWERED_WITHIN = 3;
/** What the sign of an answer is worth, in shares of the question. */
const SIGN_WORTH = { definition: 0.3, reason: 0.12, number: 0.12, 'how-to': 0.1, other: 0 } as const;
/** A label of a word or two answers nothing. */
const MIN_PASSAGE_WORDS = 4;
/** What a label or a line of code costs, in shares of the question. */
const FRAGMENT_COST = 0.1;
/** How far a passage's worth rests on the rank that the search gave its place. */
const SEARCH_SHARE = 0.6;
/** What it adds that a document's heading names all that is asked for. */
const HEADING_WORTH = 0.1;
/** What the first sentence under a heading gains where heading and question say the same: it says what its section is about. */
const LEAD_WORTH = 0.2;
const WORD_COST = 0.0005;
/** Weight of a content word that names no topic, beside words that do. */
const WEAK_WEIGHT = 0.4;
/** And of the verb of a how-to question. */
const ACTION_WEIGHT = 0.5;
const LEANS =
  /^(?:it|its|it's|they|their|them|this|these|those|such|he|she|his|her|here|there|er|sie|es|das|il|elle|ello)\b/i;
const UNDOING =
  /^((?:to\s+)?)(?:disable|turn\s+off|switch\s+off|unset|remove|suppress|deactivate|delete|hide|prevent|avoid)\b/i;
const GOES_ON =
  /^(?:it|its|it's|they|this|these|those|such|so|because|therefore|thus|then|and|but|otherwise|instead|for example|that|however|if|in that case)\b/i;
const LIST_ITEM = /^\s*(?:[-•▪●○]|\(?\d{1,2}[.)])\s/;

/** What each term of a question asks for: rare words most, function words nothing, words without a topic little. */
export function sharesOf({ terms, weights }: Candidates): number[] {
  const hasTopic = terms.some((term) => !term.isStop && !term.isWeak && !term.isAction);
  const factor = ({ word, isStop, isWeak, isAction }: QueryTerm) =>
    isStop || isAskingWord(word) ? 0 : !hasTopic ? 1 : isWeak ? WEAK_WEIGHT : isAction ? ACTION_WEIGHT : 1;
  const worth = terms.map((term, i) => factor(term) * weights.library[i]!);
  const total = worth.reduce((sum, one) => sum + one, 0);
  return worth.map((one) => (total === 0 ? 0 : one / total));
}

/** @param searchShare the hit's score as a share of the best hit's: what the search ranked first is likelier the place. */
export function bestPassage(
  { hit, sentences }: Evidence,
  searchShare: number,
  asked: Asked,
): AnswerPassage | undefined {
  const maxWords = asked.kind === 'how-to' ? MAX_WORDS_HOW_TO : MAX_WORDS;
  const read = sentences.map((sentence, i) =>
    readSentence(sentence, sentences[i + 1]?.text ?? '', asked, hit.source.lang),
  );
  const opened = openQuestions(sentences, read);
  // What can be done with a thing is told where the thing is, in the words of the manual: `turned off` answers `hide`.
  const actions = new Map(
    asked.candidates.terms.flatMap(({ isAction }, term) => (isAction ? [[term, 1] as const] : [])),
  );
  const trust = 1 - SEARCH_SHARE + SEARCH_SHARE * searchShare;
  let best: AnswerPassage | undefined;
  for (let start = 0; start < sentences.length; start++) {
    // A heading says what follows, and answers nothing by itself; neither does a question.
    const first = sentences[start]!;
    if (first.text === first.heading || first.form === 'question' || isCode(first)) continue;
    const placed = placeWorth(first, read[start]!, asked);
    const held = new Map<number, number>(opened[start]);
    if (first.isLead === true && namesTopic(read[start]!, asked)) raise(held, actions, HEADING_SHARE);
    let numWords = 0;
    let extra = 0;
    for (let end = start; end < sentences.length; end++) {
      const sentence = sentences[end]!;
      numWords += read[end]!.numWords;
      if (end > start && (numWords > maxWords || !isOfOnePart(first, sentence) || sentence.form === 'question')) break;
      if (read[end]!.isSigned) extra = Math.max(extra, SIGN_WORTH[asked.kind]);
      if (sentence.form === 'fragment') extra -= FRAGMENT_COST;
      raise(held, read[end]!.heading, HEADING_SHARE);
      raise(held, read[end]!.own, 1);
      const coverage = [...held].reduce((sum, [term, share]) => sum + share * asked.shares[term]!, 0);
      const worth = coverage * trust + placed + extra - WORD_COST * numWords;
      if (numWords >= MIN_PASSAGE_WORDS && worth > (best?.worth ?? -Infinity)) {
        const terms = new Set([...held.keys()].filter((term) => asked.shares[term]! > 0));
        best = { hit, sentences: sentences.slice(start, end + 1), coverage, held: terms, worth };
      }
    }
  }
  return best && { ...best, sentences: withContext(best.sentences, sentences, asked.kind) };
}

/** What it adds to a passage that it begins where it does. */
function placeWorth({ pageIndex, isLead }: EvidenceSentence, read: ReadSentence, { shares }: Asked): number {
  if (pageIndex === null) return 0;
  const named = [...read.heading].reduce((sum, [term, share]) => sum + share * shares[term]!, 0);
  return HEADING_WORTH * named + (isLead === true ? LEAD_WORTH * named ** 2 * Math.sqrt(read.headingShare) : 0);
}

/** Whether the heading is what the question is about: all its topics, and little else. */
function namesTopic({ heading, headingShare }: ReadSentence, { shares, candidates: { terms } }: Asked): boolean {
  const topics = [...terms.keys()].filter(
    (term) => shares[term]! > 0 && !terms[term]!.isAction && !terms[term]!.isWeak,
  );
  return headingShare >= 0.5 && topics.length > 0 && topics.every((term) => heading.get(term) === 1);
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

interface ReadSentence {
  /** Term -> 1, or less for a word that says nearly the same. */
  readonly own: ReadonlyMap<number, number>;
  /** The same of what stands over it: its heading, and who says it. */
  readonly heading: ReadonlyMap<number, number>;
  /** Share of the heading's words that the question names. */
  readonly headingShare: number;
  readonly numWords: number;
  readonly isSigned: boolean;
}

function readSentence(
  { text, heading, speaker = '', pageIndex }: EvidenceSentence,
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
  return {
    own: sharesIn(matches),
    heading: sharesIn([...over.matches, ...candidates.matcher.match(speaker, lang).matches]),
    headingShare: new Set(over.matches.map(({ word }) => word)).size / Math.max(1, over.numWords),
    numWords: text.split(/\s+/).length,
    // Speech says "click" and "to do this" all the time; print instructs in so many words.
    isSigned:
      (kind !== 'how-to' || (pageIndex !== null && !undoes(text, matches))) && hasSign(kind, text, runs, next, lang),
  };
}

/** Whether it says how to get rid of what the question wants: `To disable log scaling: ...`, where no such verb is asked for. */
function undoes(text: string, matches: readonly { start: number }[]): boolean {
  const verb = UNDOING.exec(text);
  return verb !== null && !matches.some(({ start }) => start === verb[1]!.length);
}

function sharesIn(matches: readonly { term: number; share: number }[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { term, share } of matches) {
    found.set(term, Math.max(found.get(term) ?? 0, share === 1 ? 1 : RELATED_SHARE));
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

/** By sentence: the terms of a question asked just before it, as a heading would hold them. */
function openQuestions(sentences: readonly EvidenceSentence[], read: readonly ReadSentence[]): Map<number, number>[] {
  return sentences.map((_, i) => {
    const held = new Map<number, number>();
    for (let before = Math.max(0, i - ANSWERED_WITHIN); before < i; before++)
      if (sentences[before]!.form === 'question') raise(held, read[before]!.own, HEADING_SHARE);
    return held;
  });
}

function raise(held: Map<number, number>, by: ReadonlyMap<number, number>, factor: number): void {
  for (const [term, share] of by) held.set(term, Math.max(held.get(term) ?? 0, factor * share));
}

/** With the sentence before, where the first leans on it, and those after it that go on: steps, `It ...`, what a colon announces. */
function withContext(
  found: readonly EvidenceSentence[],
  all: readonly EvidenceSentence[],
  kind: QuestionKind,
): EvidenceSentence[] {
  const sentences = [...found];
  const maxWords = kind === 'how-to' ? MAX_WORDS_HOW_TO : MAX_WORDS_WITH_CONTINUATION;
  const words = ({ text }: EvidenceSentence) => text.split(/\s+/).length;
  let numWords = sentences.reduce((sum, sentence) => sum + words(sentence), 0);
  const previous = all[all.indexOf(sentences[0]!) - 1];
  const needsMore = numWords < MIN_WORDS || LEANS.test(sentences[0]!.text);
  if (previous !== undefined && needsMore && isWithin(previous, sentences[0]!)) {
    if (previous.form === 'statement' && numWords + words(previous) <= MAX_WORDS) {
      sentences.unshift(previous);
      numWords += words(previous);
    }
  }
  for (let next = all.indexOf(sentences.at(-1)!) + 1; next < all.length; next++) {
    const [last, sentence] = [sentences.at(-1)!, all[next]!];
    numWords += words(sentence);
    const isShort = numWords - words(sentence) < (kind === 'how-to' ? MIN_WORDS_HOW_TO : MIN_WORDS);
    if (numWords > maxWords || !isWithin(last, sentence) || !goesOn(last, sentence, isShort)) break;
    sentences.push(sentence);
  }
  return sentences;
}

/** A printed line that begins in lower case and is no sentence: a command, or the rest of one. */
function isCode({ form, text, pageIndex }: EvidenceSentence): boolean {
  return form === 'fragment' && pageIndex !== null && /^[^\p{Lu}\p{N}]*\p{Ll}/u.test(text);
}

function isWithin(one: EvidenceSentence, other: EvidenceSentence): boolean {
  return isOfOnePart(one, other) && one.text !== one.heading && one.pageIndex === other.pageIndex;
}

/** Under one heading, and said by one: two people's words are no quotation. */
function isOfOnePart(one: EvidenceSentence, other: EvidenceSentence): boolean {
  return one.heading === other.heading && one.speaker === other.speaker;
}

function goesOn(last: EvidenceSentence, next: EvidenceSentence, isShort: boolean): boolean {
  const announces = /:\s*$/.test(last.text);
  if (next.form === 'fragment') return announces;
  if (next.form === 'question') return false;
  return announces || LIST_ITEM.test(next.text) || (next.isContinued && (isShort || GOES_ON.test(next.text)));
}
