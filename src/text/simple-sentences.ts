// Where sentences end in text of Latin letters, without Intl.Segmenter: the rules SB5 to SB998 of UAX 29 (sentence boundaries)
// for the characters below. A page of a manual has a hundred stretches of text, most of them with no end but their own.

const [OTHER, SPACE, LOWER, UPPER, DIGIT, CLOSE, GOES_ON, STOP, MARK, UNKNOWN] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** End of Latin Extended-A. */
const END_OF_LATIN = 0x180;

/** [Basic Latin to Latin Extended-A] Sentence_Break; line breaks are unknown here, since callers part text there. */
const LATIN = Uint8Array.from({ length: END_OF_LATIN }, (_, code) => kindOf(String.fromCharCode(code)));

function kindOf(character: string): number {
  if (/[\n\r\x85\xaa\xad\xba]/.test(character)) return UNKNOWN;
  if (/\s/.test(character)) return SPACE;
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[()[\]{}"'«»]/.test(character)) return CLOSE;
  if (/[,:;-]/.test(character)) return GOES_ON;
  if (character === '.') return STOP;
  if (/[!?]/.test(character)) return MARK;
  return /\p{Uppercase}/u.test(character)
    ? UPPER
    : /\p{Lowercase}/u.test(character)
      ? LOWER
      : /\p{L}/u.test(character)
        ? UNKNOWN
        : OTHER;
}

/** Dashes and quotes, bullets, the euro, arrows, geometric shapes. */
function classOf(code: number): number {
  if (code < END_OF_LATIN) return LATIN[code]!;
  if ((code >= 0x2018 && code <= 0x201f) || code === 0x2039 || code === 0x203a) return CLOSE;
  if (code === 0x2013 || code === 0x2014) return GOES_ON;
  const isPlain =
    (code >= 0x2010 && code <= 0x2023) ||
    code === 0x2026 ||
    code === 0x20ac ||
    (code >= 0x2190 && code <= 0x21ff) ||
    (code >= 0x25a0 && code <= 0x25ff);
  return isPlain ? OTHER : UNKNOWN;
}

/** The end of each sentence, the spaces behind it included, the text's own end last; undefined where other characters occur. */
export function simpleSentenceEnds(text: string): number[] | undefined {
  const ends: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const kind = classOf(text.charCodeAt(i));
    if (kind === UNKNOWN) return undefined;
    if (kind !== STOP && kind !== MARK) continue;
    let next = i + 1;
    while (classAt(text, next) === CLOSE) next++;
    while (classAt(text, next) === SPACE) next++;
    if (next < text.length && isEnd(text, i, next, kind)) ends.push(next);
  }
  if (text.length > 0) ends.push(text.length);
  return ends;
}

function classAt(text: string, i: number): number {
  return i < text.length ? classOf(text.charCodeAt(i)) : UNKNOWN;
}

/** Whether a sentence ends with the mark at `at`, which closing marks and spaces up to `next` follow. */
function isEnd(text: string, at: number, next: number, kind: number): boolean {
  const follower = classAt(text, next);
  if (follower === GOES_ON || follower === STOP || follower === MARK) return false;
  if (kind === MARK) return true;
  if (next === at + 1) {
    if (follower === DIGIT) return false;
    const before = at === 0 ? OTHER : classAt(text, at - 1);
    if (follower === UPPER && (before === UPPER || before === LOWER)) return false;
  }
  // A small letter, whatever stands before it, goes on with the sentence.
  for (let i = next; i < text.length; i++) {
    const kindOfNext = classAt(text, i);
    if (kindOfNext === LOWER) return false;
    if (kindOfNext === UPPER || kindOfNext === STOP || kindOfNext === MARK || kindOfNext === UNKNOWN) break;
  }
  return true;
}
