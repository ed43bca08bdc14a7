import { describe, expect, it } from 'vitest';
import { isLegible, plausibility } from '../../../src/ingest/document/legible.ts';

describe('isLegible', () => {
  it('holds of words and numbers in any script, among leaders and marks', () => {
    for (const text of [
      'Contents . . . . . . . 12',
      'Net revenue 86,392 (37,075)',
      '電源を入れる。',
      'مرحبا بكم',
      'plot sin(x)',
    ])
      expect(isLegible(text), text).toBe(true);
  });
  it('does not hold of what a wrong mapping makes of words, nor of nothing', () => {
    for (const text of ['xkcd qwrt zxcvb plmk', '"7+%- &*3( ]}#@ $%^8', '']) expect(isLegible(text), text).toBe(false);
  });
});

describe('plausibility', () => {
  it('is the share of characters in words and numbers, marks that stand alone left out', () => {
    expect(plausibility('good xkcd . . .')).toBe(0.5);
    expect(plausibility('')).toBe(0);
  });
});
