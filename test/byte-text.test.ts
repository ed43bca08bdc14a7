import { expect, it } from 'vitest';
import { byteText } from '../src/byte-text.ts';

it('says bytes in the decimal unit that fits, with one digit behind the point', () => {
  expect([0, 999, 999_999, 1e6, 23_045_678, 1e9, 61.4e9].map(byteText)).toEqual([
    ...['0.0 KB', '1.0 KB', '1000.0 KB', '1.0 MB', '23.0 MB', '1.0 GB', '61.4 GB'],
  ]);
});
