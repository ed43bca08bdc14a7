import { describe, expect, it } from 'vitest';
import { PhraseIndex } from '../../src/events/key-phrases.ts';

function index(texts: string[], lang = 'en'): PhraseIndex {
  const phrases = new PhraseIndex(lang);
  for (const text of texts) phrases.add(text);
  return phrases;
}
const names = (phrases: PhraseIndex, first: number, end: number, limit = 3) =>
  phrases.phrasesOf(first, end, limit).map((phrase) => phrase.text);

describe('PhraseIndex', () => {
  const texts = [
    'The learning rate scales the step, and the learning rate must be small.',
    'If the learning rate is too large, the loss grows.',
    'We looked at feature maps, and the feature maps get smaller.',
    'Every one of the feature maps shares its weights with the loss.',
  ];
  it('names a part by the phrase that it says more often than the rest', () => {
    expect(names(index(texts), 0, 2, 1)).toEqual(['learning rate']);
    expect(names(index(texts), 2, 4, 1)).toEqual(['feature maps']);
  });
  it('never begins or ends a phrase with a function word or a word of talking', () => {
    for (const phrase of names(index(texts), 0, 4, 10))
      expect(phrase).not.toMatch(/^(?:the|looked|get|if)\b|\b(?:the|one|get)$/);
  });
  it('repeats no word among the phrases of a part', () => {
    const words = names(index(texts), 0, 4, 10).flatMap((phrase) => phrase.split(' '));
    expect(new Set(words).size).toBe(words.length);
  });
  it.each([
    ['en', ['The famous net learns.', 'A famous net is deep, and the net is famous.']],
    ['es', ['A la red le gusta.', 'La red gusta y gusta.']],
    ['pt', ['Ele gosta da rede.', 'Ela gosta muito da rede.']],
  ])('names nothing after a word that never stands behind an article alone (%s)', (lang, texts) => {
    expect(names(index(texts, lang), 0, 2, 1)[0]).toMatch(/\b(?:net|red|rede)$/);
  });
  it('keeps names, acronyms and hyphens as written', () => {
    const phrases = index([
      'Yann LeCun built it.',
      'Then Yann LeCun trained it.',
      'A mini-batch and a mini-batch of GPU code.',
    ]);
    expect(names(phrases, 0, 2, 1)).toEqual(['Yann LeCun']);
    expect(names(phrases, 2, 3, 1)).toEqual(['mini-batch']);
  });
  it.each([
    ['fr', ['Le mot de passe doit être long.', "Un mot de passe protège la clé d'accès."], 'mot de passe'],
    ['es', ['La máquina de vapor era cara.', 'Watt mejoró la máquina de vapor.'], 'máquina de vapor'],
    ['it', ['La discesa del gradiente è lenta.', 'Usiamo la discesa del gradiente.'], 'discesa del gradiente'],
    ['pt', ['A taxa de aprendizado é pequena.', 'Mudamos a taxa de aprendizado.'], 'taxa de aprendizado'],
  ])('joins the nouns of a name across the word that links them (%s)', (lang, said, name) => {
    expect(names(index(said, lang), 0, 2, 1)).toEqual([name]);
  });
  it('takes plurals of words that name no topic for such words', () => {
    expect(names(index(['Los años y los años de fábricas', 'las fábricas'], 'es'), 0, 2, 9)).toEqual(['fábricas']);
  });
  it('ends a phrase at function words that link nothing', () => {
    const said = ['Le code de la', 'et de clés pour le code', 'un code que de clés', 'le code des et clés'];
    for (const phrase of names(index(said, 'fr'), 0, 4, 9)) expect(phrase).not.toContain(' ');
  });
  it('joins Chinese words without spaces', () => {
    const phrases = index(['神经网络很重要。', '神经网络的权重。', '天气很好。'], 'zh');
    expect(names(phrases, 0, 2, 1)[0]).toMatch(/神经|网络/);
  });
  it('names a part by things, and by adverbs and participles only where nothing else is said', () => {
    const said = ['the weighted of the', 'a weighted of a', 'the weighted for the', 'the lever of the', 'the lever'];
    expect(names(index(said), 0, 5)).toEqual(['lever', 'weighted']);
    expect(names(index(said), 0, 3)).toEqual(['weighted']);
  });
  it('has none for an empty part', () => {
    expect(names(index(texts), 1, 1)).toEqual([]);
    expect(names(index(['']), 0, 1)).toEqual([]);
  });
});
