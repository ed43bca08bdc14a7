import { describe, expect, it } from 'vitest';
import { WordGroups } from '../../src/text/word-groups.ts';

const GROUPS = new WordGroups({ en: ['picture image photo', 'photo snapshot'] });

describe('WordGroups', () => {
  it('gives the others of each group that a word is in', () => {
    expect(GROUPS.othersOf('photo', 'en')).toEqual(['picture', 'image', 'snapshot']);
    expect(GROUPS.othersOf('image', 'en')).toEqual(['picture', 'photo']);
  });
  it('finds a word by its stem, in whatever variety of its language', () => {
    expect(GROUPS.othersOf('photos', 'en-GB')).toEqual(['picture', 'image', 'snapshot']);
  });
  it('knows none of other languages', () => {
    expect(GROUPS.othersOf('photo', 'fr')).toEqual([]);
  });
});
