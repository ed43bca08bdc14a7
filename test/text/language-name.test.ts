import { expect, it } from 'vitest';
import { isSameLanguage, languageName, languageWithOwnName } from '../../src/text/language-name.ts';

it('names a language in English, and as its speakers do', () => {
  expect(languageName('de')).toBe('German');
  expect(languageWithOwnName('de')).toBe('German (Deutsch)');
  expect(languageWithOwnName('ja')).toBe('Japanese (日本語)');
  expect(languageWithOwnName('en')).toBe('English');
});

it('leaves a code that nobody knows, or that is none, as it is', () => {
  expect(languageName('xx')).toBe('xx');
  expect(languageWithOwnName('not a code')).toBe('not a code');
});

it('takes regions of one language as the same', () => {
  expect(isSameLanguage('pt-BR', 'pt')).toBe(true);
  expect(isSameLanguage('de', 'en')).toBe(false);
});
