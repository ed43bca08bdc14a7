// How well a text was read, word by word, whatever the order: the harmonic mean of the share of true words that were read
// and of read words that are true. 0 to 1; case and punctuation don't count.

export function wordF1(truth: string, read: string): number {
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const left = new Map<string, number>();
  const expected = words(truth);
  const found = words(read);
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  let hits = 0;
  for (const word of found) {
    const n = left.get(word) ?? 0;
    if (n > 0) hits++;
    left.set(word, n - 1);
  }
  return (2 * hits) / Math.max(1, expected.length + found.length);
}
