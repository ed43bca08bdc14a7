// ROUGE-1, ROUGE-2 and ROUGE-L (Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004) as F1, over lower-case
// stemmed words, function words included, as the common implementations count them.
import { stemWord } from '../src/text/terms.ts';

export interface Rouge {
  readonly r1: number;
  readonly r2: number;
  readonly rL: number;
}

export function rouge(candidate: string, reference: string): Rouge {
  const a = tokens(candidate);
  const b = tokens(reference);
  return { r1: overlap(a, b, 1), r2: overlap(a, b, 2), rL: f1(longestCommon(a, b), a.length, b.length) };
}

function tokens(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => (word.length > 3 ? stemWord(word, 'en') : word));
}

function overlap(a: readonly string[], b: readonly string[], n: number): number {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= b.length; i++) {
    const gram = b.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  let common = 0;
  for (let i = 0; i + n <= a.length; i++) {
    const gram = a.slice(i, i + n).join(' ');
    const left = counts.get(gram) ?? 0;
    if (left > 0) common++;
    counts.set(gram, left - 1);
  }
  return f1(common, a.length - n + 1, b.length - n + 1);
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let previous = new Uint32Array(b.length + 1);
  for (const word of a) {
    const row = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) {
      row[j] = word === b[j - 1] ? previous[j - 1]! + 1 : Math.max(previous[j]!, row[j - 1]!);
    }
    previous = row;
  }
  return previous[b.length]!;
}

function f1(common: number, candidates: number, references: number): number {
  return candidates <= 0 || references <= 0 ? 0 : (2 * common) / (candidates + references);
}
