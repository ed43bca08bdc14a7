// The words of text in Latin letters, at a tenth of what Intl.Segmenter costs: every sentence of every source comes through
// here. The rules are those of UAX 29 (word boundaries WB5 to WB13) for the characters below; dots, colons and `_` between
// letters part words, since `numpy.array` and `set_label` are searched by their parts.

const [OTHER, DIGIT, LETTER, UNKNOWN] = [0, 1, 2, 3];

/** End of Latin Extended-A. */
const END_OF_LATIN = 0x180;

/** [Basic Latin to Latin Extended-A] what each character is in a word; unknown where normalisation or its rules say more. */
const LATIN = Uint8Array.from({ length: END_OF_LATIN }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return DIGIT;
  if (character.normalize('NFKC') !== character || code === 0xad) return UNKNOWN;
  return /\p{L}/u.test(character) ? LETTER : OTHER;
});

/** Dashes, quotes, daggers and bullets; the euro; arrows; geometric shapes: in no word, and the same when normalised. */
function isPlainMark(code: number): boolean {
  if (code < 0x2010 || code > 0x25ff) return false;
  if (code <= 0x2023) return code !== 0x2011 && code !== 0x2017;
  return code === 0x20ac || (code >= 0x2190 && code <= 0x21ff) || code >= 0x25a0;
}

function classOf(code: number): number {
  return code < END_OF_LATIN ? LATIN[code]! : isPlainMark(code) ? OTHER : UNKNOWN;
}

const classAt = (text: string, i: number): number => (i < text.length ? classOf(text.charCodeAt(i)) : OTHER);

/**
 * Start and end of each word, one after the other: `don't`, `3.14`, `x2`. undefined for a text with other characters than these,
 * to be read by somebody who knows them.
 */
export function simpleWords(text: string): number[] | undefined {
  const spans: number[] = [];
  let i = 0;
  while (i < text.length) {
    const first = classOf(text.charCodeAt(i));
    if (first === UNKNOWN) return undefined;
    if (first === OTHER) {
      i++;
      continue;
    }
    const start = i;
    let last = first;
    for (i++; i < text.length; i++) {
      const kind = classOf(text.charCodeAt(i));
      if (kind === UNKNOWN) return undefined;
      if (kind === OTHER && (classAt(text, i + 1) !== last || !joins(text.charCodeAt(i), last))) break;
      if (kind !== OTHER) last = kind;
    }
    spans.push(start, i);
  }
  return spans;
}

/** Whether a mark between two letters, or between two digits, keeps them in one word. */
function joins(mark: number, kind: number): boolean {
  switch (mark) {
    case 0x27: // '
    case 0x2018: // ‘
    case 0x2019: // ’
      return true;
    case 0xb7: // ·
      return kind === LETTER;
    case 0x2c: // ,
    case 0x2e: // .
    case 0x3b: // ;
      return kind === DIGIT;
    default:
      return false;
  }
}
