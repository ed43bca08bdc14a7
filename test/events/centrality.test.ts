import { describe, expect, it } from 'vitest';
import { pickCentral } from '../../src/events/centrality.ts';
import { VocabularyBuilder } from '../../src/events/vocabulary.ts';

function inputOf(texts: string[]) {
  const builder = new VocabularyBuilder('en');
  for (const text of texts) builder.add(text);
  const lengths = texts.map((text) => text.split(' ').length);
  return { vocabulary: builder.vocabulary(), first: 0, end: texts.length, quality: texts.map(() => 1), lengths };
}

const texts = [
  'Weather is mild this season outside.',
  'Gradient descent follows the negative gradient of the loss.',
  'Gradient descent follows the negative gradient of the loss.',
  'The learning rate of gradient descent scales the negative gradient.',
  'Lunch comes at noon for everybody.',
];

describe('pickCentral', () => {
  it('picks what the stretch is about, and the same thing only once', () => {
    const picked = pickCentral({ ...inputOf(texts), maxUnits: 2 });
    expect(picked.toSorted()).toEqual([1, 3]);
  });
  it('never picks a unit of quality 0', () => {
    const input = inputOf(texts);
    expect(pickCentral({ ...input, quality: [1, 0, 0, 0, 1], maxUnits: 5 }).every((i) => i === 0 || i === 4)).toBe(
      true,
    );
  });
  it('picks what hardly stands alone where nothing else does, and only there', () => {
    const input = inputOf(texts);
    expect(pickCentral({ ...input, quality: [1, 0.39, 0.39, 0.39, 1], maxUnits: 2 }).toSorted()).toEqual([0, 4]);
    expect(pickCentral({ ...input, quality: [0, 0.39, 0.39, 0.39, 0], maxUnits: 2 }).toSorted()).toEqual([1, 3]);
  });
  it('stops at the budget of words, give or take half a sentence', () => {
    const input = inputOf(texts);
    const words = pickCentral({ ...input, maxWords: 15 }).reduce((sum, i) => sum + input.lengths[i]!, 0);
    expect(words).toBeGreaterThanOrEqual(9);
    expect(words).toBeLessThanOrEqual(21);
  });
  it('picks nothing from an empty stretch', () => {
    expect(pickCentral({ ...inputOf(texts), first: 2, end: 2 })).toEqual([]);
  });
});
