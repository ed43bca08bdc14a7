// Porter's stemmer for English (M. F. Porter, "An algorithm for suffix stripping", 1980, with the two departures its author
// later published: -logi becomes -log, and -bli replaces -abli). Written out here because a search must start in milliseconds and
// the Snowball package takes tens of them to load; the texts and the queries only have to be stemmed alike.

const CACHE_LIMIT = 100_000;
const cache = new Map<string, string>();

/** The stem of a word of lower-case letters a to z; other words come back as they are. */
export function stem(word: string): string {
  let stemmed = cache.get(word);
  if (stemmed !== undefined) return stemmed;
  stemmed = /^[a-z]{3,}$/.test(word) ? applySteps(word) : word;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(word, stemmed);
  return stemmed;
}

/** Suffix -> replacement, tried in order; the first suffix that fits decides, whether or not its condition holds. */
type Rules = readonly (readonly [suffix: string, replacement: string])[];

const STEP_2: Rules = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log'],
];

const STEP_3: Rules = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];

const STEP_4: Rules = 'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'
  .split(' ')
  .map((suffix) => [suffix, '']);

function applySteps(word: string): string {
  let w = step1(word);
  w = replaceSuffix(w, STEP_2, (base) => measure(base) > 0);
  w = replaceSuffix(w, STEP_3, (base) => measure(base) > 0);
  w = replaceSuffix(w, STEP_4, (base, suffix) => measure(base) > 1 && (suffix !== 'ion' || /[st]$/.test(base)));
  return step5(w);
}

function replaceSuffix(word: string, rules: Rules, holds: (base: string, suffix: string) => boolean): string {
  for (const [suffix, replacement] of rules) {
    if (!word.endsWith(suffix)) continue;
    const base = word.slice(0, -suffix.length);
    return holds(base, suffix) ? base + replacement : word;
  }
  return word;
}

/** Plurals, -ed and -ing, and a final y after a vowel. */
function step1(word: string): string {
  let w = word;
  if (w.endsWith('sses') || w.endsWith('ies')) w = w.slice(0, -2);
  else if (w.endsWith('s') && !w.endsWith('ss')) w = w.slice(0, -1);

  if (w.endsWith('eed')) {
    if (measure(w.slice(0, -3)) > 0) w = w.slice(0, -1);
  } else {
    const base = w.endsWith('ed') ? w.slice(0, -2) : w.endsWith('ing') ? w.slice(0, -3) : undefined;
    if (base !== undefined && hasVowel(base)) w = repairAfterCut(base);
  }

  if (w.endsWith('y') && hasVowel(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  return w;
}

/** What -ed or -ing has swallowed: an e (`hop(e)ing`) or a doubled consonant (`hop(p)ing`). */
function repairAfterCut(base: string): string {
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (endsDoubled(base) && !/[lsz]$/.test(base)) return base.slice(0, -1);
  return measure(base) === 1 && endsShort(base) ? `${base}e` : base;
}

/** A final e, and one of two final l. */
function step5(word: string): string {
  let w = word;
  if (w.endsWith('e')) {
    const base = w.slice(0, -1);
    const m = measure(base);
    if (m > 1 || (m === 1 && !endsShort(base))) w = base;
  }
  return w.endsWith('ll') && measure(w) > 1 ? w.slice(0, -1) : w;
}

/** Whether a letter is a vowel at its place: y is one after a consonant. */
function isVowelAt(word: string, i: number): boolean {
  switch (word[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
      return true;
    case 'y':
      return i > 0 && !isVowelAt(word, i - 1);
    default:
      return false;
  }
}

/** Porter's m: how many times a run of vowels is followed by a run of consonants. */
function measure(base: string): number {
  let m = 0;
  let afterVowel = false;
  for (let i = 0; i < base.length; i++) {
    const isVowel = isVowelAt(base, i);
    if (afterVowel && !isVowel) m++;
    afterVowel = isVowel;
  }
  return m;
}

function hasVowel(base: string): boolean {
  for (let i = 0; i < base.length; i++) if (isVowelAt(base, i)) return true;
  return false;
}

function endsDoubled(base: string): boolean {
  const last = base.length - 1;
  return last > 0 && base[last] === base[last - 1] && !isVowelAt(base, last);
}

/** Porter's *o: consonant, vowel, consonant, the last not w, x or y. */
function endsShort(base: string): boolean {
  const last = base.length - 1;
  return (
    last >= 2 &&
    !isVowelAt(base, last) &&
    isVowelAt(base, last - 1) &&
    !isVowelAt(base, last - 2) &&
    !/[wxy]$/.test(base)
  );
}
