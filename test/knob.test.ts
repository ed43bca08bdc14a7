import { describe, expect, it } from 'vitest';
import { POSITIVE, TEXT, defaultsOf, numberIn, oneOf, optional, wholeNumber, withDefault } from '../src/knob.ts';

describe('knobs', () => {
  it('take numbers between their ends, both included, and no text that reads as one', () => {
    const fps = numberIn(1, 2);
    expect([1, 1.5, 2].every((value) => fps.holds(value))).toBe(true);
    expect([0.9, 2.1, '1', NaN, Infinity, null].some((value) => fps.holds(value))).toBe(false);
    expect(wholeNumber(1, 64).holds(64)).toBe(true);
    expect(wholeNumber(1, 64).holds(1.5)).toBe(false);
    expect(POSITIVE.holds(0)).toBe(false);
  });

  it('take one of a few words, and text that is not empty', () => {
    expect(oneOf(['cpu', 'cuda']).holds('cuda')).toBe(true);
    expect(oneOf(['cpu', 'cuda']).holds('CUDA')).toBe(false);
    expect([TEXT.holds('\n'), TEXT.holds(''), TEXT.holds(7)]).toEqual([true, false, false]);
  });

  it('say what they take', () => {
    const kinds = [numberIn(1, 2), wholeNumber(1, 64), oneOf(['auto', 'cpu', 'cuda'])];
    expect(kinds.map(({ expected }) => expected)).toEqual([
      'a number from 1 to 2',
      'a whole number from 1 to 64',
      'auto, cpu or cuda',
    ]);
  });

  it('give the defaults of those that have one, zero included', () => {
    const knobs = { floor: withDefault(0, numberIn(-1, 1), 'A cosine.'), model: optional(TEXT, 'A model.') };
    expect(defaultsOf(knobs)).toEqual({ floor: 0 });
  });
});
