import { describe, expect, it } from 'vitest';
import { sentenceForm } from '../../src/events/sentence-form.ts';

describe('sentenceForm', () => {
  it.each([
    ['en', 'How much does a remote control cost'],
    ['en', "What's another name for it"],
    ['en', 'Can the network see colours'],
    ['de', 'Wie kann man das messen'],
    ['fr', 'Comment est le réseau'],
    ['es', 'Qué es un gradiente'],
    ['it', 'Cosa è un gradiente'],
    ['pt', 'Qual é o gradiente'],
  ])('knows a question without its mark (%s): %s', (lang, sentence) => {
    expect(sentenceForm(sentence, lang)?.isQuestion).toBe(true);
  });
  it.each([
    ['en', 'What Photoshop does is to fill the hole'],
    ['en', "What's important is the learning rate"],
    ['en', 'How you choose the rate matters'],
    ['en', 'Do the next step'],
    ['de', 'Was wir sehen ist ein Gradient'],
    ['it', 'Quando è piccolo il gradiente scende'],
  ])('takes no other sentence for one (%s): %s', (lang, sentence) => {
    expect(sentenceForm(sentence, lang)?.isQuestion).toBe(false);
  });
  it.each([
    ['en', 'If we use a kernel of three', true],
    ['en', 'If you go into the space where everything is so far apart', true],
    ['en', 'If you have an odd number of elements there would be a central element', false],
    ['en', 'If the rate is small then training is slow', false],
    ['de', 'Wenn der Gradient klein ist', true],
    ['de', 'Wenn der Gradient klein ist, wird das Lernen langsam', false],
    ['es', 'Si el gradiente es muy grande', true],
  ])('knows whether a main clause follows (%s): %s', (lang, sentence, lacks) => {
    expect(sentenceForm(sentence, lang)?.lacksMainClause).toBe(lacks);
  });
  it('knows the seam of two sentences by the capital of a word of grammar, not by a name', () => {
    expect(sentenceForm('the mean is kept We need it', 'en')?.isSeamed).toBe(true);
    expect(sentenceForm('the mean of The Bank of New York', 'en')?.isSeamed).toBe(false);
    expect(sentenceForm('wir danken Ihnen und Sie gehen', 'de')?.isSeamed).toBe(false);
  });
  it('says nothing in a language whose words it does not know', () => {
    expect(sentenceForm('学習率とは何ですか', 'ja')).toBeUndefined();
  });
});
