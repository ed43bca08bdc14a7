import { describe, expect, it } from 'vitest';
import { hasSign, kindOfQuestion } from '../../src/query/question.ts';

describe('kindOfQuestion', () => {
  it.each([
    ['What is an epoch?', 'definition'],
    ['What does BLEU stand for?', 'definition'],
    ['Was heißt Überanpassung?', 'definition'],
    ['Что такое переобучение?', 'definition'],
    ['¿Qué es el sobreajuste?', 'definition'],
    ["Qu'est-ce que le surapprentissage ?", 'definition'],
    ['ما هي دالة الخسارة؟', 'definition'],
    ['Why does momentum help?', 'reason'],
    ['How many layers are there?', 'number'],
    ['When was the company founded?', 'number'],
    ['¿Cuántos habitantes tenía Mánchester?', 'number'],
    ['Wie lange dauert eine Epoche?', 'number'],
    ['Combien de copies faut-il garder ?', 'number'],
    ['¿Por qué empezó en Inglaterra?', 'reason'],
    ['¿Cómo se entrena una red?', 'how-to'],
    ['How do I set a logarithmic scale?', 'how-to'],
    ['Where can I find the settings?', 'how-to'],
    ['What was the net revenue in 2022?', 'value'],
    ['What is the maximum length of the cable?', 'value'],
    ['What was the Treaty of Versailles?', 'definition'],
    ['What was the meeting about?', 'other'],
    ['What is free cash flow used for?', 'other'],
    ['Which learning rates should I try?', 'other'],
    ['What is the best way to keep a network from learning its examples by heart?', 'other'],
  ])('%s asks for a %s', (question, kind) => {
    expect(kindOfQuestion(question)).toBe(kind);
  });
});

describe('hasSign', () => {
  const spanOf = (text: string, word: string) => [{ start: text.indexOf(word), end: text.indexOf(word) + word.length }];
  it.each([
    ['One pass through the data is called an epoch, and we shuffle.', 'epoch', true],
    ['An epoch is one pass through the data.', 'epoch', true],
    ['Remember the update rule: the weights minus the gradient.', 'update rule', true],
    ['Earlier versions used a different epoch internally.', 'epoch', false],
    ['We shuffle before each epoch.', 'epoch', false],
    ['A training epoch is one pass through the data.', 'epoch', false],
  ])('as a definition, %s', (text, word, isSigned) => {
    expect(hasSign('definition', text, spanOf(text, word))).toBe(isSigned);
  });
  it.each([
    ['de', 'Das Enzym schafft drei Reaktionen in der Sekunde.', true],
    ['fr', 'Gardez trois copies des données.', true],
    ['es', 'La máquina gastaba catorce sacos al día.', true],
    ['de', 'Mais und Zuckerrohr sind C4-Pflanzen.', false],
    ['en', 'It also supports the cp437 encoding.', false],
    ['en', 'We keep several copies.', false],
  ])('as a number (%s), %s', (lang, text, isSigned) => {
    expect(hasSign('number', text, [], '', lang)).toBe(isSigned);
  });
  it('takes a term at the end of a sentence for defined where the next one says what it is', () => {
    const text = 'In this lecture we follow one idea: momentum.';
    expect(hasSign('definition', text, spanOf(text, 'momentum'), 'It is the cure for zigzags.')).toBe(true);
    expect(hasSign('definition', text, spanOf(text, 'momentum'), 'It was found long ago.')).toBe(false);
  });
  it('reads what stands before a term in the language of its source', () => {
    const text = 'Der Gradient ist die Richtung des steilsten Anstiegs.';
    const isSigned = (lang: string) => hasSign('definition', text, spanOf(text, 'Gradient'), '', lang);
    expect([isSigned('de'), isSigned('en')]).toEqual([true, false]);
    const russian = 'Переобучение — это запоминание примеров.';
    expect(hasSign('definition', russian, spanOf(russian, 'Переобучение'), '', 'ru')).toBe(true);
  });
  it('takes a reason and a number where they are given', () => {
    expect(hasSign('reason', 'It helps because the noise averages out.', [])).toBe(true);
    expect(hasSign('reason', 'It helps.', [])).toBe(false);
    expect(hasSign('number', 'Thirty examples or 32 are common.', [])).toBe(true);
    expect(hasSign('how-to', 'To enable scaling of the y axis:', [])).toBe(true);
    expect(hasSign('how-to', 'The border option draws lines around it.', [])).toBe(true);
    expect(hasSign('how-to', 'Note that the marks are not spaced evenly.', [])).toBe(false);
    expect(hasSign('other', 'Thirty, because it is called so.', [])).toBe(false);
  });
});
