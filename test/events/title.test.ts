import { describe, expect, it } from 'vitest';
import { PhraseIndex } from '../../src/events/key-phrases.ts';
import { titleFromPhrases, titleFromSentence } from '../../src/events/title.ts';

const texts = [
  'The learning rate scales the step. The learning rate is small.',
  'The feature maps share weights. The feature maps get smaller.',
  'The learning rate falls while the feature maps grow. The learning rate is kept, and so are the feature maps.',
  'The image is blue. The image has pixels, and the pixels of the image are blue.',
];
const phrases = new PhraseIndex('en');
for (const text of texts) phrases.add(text);
const none: ReadonlySet<string> = new Set();

describe('titleFromPhrases', () => {
  it('names a part by its first phrase', () => {
    expect(titleFromPhrases(phrases, 0, 1, none)).toBe('Learning rate');
  });
  it('puts a phrase that leads no other title before one that does', () => {
    expect(titleFromPhrases(phrases, 2, 3, none)).toMatch(/^Feature maps/);
    expect(titleFromPhrases(phrases, 2, 3, none, new Set(['Feature maps']))).toMatch(/^Learning rate/);
    expect(titleFromPhrases(phrases, 0, 1, none, new Set(['Learning rate']))).toBe('Learning rate');
  });
  it('says more than a single word where it can', () => {
    expect(titleFromPhrases(phrases, 3, 4, none)).toBe('Image, pixels');
  });
});

describe('titleFromSentence', () => {
  it('cuts a long sentence at a word', () => {
    expect(titleFromSentence('The rate is small.')).toBe('The rate is small');
    expect(titleFromSentence(`The ${'learning '.repeat(8)}rate.`)).toMatch(/^The(?: learning){6}…$/);
  });
});
