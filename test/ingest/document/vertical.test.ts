import { describe, expect, it } from 'vitest';
import { takeColumns } from '../../../src/ingest/document/vertical.ts';
import { layOutPage } from '../../../src/ingest/document/layout.ts';
import { pageOf, run } from './runs.ts';

/** Letters 12 points under each other, each 10 wide. */
const column = (x: number, y: number, text: string) =>
  Array.from(text, (letter, i) => run(x, y + 12 * i, letter, { x1: x + 10 }));

describe('takeColumns', () => {
  const text = ['吾輩は猫である。名前は', 'まだ無い。どこで生れた', 'かとんと'];
  const last = ['見当'];
  const drawn = [...text, ...last].flatMap((letters, i) => column(200 - 18 * i, 100, letters));

  it('makes runs of vertical columns, which are read from right to left', () => {
    const { level, columns } = takeColumns([run(50, 60, '縦書き'), ...drawn]);
    expect(level.map((one) => one.text)).toEqual(['縦書き']);
    expect(columns.map((one) => one.text)).toEqual([...text, ...last]);
    const blocks = layOutPage({ ...pageOf(level), turnedRuns: [columns] }, new Map());
    expect(blocks.map((block) => block.text).join(' ')).toContain('猫である。名前はまだ無い。どこで生れたかとんと');
  });

  it('leaves alone what stands under each other in a table, and other scripts', () => {
    const table = [...column(50, 100, '一二三'), ...column(150, 100, 'abcdef')];
    expect(takeColumns(table)).toEqual({ level: table, columns: [] });
  });
});
