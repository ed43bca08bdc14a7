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
  it('says which heads each value stands under, where they run over several lines and columns', () => {
    const page = `                          Three months ended  Six months ended
                                 30 June          30 June
                           2024     2023    2024     2023
Net sales                 8,412    7,903  16,120   15,044
Operating income          1,022     (87)   1,905      310`;
    expect(tableRows(page)[1]!.values).toEqual([
      { head: 'Three months ended 30 June 2024', text: '1,022' },
      { head: 'Three months ended 30 June 2023', text: '(87)' },
      { head: 'Six months ended 30 June 2024', text: '1,905' },
      { head: 'Six months ended 30 June 2023', text: '310' },
    ]);
  });
  it('reads names that go on in the next line, and heads above the names', () => {
    const page = `                  Interval    Who may    Time needed
Work
                  operating   do it        (minutes)
                      hours
Safety valve
test                     12   service             15
Check hoses             250   operator             5`;
    const [test, hoses] = tableRows(page);
    expect(test!.label).toBe('Safety valve test');
    expect(test!.over).toContain('Safety valve');
    expect(page.slice(test!.start, test!.end)).toMatch(/^Safety valve\ntest /);
    expect(hoses!.label).toBe('Check hoses');
    expect(hoses!.values).toEqual([
      { head: 'Interval operating hours', text: '250' },
      { head: 'Who may do it', text: 'operator' },
      { head: 'Time needed (minutes)', text: '5' },
    ]);
  });
  it('takes variants that begin with figures for heads, and what has no head for a unit', () => {
    const page = `                   4000/100  4000/270
Motor power  kW         3.0       4.0
Weight       kg          98       145`;
    expect(tableRows(page)[1]!.values).toEqual([
      { head: '', text: 'kg' },
      { head: '4000/100', text: '98' },
      { head: '4000/270', text: '145' },
    ]);
  });
  it('passes over the numbers of rows, and leaves cells out where a row has fewer', () => {
    const page = `Pos  Item             Qty  Unit price    Total
  1  Saw blade 3.4 m    2      £31.25   £62.50
  2  Dust bag           1      £24.90   £24.90
     Delivery                            £9.00`;
    expect(tableRows(page).map(({ label }) => label)).toEqual(['Saw blade 3.4 m', 'Dust bag', 'Delivery']);
    expect(tableRows(page).at(-1)!.values).toEqual([{ head: 'Total', text: '£9.00' }]);
  });
  it('tells no heads where two columns may be meant', () => {
    const page = `                 Stores opened and closed   Sales\nNorth            12     4      7   31\nSouth             9     1      2   25`;
    expect(tableRows(page).map(({ values }) => values)).toEqual([[], []]);
  });
});
