// The reader engine's answer: the passages that hold the most of what the question asks for, word for word, each checked
// against its source. Where no passage holds enough of it, the honest answer is that it is not in here.
import type { Library, SourceKind } from '../store/library.ts';
import { findCandidates, type Candidates } from './candidates.ts';
import { cite, type Citation, type Quotation } from './citations.ts';
import { gatherEvidence, type Evidence, type EvidenceSentence } from './evidence.ts';
import type { Hit } from './hit.ts';
import { parseQuery } from './parse-query.ts';
import { search } from './search.ts';

export interface AnswerRequest {
  readonly question: string;
  readonly sourceIds?: readonly string[];
  readonly kind?: SourceKind;
  /** The most citations the answer may rest on. */
  readonly limit?: number;
}

export interface Answer {
  readonly question: string;
  readonly answer: string;
  /** True where the sources don't hold the answer; `answer` then says so, and there are no citations. */
  readonly abstained: boolean;
  readonly citations: readonly Citation[];
  readonly engine: string;
  /** What was looked at: passages the search gave, and sentences weighed. */
  readonly usage: { readonly hits: number; readonly sentences: number };
}

/** A run of sentences of one hit, and how much of the question it holds. */
interface Passage {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
  /** Share of the question's weight that the passage and its heading hold, 0 to 1. */
  readonly coverage: number;
  readonly worth: number;
}

const HITS = 8;
const MAX_PASSAGES = 3;
/** A passage below this share of the question's weight is no evidence (bench/answers.ts). */
const MIN_COVERAGE = 0.6;
/** A second passage must be nearly as good as the first one to stand beside it. */
const MIN_SHARE_OF_BEST = 0.85;
const MAX_WORDS = 70;
/** Steps belong together: a question how to do something gets a longer passage, and what follows it. */
const MAX_WORDS_HOW_TO = 130;
const MAX_WORDS_WITH_CONTINUATION = 35;
/** A word of the heading counts for every sentence under it, but less than one in the sentence. */
const HEADING_SHARE = 0.7;
const HOW_TO =
  /^\s*(how\b|what (should|must|can|do) i\b|where (do|can) i\b|i want to\b|can i\b|wie\b|comment\b|cómo\b)/i;

export async function answerQuestion(library: Library, request: AnswerRequest): Promise<Answer> {
  const { question, sourceIds, kind, limit = MAX_PASSAGES } = request;
  const filter = { ...(sourceIds && { sourceIds }), ...(kind && { sourceKind: kind }) };
  const candidates = await findCandidates(library, parseQuery(question), filter);
  if (candidates === undefined) return abstain(question, 0, 0);
  const { hits } = await search(library, {
    query: question,
    limit: HITS,
    ...(sourceIds && { sourceIds }),
    ...(kind && { kind }),
  });
  const evidence = await gatherEvidence(library, hits);
  const numSentences = evidence.reduce((sum, { sentences }) => sum + sentences.length, 0);
  const isHowTo = HOW_TO.test(question);
  const topScore = Math.max(...hits.map(({ score }) => score));
  const passages = evidence
    .flatMap(
      (one) => bestPassage(one, one.hit.score / topScore, candidates, isHowTo ? MAX_WORDS_HOW_TO : MAX_WORDS) ?? [],
    )
    .map(({ sentences, ...passage }) => ({
      ...passage,
      sentences: withContinuation(
        sentences,
        evidence.find(({ hit }) => hit === passage.hit)!.sentences,
        isHowTo ? MAX_WORDS_HOW_TO : MAX_WORDS_WITH_CONTINUATION,
      ),
    }));
  const chosen = choosePassages(passages, Math.min(limit, MAX_PASSAGES));
  if (chosen.length === 0) return abstain(question, hits.length, numSentences);
  const citations = await Promise.all(
    chosen
      .flatMap(toQuotations)
      .slice(0, limit)
      .map((quotation) => cite(library, quotation)),
  );
  return {
    question,
    answer: citations.map(({ quote }) => quote).join('\n'),
    abstained: false,
    citations,
    engine: 'reader',
    usage: { hits: hits.length, sentences: numSentences },
  };
}

function abstain(question: string, hits: number, sentences: number): Answer {
  const answer = 'The sources do not hold an answer to this question.';
  return { question, answer, abstained: true, citations: [], engine: 'reader', usage: { hits, sentences } };
}

function choosePassages(passages: readonly Passage[], limit: number): Passage[] {
  const sorted = passages.filter(({ coverage }) => coverage >= MIN_COVERAGE).sort((a, b) => b.worth - a.worth);
  const best = sorted[0]?.worth ?? 0;
  const seen = new Set<string>();
  const chosen = sorted.filter(({ worth, sentences: [first] }) => {
    if (worth < MIN_SHARE_OF_BEST * best || seen.has(first!.text)) return false;
    seen.add(first!.text);
    return true;
  });
  return chosen.slice(0, limit);
}

/** The run of sentences that holds the most of the question in the fewest words. */
function bestPassage(
  { hit, sentences }: Evidence,
  searchShare: number,
  candidates: Candidates,
  maxWords: number,
): Passage | undefined {
  const { matcher, terms } = candidates;
  const weights = candidates.weights.library.map((weight, i) => (terms[i]!.isStop ? 0 : weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const matchesIn = (text: string) =>
    new Set(matcher.match(text).matches.flatMap(({ term, share }) => (share === 1 ? [term] : [])));
  const own = sentences.map(({ text }) => matchesIn(text));
  const headings = sentences.map(({ heading }) => matchesIn(heading));
  const words = sentences.map(({ text }) => text.split(/\s+/).length);
  let best: Passage | undefined;
  for (let start = 0; start < sentences.length; start++) {
    // A heading says what follows, and answers nothing by itself.
    if (sentences[start]!.text === sentences[start]!.heading) continue;
    const held = new Map<number, number>();
    let numWords = 0;
    for (let end = start; end < sentences.length; end++) {
      numWords += words[end]!;
      if (end > start && (numWords > maxWords || sentences[end]!.heading !== sentences[start]!.heading)) break;
      for (const term of headings[end]!) held.set(term, Math.max(HEADING_SHARE, held.get(term) ?? 0));
      for (const term of own[end]!) held.set(term, 1);
      const coverage = [...held].reduce((sum, [term, share]) => sum + share * weights[term]!, 0) / total;
      // What the search ranked first is likelier the place; every further word has to earn its room.
      const worth = coverage * (0.6 + 0.4 * searchShare) - 0.0005 * numWords;
      if (worth > (best?.worth ?? -Infinity))
        best = { hit, sentences: sentences.slice(start, end + 1), coverage, worth };
    }
  }
  return best;
}

/** The sentences that go on in the same paragraph or list, as far as there is room: the steps after the sentence found. */
function withContinuation(
  found: readonly EvidenceSentence[],
  all: readonly EvidenceSentence[],
  maxWords: number,
): EvidenceSentence[] {
  const sentences = [...found];
  let numWords = sentences.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  for (let next = all.indexOf(sentences.at(-1)!) + 1; next < all.length; next++) {
    const sentence = all[next]!;
    numWords += sentence.text.split(/\s+/).length;
    const goesOn = sentence.isContinued || /^\s*(?:[-•▪●○]|\(?\d{1,2}[.)])\s/.test(sentence.text);
    if (!goesOn || numWords > maxWords || sentence.heading !== found[0]!.heading) break;
    sentences.push(sentence);
  }
  return sentences;
}

/** One quotation a page, since a quote must be found where its citation points. */
function toQuotations({ hit, sentences }: Passage): Quotation[] {
  const byPage = [...Map.groupBy(sentences, ({ pageIndex }) => pageIndex).values()];
  return byPage.map((group) => {
    const [first] = group;
    const last = group.at(-1)!;
    return {
      hit,
      quote: group.map(({ text }) => text).join(' '),
      startMs: first!.startMs,
      endMs: last.endMs,
      pageIndex: first!.pageIndex,
      pageLabel: first!.pageLabel,
    };
  });
}
