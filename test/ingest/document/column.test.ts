import { describe, expect, it } from 'vitest';
import type { TextRun } from '../../../src/ingest/document/text-run.ts';
import { layOutPage } from '../../../src/ingest/document/layout.ts';
import { pageOf, run } from './runs.ts';
import { vocabularyOf } from '../../../src/ingest/document/page-draft.ts';

function textOf(runs: TextRun[]): string {
  const page = pageOf(runs);
  return layOutPage(page, vocabularyOf([page]))
    .map(({ text }) => text)
    .join('\n\n');
}

const LEFT = [
  'The first column holds some words',
  'that go on for a number of lines',
  'until the column comes to its end',
  'and the eye moves to the next one',
];
const RIGHT = [
  'where the sentence simply goes on',
  'as if nothing had happened at all',
  'which is the whole point of them',
  'when a reader follows the text.',
];
const BOTH = `${LEFT.join(' ')}\n\n${RIGHT.join(' ')}`;

const column = (x: number, y: number, lines: readonly string[], leading = 12) =>
  lines.map((line, index) => run(x, y + leading * index, line));

/** A line whose words are spread from `x0` to `x1`. */
function justified(x0: number, x1: number, y: number, text: string): TextRun[] {
  const words = text.split(' ');
  const space = (x1 - x0 - 5 * text.replaceAll(' ', '').length) / (words.length - 1);
  let x = x0;
  return words.map((word) => {
    const placed = run(x, y, word);
    x = placed.x1 + space;
    return placed;
  });
}

describe('columns', () => {
  it('with less white between them than between cells are told by the order in which they are drawn', () => {
    expect(textOf([...column(50, 100, LEFT), ...column(221, 100, RIGHT)])).toBe(BOTH);
  });

  it('of which no two lines stand at one height are columns all the same', () => {
    expect(textOf([...column(50, 100, LEFT, 15), ...column(240, 107.5, RIGHT, 15)])).toBe(BOTH);
  });

  it('of justified text are not taken for tables, however far apart their words are', () => {
    const wide = (x: number, lines: readonly string[]) =>
      lines.flatMap((line, i) =>
        i === lines.length - 1 ? [run(x, 100 + 12 * i, line)] : justified(x, x + 230, 100 + 12 * i, line),
      );
    expect(textOf([...wide(50, LEFT), ...wide(292, RIGHT)])).toBe(BOTH);
  });

  it('end above a table whose cells leave the same strip white', () => {
    const columns = [...column(50, 100, LEFT), ...column(240, 100, RIGHT)];
    const rows = ['one', 'two', 'three'].flatMap((n, i) => [
      run(50, 148 + 12 * i, `Part number ${n} of the pump`),
      run(240, 148 + 12 * i, `lies in drawer ${n} of them`),
    ]);
    expect(
      textOf([...columns, ...rows])
        .split('\n\n')
        .slice(0, 2)
        .join('\n\n'),
    ).toBe(BOTH);
  });

  it('do not part a table whose cells are of two lines each', () => {
    const rows = [0, 1, 2].flatMap((row) => [
      ...column(50, 100 + 24 * row, [`The fault number ${row} has a name`, 'of two lines that were set below']),
      ...column(240, 100 + 24 * row, [`and a remedy of number ${row} that is`, 'as long as the fault that it mends']),
    ]);
    expect(textOf(rows).split('\n')[0]).toMatch(/^The fault number 0 has a name +and a remedy of number 0 that is$/);
  });

  it('are not cut where one of their lines is drawn last', () => {
    const [late, ...left] = column(50, 100, [LEFT[1]!, LEFT[0]!, LEFT[2]!, LEFT[3]!]);
    const right = column(240, 100, RIGHT);
    const caption = { ...late!, baseline: 112, order: right.at(-1)!.order + 100 };
    expect(textOf([{ ...left[0]!, baseline: 100 }, ...left.slice(1), ...right, caption])).toBe(BOTH);
  });

  it('beside each other in the rows of a table are read a row after the other, the cells of a row whole', () => {
    const [left, right] = [LEFT.slice(0, 3), RIGHT];
    const rows = [0, 1].flatMap((row) => [...column(50, 106 + 60 * row, left), ...column(240, 100 + 60 * row, right)]);
    const both = `${left.join(' ')}\n\n${right.join(' ')}`;
    expect(textOf(rows)).toBe(`${both}\n\n${both}`);
  });

  it('keep a table that stands in one of them', () => {
    const rows = [12, 7, 30].flatMap((n, i) => [
      run(240, 148 + 12 * i, `Kind ${i}`),
      run(320, 148 + 12 * i, String(n)),
      run(370, 148 + 12 * i, String(2 * n)),
    ]);
    const more = LEFT.map((line) => line.replace('column', 'chapter'));
    const left = column(50, 100, [...LEFT, ...more]);
    const table = ['Kind 0  12  24', 'Kind 1   7  14', 'Kind 2  30  60'].join('\n');
    expect(textOf([...left, ...column(240, 100, RIGHT), ...rows])).toBe(
      `${[...LEFT, ...more].join(' ')}\n\n${RIGHT.join(' ')}\n\n${table}`,
    );
  });
});

describe('lines with stretched spaces', () => {
  it('are prose where a line beside them has the same edges', () => {
    const lines = [
      ...justified(50, 250, 100, 'rising heights between words'),
      run(50, 112, 'nobody would take them for the cells of a'),
    ];
    lines[lines.length - 1]!.x1 = 250;
    expect(textOf([...lines, run(50, 124, 'table.')])).toBe(
      'rising heights between words nobody would take them for the cells of a table.',
    );
  });
});

describe('heads of tables', () => {
  const rows = [
    ['Net revenue', '79,474', '86,392'],
    ['Cost of sales', '37,075', '40,576'],
  ].flatMap(([label, a, b], i) => [
    run(50, 136 + 14 * i, label!),
    run(250, 136 + 14 * i, a!),
    run(330, 136 + 14 * i, b!),
  ]);
  const years = [run(252, 120, '2021', { bold: true }), run(332, 120, '2022', { bold: true })];

  it('take in a bold line over some of the columns', () => {
    const head = run(270, 108, 'Year ended', { bold: true });
    expect(textOf([head, ...years, ...rows]).split('\n')).toHaveLength(4);
  });

  it('leave out a heading that begins where the table does', () => {
    const head = run(50, 106, 'Results of the year', { bold: true });
    expect(textOf([head, ...years, ...rows]).split('\n\n')[0]).toBe('Results of the year');
  });
});

describe('titles', () => {
  const body = column(50, 220, [
    'This text is set in lines that stand twelve points apart and fill all of the width that there is.',
    'It goes on for a second line, so that one knows how far apart the lines of this text are set here.',
  ]);

  it('of two centred lines are one, where the second begins with a capital too', () => {
    const lines = ['Urban Hedges Lower Kerbside Particulate Matter', 'Study in Three Cities'];
    const title = lines.map((text, i) => run(292 - 4.5 * text.length, 100 + 21 * i, text, { size: 18, bold: true }));
    expect(textOf([...title, ...body]).split('\n\n')[0]).toBe(lines.join(' '));
  });

  it('with lines as far apart as the text allows for are one', () => {
    const lines = ['Urban Hedges Lower Kerbside Particulate Matter in', 'Three Cities'];
    const title = lines.map((text, i) => run(50, 100 + 29 * i, text, { size: 18, bold: true }));
    expect(textOf([...title, ...body]).split('\n\n')[0]).toBe(lines.join(' '));
  });
});

describe('numbers at the start of a line', () => {
  it('belong to the sentence that runs into them', () => {
    const lines = [
      'Keep it near the machine, since the rated pressure is',
      '10 bar, and the tank holds 270 litres of air at most.',
    ];
    expect(textOf(column(50, 100, lines))).toBe(lines.join(' '));
  });

  it('begin an item of a list where the one before it does', () => {
    const lines = [
      '1 Turn the main switch of the machine off and wait for',
      '2 Pull the plug out of its socket and keep it with you',
    ];
    expect(textOf(column(50, 100, lines))).toBe(lines.join('\n\n'));
  });
});
