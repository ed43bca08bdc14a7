import { describe, expect, it } from 'vitest';
import { tableRows } from '../../src/query/table-rows.ts';

const STATEMENT = `Statement of Income

(in millions)

                               2022      2021
Net revenue              $   86,392  $ 79,474
Gain (see Note 13)          (3,321)        —
Net income per share
Diluted                  $     6.42  $   5.49

We sell in 200 countries.`;

function told(page: string): string[] {
  return tableRows(page).map(({ start, end }) => page.slice(start, end).replace(/ +/g, ' '));
}

describe('tableRows', () => {
  it('finds the rows that tell a value, each with its heads and the line that its group stands under', () => {
    expect(told(STATEMENT)).toEqual([
      'Net revenue $ 86,392 $ 79,474',
      'Gain (see Note 13) (3,321) —',
      'Diluted $ 6.42 $ 5.49',
    ]);
    expect(tableRows(STATEMENT).map(({ name, over }) => [name, over])).toEqual([
      ['Net revenue', ['2022 2021']],
      ['Gain (see Note 13)', ['2022 2021']],
      ['Diluted', ['2022 2021', 'Net income per share']],
    ]);
  });
  it('takes units and ranges for values', () => {
    expect(told('Life      7 years\nOutlook   $10.95 billion to $11.05 billion\nStores    25-30')).toHaveLength(3);
  });
  it('takes names of columns for heads, in up to three lines', () => {
    const page = `                 Average\n                 Price     Life\nItem             (in €)    (years)\nLamp                12          4\nDesk               340         20`;
    expect(tableRows(page)[1]).toMatchObject({ name: 'Desk', over: ['Average', 'Price Life', 'Item (in €) (years)'] });
  });
  it('begins another table where heads come after rows', () => {
    const page = `          2022\nSales       12\nCosts        9\n          Shares\nSold          3`;
    expect(tableRows(page).at(-1)).toMatchObject({ name: 'Sold', over: ['Shares'] });
  });
  it('takes two columns of words for no table, nor a single line', () => {
    expect(told('Plano, Texas     Owned\nLeicester        Leased')).toEqual([]);
    expect(told('Weight   4.5 kg')).toEqual([]);
    expect(told('We grew by 12 percent.\nThat was in 2022.')).toEqual([]);
  });
});
