// What speaks for a border of sentences before each word of a text without punctuation: the words on both sides of it, by their
// class. Worths add up, each about the natural logarithm of what it does to the odds. They were set on every second source of
// bench/utterances.ts; changing any of them by a third changes little there.
import { type ClauseWords, clauseWordsOf } from './clause-words.ts';

// By the word before.
const OPEN = -4;
const HALF_OPEN = -1.2;
const CLOSING = 0.3;
const ANTECEDENT = -2.2;
const LINKING = -2;
/** Between words that are never parted. */
const PARTED = -2;
// By the word after.
const OPENER = 2;
const CLAUSE = 1.4;
const SUBJECT = 1.1;
const MAYBE_SUBJECT = 0.8;
const QUESTION = 1.2;
const MODAL = 0.8;
const INVERSION = 0.2;
const IMPERATIVE = 1;
/** Of a verb that does without an article: `choose edit fill`, `press delete`. */
const BARE_IMPERATIVE = 0.4;
const NOUN_PHRASE = 0.6;
const SUBORDINATE = 0.4;
const ARTICLE = -0.6;
const TIED = -2.5;
const OTHER = -1.4;
/** What a linking word loses where the word after it may begin a clause, and where it doesn't. */
const UNSURE = -0.8;
const UNLINKED = -1.8;

/** A border here is no more likely than one after `the`. */
export const IMPOSSIBLE = OPEN + 0.5;

/** Words from an article to the verb: `the next idea is`. */
const NOUN_PHRASE_WORDS = 3;

/** [words] what a border before each is worth; undefined for a language whose word classes are not listed. */
export function borderWorths(words: readonly string[], lang: string): Float64Array | undefined {
  const classes = clauseWordsOf(lang);
  if (classes === undefined) return undefined;
  const bare = words.map(bareWord);
  const worths = new Float64Array(words.length);
  for (let i = 1; i < bare.length; i++)
    worths[i] = isParted(bare, i, classes) ? PARTED : endWorth(bare, i - 1, classes) + startWorth(bare, i, classes);
  return worths;
}

/** Lower case, without punctuation around it. */
function bareWord(word: string): string {
  if (/^[a-z]+$/.test(word)) return word;
  return word
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

/** `you | know`; or a word said twice: `the | the`. */
function isParted(words: readonly string[], at: number, { pairs }: ClauseWords): boolean {
  const [previous, word] = [words[at - 1]!, words[at]!];
  return previous === word || pairs.has(`${previous} ${word}`);
}

function endWorth(words: readonly string[], at: number, classes: ClauseWords): number {
  const [word, next] = [words[at]!, words[at + 1]!];
  if (classes.open.has(word)) return OPEN;
  if (classes.maybeSubjects.has(word) && (classes.verbs.has(next) || classes.imperatives.has(next))) return OPEN;
  if (classes.antecedents.has(word) && (classes.clauses.has(next) || isSubject(next, classes))) return ANTECEDENT;
  if (classes.halfOpen.has(word)) return HALF_OPEN;
  if (classes.closing.has(word)) return CLOSING;
  return classes.linkers.has(word) ? LINKING : 0;
}

function startWorth(words: readonly string[], at: number, classes: ClauseWords): number {
  const [word, next = ''] = [words[at]!, words[at + 1]];
  if (classes.pairs.has(`${word} ${next}`)) return OTHER;
  // `click OK`
  if (classes.openers.has(word)) return classes.imperatives.has(words[at - 1]!) ? OTHER : OPENER;
  const linked = classes.linkers.get(word);
  if (linked !== undefined) return linked + linkWorth(words, at + 1, classes);
  const clause = clauseWorth(words, at, classes);
  if (clause !== undefined) return clause;
  if (classes.subordinators.has(word)) return SUBORDINATE;
  if (classes.tied.has(word)) return TIED;
  return classes.articles.has(word) ? ARTICLE : OTHER;
}

/** undefined where no clause begins. */
function clauseWorth(words: readonly string[], at: number, classes: ClauseWords): number | undefined {
  const [word = '', next = ''] = [words[at], words[at + 1]];
  if (classes.clauses.has(word)) return CLAUSE;
  if (classes.subjects.has(word)) return SUBJECT;
  if (classes.maybeSubjects.has(word) && classes.verbs.has(next)) return MAYBE_SUBJECT;
  if (classes.questionWords.has(word) && classes.auxiliaries.has(next)) return QUESTION;
  if (classes.imperatives.has(word) && classes.directions.has(next)) return IMPERATIVE;
  if (classes.commands.has(word) && !classes.imperatives.has(words[at - 1]!)) return BARE_IMPERATIVE;
  if (classes.modals.has(word) && (isSubject(next, classes) || classes.articles.has(next))) return MODAL;
  if (classes.auxiliaries.has(word) && isSubject(next, classes)) return INVERSION;
  return isNounPhrase(words, at, classes) ? NOUN_PHRASE : undefined;
}

function linkWorth(words: readonly string[], at: number, classes: ClauseWords): number {
  const word = words[at] ?? '';
  if (classes.linkers.has(word) || classes.openers.has(word)) return 0;
  const isClause = clauseWorth(words, at, classes) !== undefined;
  if (isClause && !classes.imperatives.has(word)) return 0;
  const mayBeClause = [classes.imperatives, classes.subordinators, classes.articles, classes.questionWords].some((of) =>
    of.has(word),
  );
  return mayBeClause ? UNSURE : UNLINKED;
}

function isSubject(word: string, { subjects, maybeSubjects }: ClauseWords): boolean {
  return subjects.has(word) || maybeSubjects.has(word);
}

/** An article, words of content, a verb: a subject. */
function isNounPhrase(words: readonly string[], at: number, classes: ClauseWords): boolean {
  if (!classes.articles.has(words[at] ?? '')) return false;
  for (let i = at + 1; i <= at + NOUN_PHRASE_WORDS && i < words.length; i++) {
    const word = words[i]!;
    if (classes.auxiliaries.has(word)) return i > at + 1;
    if (classes.open.has(word) || classes.tied.has(word) || classes.closing.has(word)) return false;
  }
  return false;
}
