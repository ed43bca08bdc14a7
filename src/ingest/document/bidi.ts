// Right-to-left text: PDF files place glyphs, so letters come in whatever order they were drawn; readers want the order
// in which they are read. Not the whole Unicode bidirectional algorithm: order within one line, from where things stand.

/** Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms. */
export function isRtl(code: number): boolean {
  return (code >= 0x0590 && code <= 0x08ff) || (code >= 0xfb1d && code <= 0xfdff) || (code >= 0xfe70 && code <= 0xfefc);
}

const RTL_TEXT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

export function hasRtl(text: string): boolean {
  return RTL_TEXT.test(text);
}

/**
 * Code points of one run in reading order. `x0s` are their left edges; several code points may share one edge (one glyph
 * that stands for a whole syllable), and PDFium lists those backwards.
 */
export function logicalOrder(codes: readonly number[], x0s: readonly number[]): number[] {
  const drawnLeftToRight = x0s.at(-1)! >= x0s[0]!;
  return drawnLeftToRight ? fromVisual(codes, isRtl, isLatin, isDigit) : [...codes];
}

/** Pieces of one line, given from left to right, in reading order. */
export function readingOrder<T extends { readonly text: string }>(pieces: readonly T[]): T[] {
  const has = (pattern: RegExp) => (piece: T) => pattern.test(piece.text);
  if (pieces.length < 2 || !pieces.some(has(RTL_TEXT))) return [...pieces];
  return fromVisual(pieces, has(RTL_TEXT), has(/\p{Script=Latin}/u), has(/\d/));
}

/**
 * Visual order to reading order, the line's own direction taken from what it holds most of. In a right-to-left line
 * everything is turned round, then what runs left to right (words in Latin letters, numbers) is turned back.
 */
function fromVisual<T>(
  items: readonly T[],
  isRtlItem: (item: T) => boolean,
  isLatinItem: (item: T) => boolean,
  isDigitItem: (item: T) => boolean,
): T[] {
  const count = (test: (item: T) => boolean) => items.reduce((n, item) => n + Number(test(item)), 0);
  const isNeutral = (item: T) => !isRtlItem(item) && !isLatinItem(item) && !isDigitItem(item);
  if (count(isRtlItem) < count(isLatinItem)) return reverseStretches(items, isRtlItem, isNeutral);
  return reverseStretches([...items].reverse(), (item) => !isRtlItem(item) && !isNeutral(item), isNeutral);
}

/** Reverses each longest stretch that starts and ends with a member and holds only members and neutrals. */
function reverseStretches<T>(
  items: readonly T[],
  isMember: (item: T) => boolean,
  isBetween: (item: T) => boolean,
): T[] {
  const out: T[] = [];
  let index = 0;
  while (index < items.length) {
    if (!isMember(items[index]!)) {
      out.push(items[index++]!);
      continue;
    }
    let end = index + 1;
    for (let probe = end; probe < items.length; probe++) {
      if (isMember(items[probe]!)) end = probe + 1;
      else if (!isBetween(items[probe]!)) break;
    }
    out.push(...items.slice(index, end).reverse());
    index = end;
  }
  return out;
}

function isLatin(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || (code >= 0xc0 && code <= 0x24f);
}

function isDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x660 && code <= 0x669) || (code >= 0x6f0 && code <= 0x6f9);
}
