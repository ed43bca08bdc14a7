// Text made comparable for quote checking: what typesetting and transcription change (hyphenation, ligatures, case,
// accents, spaces, kinds of quotes and dashes) is undone, and every character left keeps its offset in the original.
import { foldDiacritics } from './fold.ts';

export interface NormalizedText {
  readonly original: string;
  readonly text: string;
  /** [text.length + 1]: offset in the original of each character, and of the original's end. */
  readonly offsets: Uint32Array;
}

const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;
const HYPHENS = '-‐‑';
const DASHES = '‒–—―−';
const DOUBLE_QUOTES = '"“”„‟«»″＂';
const SINGLE_QUOTES = "'‘’‚‛‹›′`´";

/**
 * A hyphen between letters disappears, with the line break after it: `hyphen-\nation` equals `hyphenation`, and
 * `well-\nknown` equals `well-known`. Other hyphens and dashes become `-` set off by spaces; white space becomes one space.
 */
export function normalizeForMatch(original: string): NormalizedText {
  const characters: string[] = [];
  const offsets: number[] = [];
  const push = (character: string, offset: number) => {
    if (character === ' ' && (characters.length === 0 || characters.at(-1) === ' ')) return;
    characters.push(character);
    offsets.push(offset);
  };
  for (let i = 0; i < original.length;) {
    const character = String.fromCodePoint(original.codePointAt(i)!);
    if (HYPHENS.includes(character) || DASHES.includes(character)) {
      const joined = HYPHENS.includes(character) ? joinedBy(original, i) : 0;
      if (joined === 0) for (const part of ' - ') push(part, i);
      i += Math.max(1, joined);
      continue;
    }
    if (!INVISIBLE.test(character)) {
      // Code units, so that indices into the normalised string are indices into `offsets`.
      for (const part of normalizeCharacter(character).split('')) push(part, i);
    }
    i += character.length;
  }
  if (characters.at(-1) === ' ') {
    characters.pop();
    offsets.pop();
  }
  offsets.push(original.length);
  return { original, text: characters.join(''), offsets: Uint32Array.from(offsets) };
}

/** Where a quote stands in a text, as a half-open span of the original; undefined where it does not occur word for word. */
export function findQuote(
  text: string | NormalizedText,
  quote: string,
  from = 0,
): { start: number; end: number } | undefined {
  const haystack = typeof text === 'string' ? normalizeForMatch(text) : text;
  const needle = trimPunctuation(normalizeForMatch(quote).text);
  if (needle === '') return undefined;
  let at = haystack.text.indexOf(needle);
  while (at >= 0) {
    const end = at + needle.length;
    if (haystack.offsets[at]! >= from && isWordBorder(haystack.text, at) && isWordBorder(haystack.text, end)) {
      return { start: haystack.offsets[at]!, end: endOfCharacter(haystack, end - 1) };
    }
    at = haystack.text.indexOf(needle, at + 1);
  }
  return undefined;
}

function normalizeCharacter(character: string): string {
  if (/\s/.test(character)) return ' ';
  if (DOUBLE_QUOTES.includes(character)) return '"';
  if (SINGLE_QUOTES.includes(character)) return "'";
  if (/^[\x21-\x7e]$/.test(character)) return character.toLowerCase();
  // A combining mark belongs to the letter before it; on its own it folds to nothing or stays, as fold.ts decides.
  return foldDiacritics(character.normalize('NFKC').toLowerCase()).replaceAll('…', '...');
}

/** How many characters a hyphen at `at` spans if it joins two letters (line break included); 0 if it is a dash. */
function joinedBy(text: string, at: number): number {
  if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return 0;
  const gap = /^.(?:[^\S\r\n]*\r?\n\s*)?(?=\p{L}|\p{N})/u.exec(text.slice(at, at + 20));
  return gap === null ? 0 : gap[0].length;
}

function trimPunctuation(text: string): string {
  return text.replace(/^[\s"'.,;:!?()[\]-]+|[\s"'.,;:!?()[\]-]+$/g, '');
}

/** Scripts without spaces have no word borders to respect. */
function isWordBorder(text: string, at: number): boolean {
  const before = text[at - 1] ?? ' ';
  const after = text[at] ?? ' ';
  return !(isSpacedLetter(before) && isSpacedLetter(after));
}

function isSpacedLetter(character: string): boolean {
  return (
    /[\p{L}\p{N}]/u.test(character) &&
    !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(character)
  );
}

/** With the marks that combine with it, without the skipped spaces and hyphens that may follow. */
function endOfCharacter({ original, offsets }: NormalizedText, index: number): number {
  const start = offsets[index]!;
  return start + /^.\p{M}*/su.exec(original.slice(start, start + 16))![0].length;
}
