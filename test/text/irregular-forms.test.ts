import { describe, expect, it } from 'vitest';
import { irregularFormsOf } from '../../src/text/irregular-forms.ts';

describe('irregularFormsOf', () => {
  it.each([
    ['buy', ['bought']],
    ['bought', ['buy']],
    ['buying', ['bought']],
    ['written', ['write', 'wrote']],
    ['children', ['child']],
    ['walk', []],
  ])('knows the others of %s', (word, others) => {
    expect(irregularFormsOf(word, 'en')).toEqual(others);
  });
  it('asks the list of the language, and knows none without one', () => {
    expect(irregularFormsOf('gewachsen', 'de')).toEqual(['wachsen', 'wuchs']);
    expect(irregularFormsOf('buy', 'de')).toEqual([]);
    expect(irregularFormsOf('achetée', 'fr')).toEqual([]);
  });
});
