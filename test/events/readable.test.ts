import { describe, expect, it } from 'vitest';
import { readable } from '../../src/events/readable.ts';
import { sentenceQuality } from '../../src/events/sentence-quality.ts';

describe('readable', () => {
  it.each([
    ['so um the the gradient, you know, points uphill and', 'The gradient points uphill.'],
    ['And so, basically, we start here [points to slide]', 'We start here.'],
    ['OK, but i am sure it is fine', 'I am sure it is fine.'],
    ["it is n't the file . ", "It isn't the file."],
    ['a different s slightly edited version', 'A different slightly edited version.'],
    ['the mean of the of the batch is kept', 'The mean of the batch is kept.'],
    ['Mr. Chair, the loss has doubled', 'The loss has doubled.'],
    ['then comes the update rule', 'Then comes the update rule.'],
    ['Is this convex?', 'Is this convex?'],
    ['so-called deep nets work', 'So-called deep nets work.'],
  ])('%s -> %s', (spoken, written) => {
    expect(readable(spoken, 'en')).toBe(written);
  });
  it('works in other languages', () => {
    expect(readable('und also das Netz, ähm, lernt und', 'de')).toBe('Das Netz lernt.');
    expect(readable('et donc le réseau apprend', 'fr')).toBe('Le réseau apprend.');
    expect(readable('神经网络很重要', 'zh')).toBe('神经网络很重要。');
    expect(readable('यह अच्छा है', 'hi')).toBe('यह अच्छा है।');
  });
  it('leaves nothing of a sound, of fillers, or of nothing', () => {
    expect(readable('[Applause]')).toBe('');
    expect(readable('um, uh, okay')).toBe('');
    expect(readable('')).toBe('');
  });
});

describe('sentenceQuality', () => {
  const whole = 'The learning rate decides how far every step of the descent goes.';
  it.each([
    ['a fragment', 'Of the learning rate that every step of the descent.'],
    ['a question', 'Does the learning rate decide how far every step goes?'],
    ['talk about the room', 'I have a question for you guys about my homework please.'],
    ['two words', 'It goes.'],
    ['a sentence that points at a picture', 'As you can see here, the rate decides how far every step goes.'],
    ['a sentence that points back', 'Compare this with the rate that we derived before, step by step.'],
    ['a formula read aloud', 'The second step takes us from minus three to two point two five.'],
    ['a sentence that leans on the one before', 'It decides how far every step of the descent goes.'],
  ])('puts %s below a whole sentence', (_name, sentence) => {
    expect(sentenceQuality(sentence, 'en')).toBeLessThan(sentenceQuality(whole, 'en'));
  });
  it('is 0 for nothing', () => {
    expect(sentenceQuality('', 'en')).toBe(0);
  });
});
