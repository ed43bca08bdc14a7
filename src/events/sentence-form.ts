// What the form of a sentence tells where captions have no punctuation, by the closed classes of its words (clause-words.ts): a question
// asks and tells nothing, and a clause that begins with `if` needs another one. Languages without classes show nothing.
import { clauseWordsOf, type ClauseWords } from './clause-words.ts';

/** Words of a clause before another one can follow it: `If we do that we get`. */
const LEAST_CLAUSE = 3;

/** A main clause follows them. */
const THEN: ReadonlySet<string> = new Set(['then', 'dann', 'alors', 'entonces', 'allora', 'então']);

export interface SentenceForm {
  readonly isQuestion: boolean;
  /** It begins like a clause that needs another one, and there is none. */
  readonly lacksMainClause: boolean;
  /** A word of grammar has a capital inside it: a recogniser's, that writes no full stops. */
  readonly isSeamed: boolean;
}

export function sentenceForm(sentence: string, lang: string): SentenceForm | undefined {
  const classes = clauseWordsOf(lang);
  if (classes === undefined) return undefined;
  const words = wordsOf(sentence);
  return {
    isQuestion: isQuestion(words, classes),
    lacksMainClause: classes.subordinators.has(words[0]!) && !hasMainClause(words, classes),
    isSeamed: !/^de\b/i.test(lang) && isSeamed(sentence, classes),
  };
}

/** Lower case; punctuation that parts clauses is a word of its own. */
function wordsOf(sentence: string): string[] {
  return (
    sentence
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}\p{N}'-]+|[,;:.?!–—()]/gu) ?? []
  );
}

/** Its verb stands before its subject: `How much does it cost`, `Shall we`; in print a mark says so, in captions often none does. */
function isQuestion(words: readonly string[], classes: ClauseWords): boolean {
  const [first = '', second = ''] = words;
  if (/^(?:what|who|where|how|why)'s$/.test(first))
    return !words.slice(2).some((word) => word === 'is' || word === 'that');
  // `When the rate is small`
  const asks = classes.questionWords.has(first) && !classes.subordinators.has(first);
  const verb = words.slice(1, 4).findIndex((word) => classes.auxiliaries.has(word)) + 1;
  if (asks && verb === 1) return true;
  if (asks && verb > 1 && isSubject(words[verb + 1], classes))
    return words.slice(1, verb).every((word) => !isSubject(word, classes));
  // `Do the next step`
  const isImperative = first === 'do' && classes.articles.has(second);
  return classes.modals.has(first) && isSubject(second, classes) && !isImperative;
}

function isSubject(word: string | undefined, { subjects, maybeSubjects, articles }: ClauseWords): boolean {
  return word !== undefined && (subjects.has(word) || maybeSubjects.has(word) || articles.has(word));
}

function isSeamed(sentence: string, { open, articles, maybeSubjects, linkers, imperatives }: ClauseWords): boolean {
  for (const [, before = '', word = ''] of sentence.matchAll(/(?<!\p{L})(\p{Ll}{2,}),? (?=(\p{Lu}\p{Ll}+)(?!\.))/gu)) {
    const small = word.toLowerCase();
    // `The Bank of New York`
    if (articles.has(small)) continue;
    const isOfGrammar = open.has(small) || maybeSubjects.has(small) || linkers.has(small);
    // `click Next`
    if (isOfGrammar && !imperatives.has(before)) return true;
  }
  return false;
}

/** A comma, or a subject and its verb that no word ties to what comes before. */
function hasMainClause(words: readonly string[], classes: ClauseWords): boolean {
  if (words.slice(1, -1).some((word) => /^[,;:–—]$/.test(word))) return true;
  return words.some((word, i) => {
    if (THEN.has(word)) return true;
    if (i <= LEAST_CLAUSE || classes.open.has(words[i - 1]!) || classes.questionWords.has(words[i - 1]!)) return false;
    if (classes.clauses.has(word) || classes.subjects.has(word)) return true;
    return (classes.maybeSubjects.has(word) && classes.verbs.has(words[i + 1] ?? '')) || classes.imperatives.has(word);
  });
}
