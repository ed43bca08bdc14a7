// Two readings of one title compared: models and OCR miss letters, hyphens and capitals of the same slide.

/** Share of the letters that differ: 0 for titles that are the same but for case and punctuation, 1 for others altogether. */
export function titleDifference(a: string, b: string): number {
  const [left, right] = [plain(a), plain(b)];
  return left === right ? 0 : differingLetters(left, right) / Math.max(left.length, right.length);
}

/** Share of a title's letters that may differ between two readings of it. */
export const MAX_TITLE_DIFFERENCE = 0.15;

/** Of titles as the source spells them the one that is meant, the first of equally near ones; the title itself where none is near. */
export function asSpelled(title: string, spelled: readonly string[]): string {
  const near = spelled
    .filter((one) => one !== '')
    .map((one) => ({ one, difference: titleDifference(title, one) }))
    .filter(({ difference }) => difference <= MAX_TITLE_DIFFERENCE)
    .sort((a, b) => a.difference - b.difference);
  return near[0]?.one ?? title;
}

/** Letters, digits and symbols alone. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{S}]+/gu, '');
}

/** Levenshtein's distance. */
function differingLetters(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
