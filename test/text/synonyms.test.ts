import { describe, expect, it } from 'vitest';
import { abbreviationsOf, synonymsOf } from '../../src/text/synonyms.ts';

describe('synonymsOf', () => {
  it('finds the group of a word in any of its forms, itself left out', () => {
    expect(synonymsOf('photos', 'en')).toEqual(['picture', 'image', 'photograph']);
    expect(synonymsOf('gradient', 'en')).toEqual([]);
    expect(synonymsOf('photos', 'xx')).toEqual([]);
  });
});

describe('abbreviationsOf', () => {
  it('knows what a word is cut to, and what was cut', () => {
    expect(abbreviationsOf('maximum', 'en')).toEqual(['max']);
    expect(abbreviationsOf('max', 'en')).toEqual(expect.arrayContaining(['maximum', 'maximal']));
    expect(abbreviationsOf('logarithmic', 'en')).toContain('log');
    expect(abbreviationsOf('grid', 'en')).toEqual([]);
  });
});
