// The run of sentences of one hit that answers a question best: most of what is asked for in the fewest words, said as an
// answer of its kind is said, whole, and with what it needs before and after it to be understood.
import type { Evidence, EvidenceSentence } from './evidence.ts';
import type { Hit } from './hit.ts';
import type { QuestionKind } from './question.ts';
import { type Asked, type ReadSentence, readSentence } from './read-sentence.ts';

export interface AnswerPassage {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
  /** Share of the question's weight that the passage and its heading hold, 0 to 1. */
  readonly coverage: number;
  /** Indices of the question's terms that it holds. */
  readonly held: ReadonlySet<number>;
  readonly worth: number;
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
/** Sentences that a question somebody asked is taken to be answered in. */
const ANSWERED_WITHIN = 3;
/** What the sign of an answer is worth, in shares of the question. */
const SIGN_WORTH = { definition: 0.3, reason: 0.12, number: 0.12, value: 0.06, 'how-to': 0.1, other: 0 } as const;
/** And what it adds that a table's row which tells a value is named by the question. */
const ROW_WORTH = 0.3;
/** A label of a word or two answers nothing. */
const MIN_PASSAGE_WORDS = 4;
/** What it adds that words which stand together in the question do so here, too: `hidden layer` is not a layer with hidden units. */
const PAIR_WORTH = 0.12;
/** What a label or a line of code costs, in shares of the question. */
const FRAGMENT_COST = 0.1;
/** How far a passage's worth rests on the rank that the search gave its place. */
const SEARCH_SHARE = 0.6;
/** What it adds that a document's heading names all that is asked for. */
const HEADING_WORTH = 0.1;
/** What the first sentence under a heading gains where heading and question say the same: it says what its section is about. */
const LEAD_WORTH = 0.2;
const WORD_COST = 0.0005;
const LEANS =
  /^(?:it|its|it's|they|their|them|this|these|those|such|he|she|his|her|here|there|er|sie|es|das|il|elle|ello)\b/i;
const GOES_ON =
  /^(?:it|its|it's|they|this|these|those|such|so|because|therefore|thus|then|and|but|otherwise|instead|for example|that|however|if|in that case)\b/i;
const LIST_ITEM = /^\s*(?:[-•▪●○]|\(?\d{1,2}[.)])\s/;

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
    const run = new Run(asked, placeWorth(first, read[start]!, asked), opened[start]!);
    if (first.isLead === true && namesTopic(read[start]!, asked)) run.hold(actions, HEADING_SHARE);
    for (let end = start; end < sentences.length; end++) {
      const sentence = sentences[end]!;
      if (end > start && !mayFollow(sentence, first)) break;
      run.add(sentence, read[end]!);
      if (end > start && run.numWords > maxWords) break;
      const worth = run.worth(trust);
      if (run.numWords >= MIN_PASSAGE_WORDS && worth > (best?.worth ?? -Infinity)) {
        best = { hit, sentences: sentences.slice(start, end + 1), coverage: run.coverage, held: run.terms, worth };
      }
    }
  }
  if (best === undefined || best.sentences[0]!.row !== undefined) return best;
  return { ...best, sentences: withContext(best.sentences, sentences, asked.kind) };
}

/** Rows of tables are quoted by themselves. */
function mayFollow(sentence: EvidenceSentence, first: EvidenceSentence): boolean {
  if (first.row !== undefined || sentence.row !== undefined || sentence.form === 'question') return false;
  return isOfOnePart(first, sentence);
}

/** Sentences one after the other, while they are added. */
class Run {
  numWords = 0;
  readonly #asked: Asked;
  /** Term -> what it counts for, 0 to 1. */
  readonly #held = new Map<number, number>();
  /** Of the question's words, see ReadSentence. */
  readonly #pairs = new Set<number>();
  readonly #placed: number;
  #isSigned = false;
  #nameShare = 0;
  #numFragments = 0;

  constructor(asked: Asked, placed: number, held: ReadonlyMap<number, number>) {
    this.#asked = asked;
    this.#placed = placed;
    this.hold(held, 1);
  }

  add({ form }: EvidenceSentence, read: ReadSentence): void {
    this.numWords += read.numWords;
    this.#isSigned ||= read.isSigned;
    if (this.#asked.kind === 'number' || this.#asked.kind === 'value') this.#nameShare = read.nameShare;
    if (form === 'fragment' && this.#nameShare === 0) this.#numFragments++;
    for (const pair of read.pairs) this.#pairs.add(pair);
    this.hold(read.heading, HEADING_SHARE);
    this.hold(read.own, 1);
  }

  hold(terms: ReadonlyMap<number, number>, factor: number): void {
    raise(this.#held, terms, factor);
  }

  get coverage(): number {
    return [...this.#held].reduce((sum, [term, share]) => sum + share * this.#asked.shares[term]!, 0);
  }

  /** Indices of the question's terms that it holds. */
  get terms(): Set<number> {
    return new Set([...this.#held.keys()].filter((term) => this.#asked.shares[term]! > 0));
  }

  /** `trust`: in what its place holds of the question. */
  worth(trust: number): number {
    const sign = this.#isSigned ? SIGN_WORTH[this.#asked.kind] : 0;
    const said = sign + ROW_WORTH * this.#nameShare + PAIR_WORTH * pairShare(this.#pairs, this.#asked);
    return this.coverage * trust + this.#placed + said - FRAGMENT_COST * this.#numFragments - WORD_COST * this.numWords;
  }
}

/** How much of the question these pairs of its words are, 0 to 1. */
function pairShare(pairs: ReadonlySet<number>, { shares, candidates: { sequence } }: Asked): number {
  return [...pairs].reduce((sum, i) => sum + (shares[sequence[i]!]! + shares[sequence[i + 1]!]!) / 2, 0);
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
