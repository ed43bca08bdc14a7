// The words of text in Latin letters, by a table of its characters: a tenth of what Intl.Segmenter costs, or a regular expression.
// Every sentence of every source comes through here, and hundreds of texts in every search. Dots, colons and `_` between letters
// part words, since `numpy.array` and `set_label` are searched by their parts.

const [OTHER, NUMBER, LETTER] = [0, 1, 2];
const SPACE = 0x20;

/** [Basic Latin to Latin Extended-B] what each character is in a word. */
const CLASSES = Uint8Array.from({ length: 0x250 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\p{L}/u.test(character) ? LETTER : /\p{N}/u.test(character) ? NUMBER : OTHER;
});

/** What the table doesn't know to be in no word: general punctuation has no letters. */
const BEYOND_LATIN = /[^\0-\u024f\u2000-\u206f]/;

/**
 * The same for `latinWords`: of the marks only dashes, quotes, daggers, bullets, the euro, arrows and shapes, and nothing that NFKC
 * changes (spaces that don't break, ligatures, superscripts) or that a word may hold unseen (soft hyphens).
 */
const UNSETTLED =
  /[^\0-\u024f\u2010\u2012-\u2016\u2018-\u2023\u20ac\u2190-\u21ff\u25a0-\u25ff]|[\xa0\xa8\xaa\xad\xaf\xb2-\xb5\xb8-\xba\xbc-\xbe\u0132\u0133\u013f\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3]/;

/** Marks that keep words in one piece: between two letters, and between two digits. */
interface Joints {
  readonly letters: string;
  readonly digits: string;
}

/** As UAX 29 has it (word boundaries WB6, WB7, WB11 and WB12): don't, col·lega, 3.14. */
const WHOLE: Joints = { letters: "'‘’·", digits: "'‘’.,;" };
/** As queries are cut: don't, but 3 and 14. */
const AS_QUERIED: Joints = { letters: "'’", digits: '' };

/**
 * Start and end of each word, one after the other, numbers whole. undefined for a text with characters that only somebody knows who
 * has normalised it and has the rules of all scripts.
 */
export function latinWords(text: string): number[] | undefined {
  if (UNSETTLED.test(text)) return undefined;
  const spans: number[] = [];
  for (let start = nextWordStart(text, 0), end; start < text.length; start = nextWordStart(text, end)) {
    end = wordEnd(text, start, WHOLE);
    spans.push(start, end);
  }
  return spans;
}

/** Whether `nextWordStart` and `wordEnd` can read the text. */
export function isLatin(text: string): boolean {
  return !BEYOND_LATIN.test(text);
}

export function countLetters(text: string): number {
  if (!isLatin(text)) return text.length - text.replace(/\p{L}+/gu, '').length;
  let count = 0;
  for (let i = 0; i < text.length; i++) if (CLASSES[text.charCodeAt(i)] === LETTER) count++;
  return count;
}

/** Where the next word begins, at `from` or after it; the text's length where there is none. */
export function nextWordStart(text: string, from: number): number {
  let at = from;
  while (at < text.length && !CLASSES[text.charCodeAt(at)]) at++;
  return at;
}

/** Where the word that begins at `start` ends. */
export function wordEnd(text: string, start: number, joints = AS_QUERIED): number {
  let end = start + 1;
  for (;;) {
    while (end < text.length && CLASSES[text.charCodeAt(end)]) end++;
    if (!isJoined(text, end, joints)) return end;
    end++;
  }
}

/** Whether the mark at `at`, behind a letter or digit, stands before another one and keeps the two in one word. */
function isJoined(text: string, at: number, { letters, digits }: Joints): boolean {
  if (at + 1 >= text.length || text.charCodeAt(at) === SPACE) return false;
  const kind = CLASSES[text.charCodeAt(at - 1)];
  return CLASSES[text.charCodeAt(at + 1)] === kind && (kind === LETTER ? letters : digits).includes(text[at]!);
}
