import { describe, expect, test } from 'vitest';
import { argmax, BrokenLogitsError, Sampler } from '../../../src/model/engine/sampling.ts';

/** Logits whose softmax has these probabilities. */
const logitsOf = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

function shares(options: ConstructorParameters<typeof Sampler>[0], logits: Float32Array, draws = 20_000): number[] {
  const counts = new Array<number>(logits.length).fill(0);
  // A new sampler each time but for its stream of numbers: penalties must not add up over draws.
  for (let seed = 0; seed < draws; seed++) counts[new Sampler({ ...options, seed }).next(logits.slice())]!++;
  return counts.map((count) => count / draws);
}

describe('greedy', () => {
  test('takes the first of equal maxima, and never NaN or infinity', () => {
    expect(argmax(Float32Array.of(1, 5, 5, 2))).toBe(1);
    expect(argmax(Float32Array.of(NaN, -3, Infinity, -2))).toBe(3);
  });

  test('no finite logit at all is an error with a remedy', () => {
    expect(() => new Sampler().next(Float32Array.of(NaN, NaN))).toThrow(BrokenLogitsError);
    expect(() => new Sampler({ temperature: 1 }).next(Float32Array.of(NaN, -Infinity))).toThrow(BrokenLogitsError);
  });
});

describe('drawing', () => {
  test('follows the softmax at temperature 1', () => {
    const drawn = shares({ temperature: 1 }, logitsOf(0.5, 0.3, 0.2));
    [0.5, 0.3, 0.2].forEach((share, i) => expect(Math.abs(drawn[i]! - share)).toBeLessThan(0.015));
  });

  test('a temperature of one half squares the odds', () => {
    const drawn = shares({ temperature: 0.5 }, logitsOf(0.6, 0.4));
    expect(Math.abs(drawn[0]! - 0.36 / (0.36 + 0.16))).toBeLessThan(0.015);
  });

  test('top-k keeps the k most likely, wherever they stand', () => {
    const drawn = shares({ temperature: 1, topK: 2 }, logitsOf(0.1, 0.3, 0.2, 0.4), 4000);
    expect(drawn[0]).toBe(0);
    expect(drawn[2]).toBe(0);
    expect(Math.abs(drawn[3]! - 4 / 7)).toBeLessThan(0.03);
  });

  test('top-p keeps the token that reaches it, and drops the rest', () => {
    const drawn = shares({ temperature: 1, topP: 0.7 }, logitsOf(0.1, 0.3, 0.5, 0.1), 4000);
    expect(drawn[0]! + drawn[3]!).toBe(0);
    expect(Math.abs(drawn[2]! - 5 / 8)).toBeLessThan(0.03);
  });

  test('the same seed draws the same tokens, another seed others', () => {
    const draw = (seed: number) => {
      const sampler = new Sampler({ temperature: 1, seed });
      return Array.from({ length: 32 }, () => sampler.next(new Float32Array(50)));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set(draw(7)).size).toBeGreaterThan(10);
  });

  test('tokens masked with -Infinity are never drawn', () => {
    const logits = Float32Array.of(-Infinity, 0, -Infinity, 0);
    const drawn = shares({ temperature: 2 }, logits, 500);
    expect(drawn[0]! + drawn[2]!).toBe(0);
  });
});

describe('penalties', () => {
  test('the repetition penalty divides positive logits and multiplies negative ones of tokens in the prompt', () => {
    const logits = Float32Array.of(4, 3, -1);
    expect(new Sampler({ repetitionPenalty: 2 }, [0, 2]).next(logits)).toBe(1);
    expect([...logits]).toEqual([2, 3, -2]);
  });

  test('the presence penalty is taken once from each token generated so far, however often', () => {
    const sampler = new Sampler({ presencePenalty: 1.5 });
    const logits = () => Float32Array.of(4, 3, 0);
    expect([sampler.next(logits()), sampler.next(logits()), sampler.next(logits())]).toEqual([0, 1, 0]);
    const after = logits();
    sampler.next(after);
    expect([...after]).toEqual([2.5, 1.5, 0]);
  });
});
