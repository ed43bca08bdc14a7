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
    ['no, so we take the mean', 'We take the mean.'],
    ['right well this is the mean', 'This is the mean.'],
    ['the mean is kept, right?', 'The mean is kept.'],
    ['the mean is kept and the.', 'The mean is kept.'],
    ['the mean is kept okay', 'The mean is kept.'],
    ['well, right, the mean is kept', 'The mean is kept.'],
    ["it - it 's his it 's his own mean", "It's his own mean."],
    ['one... one reason is the mean', 'One reason is the mean.'],
    ['the Bayes - net the Bayes - net is kept', 'The Bayes - net is kept.'],
    ['so far, just to recap, we keep the mean', 'So far, just to recap, we keep the mean.'],
    ['cuz we keep the mean', 'We keep the mean.'],
    ['cool, so the mean is kept', 'The mean is kept.'],
    ['no the mean is kept', 'The mean is kept.'],
    ['how much does the mean cost', 'How much does the mean cost?'],
    ['press control T to transform it', 'Press control T to transform it.'],
    ['type lectern dash dash version', 'Type lectern dash dash version.'],
    ['we write it in c plus plus', 'We write it in c plus plus.'],
  ])('%s -> %s', (spoken, written) => {
    expect(readable(spoken, 'en')).toBe(written);
  });
  it('works in other languages', () => {
    expect(readable('und also das Netz, ähm, lernt und', 'de')).toBe('Das Netz lernt.');
    expect(readable('et donc le réseau apprend', 'fr')).toBe('Le réseau apprend.');
    expect(readable('神经网络很重要', 'zh')).toBe('神经网络很重要。');
    expect(readable('यह अच्छा है', 'hi')).toBe('यह अच्छा है।');
  });
  it.each([
    ['en', 'No water was found in the crater.'],
    ['en', 'Like all metals, copper conducts.'],
    ['en', 'Great artists steal.'],
    ['en', 'What Photoshop does is to fill the hole.'],
    ['en', 'Right angles are easy to measure.'],
    ['en', 'It asks for something you know and something you have.'],
    ['en', 'This sort of problem has no solution.'],
    ['en', 'Name the new layer and click OK.'],
    ['en', 'Drag the rectangle to the right.'],
    ['en', 'We know what the answer is.'],
    ['en', 'Every cell shows what the layer is made of.'],
    ['de', 'Machen Sie das Fenster zu.'],
    ['es', 'No había agua limpia.'],
    ['pt', 'Não havia água limpa.'],
    ['it', "No vax non è un'opinione."],
    ['fr', 'Non seulement le réseau apprend, il oublie.'],
    ['de', 'So entsteht ein Gradient.'],
    ['de', 'Jetzt kommen wir zum Netz.'],
  ])('keeps words that a sentence needs (%s): %s', (lang, sentence) => {
    expect(readable(sentence, lang)).toBe(sentence);
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
    ['a clause that needs another one', 'If the learning rate decides how far every step of the descent.'],
    ['a question without a mark', 'How much does a learning rate cost us in every step'],
    ['two sentences that nobody parted', 'The learning rate decides how far it goes They decide it for every step'],
    ['what hands the floor on', 'The next question goes to the learning rate and every step of the descent.'],
    ['a reference to another page', 'See the learning rate that decides how far every step of the descent goes.'],
    ['the announcement of a list', 'The learning rate decides how far every step of the descent goes:'],
    ['a sentence about things named before', 'You multiply them by the learning rate in every step of the descent.'],
    ['a sentence that begins anew', 'The we decide how far every step of the descent goes.'],
    ['an outlook', 'The learning rate of every step of the descent is shown next week.'],
    ['a sentence that leans on the one before', 'It decides how far every step of the descent goes.'],
  ])('puts %s below a whole sentence', (_name, sentence) => {
    expect(sentenceQuality(sentence, 'en')).toBeLessThan(sentenceQuality(whole, 'en'));
  });
  it.each([
    [
      'en',
      'This is the second lecture on the optimization of deep networks.',
      'This is the second layer on the right of the deep networks.',
    ],
    [
      'de',
      'In dieser Vorlesung sprechen wir nur über die Optimierung tiefer Netze.',
      'Das ist in dieser Schicht nur die Optimierung der tiefen Netze.',
    ],
    [
      'fr',
      'Dans cette vidéo nous parlons de la descente de gradient par lots.',
      'Cela est dans cette couche la descente de gradient par petits lots.',
    ],
    [
      'es',
      'Esta clase es una introducción al descenso de gradiente por lotes.',
      'Esta capa es una parte de la red con el descenso de gradiente.',
    ],
  ])('prefers what says what the source is to what points at a part of it (%s)', (lang, occasion, pointing) => {
    expect(sentenceQuality(occasion, lang)).toBeGreaterThan(sentenceQuality(pointing, lang));
  });
  it('is 0 for nothing', () => {
    expect(sentenceQuality('', 'en')).toBe(0);
  });
});
