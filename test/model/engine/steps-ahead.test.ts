// Steps computed before they are asked for: who may take them, and what comes of those that nobody takes.
import { describe, expect, test } from 'vitest';
import { StepsAhead } from '../../../src/model/engine/steps-ahead.ts';
import type { Tensor } from '../../../src/model/ort/tensor.ts';

const tensors: Tensor[] = [];
const first = { tokenId: 7, position: 40, length: 30 };

function start(steps: number) {
  const dropped = new AbortController();
  const ended = Promise.withResolvers<void>();
  const ahead = new StepsAhead(tensors, first, steps, dropped);
  ahead.follow(ended.promise);
  return { ahead, dropped, ended };
}

describe('steps ahead', () => {
  test('are taken by the steps that append their tokens one after another, in time or not', async () => {
    const { ahead } = start(3);
    expect(ahead.continuesWith(tensors, first)).toBe(true);
    const early = ahead.take();
    ahead.arrive(11);
    ahead.arrive(12);
    expect(await early).toBe(11);
    expect(ahead.continuesWith(tensors, { tokenId: 11, position: 41, length: 31 })).toBe(true);
    expect(await ahead.take()).toBe(12);
    ahead.arrive(13);
    expect(await ahead.take()).toBe(13);
    expect(ahead.continuesWith(tensors, { tokenId: 13, position: 43, length: 33 })).toBe(false);
  });

  test('are not for another cache, token, position or length', () => {
    const { ahead } = start(3);
    expect(ahead.continuesWith([], first)).toBe(false);
    for (const other of [{ tokenId: 8 }, { position: 41 }, { length: 31 }]) {
      expect(ahead.continuesWith(tensors, { ...first, ...other })).toBe(false);
    }
  });

  test('end behind the token that ends an answer', async () => {
    const { ahead, ended } = start(3);
    ahead.arrive(11);
    ended.resolve();
    await ahead.settled;
    expect(await ahead.take()).toBe(11);
    expect(ahead.continuesWith(tensors, { tokenId: 11, position: 41, length: 31 })).toBe(false);
  });

  test('fail with their run, those that had come before excepted', async () => {
    const { ahead, ended } = start(3);
    ahead.arrive(11);
    expect(await ahead.take()).toBe(11);
    const next = ahead.take();
    ended.reject(new Error('the card is gone'));
    await expect(next).rejects.toThrow('the card is gone');
  });

  test('are cancelled when they are dropped', () => {
    const { ahead, dropped } = start(3);
    ahead.drop();
    expect(dropped.signal.aborted).toBe(true);
  });
});
