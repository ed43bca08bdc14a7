import { describe, expect, it, test } from 'vitest';
import { languageOfWord, stemIn, stemmingLanguage, stemWithoutAccents } from '../../src/text/stem.ts';

/** Each line: a language and words that must share one stem. */
const SAME: readonly (readonly [string, string])[] = [
  ['de', 'Haus haus Häuser häusern'],
  ['de', 'über ueber uber'],
  ['de', 'größe groesse GRÖSSEN größen'],
  ['de', 'straße strasse straßen'],
  ['de', 'statue statuen'],
  ['de', 'kamera kameras'],
  ['de', 'video videos'],
  ['de', 'handy handys'],
  ['de', 'display displays'],
  ['de', 'menü menüs menus'],
  ['de', 'archiv archivs'],
  ['de', 'app apps'],
  ['de', 'clip clips'],
  ['de', 'glas gläser glases'],
  ['de', 'schnaps schnäpse'],
  ['fr', 'réseau réseaux reseaux'],
  ['fr', 'donnée données donnees'],
  ['fr', 'qualité qualites'],
  ['es', 'función funcion funciones'],
  ['es', 'generalización generalizacion generalizaciones'],
  ['es', 'imagen imágenes imagenes'],
  ['pt', 'função funções funcao funcoes'],
  ['pt', 'informação informações informacao'],
  ['it', 'qualità qualita'],
  ['it', 'rete reti'],
  ['nl', 'huis huizen'],
  ['nl', 'brief brieven'],
  ['sv', 'nätverk nätverken nätverket natverk'],
  ['ro', 'rețea rețele retele'],
  ['ru', 'сеть сети сетей сетью сетями'],
  ['ru', 'самолёт самолет самолёты самолётов'],
  ['ru', 'слой слои слоёв слоев'],
  ['ar', 'شبكة الشبكة الشبكات شبكات والشبكة للشبكة بالشبكة'],
  ['ar', 'مدرسة المدرسة مدرسه'],
  ['ar', 'كتاب الكتاب كتابه كتابها'],
  ['ar', 'أحمد احمد'],
];

describe('stemIn', () => {
  it.each(SAME)('gives one stem in %s to %s', (language, words) => {
    const stems = words.split(' ').map((word) => stemIn(word.toLowerCase(), language));
    expect(new Set(stems)).toEqual(new Set([stems[0]]));
  });

  it('keeps words apart that only look alike without their marks', () => {
    expect(stemIn('мой', undefined)).not.toBe(stemIn('мои', undefined));
    expect(stemIn('його', undefined)).toBe('його');
  });

  it('leaves words with digits, and those of languages without a stemmer, whole and folded', () => {
    expect(stemIn('mp3s', 'en')).toBe('mp3s');
    expect(stemIn('Μηχανή'.toLowerCase(), undefined)).toBe('μηχανη');
  });
});

test('a word of a language whose endings need their accents is found by one typed without', () => {
  expect(stemIn('neuronových', 'cs')).not.toBe(stemIn('neuronovych', 'cs'));
  expect(stemWithoutAccents('neuronových', 'cs')).toBe(stemIn('neuronovych', 'cs'));
  expect(stemWithoutAccents('házak', 'hu')).toBeUndefined();
  expect(stemWithoutAccents('häuser', 'de')).toBeUndefined();
});

describe('languageOfWord', () => {
  it('is that of the text for words in its script', () => {
    expect(languageOfWord('häuser', 'de-AT')).toBe('de');
    expect(languageOfWord('мережа', 'uk')).toBe('uk');
    expect(languageOfWord('hus', 'nb')).toBe('no');
  });

  it('is what the script suggests for others, and where the text is in no known language', () => {
    expect(languageOfWord('gradients', 'ru')).toBe('en');
    expect(languageOfWord('gradients', null)).toBe('en');
    expect(languageOfWord('сети', 'en')).toBe('ru');
    expect(languageOfWord('شبكة', null)).toBe('ar');
  });

  it('is that of the text for digits and scripts of one language, and takes any code', () => {
    expect(languageOfWord('2022', 'de')).toBe('de');
    expect(languageOfWord('神经', 'zh')).toBe('zh');
    expect(languageOfWord('haus', 'no such code')).toBe('no such code');
  });
});

describe('stemmingLanguage', () => {
  it('is English for Latin words of languages without a stemmer, and none for others', () => {
    expect(stemmingLanguage('sieci', 'pl')).toBe('en');
    expect(stemmingLanguage('haus', 'no such code')).toBe('en');
    expect(stemmingLanguage('мережа', 'uk')).toBeUndefined();
    expect(stemmingLanguage('сети', 'pl')).toBe('ru');
    expect(stemmingLanguage('réseaux', 'fr')).toBe('fr');
  });
});
