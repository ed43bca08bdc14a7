// Compounds written as one word (Filterwechsel, wasmachine, diskmaskin): which languages make them, and how the words they are made of
// join. Which of the ways to cut a word are right, only a vocabulary tells.
import { foldDiacritics } from './fold.ts';
import { stemIn } from './stem.ts';
import { isStopWord } from './stop-words.ts';

/**
 * What may stand between the stem of the first word and the second: an ending that the stem has lost, or a link. German
 * Hilf-s-arbeit, Straß-en-bahn; Swedish gat-u-kök; Finnish kirj-an-merkki. Folded, like stems.
 */
const LINKS: Readonly<Record<string, readonly string[]>> = {
  da: ['s', 'e', 'er', 'es', 'n', 'en'],
  de: ['s', 'n', 'en', 'es', 'er', 'e', 'ens', 'ungs', 'ung'],
  fi: ['n', 'an', 'en', 'in', 'on', 'un', 'a', 'e', 'i', 'o', 'u'],
  hu: ['a', 'e', 'o', 'i'],
  nl: ['s', 'e', 'en', 'er', 'n', 'ing', 'ings'],
  no: ['s', 'e', 'er', 'es', 'n', 'en'],
  sv: ['s', 'e', 'o', 'u', 'a', 'er', 'n', 'en', 'ings', 'ing'],
};

/** First parts that make another word of a word rather than a kind of it, and are no function words. */
const PREFIXES: Readonly<Record<string, ReadonlySet<string>>> = {
  de: new Set('ent fort los miss ver weg wider zer zuruck zusammen'.split(' ')),
};

/** Endings of words, which the stems of words happen to be, too: folgend, and das Ende. */
const NO_HEADS: Readonly<Record<string, ReadonlySet<string>>> = { de: new Set(['end']) };

/** German verbs that their nouns are the stems of: wechseln, filtern, steuern. */
const VERB = /[^aeiou]e[lr]n$/;

const MIN_STEM = 3;
const MIN_PART = 3;
/** Stands before a word to learn how its stem would end a compound: a longer word loses more endings (Heizung, Zentralheiz-). */
const ANY_WORD = 'karton';

export function writesCompounds(lang: string): boolean {
  return lang in LINKS;
}

/** The stems that end compounds whose head is a lower-case word. */
export function headStems(word: string, lang: string): string[] {
  const forms = [word, ...(lang === 'de' && VERB.test(word) ? [word.slice(0, -1)] : [])];
  const stems = forms.flatMap((form) => {
    const behind = stemIn(ANY_WORD + form, lang);
    return [stemIn(form, lang), ...(behind.startsWith(ANY_WORD) ? [behind.slice(ANY_WORD.length)] : [])];
  });
  return [...new Set(stems)].filter((stem) => stem.length >= MIN_STEM && NO_HEADS[lang]?.has(stem) !== true);
}

/** The stems that the first part of a compound may be a form of, itself folded; none where it can be no word that names something. */
export function modifierStems(part: string, lang: string): string[] {
  if (part.length < MIN_PART || isStopWord(part, lang) || PREFIXES[lang]?.has(part) === true) return [];
  const cut = LINKS[lang]!.flatMap((link) => (part.endsWith(link) ? [part.slice(0, -link.length)] : []));
  const stems = cut.filter((stem) => stem.length >= MIN_STEM && !isStopWord(stem, lang));
  return [...new Set([part, stemIn(part, lang), ...stems])];
}

/** The ways to read what is left of a compound's stem behind the word that it begins with. */
export function headsBehind(stem: string, word: string, lang: string): string[] {
  const own = stemIn(word, lang);
  const beginnings = [foldDiacritics(word), own, ...LINKS[lang]!.map((link) => own + link)];
  const heads = beginnings.flatMap((beginning) => (stem.startsWith(beginning) ? [stem.slice(beginning.length)] : []));
  return [...new Set(heads)].filter((head) => head.length >= MIN_PART);
}
