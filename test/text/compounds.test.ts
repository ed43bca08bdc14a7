import { describe, expect, test } from 'vitest';
import { headsBehind, headStems, modifierStems, writesCompounds } from '../../src/text/compounds.ts';

test('seven languages write compounds as one word, and English is none of them', () => {
  const languages = ['da', 'de', 'en', 'es', 'fi', 'fr', 'hu', 'nl', 'no', 'ru', 'sv'];
  expect(languages.filter(writesCompounds)).toEqual(['da', 'de', 'fi', 'hu', 'nl', 'no', 'sv']);
});

describe('the stems that a word ends compounds with', () => {
  test('a compound loses endings that its head is too short to lose: Zentralheizung', () => {
    expect(headStems('heizung', 'de')).toEqual(['heizung', 'heiz']);
    expect(headStems('verwarming', 'nl')).toEqual(['verwarm']);
  });

  test('a German verb stands for the noun that it is made of', () => {
    expect(headStems('wechseln', 'de')).toContain('wechsel');
    expect(headStems('lernen', 'de')).toEqual(['lern']);
  });

  test('an ending of participles is no word: folgend', () => {
    expect(headStems('ende', 'de')).toEqual([]);
  });
});

describe('what the first part of a compound may be a form of', () => {
  test.each([
    ['de', 'arbeits', 'arbeit'],
    ['de', 'strassen', 'strass'],
    ['de', 'reinigungs', 'reinig'],
    ['de', 'schul', 'schul'],
    ['nl', 'kinder', 'kind'],
    ['sv', 'gatu', 'gat'],
    ['fi', 'kirjan', 'kirj'],
  ])('%s: %s of %s', (lang, part, stem) => {
    expect(modifierStems(part, lang)).toContain(stem);
  });

  test('of nothing where it is a function word, a prefix or too short to name anything', () => {
    expect(['auf', 'ver', 'un'].flatMap((part) => modifierStems(part, 'de'))).toEqual([]);
  });
});

test('what stands behind the first word of a compound is read with and without a link between them', () => {
  expect(headsBehind('strassenbahn', 'straße', 'de')).toEqual(['nbahn', 'enbahn', 'bahn']);
  expect(headsBehind('filterwechsel', 'filter', 'de')).toContain('wechsel');
  expect(headsBehind('laagmasker', 'laag', 'nl')).toContain('masker');
});
