import { expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { termsOf } from '../../src/query/source-terms.ts';

const event = (title: string, summary: string, i: number): Event => ({
  place: { kind: 'time', startMs: i * 1000, endMs: i * 1000 + 1000 },
  title,
  summary,
  evidence: [],
  engine: 'reader',
  status: 'complete',
});

it('names the phrases that a source repeats, as it writes them, those of its end too, and none said once', () => {
  const events = [
    event('Gradient descent', 'Gradient descent follows the slope of the loss function.', 0),
    event('The slope', 'With gradient descent the loss function gets smaller.', 1),
    event('A zebra', 'Weather is nice.', 2),
    event('Backpropagation', 'The chain rule drives backpropagation; the chain rule is old.', 3),
  ];
  const terms = termsOf(events, 'en');
  expect(terms.map((term) => term.toLowerCase())).toEqual(
    expect.arrayContaining(['gradient descent', 'loss function', 'backpropagation', 'chain rule']),
  );
  expect(terms.join(' ')).not.toMatch(/zebra|weather/i);
});
