// What do the limits of evidence do, below which `ask` abstains? The passages of every question are weighed once, and chosen again
// under each value of one limit, the others as they are shipped: questions answered in their own source, of those answered right, and
// kept quiet about in a foreign one, in percent. The mean leaves the second draw out, which is there to check with.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  choosePassages,
  EVIDENCE_NEEDED,
  type EvidenceNeeded,
  weighPassages,
  type WeighedPassages,
} from '../src/query/answer.ts';
import { type Asking, askedLibraries, openAsked, requestOf } from './answer-sets.ts';
import { printTable, saveTable } from './table.ts';

interface WeighedSet {
  readonly name: string;
  readonly isHeldOut: boolean;
  readonly askings: readonly { readonly asking: Asking; readonly weighed: WeighedPassages | undefined }[];
}

const VALUES: Readonly<Record<keyof EvidenceNeeded, readonly number[]>> = {
  min: [0.7, 0.76, 0.82, 0.88, 0.94, 1, 1.06],
  minBeside: [0.88, 0.98, 1.08],
  rareWordWorth: [0, 0.1, 0.15, 0.2, 0.25, 0.3],
  maxRareWords: [1, 2, 3, 4, 6],
};

async function weighAll(): Promise<WeighedSet[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-abstention-'));
  const weighed: WeighedSet[] = [];
  for (const asked of askedLibraries(folder)) {
    await using library = await openAsked(folder, asked);
    for (const { name, isHeldOut = false, askings } of asked.sets) {
      const each: WeighedSet['askings'][number][] = [];
      for (const asking of askings) {
        each.push({ asking, weighed: await weighPassages(library, await requestOf(library, asking)) });
      }
      weighed.push({ name, isHeldOut, askings: each });
    }
  }
  return weighed;
}

/** `answered/right/quiet`, and the share of questions that went as they should: right at home, quiet abroad. */
function outcome({ askings }: WeighedSet, needed: EvidenceNeeded): { cell: string; fair: number } {
  const counts = { home: 0, answered: 0, right: 0, foreign: 0, quiet: 0 };
  for (const { asking, weighed } of askings) {
    const [first] = weighed === undefined ? [] : choosePassages(weighed, 1, needed);
    if (asking.isHome) {
      counts.home += 1;
      if (first !== undefined) counts.answered += 1;
      if (first !== undefined && isRight(asking, first)) counts.right += 1;
    } else {
      counts.foreign += 1;
      if (first === undefined) counts.quiet += 1;
    }
  }
  const percent = (part: number, whole: number) => ((100 * part) / Math.max(1, whole)).toFixed(0);
  const { home, answered, right, foreign, quiet } = counts;
  return {
    cell: `${percent(answered, home)}/${percent(right, answered)}/${percent(quiet, foreign)}`,
    fair: (right / home + quiet / foreign) / 2,
  };
}

function isRight(asking: Asking, { sentences }: ReturnType<typeof choosePassages>[number]): boolean {
  const [first] = sentences;
  if (first === undefined) return false;
  const ofPage = sentences.filter(({ pageIndex }) => pageIndex === first.pageIndex);
  const quote = ofPage.map(({ text }) => text).join(' ');
  return asking.isRight({ startMs: first.startMs, endMs: ofPage.at(-1)!.endMs, pageIndex: first.pageIndex, quote });
}

const sets = await weighAll();
const rows = (Object.keys(VALUES) as (keyof EvidenceNeeded)[]).flatMap((limit) =>
  VALUES[limit].map((value) => {
    const outcomes = sets.map((set) => outcome(set, { ...EVIDENCE_NEEDED, [limit]: value }));
    const seen = outcomes.filter((_, i) => !sets[i]!.isHeldOut);
    const mean = seen.reduce((sum, { fair }) => sum + fair, 0) / seen.length;
    const isShipped = value === EVIDENCE_NEEDED[limit];
    return [
      limit,
      `${value}${isShipped ? ' (shipped)' : ''}`,
      ...outcomes.map(({ cell }) => cell),
      (100 * mean).toFixed(1),
    ];
  }),
);
const header = ['limit', 'value', ...sets.map(({ name }) => name), 'mean of right and quiet'];
saveTable(
  'abstention',
  printTable('Limits of evidence: answered / of those right / quiet in a foreign source', header, rows),
);
