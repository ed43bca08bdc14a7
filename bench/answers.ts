// Does `ask` answer from the right place, and keep quiet where the source holds nothing? A wrong abstention and a wrong answer are
// both counted; a quote that was not found in the source again would be counted, too. Which questions: bench/answer-sets.ts.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerQuestion } from '../src/query/answer.ts';
import type { Library } from '../src/store/library.ts';
import { askedLibraries, type AskedSet, openAsked, requestOf } from './answer-sets.ts';
import { printTable, saveTable } from './table.ts';

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;

async function setRow(library: Library, { name, numQuestions, askings }: AskedSet): Promise<string[]> {
  const home = { asked: 0, answered: 0, right: 0 };
  const foreign = { asked: 0, quiet: 0 };
  const quotes = { given: 0, verified: 0 };
  for (const asking of askings) {
    const { abstained, citations } = await answerQuestion(library, await requestOf(library, asking));
    const [first] = citations;
    if (asking.isHome) {
      home.asked += 1;
      if (!abstained) home.answered += 1;
      if (first !== undefined && asking.isRight(first)) home.right += 1;
    } else {
      foreign.asked += 1;
      if (abstained) foreign.quiet += 1;
    }
    quotes.given += citations.length;
    quotes.verified += citations.filter(({ verified }) => verified).length;
  }
  return [
    name,
    String(numQuestions),
    percent(home.answered, home.asked),
    percent(home.right, home.answered),
    percent(foreign.quiet, foreign.asked),
    percent(quotes.verified, quotes.given),
  ];
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-answers-'));
const rows: string[][] = [];
for (const asked of askedLibraries(folder)) {
  await using library = await openAsked(folder, asked);
  for (const set of asked.sets) rows.push(await setRow(library, set));
}
const header = [
  'questions',
  'number',
  'answered in its own source',
  'of those, first citation right',
  'quiet in a foreign source',
  'quotes verified',
];
saveTable('answers', printTable('Answers and abstention of the reader engine', header, rows));
