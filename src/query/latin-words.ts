// Words of a text in Latin script, by a table of its characters: ten times faster than by the regular expression that says the
// same, WORD, since a search goes through hundreds of texts and all but a few of their words can't be meant.

/** A letter or number, what follows of them, then elided parts: don't, l’heure. */
export const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)*/gu;

/** Up to Latin Extended-B, and general punctuation, which has no letters. */
const BEYOND_LATIN = /[^\u0000-\u024f\u2000-\u206f]/;

const OTHER = 0;
const LETTER = 1;
const NUMBER = 2;
/** By character code. */
const classOf = Uint8Array.from({ length: 0x250 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\p{L}/u.test(character) ? LETTER : /\p{N}/u.test(character) ? NUMBER : OTHER;
});

export function isLatin(text: string): boolean {
  return !BEYOND_LATIN.test(text);
}

/** Where the next word begins, at `from` or after it; the text's length where there is none. The text has to be Latin. */
export function nextWordStart(text: string, from: number): number {
  let at = from;
  while (at < text.length && !classOf[text.charCodeAt(at)]) at++;
  return at;
}

/** Where the word that begins at `start` ends. */
export function wordEnd(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && classOf[text.charCodeAt(end)]) end++;
  while (isApostrophe(text.charCodeAt(end)) && classOf[text.charCodeAt(end + 1)] === LETTER) {
    end += 2;
    while (classOf[text.charCodeAt(end)] === LETTER) end++;
  }
  return end;
}

function isApostrophe(code: number): boolean {
  return code === 0x27 || code === 0x2019;
}
