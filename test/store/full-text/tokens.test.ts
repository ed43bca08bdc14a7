import { describe, expect, test } from 'vitest';
import { readPassage, readQuery, tokenizeQuery } from '../../../src/store/full-text/tokens.ts';

function termsOf(text: string, lang?: string): string[] {
  return tokenizeQuery(text, lang).map(({ term }) => term);
}

describe('words', () => {
  test('are letters and digits, lower case, stemmed; everything else separates', () => {
    expect(termsOf('The Gradients—of f(x_1): "descending", 3.5%!')).toEqual(
      ['the', 'gradient', 'of', 'f', 'x', '1', 'descend', '3', '5'], // prettier-ignore
    );
  });

  test('lose their diacritics, ligatures and width', () => {
    expect(termsOf('Café ﬁnal Ångström Ｆｕｌｌ')).toEqual(['cafe', 'final', 'angstrom', 'full']);
    expect(termsOf('cafe\u0301')).toEqual(['cafe']);
  });

  test('keep the marks without which a script can not be read', () => {
    expect(termsOf('हिन्दी')).toEqual(['हिन्दी']);
    expect(termsOf('його', 'uk')).toEqual(['його']);
  });

  test('are stemmed in the language of their text, and say which; in English where it has none', () => {
    expect(termsOf('Häuser im Jahr 2022', 'de')).toEqual(['haus@de', 'im@de', 'jahr@de', '2022']);
    expect(termsOf('les réseaux', 'fr-CA')).toEqual(['le@fr', 'reseau@fr']);
    expect(termsOf('houses')).toEqual(['hous']);
    expect(termsOf('houses', 'en-GB')).toEqual(['hous']);
  });

  test('of another script are stemmed in the language that it suggests', () => {
    expect(termsOf('Нейронные сети и gradients', 'ru')).toEqual(['нейрон@ru', 'сет@ru', 'и@ru', 'gradient']);
    expect(termsOf('the сети', 'en')).toEqual(['the', 'сет@ru']);
    expect(termsOf('мережі', 'uk')).toEqual(['мережі']);
  });

  test('are no marks alone', () => {
    expect(termsOf('a \u0301 b')).toEqual(['a', 'b']);
  });

  test('of more than 64 characters are cut', () => {
    expect(termsOf('x'.repeat(5000))).toEqual(['x'.repeat(64)]);
  });

  test('are counted from 0', () => {
    expect(tokenizeQuery('Hold, the button')).toEqual([
      { term: 'hold', position: 0 },
      { term: 'the', position: 1 },
      { term: 'button', position: 2 },
    ]);
    expect(readPassage('Hold, the button').map(({ term }) => term)).toEqual(['hold', 'the', 'button']);
  });
});

describe('scripts without spaces', () => {
  test('are looked for as pairs of characters, one character alone as itself', () => {
    expect(termsOf('机器学习')).toEqual(['机器', '器学', '学习']);
    expect(termsOf('猫')).toEqual(['猫']);
    expect(termsOf('カメラ')).toEqual(['カメ', 'メラ']);
    expect(termsOf('ภาษา')).toEqual(['ภา', 'าษ', 'ษา']);
    expect(termsOf('신경망을')).toEqual(['신경', '경망', '망을']);
  });

  test('are indexed as pairs and single characters at their place', () => {
    expect(readPassage('黒猫')).toEqual([
      { term: '黒', other: '黒猫' },
      { term: '猫', other: '' },
    ]);
  });

  test('may stand beside words without a space', () => {
    expect(termsOf('Wi-Fi接続3回')).toEqual(['wi', 'fi', '接続', '3', '回']);
    expect(readPassage('A接続B')[3]).toEqual({ term: 'b', other: '' });
    expect(tokenizeQuery('A接続B').at(-1)).toEqual({ term: 'b', position: 3 });
  });
});

describe('a query', () => {
  test('is read once for each language that stems it otherwise', () => {
    const read = (text: string) =>
      readQuery(text, ['en', 'de', 'ru', 'pl']).map((tokens) => tokens.map(({ term }) => term));
    expect(read('Haus')).toEqual([['hau'], ['haus@de']]);
    expect(read('сети')).toEqual([['сет@ru']]);
    expect(read('2022')).toEqual([['2022']]);
    expect(read('?')).toEqual([]);
  });
});

test('no text at all, punctuation, emoji, NUL and lone surrogates are no words', () => {
  for (const text of ['', '  ', '"\'*()^:-+', '🎉🎊', '\0', '\ud800']) expect(termsOf(text)).toEqual([]);
});
