import { describe, expect, it } from 'vitest';
import { countWords, sentenceQuality } from '../../src/events/sentence-quality.ts';

describe('countWords', () => {
  it('counts what white space parts', () => {
    expect(countWords('one two\u00a0three\n four')).toBe(4);
    expect(countWords("3.5 don't – yes")).toBe(4);
    expect(countWords(' \t\n')).toBe(0);
  });
  it('counts two characters of Han or kana as one word', () => {
    expect(countWords('電源を入れます')).toBe(4);
    expect(countWords('привет мир')).toBe(2);
  });
});

describe('sentenceQuality', () => {
  const whole = 'The gradient tells the direction in which the loss grows fastest.';
  it.each([
    ['a formula read aloud', 'Minus three equals x squared plus four times seven point five.'],
    ['a clause without its main clause', 'If the gradient of the loss is small everywhere on this plateau.'],
    ['a farewell', 'The gradient of this loss will tell us more next week.'],
    ['a broken-off sentence', 'The gradient tells the direction in which the loss grows because the.'],
  ])('is lower for %s', (_what, sentence) => {
    expect(sentenceQuality(sentence)).toBeLessThan(sentenceQuality(whole));
  });
});
