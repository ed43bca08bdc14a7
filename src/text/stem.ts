// One word of a text to the stem that all its forms share: Snowball's algorithm for the word's language, diacritics folded. The one
// place that says which language's stemmer reads a word, for the index, for queries and for whatever is held against both.
//
// Snowball (https://snowballstem.org) expects every accent; people leave them out, above all when they search. Where a language's
// endings can be told without, a word is folded before it is stemmed, so that it has one stem however it is typed.
import { createRequire } from 'node:module';
import { foldDiacritics } from './fold.ts';
import { porter2 } from './porter2.ts';

/** BCP 47 primary subtag -> Snowball algorithm. Words of a language without one stay whole. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  ar: 'arabic',
  hy: 'armenian',
  eu: 'basque',
  ca: 'catalan',
  cs: 'czech',
  da: 'danish',
  nl: 'dutch',
  en: 'english',
  fi: 'finnish',
  fr: 'french',
  de: 'german',
  hu: 'hungarian',
  it: 'italian',
  ga: 'irish',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  es: 'spanish',
  sl: 'slovene',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
};

/**
 * Endings of these are told apart by their accents, and can't be guessed without: they are stemmed as they are written, and found by
 * the stem that they would have without accents, too.
 */
const AS_WRITTEN: ReadonlySet<string> = new Set(['ca', 'cs', 'ga', 'hu', 'sl', 'tr']);

/** What a folded word of the language needs before Snowball knows its ending again; plurals that it misses on the way. */
const REPAIRS: Readonly<Record<string, readonly (readonly [ending: RegExp, repaired: string])[]>> = {
  de: [
    // Umlauts written out: ueber, groesse. Not in neue, quelle, values, Statuen.
    [/(?<=^|[^aeiouyq])([aou])e(?=[bcdfghjklmpqrtvwxz]|[ns]\p{L})/gu, '$1'],
    // An s that Snowball leaves: Kameras, Videos, Handys, Displays, Menüs, Archivs, Apps, Clips. Not Glas, Status, Chaos, Schnaps.
    [/(?<=[aeiouy]\p{L}*(?:[^aeiou\P{L}][aoy]|[ei]o|v)|ay|menu|pp|[iou]p)s$/u, ''],
  ],
  fr: [
    [/ee(s?)$/, 'ée$1'],
    [/ite(s?)$/, 'ité$1'],
  ],
  es: [
    [/([cs])ion$/, '$1ión'],
    [/rian$/, 'rían'],
    [/logia(s?)$/, 'logía$1'],
    [/enes$/, 'en'],
  ],
  it: [[/ita$/, 'ità']],
  pt: [
    [/c(?:ao|oes)$/, 'ção'],
    [/(?:oes|aos?)$/, 'ão'],
    [/encias?$/, 'ência'],
    [/ancias?$/, 'ância'],
    [/([ai])ve(?:l|is)$/, '$1vel'],
    [/avel$/, 'ável'],
    [/ivel$/, 'ível'],
  ],
  // The article of neuters: nätverket.
  sv: [[/(?<=.{3})(?<!it|alfab|pak|plan|rak)ets?$/, '']],
  // Snowball tells nouns by their article, so every word gets one: without, network and networks come apart.
  ar: [
    [/^(?:[وف]?[بك]?ال|[وف]?لل)(?=.{3})/, ''],
    [/(?<=.{4})(?:ها|هم|هما)$/, ''],
    [/(?<=.{3})ه$/, 'ة'],
    [/^/, 'ال'],
  ],
};

/** And what is made of its stems: huiz(en) and huis. */
const MENDED: Readonly<Record<string, (stem: string) => string>> = {
  nl: (stem) => stem.replace(/v$/, 'f').replace(/z$/, 's'),
};

const LATIN = /^\p{Script=Latin}/u;
const SCRIPTS: readonly (readonly [script: string, letter: RegExp, language: string])[] = [
  ['Latn', LATIN, 'en'],
  ['Cyrl', /^\p{Script=Cyrillic}/u, 'ru'],
  ['Arab', /^\p{Script=Arabic}/u, 'ar'],
  ['Deva', /^\p{Script=Devanagari}/u, 'hi'],
  ['Armn', /^\p{Script=Armenian}/u, 'hy'],
  ['Taml', /^\p{Script=Tamil}/u, 'ta'],
];

/** Elided articles and pronouns: l'erreur, dell'errore. */
const ELISION = /^(?:l|d|j|qu|c|n|s|m|t|dell|all|nell|sull|dall|un|lorsqu|puisqu|jusqu)'(?=.{2})/;
const ELIDING: ReadonlySet<string> = new Set(['ca', 'fr', 'it']);

interface Stemmer {
  stem(word: string): string;
}

/** The same stems as the package's, a tenth of the time, and nothing to load. */
const ENGLISH: Stemmer = { stem: porter2 };

const require = createRequire(import.meta.url);
const stemmers = new Map<string, Stemmer>();
const scripts = new Map<string, string>();

/** `pt-BR` -> `pt`; the two written forms of Norwegian are one. */
export function primaryLanguage(lang: string): string {
  const primary = lang.split('-', 1)[0]!.toLowerCase();
  return primary === 'nb' || primary === 'nn' ? 'no' : primary;
}

/**
 * The language that a word is read in: that of its text, where the word is in the text's script, else the one that its own script
 * suggests (English terms in a Russian lecture). Where the text's isn't known the script decides alone; '' where nothing does.
 */
export function languageOfWord(word: string, lang: string | null | undefined): string {
  const language = lang ? primaryLanguage(lang) : '';
  for (const [script, letter, suggested] of SCRIPTS) {
    if (letter.test(word)) return language !== '' && scriptOf(language) === script ? language : suggested;
  }
  // Digits and scripts that only one language of ours is written in.
  return language;
}

/**
 * The language whose stemmer reads a word; undefined where none does. Latin words of a language without one are read as English:
 * they lose little, and a language told wrongly does no harm.
 */
export function stemmingLanguage(word: string, lang: string | null | undefined): string | undefined {
  const language = languageOfWord(word, lang);
  if (language in ALGORITHMS) return language;
  return LATIN.test(word) ? 'en' : undefined;
}

/** Characters of the article that a lower-case word begins with. */
export function elidedLength(word: string, language: string): number {
  return ELIDING.has(language) ? (ELISION.exec(word)?.[0].length ?? 0) : 0;
}

/** A lower-case word to its stem in a language (as stemmingLanguage gives it), folded. */
export function stemIn(word: string, language: string | undefined): string {
  const folded = foldDiacritics(word);
  // Digits carry no inflection, and Snowball would cut "mp3s" and "2000s" unevenly.
  if (language === undefined || /\d/.test(folded)) return withoutGenitive(folded) || folded;
  const stemmer = stemmerFor(language);
  const stemmed = stemmer.stem(AS_WRITTEN.has(language) ? word : repaired(folded, language));
  const mended = MENDED[language]?.(stemmed) ?? stemmed;
  return withoutGenitive(foldDiacritics(mended)) || folded;
}

/** Whether words of a language may have another stem where their accents are left out. */
export function isStemmedAsWritten(lang: string): boolean {
  return AS_WRITTEN.has(primaryLanguage(lang));
}

/** The stem that somebody's word has who leaves the accents out, where it is another one. */
export function stemWithoutAccents(word: string, language: string | undefined): string | undefined {
  if (language === undefined || !AS_WRITTEN.has(language)) return undefined;
  const folded = foldDiacritics(word);
  if (folded === word) return undefined;
  const stem = stemIn(folded, language);
  return stem === stemIn(word, language) ? undefined : stem;
}

function withoutGenitive(word: string): string {
  return word.replace(/['’]s?$/, '');
}

function repaired(folded: string, language: string): string {
  return (REPAIRS[language] ?? []).reduce((word, [ending, repair]) => word.replace(ending, repair), folded);
}

function scriptOf(language: string): string {
  let script = scripts.get(language);
  if (script === undefined) scripts.set(language, (script = likelyScript(language)));
  return script;
}

function likelyScript(language: string): string {
  try {
    return new Intl.Locale(language).maximize().script ?? 'Latn';
  } catch {
    // A code that is none, such as somebody may give as --lang.
    return 'Latn';
  }
}

function stemmerFor(language: string): Stemmer {
  if (language === 'en') return ENGLISH;
  let stemmer = stemmers.get(language);
  if (stemmer === undefined) {
    // 870 KB of script: loaded when the first word that needs it is stemmed, not at start-up.
    const snowball = require('snowball-stemmers') as { newStemmer(algorithm: string): Stemmer };
    stemmers.set(language, (stemmer = snowball.newStemmer(ALGORITHMS[language]!)));
  }
  return stemmer;
}
