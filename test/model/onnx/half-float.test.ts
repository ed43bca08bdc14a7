import { expect, test } from 'vitest';
import {
  bfloatsToFloats,
  floatFromHalf,
  floatsToHalves,
  halfFromFloat,
  halvesToFloats,
} from '../../../src/model/onnx/half-float.ts';

test('all 63 488 finite halves survive the way to float32 and back', () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);
  expect(halves.length).toBe(63_488);
  expect(floatsToHalves(halvesToFloats(halves))).toEqual(halves);
});

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [65_519.99, 0x7bff],
  [65_520, 0x7c00],
  [Infinity, 0x7c00],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000], // half of the smallest: a tie, to even
  [2 ** -25 * 1.01, 0x0001],
  [1 + 2 ** -11, 0x3c00], // a tie between 1 and the next half, to even
  [1 + 3 * 2 ** -11, 0x3c02], // a tie the other way
])('%d rounds to the half %d', (value, half) => {
  expect(halfFromFloat(value)).toBe(half);
});

test('NaN stays NaN, and negative zero keeps its sign', () => {
  expect(floatFromHalf(halfFromFloat(NaN))).toBeNaN();
  expect(Object.is(floatFromHalf(halfFromFloat(-0)), -0)).toBe(true);
});

test('bfloat16 is the upper half of a float32', () => {
  expect([...bfloatsToFloats(Uint16Array.of(0x3f80, 0xc040, 0x0000))]).toEqual([1, -3, 0]);
});
