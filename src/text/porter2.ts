// Snowball's stemmer for English (M. F. Porter, "The English (Porter2) stemming algorithm", snowballstem.org), written out by hand:
// the package's takes 20 µs a word, and tens of milliseconds to load, which is what a search or a page of a manual takes.

/** Whole words that the rules would spoil. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['skis', 'ski'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['idly', 'idl'],
  ['gently', 'gentl'],
  ['ugly', 'ugli'],
  ['early', 'earli'],
  ['only', 'onli'],
  ['singly', 'singl'],
  ...'sky news howe atlas cosmos bias andes'.split(' ').map((word) => [word, word] as const),
]);
/** What step 1a may leave and no later step may touch. */
const FINISHED: ReadonlySet<string> = new Set(
  'inning outing canning herring earring proceed exceed succeed'.split(' '),
);

const VOWEL = /[aeiouy]/;
/** Where the first region begins: behind the first vowel and the consonant that follows it. */
const REGION = /[aeiouy][^aeiouy]/g;
const LONG_PREFIX = /^(?:gener|commun|arsen)/;
/** At the end: a short syllable. A capital Y is a consonant. */
const SHORT = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/;
const DOUBLED = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;

/** Suffix -> replacement, and what must stand before it. */
type Rules = ReadonlyMap<string, { readonly replacement: string; readonly before?: RegExp }>;

/** From `suffixes>replacement` items; of several suffixes that fit the longest counts. */
function rulesOf(list: string, before: Readonly<Record<string, RegExp>> = {}): Rules {
  const items = list.split(/\s+/).map((item) => item.split('>') as [string, string]);
  const rules = items.flatMap(([suffixes, replacement]) => suffixes.split(',').map((suffix) => [suffix, replacement]));
  return new Map(
    rules.map(([suffix, replacement = '']) => [
      suffix!,
      { replacement, ...(before[suffix!] && { before: before[suffix!] }) },
    ]),
  );
}

const STEP_2 = rulesOf(
  `tional>tion enci>ence anci>ance abli>able entli>ent izer,ization>ize ational,ation,ator>ate alism,aliti,alli>al fulness>ful
   ousli,ousness>ous iveness,iviti>ive biliti,bli>ble ogi>og fulli>ful lessli>less li>`,
  { ogi: /l$/, li: /[cdeghkmnrt]$/ },
);
const STEP_3 = rulesOf('tional>tion ational>ate alize>al icate,iciti,ical>ic ful,ness> ative>');
const STEP_4 = rulesOf('al,ance,ence,er,ic,able,ible,ant,ement,ment,ent,ism,ate,iti,ous,ive,ize,ion>', {
  ion: /[st]$/,
});
const LONGEST_SUFFIX = 7;

/** The stem of a lower-case word. */
export function porter2(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length < 3) return word;
  let stem = markConsonants(word.startsWith("'") ? word.slice(1) : word);
  const first = firstRegion(stem);
  const second = regionBehind(stem, first);
  stem = withoutPlural(stem.replace(/'(?:s'?)?$/, ''));
  if (FINISHED.has(stem)) return stem;
  stem = withoutPast(stem, first);
  stem = stem.replace(/(?<=.[^aeiouy])[yY]$/s, 'i');
  stem = replaceSuffix(stem, STEP_2, first);
  stem = stem.endsWith('ative') && stem.length - 5 < second ? stem : replaceSuffix(stem, STEP_3, first);
  stem = replaceSuffix(stem, STEP_4, second);
  return withoutFinal(stem, first, second).replaceAll('Y', 'y');
}

/** A y that begins the word or follows a vowel is a consonant. */
function markConsonants(word: string): string {
  if (!word.includes('y')) return word;
  let marked = word.replace(/^y/, 'Y');
  for (let i = 1; i < marked.length; i++) {
    if (marked[i] === 'y' && VOWEL.test(marked[i - 1]!)) marked = `${marked.slice(0, i)}Y${marked.slice(i + 1)}`;
  }
  return marked;
}

function firstRegion(word: string): number {
  const prefix = LONG_PREFIX.exec(word)?.[0].length;
  return prefix ?? regionBehind(word, 0);
}

function regionBehind(word: string, from: number): number {
  REGION.lastIndex = from;
  return REGION.test(word) ? REGION.lastIndex : word.length;
}

/** Step 1a. */
function withoutPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ied') || word.endsWith('ies')) return word.slice(0, word.length > 4 ? -2 : -1);
  if (!word.endsWith('s') || word.endsWith('us') || word.endsWith('ss')) return word;
  return VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

/** Step 1b: -ed, -ing, and -ly behind them. */
function withoutPast(word: string, first: number): string {
  const suffix = /(?:eed|ing|ed)(?:ly)?$/.exec(word)?.[0];
  if (suffix === undefined) return word;
  const base = word.slice(0, -suffix.length);
  if (suffix.startsWith('eed')) return base.length >= first ? `${base}ee` : word;
  if (!VOWEL.test(base)) return word;
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (DOUBLED.test(base)) return base.slice(0, -1);
  return base.length === first && SHORT.test(base) ? `${base}e` : base;
}

/** Steps 2 to 4: the longest suffix of the list, where it lies in the region that begins at `from`. */
function replaceSuffix(word: string, rules: Rules, from: number): string {
  for (let length = Math.min(LONGEST_SUFFIX, word.length); length > 1; length--) {
    const at = word.length - length;
    const rule = rules.get(word.slice(at));
    if (rule === undefined) continue;
    const base = word.slice(0, at);
    return at >= from && (rule.before?.test(base) ?? true) ? base + rule.replacement : word;
  }
  return word;
}

/** Step 5: a final e, and one of two final l. */
function withoutFinal(word: string, first: number, second: number): string {
  const base = word.slice(0, -1);
  const isDropped = word.endsWith('e')
    ? base.length >= second || (base.length >= first && !SHORT.test(base))
    : word.endsWith('ll') && base.length >= second;
  return isDropped ? base : word;
}
