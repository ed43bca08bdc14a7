// The few sentences that sum up one part of a source, in the order in which they were said or printed.
import { pickCentral } from './centrality.ts';
import type { Prose } from './prose.ts';

const SENTENCES = 2;

/** Empty where units [first, end) hold nothing readable. */
export function summaryOf(prose: Prose, first: number, end: number): string {
  return pickCentral({ ...prose, first, end, maxUnits: SENTENCES })
    .sort((a, b) => a - b)
    .map((i) => prose.readable[i]!)
    .join(' ');
}
