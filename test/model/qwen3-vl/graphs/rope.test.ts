import { describe, expect, test } from 'vitest';
import { mropeAxes, sliceGeometry, textFrequencies, TextRope } from '../../../../src/model/qwen3-vl/graphs/rope.ts';
import type { VisionConfig } from '../../../../src/model/qwen3-vl/config.ts';

const rope = { theta: 5_000_000, mropeSection: [24, 20, 20] } as const;

describe('text', () => {
  test('frequencies 0, 1, 2 belong to time, height, width; 57, 58, 59 too; 60 to 63 to time', () => {
    const axes = mropeAxes(rope.mropeSection, 128);
    expect([...axes.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect([...axes.subarray(57)]).toEqual([0, 1, 2, 0, 0, 0, 0]);
    expect([0, 1, 2].map((axis) => axes.filter((one) => one === axis).length)).toEqual([24, 20, 20]);
  });

  test('a token turns each frequency by the position of its own axis', () => {
    const { cos, sin } = new TextRope(rope, 128).tables(Int32Array.of(100, 7, 3));
    const frequency = (i: number) => 5_000_000 ** ((-2 * i) / 128);
    [100, 7 * frequency(1), 3 * frequency(2), 100 * frequency(63)].forEach((angle, k) => {
      const i = [0, 1, 2, 63][k]!;
      expect(cos[i]).toBeCloseTo(Math.cos(angle), 5);
      expect(sin[i]).toBeCloseTo(Math.sin(angle), 5);
    });
  });

  test('YaRN by 3 leaves the fastest waves alone, divides the slowest by 3 and scales cos and sin by 1.10986', () => {
    const yarn = {
      factor: 3,
      originalMaxPositions: 262_144,
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: 0.1 * Math.log(3) + 1,
    };
    const plain = textFrequencies(rope, 128);
    const scaled = textFrequencies({ ...rope, yarn }, 128);
    expect(scaled[0]).toBe(plain[0]);
    expect(scaled[63]! / plain[63]!).toBeCloseTo(1 / 3, 6);
    const { cos } = new TextRope({ ...rope, yarn }, 128).tables(Int32Array.of(0, 0, 0));
    expect(cos[5]).toBeCloseTo(1.10986, 5);
  });
});

describe('vision', () => {
  const vision = {
    depth: 1,
    hiddenSize: 64,
    intermediateSize: 64,
    numHeads: 1,
    patchSize: 16,
    temporalPatchSize: 2,
    spatialMergeSize: 2,
    inChannels: 3,
    outHiddenSize: 64,
    numPositionEmbeddings: 2304,
    deepstackIndexes: [],
  } satisfies VisionConfig;

  test('patches go in blocks of two by two, and the corners of a picture take the corners of the table', () => {
    const { positionIndex, positionWeight, numPatches } = sliceGeometry(vision, 4, 6);
    expect(numPatches).toBe(24);
    // The heaviest of a patch's four table rows.
    const main = (patch: number) => {
      const corner = [0, 1, 2, 3].sort((a, b) => positionWeight[b * 24 + patch]! - positionWeight[a * 24 + patch]!)[0]!;
      return positionIndex[corner * 24 + patch];
    };
    expect(main(0)).toBe(0); // row 0, column 0
    expect(main(8 + 1)).toBe(47); // third block of the first block row, its upper right patch: row 0, column 5
    expect(main(23)).toBe(47 * 48 + 47); // row 3, column 5
  });

  test('the four weights of every patch add up to one', () => {
    const { positionWeight } = sliceGeometry(vision, 10, 6);
    for (let patch = 0; patch < 60; patch++) {
      const sum = [0, 1, 2, 3].reduce((total, corner) => total + positionWeight[corner * 60 + patch]!, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  test('angles restart at every slice: rows fill the first half of a half head, columns the second', () => {
    const { cos, sin } = sliceGeometry(vision, 2, 2);
    const angle = (patch: number, i: number) => Math.atan2(sin[patch * 32 + i]!, cos[patch * 32 + i]!);
    expect([angle(0, 0), angle(0, 16)]).toEqual([0, 0]);
    expect([angle(1, 0), angle(1, 16)].map((value) => Number(value.toFixed(5)))).toEqual([0, 1]); // row 0, column 1
    expect([angle(2, 0), angle(2, 16)].map((value) => Number(value.toFixed(5)))).toEqual([1, 0]); // row 1, column 0
  });
});
