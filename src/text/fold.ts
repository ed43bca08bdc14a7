// Diacritics folded as a reader would leave them out: accents of Latin, Greek and Cyrillic letters (ё is written е), Arabic and
// Hebrew vowel points, and the hamza and dots that Arabic typing leaves off. Marks that make letters of their own stay: Devanagari
// vowel signs, kana voicing marks, and those of й, ў and ї, which nobody writes as и, у and і.

const MARKS =
  /(?<![ИиУу])\u0306|(?<![Іі])\u0308|[\u0300-\u0305\u0307\u0309-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]/g;
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ٱ: 'ا',
};

/** `Rückführung` -> `Ruckfuhrung`; the result is in composed form (NFC). */
export function foldDiacritics(text: string): string {
  if (isAscii(text)) return text;
  return text
    .normalize('NFD')
    .replace(MARKS, '')
    .normalize('NFC')
    .replace(/[ßæœøđðłþıىیکٱ]/g, (letter) => LETTERS[letter]!);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
