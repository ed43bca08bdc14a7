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

/** Lines of prose 12 points apart, drawn one after the other. */
const prose = (x: number, y: number, lines: string[]) => lines.map((line, index) => run(x, y + 12 * index, line));

describe('columns', () => {
  const left = [
    'The first column holds some words',
    'that go on for a number of lines',
    'until the column comes to its end',
    'and the eye moves to the next one',
  ];
  const right = [
    'where the sentence simply goes on',
    'as if nothing had happened at all',
    'which is the whole point of them',
    'when a reader follows the text.',
  ];

  it('are read one after the other, under a title across both', () => {
    const title = run(120, 60, 'A title that stands across both of the columns', { size: 16 });
    expect(textOf([title, ...prose(50, 100, left), ...prose(240, 100, right)])).toBe(
      `${title.text}\n\n${left.join(' ')}\n\n${right.join(' ')}`,
    );
  });

  it('whose baselines differ are still two columns', () => {
    expect(textOf([...prose(50, 100, left), ...prose(240, 104, right)])).toBe(
      `${left.join(' ')}\n\n${right.join(' ')}`,
    );
  });

  it('three of them are read from left to right', () => {
    const third = [
      'A third one stands at the far end',
      'of the page, with words of its own',
      'and is read last of all the three',
      'before the page has to be turned.',
    ];
    expect(textOf([...prose(20, 100, left), ...prose(205, 100, right), ...prose(390, 100, third)])).toBe(
      [left, right, third].map((lines) => lines.join(' ')).join('\n\n'),
    );
  });

  it('end where a line runs across the page, and a footer below is not part of them', () => {
    const across = run(50, 180, 'Here a sentence runs across the whole of the page again, from left to right.');
    const footer = run(50, 700, 'Page footer');
    expect(textOf([...prose(50, 100, left), ...prose(240, 100, right), across, footer])).toBe(
      `${left.join(' ')}\n\n${right.join(' ')}\n\n${across.text}\n\n${footer.text}`,
    );
  });
});

describe('tables', () => {
  const rows = [
    ['Item', '2021', '2022'],
    ['Net revenue', '79,474', '86,392'],
    ['Cost of sales', '37,075', '40,576'],
    ['Gross profit', '42,399', '45,816'],
  ];
  const drawn = rows.flatMap(([label, a, b], index) => [
    run(50, 100 + 14 * index, label!),
    run(330 - 5 * a!.length, 100 + 14 * index, a!),
    run(430 - 5 * b!.length, 100 + 14 * index, b!),
  ]);

  it('keep a line a row, labels to the left and numbers to the right of their columns', () => {
    expect(textOf(drawn)).toBe(
      [
        'Item             2021    2022',
        'Net revenue    79,474  86,392',
        'Cost of sales  37,075  40,576',
        'Gross profit   42,399  45,816',
      ].join('\n'),
    );
  });

  it('stay rows when they are drawn column by column', () => {
    const columnwise = [0, 1, 2]
      .flatMap((column) => drawn.filter((_, index) => index % 3 === column))
      .map((r, order) => ({ ...r, order: 20 * order }));
    expect(textOf(columnwise).split('\n')[1]).toBe('Net revenue    79,474  86,392');
  });

  it('are not seen in prose with stretched spaces', () => {
    const lines = [
      [run(50, 100, 'Sentences that end here.'), run(181, 100, 'And others that start')],
      [run(50, 112, 'after a wide space are'), run(170, 112, 'still one single text,')],
      [run(50, 124, 'and belong to one paragraph of prose.')],
    ];
    expect(textOf(lines.flat())).toBe(
      'Sentences that end here. And others that start after a wide space are still one single text, and belong to one paragraph of prose.',
    );
  });
});

describe('paragraphs', () => {
  it('join their lines and part at wider gaps', () => {
    expect(
      textOf([...prose(50, 100, ['One line of text and', 'a second one.']), ...prose(50, 140, ['Another paragraph.'])]),
    ).toBe('One line of text and a second one.\n\nAnother paragraph.');
  });

  it('whose lines fill their column join however far apart they are set; lists of short lines do not', () => {
    const doubled = (x: number, y: number, lines: string[]) => lines.map((line, i) => run(x, y + 25 * i, line));
    const lines = [
      'Benefits under this plan are paid only if the administrator',
      'Smith decides that the participant is entitled to receive them',
      'in whole or in part.',
    ];
    expect(textOf(doubled(50, 100, lines))).toBe(lines.join(' '));
    const names = ['Company name', 'Street and number', 'Town', 'Country'];
    expect(textOf(doubled(50, 100, names))).toBe(names.join('\n\n'));
  });

  it('join a sentence whose letters were measured differently from line to line, and titles set wider than the text', () => {
    const first = run(50, 100, 'The ones who see all things quite differently are', { size: 11 });
    const rest = run(50, 112, 'those who change them in the end.', { size: 10 });
    expect(textOf([first, rest])).toBe(`${first.text} ${rest.text}`);
    const title = ['Learning about the remote control (for the', 'visually impaired)'];
    const lines = title.map((line, i) => run(50, 50 + 20 * i, line, { size: 13 }));
    const body = prose(50, 110, ['This function helps to learn where all the buttons', 'are on the remote control.']);
    expect(textOf([...lines, ...body])).toBe(
      `${title.join(' ')}\n\nThis function helps to learn where all the buttons are on the remote control.`,
    );
  });

  it('go on in the middle of the next line where a caption is centred', () => {
    const caption = ['Figure 1: Radial growth by exposure of the face, in millimetres', 'per decade.'];
    const lines = caption.map((line, i) => run(200 - 2.5 * line.length, 100 + 12 * i, line));
    expect(textOf(lines)).toBe(caption.join(' '));
  });

  it('that are read from right to left begin at the right, numbers and names in them with their marks behind', () => {
    const until = (x1: number, y: number, text: string) => run(x1 - 5 * text.length, y, text);
    const first = until(500, 100, 'هذا الدليل يشرح كيفية تشغيل الجهاز وضبط الصورة والصوت على الزر');
    const second = [run(475, 112, 'POWER'), until(470, 112, 'لمدة ثلاث ثوان ثم انتظر إلى'), run(318, 112, '.80')];
    expect(textOf([first, ...second])).toBe(`${first.text} POWER ${second[1]!.text} 80.`);
  });

  it('of Chinese or Japanese go on without a space, unless a line ends before its time', () => {
    const set = (lines: string[]) =>
      lines.map((line, i) => run(50, 100 + 14 * i, line, { x1: 50 + 10 * line.length, size: 10 }));
    const full = ['打开电源后，请等待三十秒。不要在启动过', '程中拔掉电源。按照屏幕上的提示设置语言', '和时间。'];
    expect(textOf(set(full))).toBe(full.join(''));
    const short = ['遥控器的电池使用两节五号电池，请勿混用', '姓名', '地址'];
    expect(textOf(set(short))).toBe('遥控器的电池使用两节五号电池，请勿混用姓名\n地址');
    const spread = ['このそう', 'ちは'].map((text, i) => run(50 + 43 * i, 100, text, { x1: 90 + 43 * i }));
    expect(textOf(spread)).toBe('このそうちは');
  });

  it('part at an indented first line', () => {
    expect(
      textOf([
        ...prose(50, 100, ['The end of the first paragraph is here']),
        ...prose(65, 112, ['Then the second starts with an']),
        ...prose(50, 124, ['indent and goes on to the left of it.']),
      ]),
    ).toBe(
      'The end of the first paragraph is here\n\nThen the second starts with an indent and goes on to the left of it.',
    );
  });

  it('keep list items apart, each with its continuation lines', () => {
    expect(
      textOf([
        run(50, 100, '1.'),
        ...prose(65, 100, ['Open the lid of the machine and', 'take out the filter.']),
        run(50, 124, '2.'),
        ...prose(65, 124, ['Wash it.']),
      ]),
    ).toBe('1. Open the lid of the machine and take out the filter.\n\n2. Wash it.');
  });

  it('keep the line breaks and indents of typewriter text', () => {
    const code = ['for x in range(3):', 'print(x)', 'print("end")'];
    const mono = { mono: true };
    expect(textOf([run(50, 100, code[0]!, mono), run(70, 112, code[1]!, mono), run(50, 124, code[2]!, mono)])).toBe(
      `${code[0]}\n    ${code[1]}\n${code[2]}`,
    );
  });

  it('end a line that was broken on purpose, and only that', () => {
    expect(
      textOf([
        ...prose(50, 100, ['Dr A. Smith', 'Main Street 5', 'Springfield']),
        ...prose(50, 160, ['A long line of text that reaches far to the right.']),
      ]),
    ).toBe('Dr A. Smith\nMain Street 5\nSpringfield\n\nA long line of text that reaches far to the right.');
  });

  it('undo hyphenation across their lines', () => {
    expect(textOf(prose(50, 100, ['A manual about main-', 'tenance of pumps.']))).toBe(
      'A manual about maintenance of pumps.',
    );
  });

  it('hold text once that is drawn twice, one over the other', () => {
    expect(textOf([run(50, 100, 'Shadow'), run(50.8, 100.5, 'Shadow'), run(90, 100, 'no no')])).toBe('Shadow no no');
  });

  it('take superscripts into their line', () => {
    expect(textOf([run(50, 100, 'Area in km'), run(100, 96, '2', { size: 7 }), run(108, 100, 'of land')])).toBe(
      'Area in km2 of land',
    );
  });

  it('drop leader dots between a title and its page', () => {
    expect(
      textOf([
        run(50, 100, 'Introduction . . . . . . . . . . . . .'),
        run(400, 100, '12'),
        run(50, 112, 'Methods . . . . . . . . . . . .'),
        run(400, 112, '31'),
      ]),
    ).toBe('Introduction  12\nMethods       31');
  });
});

describe('text in other directions', () => {
  it('comes after the rest of its page', () => {
    const page = { ...pageOf([run(50, 100, 'Upright text.')]), turnedRuns: [[run(10, 20, 'Up the side')]] };
    expect(layOutPage(page, new Map()).map(({ text }) => text)).toEqual(['Upright text.', 'Up the side']);
  });
});
