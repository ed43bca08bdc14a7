import { describe, expect, test } from 'vitest';
import { languageOfQuery } from '../../src/query/query-language.ts';

const languageOf = (query: string, languages: readonly string[]) => languageOfQuery(query.split(' '), languages);

describe('the language of a query', () => {
  test('is the one that all sources are in', () => {
    expect(languageOf('haus', ['de'])).toBe('de');
    expect(languageOf('houses', ['en'])).toBe('en');
    expect(languageOf('houses', [])).toBe('en');
    expect(languageOf('houses', ['la'])).toBe('en');
  });

  test('is told by its script', () => {
    expect(languageOf('нейронные сети', ['de', 'en', 'ru'])).toBe('ru');
    expect(languageOf('gradient', ['ru'])).toBe('en');
  });

  test('is told by its function words, where they are no words of content in another language', () => {
    const languages = ['de', 'en', 'es', 'fr'];
    expect(languageOf('wie lernt das netz', languages)).toBe('de');
    expect(languageOf('der gradient', languages)).toBe('de');
    expect(languageOf("qu'est ce que la rétropropagation", languages)).toBe('fr');
    expect(languageOf('cómo aprende la red', languages)).toBe('es');
    expect(languageOf('how does the network learn', languages)).toBe('en');
    expect(languageOf('war crimes', languages)).toBe('en');
    expect(languageOf('was ist der gradient', languages)).toBe('de');
    expect(languageOf('gradient', languages)).toBe('en');
    // `que` is a word of both, told apart by the rest.
    expect(languageOf('qué significa sobreajuste', languages)).toBe('es');
  });
});
