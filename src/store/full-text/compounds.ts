// Compounds among the words of the library: those that a word ends or begins, and the parts of one. For this the terms of languages
// that write compounds as one word are also kept reversed, so that those with one ending lie side by side.
import { foldDiacritics } from '../../text/fold.ts';
import { headsBehind, headStems, modifierStems, writesCompounds } from '../../text/compounds.ts';
import { stemIn } from '../../text/stem.ts';
import type { Compound } from '../library.ts';
import { statement, type Db } from '../statement.ts';
import { languagesOf } from './languages.ts';

/** Terms with one beginning or ending that are looked at, and longer ones aren't. */
const MAX_TERMS = 200;
const MIN_WORD = 3;
const MIN_PART = 3;
/** What is left beside the word is taken for a word unseen, where it is as long as that. */
const LONG = 6;

/** Keeps the terms reversed that belong to a language of compounds. */
export function insertTermEnds(db: Db, terms: readonly string[]): void {
  const reversed = terms.flatMap((term) => (isOfCompounds(term) ? [reverse(term)] : []));
  if (reversed.length === 0) return;
  statement(db, 'INSERT OR IGNORE INTO term_ends SELECT value FROM json_each(?)').run(JSON.stringify(reversed));
}

/** Of each word, in the languages given: what is a compound with it, or a part of it. */
export function findCompounds(
  db: Db,
  words: readonly string[],
  languages: readonly string[] = languagesOf(db),
): Compound[][] {
  const vocabularies = languages.filter(writesCompounds).map((lang) => new Vocabulary(db, lang, words));
  return words.map((word) => {
    const isWord = word.length >= MIN_WORD && /^\p{Script=Latin}+$/u.test(word);
    return isWord ? vocabularies.flatMap((vocabulary) => vocabulary.compoundsOf(word)) : [];
  });
}

/** The words of one language in the library, and those of a query. */
class Vocabulary {
  readonly #db: Db;
  readonly #lang: string;
  /** Stems of the query. */
  readonly #asked: ReadonlySet<string>;

  constructor(db: Db, lang: string, asked: readonly string[]) {
    this.#db = db;
    this.#lang = lang;
    this.#asked = new Set(asked.flatMap((word) => [stemIn(word, lang), ...headStems(word, lang)]));
  }

  compoundsOf(word: string): Compound[] {
    const lang = this.#lang;
    const own = stemIn(word, lang);
    const headed = this.#knownOf(this.#endingIn(word), ({ first }) => modifierStems(first, lang));
    const modified = this.#knownOf(this.#beginningWith(word, own), ({ heads }) => heads);
    return [
      ...headed.map(({ stem }) => ({ lang, stem, relation: 'head' as const })),
      ...modified.map(({ stem }) => ({ lang, stem, relation: 'modifier' as const })),
      ...this.#partsOf(word, own),
    ];
  }

  #endingIn(word: string): { stem: string; first: string }[] {
    return headStems(word, this.#lang).flatMap((head) => {
      const [from, to] = rangeOf(reverse(`${head}@${this.#lang}`));
      const reversed = statement(
        this.#db,
        `SELECT reversed FROM term_ends WHERE reversed > ? AND reversed < ? ORDER BY length(reversed) LIMIT ${MAX_TERMS}`,
      )
        .pluck()
        .all(from, to) as string[];
      return reversed.map((found) => {
        const stem = stemOf(reverse(found));
        return { stem, first: stem.slice(0, -head.length) };
      });
    });
  }

  #beginningWith(word: string, own: string): { stem: string; heads: string[] }[] {
    const folded = foldDiacritics(word);
    // Dutch stems are spelled otherwise: laag, lag.
    const beginnings = folded.startsWith(own) ? [own] : [own, folded];
    return beginnings.flatMap((beginning) => {
      const [from, to] = rangeOf(beginning);
      const terms = statement(
        this.#db,
        `SELECT term FROM terms WHERE term > ? AND term < ? AND term LIKE ? ORDER BY length(term) LIMIT ${MAX_TERMS}`,
      )
        .pluck()
        .all(from, to, `%@${this.#lang}`) as string[];
      return terms.map(stemOf).map((stem) => ({ stem, heads: headsBehind(stem, word, this.#lang) }));
    });
  }

  /** The two words that a word is made of; all ways to cut it. */
  #partsOf(word: string, own: string): Compound[] {
    const lang = this.#lang;
    const folded = foldDiacritics(word);
    const cuts = Array.from({ length: Math.max(0, own.length - 2 * MIN_PART + 1) }, (_, i) => i + MIN_PART);
    const ways = cuts.map((cut) => ({
      heads: headStems(folded.slice(cut), lang),
      firsts: modifierStems(folded.slice(0, cut), lang),
    }));
    const known = this.#known(ways.flatMap(({ heads, firsts }) => [...heads, ...firsts]));
    return ways.flatMap((way) => {
      const [heads, firsts] = [way.heads, way.firsts].map((stems) => stems.filter((stem) => known.has(stem)));
      if (heads!.length === 0 || firsts!.length === 0) return [];
      return [
        ...heads!.map((stem) => ({ lang, stem, relation: 'ownHead' as const })),
        ...firsts!.map((stem) => ({ lang, stem, relation: 'ownModifier' as const })),
      ];
    });
  }

  /** Those whose other part is a word, or long. */
  #knownOf<T>(found: readonly T[], othersOf: (one: T) => readonly string[]): T[] {
    const others = found.map(othersOf);
    const known = this.#known(others.flat());
    return found.filter((_, i) => others[i]!.some((stem) => stem.length >= LONG || known.has(stem)));
  }

  #known(stems: readonly string[]): ReadonlySet<string> {
    if (stems.length === 0) return new Set();
    const terms = stems.map((stem) => `${stem}@${this.#lang}`);
    const found = statement(this.#db, 'SELECT term FROM json_each(?) CROSS JOIN terms ON term = value')
      .pluck()
      .all(JSON.stringify(terms)) as string[];
    return new Set([...found.map(stemOf), ...stems.filter((stem) => this.#asked.has(stem))]);
  }
}

function isOfCompounds(term: string): boolean {
  const at = term.lastIndexOf('@');
  return at > 0 && writesCompounds(term.slice(at + 1));
}

function stemOf(term: string): string {
  return term.slice(0, term.lastIndexOf('@'));
}

function reverse(term: string): string {
  return [...term].reverse().join('');
}

/** What begins with a text lies between it and the second. */
function rangeOf(beginning: string): [string, string] {
  return [beginning, `${beginning}\u{10ffff}`];
}
