// The reader engine's answer: the passages that hold the most of what the question asks for, word for word, each checked
// against its source. Where no passage holds enough of it, the honest answer is that it is not in here.
import type { Library, SourceKind } from '../store/library.ts';
import { type Candidates, findCandidates } from './candidates.ts';
import { cite, type Citation, type Quotation } from './citations.ts';
import { gatherDefinitions, gatherEvidence } from './evidence.ts';
import type { Meaning } from './meaning.ts';
import { parseQuery } from './parse-query.ts';
import { type AnswerPassage, bestPassage } from './passages.ts';
import { kindOfQuestion } from './question.ts';
import { type Asked, defines, sharesOf } from './read-sentence.ts';
import { search } from './search.ts';
import { tellRow } from './tell-row.ts';

export interface AnswerRequest {
  readonly question: string;
  readonly sourceIds?: readonly string[] | undefined;
  readonly kind?: SourceKind | undefined;
  /** The most citations the answer may rest on. */
  readonly limit?: number;
  /** Where an embedding model is installed. */
  readonly meaning?: Meaning | undefined;
}

export interface Answer {
  readonly question: string;
  readonly answer: string;
  /** True where the sources don't hold the answer; `answer` then says so, and there are no citations. */
  readonly abstained: boolean;
  readonly citations: readonly Citation[];
  readonly engine: string;
  /** What was looked at: passages the search gave, and sentences weighed or read. */
  readonly usage: {
    readonly hits: number;
    readonly sentences: number;
    /** Tokens, where a model wrote it: of the prompt, those reused of it, and of the answer. */
    readonly prompt?: number;
    readonly cached?: number;
    readonly completion?: number;
  };
}

const HITS = 12;
const MAX_PASSAGES = 3;
/** What a passage needs to be an answer. */
export interface EvidenceNeeded {
  /** Its share of the question, and what is added for how much the words it holds say. */
  readonly min: number;
  /** And where part of it stands on the page before or after the one that was found. */
  readonly minBeside: number;
  /** Worth of each word held that one passage of the library alone holds, or of several as rare together. */
  readonly rareWordWorth: number;
  /** More words than that add nothing. */
  readonly maxRareWords: number;
}

/**
 * bench/abstention.ts shows what other values do. From 0.88 to 0.94 `min` trades an answer for a silence, one for one; `minBeside` hardly
 * matters; above 2 `maxRareWords` changes nothing, and guards against long questions, which the bench lacks.
 */
export const EVIDENCE_NEEDED: EvidenceNeeded = { min: 0.88, minBeside: 0.98, rareWordWorth: 0.2, maxRareWords: 3 };
/** A further passage must be nearly as good as the first one, and hold this share of the question that those before lack. */
const MIN_SHARE_OF_BEST = 0.75;
const MIN_ADDED = 0.15;

export async function answerQuestion(library: Library, request: AnswerRequest): Promise<Answer> {
  const { question, limit = MAX_PASSAGES } = request;
  const weighed = await weighPassages(library, request);
  if (weighed === undefined) return abstain(question, 0, 0);
  const chosen = choosePassages(weighed, Math.min(limit, MAX_PASSAGES));
  if (chosen.length === 0) return abstain(question, weighed.numHits, weighed.numSentences);
  const quotations = chosen.flatMap((passage) => toQuotations(passage, weighed.asked)).slice(0, limit);
  const citations = await Promise.all(quotations.map((quotation) => cite(library, quotation)));
  return {
    question,
    answer: quotations.map(({ said }) => said).join('\n'),
    abstained: false,
    citations,
    engine: 'reader',
    usage: { hits: weighed.numHits, sentences: weighed.numSentences },
  };
}

export interface WeighedPassages {
  readonly asked: Asked;
  /** The best passage of each place that the search found. */
  readonly passages: readonly AnswerPassage[];
  readonly numHits: number;
  readonly numSentences: number;
}

/** undefined where no word of the question is in the sources. */
export async function weighPassages(library: Library, request: AnswerRequest): Promise<WeighedPassages | undefined> {
  const { question, sourceIds, kind } = request;
  const filter = { sourceIds, sourceKind: kind };
  const candidates = await findCandidates(library, parseQuery(question), filter);
  if (candidates === undefined) return undefined;
  const { hits } = await search(library, { query: question, limit: HITS, meaning: request.meaning, sourceIds, kind });
  const asked: Asked = { kind: kindOfQuestion(question), candidates, shares: sharesOf(candidates) };
  const evidence = await gatherEvidence(library, hits);
  if (asked.kind === 'definition')
    evidence.push(
      ...(await gatherDefinitions(library, hits, (said, index, { lang }) => defines(said, index, asked, lang))),
    );
  const topScore = Math.max(...hits.map(({ score }) => score));
  return {
    asked,
    passages: evidence.flatMap((one) => bestPassage(one, one.hit.score / topScore, asked) ?? []),
    numHits: hits.length,
    numSentences: evidence.reduce((sum, { sentences }) => sum + sentences.length, 0),
  };
}

function abstain(question: string, hits: number, sentences: number): Answer {
  const answer = 'The sources do not hold an answer to this question.';
  return { question, answer, abstained: true, citations: [], engine: 'reader', usage: { hits, sentences } };
}

/** The best passage, and others only for what of the question it lacks: one place is easier to check than three. Empty to abstain. */
export function choosePassages(
  { passages, asked: { shares, candidates } }: WeighedPassages,
  limit: number,
  needed = EVIDENCE_NEEDED,
): AnswerPassage[] {
  const numRare = weightInRareWords(candidates);
  const sorted = passages.filter((passage) => holdsEnough(passage, numRare, needed)).sort((a, b) => b.worth - a.worth);
  const best = sorted[0]?.worth ?? 0;
  const told = new Set<number>();
  const chosen = sorted.filter(({ worth, held }, i) => {
    const added = [...held].reduce((sum, term) => sum + (told.has(term) ? 0 : shares[term]!), 0);
    if (i > 0 && (worth < MIN_SHARE_OF_BEST * best || added < MIN_ADDED)) return false;
    for (const term of held) told.add(term);
    return true;
  });
  return chosen.slice(0, limit);
}

/**
 * Half of six rare words met in one place are hardly there by chance; one common word of two is no evidence.
 * @param numRare what the whole question says, in words that one passage alone holds
 */
function holdsEnough({ hit, sentences, coverage }: AnswerPassage, numRare: number, needed: EvidenceNeeded): boolean {
  const runsOver = sentences.some(({ pageIndex }) => pageIndex !== hit.pageIndex);
  const evidence = coverage + needed.rareWordWorth * Math.min(needed.maxRareWords, coverage * numRare);
  return evidence >= (runsOver ? needed.minBeside : needed.min);
}

function weightInRareWords({ terms, weights, rarest }: Candidates): number {
  return terms.reduce((sum, { isStop }, term) => sum + (isStop ? 0 : weights.library[term]!), 0) / rarest;
}

/** One quotation a page, since a quote must be found where its citation points; `said`: how the answer says it. */
function toQuotations(
  { hit, sentences }: AnswerPassage,
  { candidates }: Asked,
): (Quotation & { readonly said: string })[] {
  const byPage = [...Map.groupBy(sentences, ({ pageIndex }) => pageIndex).values()];
  return byPage.map((group) => {
    const [first] = group;
    const last = group.at(-1)!;
    const quote = group.map(({ text }) => text).join(' ');
    const row = first!.row;
    return {
      // A page holds several sections; the title is that of the one quoted.
      hit: first!.pageIndex === null ? hit : { ...hit, title: first!.heading },
      quote,
      said: row === undefined ? quote : tellRow({ ...row, text: quote }, candidates, hit.source.lang),
      startMs: first!.startMs,
      endMs: last.endMs,
      pageIndex: first!.pageIndex,
      pageLabel: first!.pageLabel,
    };
  });
}
