// Code points as PDF fonts map them -> text as people type it: ligatures and presentation forms undone, invisible
// characters dropped; and which code points show that a font has no usable mapping.

/** Latin ligatures (FB00-FB06), Hebrew and Arabic presentation forms (FB1D-FDFF, FE70-FEFC): drawn shapes of other letters. */
const PRESENTATION_FORM = /[\uFB00-\uFB06\uFB13-\uFB17\uFB1D-\uFDFB\uFE70-\uFEFC]/g;
/** Soft hyphen is kept: it says that a word goes on. Zero-width marks and byte-order marks say nothing. */
const INVISIBLE = /[\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/g;

/** PDFium replaces a hyphen at a line's end that it takes for a word break by this character. */
export const PDFIUM_HYPHEN = 0x02;
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
  return text.replace(PRESENTATION_FORM, (form) => form.normalize('NFKC')).replace(INVISIBLE, '');
}
