import { expect, it } from 'vitest';
import { nearestSentence } from '../../src/text/nearest-sentence.ts';

const TEXT = 'Turn the key to start the pump and wait.\n\nThe red button\nstops the pump at once. Nothing else does.';

it('finds the sentence that a quote with a wrong word was meant to be', () => {
  expect(nearestSentence(TEXT, 'The red button stops this pump at once')).toMatchObject({
    text: 'The red button stops the pump at once.',
  });
});

it.each([
  ['other words', 'Pumps like warm water and nothing else at all'],
  ['half a sentence', 'Turn the key to start'],
  ['a quote too short to tell', 'Nothing else did'],
])('finds none for %s', (_, quote) => {
  expect(nearestSentence(TEXT, quote)).toBeUndefined();
});
