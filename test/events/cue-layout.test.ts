import { describe, expect, it } from 'vitest';
import { cueLayout } from '../../src/events/cue-layout.ts';

const SENTENCES = [
  'the model of a person stands in the middle of the picture',
  'we give it to the network and take the output of the last layer',
  'the colour of the background is the mean of all the pixels',
  'a camera at the back of the room records the walls and the floor',
  'it is a matter of taste which of the two you take for a start',
  'the size of the kernel is in the name of the file that you load',
];
const spoken = Array.from({ length: 5 }, () => SENTENCES).flat();
const toCues = (lines: readonly string[]) =>
  lines.map((text, i) => ({ startMs: i * 2000, endMs: (i + 1) * 2000, text }));

/** The same words, three a line. */
const words = spoken.join(' ').split(' ');
const lines = Array.from({ length: Math.ceil(words.length / 3) }, (_, i) => words.slice(3 * i, 3 * i + 3).join(' '));

describe('what borders of cues say', () => {
  it('is much where no cue ends after an article or a preposition', () => {
    const { atStart, inside } = cueLayout(toCues(spoken), 'en');
    expect(atStart).toBeGreaterThan(2);
    expect(inside).toBeLessThan(-1);
  });

  it('is next to nothing where lines end as they are full', () => {
    const { atStart, inside } = cueLayout(toCues(lines), 'en');
    expect(atStart).toBeLessThan(0.5);
    expect(inside).toBeGreaterThan(-0.4);
  });

  it('is a little where nothing can be learned: few words, or a language without lists', () => {
    const unknown = { atStart: 0.3, inside: 0 };
    expect(cueLayout([], 'en')).toEqual(unknown);
    expect(cueLayout(toCues(['hello', 'world']), 'en')).toEqual(unknown);
    expect(cueLayout(toCues(['yksi kaksi', 'kolme']), 'fi')).toEqual(unknown);
  });
});
