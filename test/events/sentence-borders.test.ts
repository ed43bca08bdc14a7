import { describe, expect, it } from 'vitest';
import { borderWorths, IMPOSSIBLE } from '../../src/events/sentence-borders.ts';

/** Words before which a border is likelier than not, in a text of words. */
const likely = (text: string, lang = 'en') => {
  const words = text.split(' ');
  return words.flatMap((_, i) => (borderWorths(words, lang)![i]! > 0 ? words.slice(i, i + 2).join(' ') : []));
};

describe('borders of sentences by words', () => {
  it('stand before a subject and its verb, and before the words that link sentences', () => {
    expect(likely('we train the model so we need data now the loss falls')).toEqual(['so we', 'now the']);
    expect(likely('that is the gradient it is a vector')).toEqual(['it is']);
    expect(likely('there are many of them okay the next idea is simple')).toEqual(['okay the']);
    expect(likely('this is a layer what does it do')).toEqual(['what does']);
  });

  it('are impossible after what needs a word behind it, and never part a pair', () => {
    const words = 'take the model of a person to the'.split(' ');
    const worths = borderWorths(words, 'en')!;
    for (const i of [2, 4, 5, 7]) expect(worths[i]).toBeLessThan(IMPOSSIBLE);
    expect(likely('it is an image you know and it works as well')).not.toContain('you know');
  });

  it('are no relative clauses: the way we do it, anything you like', () => {
    expect(likely('that is the way we do it')).toEqual([]);
    expect(likely('you can take anything you want')).toEqual([]);
  });

  it('come before instructions, but not behind their subject', () => {
    expect(likely('open the layers panel select the first layer')).toContain('select the');
    expect(likely('then you select the layer')).not.toContain('select the');
    expect(likely('you can click okay')).toEqual([]);
    expect(likely('name the layer choose edit fill')).toEqual(['choose edit']);
    expect(likely('click the background press delete')).toEqual(['press delete']);
  });

  it('are told in German, French, Spanish, Italian and Portuguese', () => {
    expect(likely('wir sehen hier ein Bild jetzt kommt die nächste Folie', 'de')).toEqual(['jetzt kommt']);
    expect(likely("on a une image c'est un chat alors on commence", 'fr')).toEqual(["c'est un", 'alors on']);
    expect(likely('tenemos una imagen entonces vamos a verla', 'es')).toEqual(['entonces vamos']);
    expect(likely("c'è una immagine allora vediamo come", 'it')).toEqual(['allora vediamo']);
    expect(likely('há uma imagem então vamos ver', 'pt-BR')).toEqual(['então vamos']);
  });

  it('are unknown in a language whose words are not listed', () => {
    expect(borderWorths(['yksi', 'kaksi'], 'fi')).toBeUndefined();
  });
});
