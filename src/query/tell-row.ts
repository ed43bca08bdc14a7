// A row of a table as an answer: what is asked for of it, each value with the heads that it stands under.
import type { Candidates } from './candidates.ts';
import type { TableRow, TableValue } from './table-rows.ts';

/** `text`: the row as it is printed; `lang`: of its source. */
export function tellRow(
  { text, label, over, values }: Omit<TableRow, 'start' | 'end' | 'figureHeads'> & { readonly text: string },
  asked: Pick<Candidates, 'matcher' | 'terms'>,
  lang: string | null,
): string {
  // Where it can't be told which column is whose, the lines are shown as they are.
  if (values.length === 0) return [...over, text].join('\n');
  const headed = values.filter(({ head }) => head !== '');
  const units = values.filter(({ head }) => head === '').map(({ text }) => ` ${text}`);
  const told = namedValues(headed, asked, lang).map(({ head, text }) => `${head}: ${text}${units.join('')}`);
  return told.length === 1 ? `${label}, ${told[0]!}` : [`${label}:`, ...told].join('\n');
}

/**
 * Those whose heads the question names most of; all of them where it names none for certain: half of what sets a head apart from the
 * others, and each figure of that. `January 29, 2022` may be what is meant by 2022, and may end the year before.
 */
function namedValues(
  values: readonly TableValue[],
  { matcher, terms }: Pick<Candidates, 'matcher' | 'terms'>,
  lang: string | null,
): readonly TableValue[] {
  const heads = values.map(({ head }) => wordsOf(head));
  const named = values.map(({ head }, i) => {
    const own = heads[i]!.filter(({ text }) => !heads.every((words) => words.some((word) => word.text === text)));
    const { matches } = matcher.match(head, lang);
    const asked = matches.filter(({ term, share }) => share === 1 && !terms[term]!.isStop);
    const isNamed = ({ start, end }: Word) => asked.some((match) => match.start < end && match.end > start);
    const numNamed = own.filter(isNamed).length;
    const hasAllFigures = own.every((word) => !/\d/.test(word.text) || isNamed(word));
    return hasAllFigures && 2 * numNamed >= own.length ? numNamed : 0;
  });
  const most = Math.max(...named);
  return values.filter((_, i) => named[i] === most);
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordsOf(head: string): Word[] {
  return [...head.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: text, index: start }) => {
    return { text, start, end: start + text.length };
  });
}
