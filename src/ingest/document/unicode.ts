// Code points as PDF fonts map them -> text as people type it: ligatures and presentation forms undone, invisible
// characters dropped; and which code points show that a font has no usable mapping.

/** Latin ligatures (FB00-FB06), Hebrew and Arabic presentation forms (FB1D-FDFF, FE70-FEFC): drawn shapes of other letters. */
const PRESENTATION_FORM = /[\uFB00-\uFB06\uFB13-\uFB17\uFB1D-\uFDFB\uFE70-\uFEFC]/g;
/** Soft hyphen is kept: it says that a word goes on. Zero-width marks and byte-order marks say nothing. */
const INVISIBLE = /[\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/g;

/** TeX draws an accent and then the letter under it. */
const SPACING_ACCENT = /([\u00A8\u02C6\u02C7\u02CA\u02CB\u02DA\u02DC])(\p{L})/gu;
const COMBINING: Readonly<Record<string, string>> = {
  '\u00A8': '\u0308',
  '\u02C6': '\u0302',
  '\u02C7': '\u030C',
  '\u02CA': '\u0301',
  '\u02CB': '\u0300',
  '\u02DA': '\u030A',
  '\u02DC': '\u0303',
};

/** Acute and grave may be somebody's apostrophes: they are accents where the next letter stands under them. */
export function accentOverNext(code: number): number | undefined {
  return code === 0xb4 ? 0x2ca : code === 0x60 ? 0x2cb : undefined;
}

/** PDFium replaces a hyphen at a line's end that it takes for a word break by this character. */
const PDFIUM_HYPHEN = 0x02;
export const SOFT_HYPHEN = '\u00AD';

export function isGarbage(code: number): boolean {
  if (code === PDFIUM_HYPHEN) return false;
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0xfffd ||
    code === 0xfffe ||
    code === 0xffff ||
    isPrivateUse(code)
  );
}

function isPrivateUse(code: number): boolean {
  return (code >= 0xe000 && code <= 0xf8ff) || code >= 0xf0000;
}

/** A function is called with no more arguments than this. */
const MAX_ARGUMENTS = 1024;

/** Code points to text. */
export function normaliseText(codes: readonly number[]): string {
  if (codes.length <= MAX_ARGUMENTS && codes.every((code) => code >= 0x20 && code < 0x80))
    return String.fromCharCode(...codes);
  let text = '';
  for (const code of codes) text += code === PDFIUM_HYPHEN ? '-' : String.fromCodePoint(code);
  return text
    .replace(PRESENTATION_FORM, (form) => form.normalize('NFKC'))
    .replace(INVISIBLE, '')
    .replace(SPACING_ACCENT, composed);
}

function composed(whole: string, accent: string, letter: string): string {
  const one = `${letter === 'ı' ? 'i' : letter}${COMBINING[accent]!}`.normalize('NFC');
  return one.length === 1 ? one : whole;
}

/** Han and kana, their marks included; Korean writes spaces. No such character comes before the first one's code. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3001-\u303F\u30FC\uFF01-\uFF60]/u;
const FIRST_UNSPACED = 0x2e80;

/** Whether two pieces of a text of Chinese or Japanese follow each other without a space. */
export function isUnspaced(left: string, right: string): boolean {
  if (right.charCodeAt(0) < FIRST_UNSPACED || left.charCodeAt(left.length - 1) < FIRST_UNSPACED) return false;
  const [last] = /.$/u.exec(left.slice(-2)) ?? [''];
  return UNSPACED.test(last) && UNSPACED.test(String.fromCodePoint(right.codePointAt(0)!));
}
