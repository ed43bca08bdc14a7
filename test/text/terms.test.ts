import { describe, expect, it } from 'vitest';
import { stemTerms, terms } from '../../src/text/terms.ts';

describe('terms', () => {
  it('stems English and leaves function words out', () => {
    expect(stemTerms("The gradients aren't computed by the Generators")).toEqual(['gradient', 'comput', 'generat']);
  });
  it('gives a word with accents, in capitals or in full-width letters one term', () => {
    expect(stemTerms('Résumé RESUME ｒｅｓｕｍｅ', 'en')).toEqual(['resum', 'resum', 'resum']);
  });
  it('stems by language', () => {
    expect(stemTerms('die Häuser und das Haus', 'de')).toEqual(['haus', 'haus']);
    expect(stemTerms("l'erreur des réseaux, le réseau", 'fr-CA')).toEqual(['erreur', 'reseau', 'reseau']);
    expect(stemTerms('las redes y la red', 'es')).toEqual(['red', 'red']);
  });
  it('turns Chinese, Japanese and Korean runs into bigrams and finds a part of a longer word', () => {
    expect(stemTerms('神经网络')).toEqual(['神经', '经网', '网络']);
    const text = stemTerms('障害のある学生のための高等教育');
    expect(stemTerms('高等教育').every((term) => text.includes(term))).toBe(true);
    expect(stemTerms('のために')).toEqual([]);
    expect(stemTerms('컴퓨터')).toEqual(['컴퓨', '퓨터']);
  });
  it('keeps Hindi vowel signs and drops Arabic vowel points', () => {
    expect(stemTerms('काम')).toEqual(['काम']);
    expect(stemTerms('كِتَاب')).toEqual(stemTerms('كتاب'));
  });
  it('searches the parts of dotted and underscored names, and keeps numbers whole', () => {
    expect(stemTerms('numpy.array set_label 3.14')).toEqual(['numpi', 'array', 'set', 'label', '3.14']);
  });
  it('says where each term stands', () => {
    const text = 'Big 数据 sets';
    expect(terms(text).map((term) => text.slice(term.start, term.end))).toEqual(['Big', '数据', 'sets']);
  });
  it('finds nothing in an empty text or in punctuation', () => {
    expect(terms('')).toEqual([]);
    expect(terms(' … — !')).toEqual([]);
  });
});
