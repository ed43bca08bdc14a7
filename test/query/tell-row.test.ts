import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { tellRow } from '../../src/query/tell-row.ts';

const SALES = {
  ...{ text: 'Net sales  8,412  7,903  16,120', name: 'Net sales', label: 'Net sales', over: ['2024 2023 2024'] },
  values: [
    { head: 'Three months ended 30 June 2024', text: '8,412' },
    { head: 'Three months ended 30 June 2023', text: '7,903' },
    { head: 'Six months ended 30 June 2024', text: '16,120' },
  ],
};

function told(question: string, row: Parameters<typeof tellRow>[0] = SALES): string {
  const terms = toQueryTerms(parseQuery(question), 'en');
  return tellRow(row, { terms, matcher: new Matcher(terms) }, 'en');
}

describe('tellRow', () => {
  it('says the value that is asked for, and what it is of', () => {
    expect(told('What were net sales in the three months ended 30 June 2024?')).toBe(
      'Net sales, Three months ended 30 June 2024: 8,412',
    );
  });
  it('says all that may be meant', () => {
    expect(told('What were net sales in 2024?').split('\n')).toEqual([
      'Net sales:',
      'Three months ended 30 June 2024: 8,412',
      'Six months ended 30 June 2024: 16,120',
    ]);
    expect(told('net sales').split('\n')).toHaveLength(4);
  });
  it('takes no day for the year that it is in', () => {
    const values = [
      { head: 'January 28, 2023', text: '312' },
      { head: 'January 29, 2022', text: '172' },
    ];
    expect(told('net sales in fiscal 2022', { ...SALES, values }).split('\n')).toHaveLength(3);
  });
  it('puts a unit behind each value', () => {
    const values = [
      { head: '', text: 'kg' },
      { head: '4000/100', text: '98' },
      { head: '4000/270', text: '145' },
    ];
    expect(told('weight of the 4000/270', { ...SALES, label: 'Weight', values })).toBe('Weight, 4000/270: 145 kg');
  });
  it('shows the lines as they are where heads can not be told', () => {
    expect(told('net sales', { ...SALES, values: [] })).toBe('2024 2023 2024\nNet sales  8,412  7,903  16,120');
  });
});
